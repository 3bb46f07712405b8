/**
 * Reasons why the store refused, as words that a program can branch on.
 *
 * - `ALREADY_EXISTS`, `NAME_CONFLICT`: choose another id or name.
 * - `NOT_FOUND`: no object of that id.
 * - `SEQUENCE_CONFLICT`: the object has changed since you read it. Read again, then update.
 * - `INVALID_FIND_BY`: this kind has no such index.
 * - `INVALID_OBJECT`: the message names the path and what must be there.
 * - `IN_USE`: something else names the object, or has what it wants. The message says who.
 * - `CONDITION_FAILED`: something that the write was to rest on has changed. Read again, then write.
 * - `LEASE_LOST`: the lease, or the lock that hung on it, is over. Stop; begin again from the start.
 * - `LIMIT_EXCEEDED`: as many objects, or bytes, as the store was told to take. Remove some, or raise the limit.
 * - `TOO_LARGE`: split the transaction, or use `batch`.
 * - `NOT_LEADER`: nothing was proposed. Ask the leader, or wait for one.
 * - `OUTCOME_UNKNOWN`: not a failure. The change was proposed and may still commit: read before writing again, or
 *   repeat with the same `requestId`.
 * - `BUSY`: a batch or a restore kept the turn for `timeoutMs`. Nothing was proposed.
 * - `WATCH_OVERFLOW`: the reader of a watch fell behind. Read the state again and open a new watch.
 * - `RESYNC`, `VERSION_COMPACTED`: history does not reach back that far. Read the state again and watch from there.
 * - `VERSION_AHEAD`: that version is not here yet. Wait, or ask a member that has it.
 * - `VERSION_GAP`: actions were applied out of order: a hole or a repeat in the log.
 * - `ASYNC_CALLBACK`, `TX_CLOSED`: mistakes in the callback; see the message.
 * - `NOT_SUPPORTED`: this store cannot do that.
 * - `CLOSED`: the store, or the replica, was closed.
 */
export const storeErrorCodes = [
  'ALREADY_EXISTS',
  'NOT_FOUND',
  'NAME_CONFLICT',
  'SEQUENCE_CONFLICT',
  'INVALID_FIND_BY',
  'INVALID_OBJECT',
  'IN_USE',
  'CONDITION_FAILED',
  'LEASE_LOST',
  'LIMIT_EXCEEDED',
  'TOO_LARGE',
  'NOT_LEADER',
  'OUTCOME_UNKNOWN',
  'BUSY',
  'WATCH_OVERFLOW',
  'RESYNC',
  'VERSION_COMPACTED',
  'VERSION_AHEAD',
  'VERSION_GAP',
  'ASYNC_CALLBACK',
  'TX_CLOSED',
  'NOT_SUPPORTED',
  'CLOSED',
] as const;

/** Code of a {@link StoreError}. */
export type StoreErrorCode = (typeof storeErrorCodes)[number];

/** Facts that a program may want beside the code. */
export interface StoreErrorDetails {
  /** `VERSION_COMPACTED`, `RESYNC`: the oldest version that a watch can start from. `VERSION_AHEAD`: the newest one here. */
  readonly version?: number;
  /** `INVALID_OBJECT`: where the problem is, e.g. `spec.annotations.labels.tier`. */
  readonly path?: string;
  /** `NOT_LEADER`: the name and address of the leader, where known. */
  readonly leader?: { readonly name: string; readonly addr: string };
}

/** Every error that the store makes on purpose. Anything else is a bug, or came from your own code. */
export class StoreError extends Error {
  /** Always `StoreError`. */
  override readonly name = 'StoreError';
  /** Reason, for programs to branch on. */
  readonly code: StoreErrorCode;
  /** Facts beside the code. */
  readonly details: StoreErrorDetails;

  constructor(code: StoreErrorCode, message: string, options: ErrorOptions & StoreErrorDetails = {}) {
    const { cause, ...details } = options;
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** Tells whether this is a {@link StoreError}, and one of that code. */
export function isStoreError(error: unknown, code?: StoreErrorCode): error is StoreError {
  return error instanceof StoreError && (code === undefined || error.code === code);
}
