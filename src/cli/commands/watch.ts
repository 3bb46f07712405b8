import { InvalidArgumentError, type Command } from 'commander';
import { eventsOf, type Client } from '../../client/index.js';
import { isKindName, kindNames, type EventAction } from '../../state/index.js';
import { wholeNumber } from '../arguments.js';
import { withClient, type Context } from '../context.js';
import { findKind } from '../objects.js';

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
      const follow = async (client: Client) => {
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
          for (const event of events) streams.out(`${JSON.stringify(event)}\n`);
        }
      };
      await withClient(command, context, follow, { leaderless: true });
    });
}

/** Something that a kind can be called; whether there is one is for the cluster to say. */
function kindName(given: string, before: string[]): string[] {
  if (!isKindName(given)) throw new InvalidArgumentError(`known kinds are ${kindNames.join(', ')}, and your own.`);
  return [...before, given];
}

function knownAction(action: string, before: EventAction[] = []): EventAction[] {
  const known = actions.find((name) => name === action);
  if (!known) throw new InvalidArgumentError(`known actions are ${actions.join(', ')} (kinds come before --action).`);
  return [...before, known];
}
