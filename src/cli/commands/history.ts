import type { Command } from 'commander';
import { isStoreError, StoreError } from '../../base/store-error.js';
import type { Client, messages } from '../../client/index.js';
import type { EventAction } from '../../kinds/index.js';
import { countFrom1, type StaleFlag, withStale } from '../arguments.js';
import { type Context, type GlobalFlags, withClient } from '../context.js';
import { findObject, splitReference } from '../objects.js';
import { printList } from '../output.js';

interface HistoryFlags extends StaleFlag {
  readonly limit?: number;
}

type Entry = messages.HistoryEntry;

/** `skep history KIND/ID`: each change of an object with author, time and reason. */
export function addHistory(program: Command, context: Context): void {
  const { streams } = context;
  withStale(program.command('history'))
    .argument('<kind/id>', 'such as service/web: id, name, or the beginning of an id')
    .option('--limit <n>', 'show only this many of the newest changes (default: all)', countFrom1)
    .description('show each change of an object in history: author, time, reason and fields')
    .action(async (reference: string, { limit = 0, stale = false }: HistoryFlags, command: Command) => {
      const show = async (client: Client, { output }: GlobalFlags) => {
        const { kind, id: given } = await splitReference(client, reference);
        // A removed object still has a history.
        const found = await findObject(client, kind, given, { stale }).catch(goneAs(given));
        const { id } = found;
        const { entries, reachesBackTo } = await client.history(kind, id, { limit, stale });
        const unknown = `history has no change of ${kind} ${id} after version ${reachesBackTo}`;
        if (entries.length === 0 && !('meta' in found)) throw new StoreError('NOT_FOUND', unknown);
        if (entries.length === 0) streams.err(`${unknown}\n`);
        const rows = entries.map((entry) => ({ ...entry, op: actionOf(entry), fields: entry.fields.map(parsed) }));
        printList(streams, output, rows, {
          name: ({ version }) => String(version),
          columns: [
            ['VERSION', ({ version }) => version],
            ['TIME', ({ time }) => new Date(time).toISOString()],
            ['ACTION', ({ op }) => op],
            ['ACTOR', ({ actor }) => actor],
            ['REASON', ({ reason }) => reason],
            ['CHANGES', (row) => changesOf(kind, entries[rows.indexOf(row)] as Entry)],
          ],
        });
      };
      await withClient(command, context, show, { leaderless: stale });
    });
}

/** As events call it: the wire says `remove`. */
const actionOf = ({ op }: Entry): EventAction => (op === 'remove' ? 'delete' : op);

/** Takes an unknown name for the id of a removed object. */
function goneAs(id: string): (error: unknown) => { readonly id: string } {
  return (error) => {
    if (isStoreError(error, 'NOT_FOUND')) return { id };
    throw error;
  };
}

function parsed({ path, old, new: now, tooLong }: messages.FieldChange): object {
  return {
    path,
    ...(tooLong && { tooLong }),
    ...(old !== undefined && { old: JSON.parse(old) as unknown }),
    ...(now !== undefined && { new: JSON.parse(now) as unknown }),
  };
}

/** One field: `spec.mode.replicated.replicas: 1 → 3`. */
function fieldText({ path, old, new: now, tooLong }: messages.FieldChange): string {
  if (tooLong) return `${path}: changed, too long to show`;
  if (old === undefined && now === undefined) return `${path}: changed`;
  if (old === undefined) return `${path}: ${now}`;
  return now === undefined ? `${path}: ${old} → gone` : `${path}: ${old} → ${now}`;
}

/** Changed fields for people: without those that the store keeps of a service beside its spec. */
export function fieldTexts(kind: string, fields: readonly messages.FieldChange[]): string[] {
  const kept = ({ path }: messages.FieldChange) => path === 'specVersion' || /^previousSpec\b/.test(path);
  return fields.filter((field) => kind !== 'service' || !kept(field)).map(fieldText);
}

function changesOf(kind: string, { op, fields, fieldsLeftOut }: Entry): string {
  if (op !== 'update') return '';
  if (fields.length === 0) return 'nothing';
  return [...fieldTexts(kind, fields), ...(fieldsLeftOut > 0 ? [`${fieldsLeftOut} more fields`] : [])].join('; ');
}
