import type { Event, ObjectEvent, StoredObject } from '../kinds/index.js';
import type { messages } from '../wire/index.js';
import type { IndexWhere } from './filters.js';

/** Selection of events: fields of one selector are AND-ed, the values of a list are OR-ed. */
export interface Selector extends Partial<Omit<messages.Selector, 'indexes'>> {
  /** Indexes of the kind, all of which must hold. */
  readonly indexes?: readonly IndexWhere[];
}

/** Options of a watch. */
export interface WatchOptions {
  /** OR-ed; none is everything. */
  readonly selectors?: readonly Selector[];
  /** Everything after this version; without it from now on. */
  readonly from?: number;
  /** Begin with the objects that match now. Not together with `from`. */
  readonly snapshot?: boolean;
  /** Waits when `from` is ahead of the member that is asked. */
  readonly wait?: boolean;
  /** Delivers an update also when only its old object matches: an object that leaves the filter is seen. */
  readonly matchEither?: boolean;
  /** Ends the watch. */
  readonly signal?: AbortSignal;
}

/** One committed transaction, with those of its events that the selectors want. */
export interface RemoteTransaction {
  /** Version of the transaction. */
  readonly version: number;
  /** Time of the transaction, milliseconds since the epoch. */
  readonly time: number;
  /** Author of the change, if one was given. */
  readonly actor?: string;
  /** Reason of the change, if one was given. */
  readonly reason?: string;
  /** Trace of the writer, in the form of W3C Trace Context, where it is recorded. `spanContextOf` reads it. */
  readonly trace?: string;
  /** One event a change, in order. */
  readonly events: readonly ObjectEvent[];
}

/** An object of a snapshot, with its kind. */
export interface SnapshotObject {
  /** Kind of the object. */
  readonly kind: string;
  /** The object. */
  readonly object: StoredObject;
}

/** A message of a watch. */
export type WatchMessage =
  /** Objects that match, all of one version; several of these until `synced`. */
  | { readonly type: 'snapshot'; readonly version: number; readonly objects: readonly SnapshotObject[] }
  /** The watch stands: what comes next comes after this version. */
  | { readonly type: 'synced'; readonly version: number }
  | (RemoteTransaction & { readonly type: 'transaction' })
  /** Nothing that is wanted happened up to this version: a later watch can begin here. */
  | { readonly type: 'bookmark'; readonly version: number }
  /** Discard all earlier messages; a new snapshot follows. */
  | { readonly type: 'resync'; readonly reason: string };

/** A transaction as the events of the library, with its commit if nothing was selected. */
export function eventsOf(transaction: RemoteTransaction, withCommit: boolean): Event[] {
  const { version } = transaction;
  return withCommit ? [...transaction.events, { action: 'commit', kind: 'commit', version }] : [...transaction.events];
}
