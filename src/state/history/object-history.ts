import type { StoredObject } from '../../kinds/definition.js';
import type { ObjectEvent } from '../../kinds/events.js';
import { type FieldChange, fieldChanges } from './difference.js';
import type { TransactionRecord } from './history.js';

/** Change of one object by one transaction: who, when and why. */
export interface HistoryEntry {
  /** Version of the transaction. */
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Kind of change. */
  readonly action: 'create' | 'update' | 'delete';
  /** Author of the change, if one was given. */
  readonly actor?: string;
  /** Reason of the change, if one was given. */
  readonly reason?: string;
  /** Fields that differ from before. */
  readonly fields: readonly FieldChange[];
}

/** Returns the changes of one object, oldest first, as far as these transactions reach. */
export function historyOf(records: readonly TransactionRecord[], kind: string, id: string): HistoryEntry[] {
  return [...historyEntries(records, kind, id)];
}

/** Selection of entries: of events that hold, the newest ones. */
interface EntriesOptions {
  readonly limit?: number;
  readonly where?: (event: ObjectEvent) => boolean;
}

/** Yields the same entries one at a time: differences are computed on demand. */
export function* historyEntries(
  records: readonly TransactionRecord[],
  kind: string,
  id: string,
  { limit = Infinity, where = () => true }: EntriesOptions = {},
): Generator<HistoryEntry, void> {
  const found = records.flatMap((record) =>
    record.events
      .filter((event) => event.object.id === id && event.kind === kind && where(event))
      .map((event) => ({ record, event })),
  );
  for (const { record, event } of found.slice(Math.max(0, found.length - limit))) yield entryOf(record, event);
}

function entryOf({ version, time, actor, reason }: TransactionRecord, event: ObjectEvent): HistoryEntry {
  const old: StoredObject | undefined =
    event.action === 'update' ? event.old : event.action === 'delete' ? event.object : undefined;
  return {
    version,
    time,
    action: event.action,
    ...(actor !== undefined && { actor }),
    ...(reason !== undefined && { reason }),
    fields: fieldChanges(old, event.action === 'delete' ? undefined : event.object),
  };
}
