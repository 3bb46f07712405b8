import type { LongList } from '../../base/long-list.js';
import type { ObjectEvent } from '../../kinds/events.js';
import type { TransactionInfo } from '../transactions/proposer.js';
import type { ObjectChange } from '../transactions/write-transaction.js';
import type { TransactionRecord } from './history.js';

/** Written out field by field, here and below: these are the hottest allocations of all, and spreading them costs more than the tree does. */
export function eventOf({ action, kind, object, old }: ObjectChange, version: number): ObjectEvent {
  const event = action === 'update' ? { action, kind, object, old, version } : { action, kind, object, version };
  return Object.freeze(event) as ObjectEvent;
}

/** A committed transaction, as watchers and history receive it. */
export function recordOf(info: TransactionInfo, changes: readonly ObjectChange[], bytes: number): TransactionRecord {
  const { version, time } = info;
  const events: ObjectEvent[] = [];
  for (const change of changes) events.push(eventOf(change, version));
  const record: Mutable<TransactionRecord> = {
    version,
    time,
    events: Object.freeze(events),
    commit: commitOf(version),
    bytes: bytes + labelBytes(info),
  };
  return Object.freeze(labelled(record, info));
}

/** Returns the size of actor, reason, request id and trace, which are kept with a transaction. */
function labelBytes({ actor = '', reason = '', requestId = '', trace = '' }: TransactionInfo): number {
  return actor.length + reason.length + requestId.length + trace.length;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Labels = { readonly [K in 'actor' | 'reason' | 'requestId' | 'trace' | 'kinds']?: TransactionInfo[K] | undefined };

/** Adds those labels that there are; returns what it was given. */
export function labelled<T extends TransactionInfo>(
  to: Mutable<T>,
  { actor, reason, requestId, trace, kinds }: Labels,
): T {
  const target: Mutable<TransactionInfo> = to;
  if (actor !== undefined) target.actor = actor;
  if (reason !== undefined) target.reason = reason;
  if (requestId !== undefined) target.requestId = requestId;
  if (trace !== undefined) target.trace = trace;
  if (kinds !== undefined) target.kinds = kinds;
  return to;
}

/** Does the same for very many events that exist already: makes their array at the first read. */
export function recordOfMany(info: TransactionInfo, events: LongList<ObjectEvent>, bytes: number): TransactionRecord {
  let listed: readonly ObjectEvent[] | undefined;
  return Object.freeze({
    ...info,
    get events() {
      return (listed ??= Object.freeze(events.toArray()));
    },
    commit: commitOf(info.version),
    bytes,
  });
}

const commitOf = (version: number) => Object.freeze({ action: 'commit', kind: 'commit', version } as const);
