import { type Command, InvalidArgumentError } from 'commander';
import { StoreError } from '../../base/store-error.js';
import { type Client, eventsOf, type RemoteTransaction } from '../../client/index.js';
import { type Event, type EventAction, isKindName, kindNames } from '../../kinds/index.js';
import { wholeNumber } from '../arguments.js';
import { type Context, globalFlags, withClient } from '../context.js';
import { findKind, nameOf } from '../objects.js';
import { printable } from '../output.js';

const actions: readonly EventAction[] = ['create', 'update', 'delete', 'commit'];

interface WatchFlags {
  readonly action?: EventAction[];
  readonly from?: number;
  readonly wait?: boolean;
}

export function addWatch(program: Command, context: Context): void {
  const { streams, signal } = context;
  program
    .command('watch')
    .argument('[kind...]', `only these kinds: ${kindNames.join(', ')}, or your own`, kindName, [] as string[])
    .option('--action <action...>', `only these: ${actions.join(', ')}`, knownAction)
    .option('--from <version>', 'everything after this version (default: from now on)', wholeNumber)
    .option('--wait', 'when that version is not there yet: wait for it')
    .description('print what changes, one event a line, until interrupted')
    .action(async (given: string[], flags: WatchFlags, command: Command) => {
      const line = lineOf(command);
      const follow = async (client: Client) => {
        if (flags.from !== undefined && !flags.wait) await refuseAhead(client, flags.from);
        const kinds: string[] = [];
        for (const kind of given) kinds.push(await findKind(client, kind));
        const filtered = kinds.length > 0 || flags.action !== undefined;
        const withCommits = !filtered || flags.action?.includes('commit') === true;
        const objectActions = (flags.action ?? []).filter((action) => action !== 'commit');
        const selectors = filtered
          ? (kinds.length > 0 ? kinds : ['']).map((kind) => ({ kind, actions: objectActions }))
          : [];
        // Commits come of every transaction, also of those of which nothing else is wanted.
        const everything = withCommits && filtered;
        const watching = client.watch({
          selectors: everything ? [] : selectors,
          signal,
          wait: flags.wait === true,
          ...(flags.from !== undefined && { from: flags.from }),
        });
        for await (const transaction of watching) {
          const events = eventsOf(transaction, withCommits).filter(
            (event) =>
              !everything ||
              event.action === 'commit' ||
              (objectActions.includes(event.action) && (kinds.length === 0 || kinds.includes(event.kind))),
          );
          for (const event of events) streams.out(`${line(event, transaction)}\n`);
        }
      };
      await withClient(command, context, follow);
    });
}

/** A version that no member has yet may be a mistake: it is not waited for unasked. */
async function refuseAhead(client: Client, from: number): Promise<void> {
  const { version } = await client.status();
  if (from > version)
    throw new StoreError(
      'VERSION_AHEAD',
      `there is no version ${from} yet, the newest is ${version}: --wait waits for it`,
    );
}

/** Prints one event: for people where a table is asked for, else as JSON, the default for scripts. */
function lineOf(command: Command): (event: Event, transaction: RemoteTransaction) => string {
  const { output } = globalFlags(command);
  if (output === 'name')
    return (event) => printable(event.action === 'commit' ? String(event.version) : referenceOf(event));
  if (output === 'table' && command.getOptionValueSourceWithGlobals('output') === 'cli') return textOf;
  return (event) => JSON.stringify(event);
}

const referenceOf = ({ kind, object }: Exclude<Event, { action: 'commit' }>) => `${kind}/${object.id}`;

/** `17  2026-01-02T03:04:05.678Z  update  service/x4  web  by ann: more of it`. */
function textOf(event: Event, { time, actor, reason }: RemoteTransaction): string {
  const what = event.action === 'commit' ? [] : [referenceOf(event), nameOf(event.kind, event.object)];
  const who = `${actor === undefined ? '' : `by ${actor}`}${reason === undefined ? '' : `: ${reason}`}`;
  const cells = [String(event.version), new Date(time).toISOString(), event.action, ...what, who];
  return printable(cells.filter((cell) => cell !== '').join('  '));
}

/** Something that a kind can be called; whether there is one is for the cluster to say. */
function kindName(given: string, before: string[]): string[] {
  if (!isKindName(given)) throw new InvalidArgumentError(`known kinds are ${kindNames.join(', ')}, and custom kinds.`);
  return [...before, given];
}

function knownAction(action: string, before: EventAction[] = []): EventAction[] {
  const known = actions.find((name) => name === action);
  if (!known) throw new InvalidArgumentError(`known actions are ${actions.join(', ')} (kinds come before --action).`);
  return [...before, known];
}
