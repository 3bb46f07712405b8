import { fieldChanges, type FieldChange } from './difference.js';
import type { TransactionRecord } from './history.js';
import type { StoredObject } from './kind.js';

/** What one transaction did to one object: who, when and why. */
export interface HistoryEntry {
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly action: 'create' | 'update' | 'delete';
  readonly actor?: string;
  readonly reason?: string;
  readonly fields: readonly FieldChange[];
}

/** What became of one object, oldest first, as far as these transactions tell. */
export function historyOf(records: readonly TransactionRecord[], kind: string, id: string): HistoryEntry[] {
  const entries: HistoryEntry[] = [];
  for (const { version, time, actor, reason, events } of records) {
    for (const event of events) {
      if (event.object.id !== id || event.kind !== kind) continue;
      const old: StoredObject | undefined =
        event.action === 'update' ? event.old : event.action === 'delete' ? event.object : undefined;
      entries.push({
        version,
        time,
        action: event.action,
        ...(actor !== undefined && { actor }),
        ...(reason !== undefined && { reason }),
        fields: fieldChanges(old, event.action === 'delete' ? undefined : event.object),
      });
    }
  }
  return entries;
}
