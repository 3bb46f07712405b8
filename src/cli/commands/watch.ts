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
  readonly prefix?: string;
}

export function addWatch(program: Command, context: Context): void {
  const { streams, signal } = context;
  program
    .command('watch')
    .argument('[kind...]', `only these kinds: ${kindNames.join(', ')}, or custom kinds`, kindName, [] as string[])
    .option('--action <action...>', `only these: ${actions.join(', ')}`, knownAction)
    .option('--prefix <id>', 'only objects whose id begins with this, such as keys of skep put')
    .option('--from <version>', 'begin after this version (default: now)', wholeNumber)
    .option('--wait', 'wait for that version when it does not exist yet')
    .description('print each change as one line, until interrupted')
    .action(async (given: string[], flags: WatchFlags, command: Command) => {
      const line = lineOf(command);
      const follow = async (client: Client) => {
        if (flags.from !== undefined && !flags.wait) await refuseAhead(client, flags.from);
        const kinds: string[] = [];
        for (const kind of given) kinds.push(await findKind(client, kind));
        const { prefix } = flags;
        const filtered = kinds.length > 0 || flags.action !== undefined || prefix !== undefined;
        const withCommits = !filtered || flags.action?.includes('commit') === true;
        const objectActions = (flags.action ?? []).filter((action) => action !== 'commit');
        const selectors = filtered
          ? (kinds.length > 0 ? kinds : ['']).map((kind) => ({
              kind,
              actions: objectActions,
              ...(prefix !== undefined && { idPrefixes: [prefix] }),
            }))
          : [];
        // Every transaction has a commit event, also one without another wanted event.
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
              (objectActions.includes(event.action) &&
                (kinds.length === 0 || kinds.includes(event.kind)) &&
                event.object.id.startsWith(prefix ?? '')),
          );
          for (const event of events) streams.out(`${line(event, transaction)}\n`);
        }
      };
      await withClient(command, context, follow);
    });
}

/** Refuses a version that no member has yet: it may be a mistake, so only `--wait` waits for it. */
async function refuseAhead(client: Client, from: number): Promise<void> {
  const { version } = await client.status();
  if (from > version)
    throw new StoreError(
      'VERSION_AHEAD',
      `version ${from} does not exist yet, the newest is ${version}; use --wait to wait for it`,
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

/** Takes a valid name of a kind; the cluster knows whether the kind exists. */
function kindName(given: string, before: string[]): string[] {
  if (!isKindName(given)) throw new InvalidArgumentError(`Give one of ${kindNames.join(', ')}, or a custom kind.`);
  return [...before, given];
}

function knownAction(action: string, before: EventAction[] = []): EventAction[] {
  const known = actions.find((name) => name === action);
  if (!known) throw new InvalidArgumentError(`Give one of ${actions.join(', ')}, and kinds before --action.`);
  return [...before, known];
}
