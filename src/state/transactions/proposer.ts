import type { KindDescription, StoredObject } from '../../kinds/definition.js';

/**
 * One change, as it goes through the log. `kind` is a plain string because a member may know kinds that another does not.
 */
export type StoreAction =
  | { readonly action: 'create' | 'update'; readonly kind: string; readonly object: StoredObject }
  | { readonly action: 'remove'; readonly kind: string; readonly id: string };

/** Facts about a transaction beside its changes. */
export interface TransactionInfo {
  /** The version that the transaction makes. */
  readonly version: number;
  /** Milliseconds since the epoch; never less than the transaction before. */
  readonly time: number;
  /** Author of the change, for history. */
  readonly actor?: string;
  /** Reason of the change, for history. */
  readonly reason?: string;
  /** Makes a repeat of the request do nothing. */
  readonly requestId?: string;
  /** Trace of the writer, in the form of W3C Trace Context, where it is recorded. `spanContextOf` reads it. */
  readonly trace?: string;
  /** Kinds that users defined and that this transaction is the first to write, or to write in this form. */
  readonly kinds?: readonly KindDescription[];
}

/** A transaction on its way to be committed. */
export interface ProposedTransaction extends TransactionInfo {
  /** Its changes, in order. */
  readonly actions: readonly StoreAction[];
}

/** A committed transaction, as {@link Proposer.changesBetween} tells it. */
export interface Change extends TransactionInfo {
  /** Its changes, in order. */
  readonly actions: readonly StoreAction[];
}

/**
 * Port that the store needs for replication.
 *
 * Proposals overlap: the store does not wait for one before it hands in the next. Versions come in order and without
 * holes; the proposer accepts only the version after the last one it accepted. When one fails, that and every later one
 * fail, in order, and the store starts again from what is committed.
 */
export interface Proposer {
  /**
   * Resolves when the transaction is committed. `commit` is called synchronously at that moment, in version order, and
   * never after the promise has rejected. Rejects with `OUTCOME_UNKNOWN` when the transaction may still commit.
   */
  proposeValue(transaction: ProposedTransaction, commit: () => void): Promise<void>;
  /** The last committed version that it holds; read once, when the store is built. 0 for a new cluster. */
  getVersion(): number;
  /** The transactions after `from`, up to and including `to`. */
  changesBetween(from: number, to: number): Promise<readonly Change[]>;
  /** Encoded bytes of one action. Without it transactions have no size limit and batches are cut by count only. */
  sizeOf?(action: StoreAction): number;
  /** Resolves after a round that began after the call has shown that this member still leads; rejects with `NOT_LEADER`. */
  confirmLeadership?(): Promise<void>;
  /**
   * May this member take writes? `undefined`: yes, now. A promise: not yet, ask again when it resolves.
   * Throws, or rejects with, `NOT_LEADER` when another member leads. Without it the answer is always yes.
   */
  admit?(): Promise<void> | undefined;
}
