import type { Kind, ObjectOf } from './registry.js';

/** One object, as one committed transaction changed it. `version` is the transaction's. Frozen. */
export interface CreateEvent<K extends Kind = Kind> {
  /** Kind of change. */
  readonly action: 'create';
  /** Kind of the object. */
  readonly kind: K;
  /** The new object. */
  readonly object: ObjectOf<K>;
  /** Version of the transaction. */
  readonly version: number;
}

/** An object was replaced. */
export interface UpdateEvent<K extends Kind = Kind> {
  /** Kind of change. */
  readonly action: 'update';
  /** Kind of the object. */
  readonly kind: K;
  /** The object after the change. */
  readonly object: ObjectOf<K>;
  /** The object as it was before this change. */
  readonly old: ObjectOf<K>;
  /** Version of the transaction. */
  readonly version: number;
}

/** An object was deleted. */
export interface DeleteEvent<K extends Kind = Kind> {
  /** Kind of change. */
  readonly action: 'delete';
  /** Kind of the object. */
  readonly kind: K;
  /** The object that went. */
  readonly object: ObjectOf<K>;
  /** Version of the transaction. */
  readonly version: number;
}

/** The end of a transaction: everything of this version has been delivered. */
export interface CommitEvent {
  /** Always `commit`. */
  readonly action: 'commit';
  /** Always `commit`. */
  readonly kind: 'commit';
  /** Version of the transaction. */
  readonly version: number;
}

/** A change of one object of a built-in kind. */
export type ObjectEvent = { [K in Kind]: CreateEvent<K> | UpdateEvent<K> | DeleteEvent<K> }[Kind];
/** An event that a watch delivers. */
export type Event = ObjectEvent | CommitEvent;

/** The action of an object event, or `commit`. */
export type EventAction = Event['action'];
