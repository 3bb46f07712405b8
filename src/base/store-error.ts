import type { StoreErrorCode } from './error-codes.js';

export { errorCodes, type StoreErrorCode, storeErrorCodes } from './error-codes.js';

/** Facts that a program may want beside the code. */
export interface StoreErrorDetails {
  /** `VERSION_COMPACTED`, `RESYNC`: the oldest version that a watch can start from. `VERSION_AHEAD`: the newest one here. */
  readonly version?: number;
  /** `INVALID_OBJECT`: where the problem is, e.g. `spec.annotations.labels.tier`. */
  readonly path?: string;
  /** `NOT_LEADER`: the name and address of the leader, where known. */
  readonly leader?: { readonly name: string; readonly addr: string };
  /** `QUORUM_LOST`, `WOULD_LOSE_QUORUM`: names of the voters that do not answer. `NOT_LEADER`: addresses that do not. */
  readonly unreached?: readonly string[];
  /** `DAMAGED`, from the leader of `term`: the entry that this member had acknowledged, and no longer has. */
  readonly acknowledged?: { readonly term: number; readonly index: number };
}

/**
 * Every error that the store makes on purpose. Anything else is a bug, or came from your own code. docs/errors.md says
 * what each code means and what to do about it.
 */
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

/** Tells whether this is a {@link StoreError} of one of these codes. */
export function isStoreErrorOf(error: unknown, codes: readonly StoreErrorCode[]): error is StoreError {
  return error instanceof StoreError && codes.includes(error.code);
}
