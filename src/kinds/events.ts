import type { Kind, ObjectOf } from './registry.js';

/** One object, as one committed transaction changed it. `version` is the transaction's. Frozen. */
export interface CreateEvent<K extends Kind = Kind> {
  readonly action: 'create';
  readonly kind: K;
  readonly object: ObjectOf<K>;
  readonly version: number;
}

export interface UpdateEvent<K extends Kind = Kind> {
  readonly action: 'update';
  readonly kind: K;
  readonly object: ObjectOf<K>;
  /** The object as it was before this change. */
  readonly old: ObjectOf<K>;
  readonly version: number;
}

export interface DeleteEvent<K extends Kind = Kind> {
  readonly action: 'delete';
  readonly kind: K;
  /** The object that went. */
  readonly object: ObjectOf<K>;
  readonly version: number;
}

/** The end of a transaction: everything of this version has been delivered. */
export interface CommitEvent {
  readonly action: 'commit';
  readonly kind: 'commit';
  readonly version: number;
}

export type ObjectEvent = { [K in Kind]: CreateEvent<K> | UpdateEvent<K> | DeleteEvent<K> }[Kind];
/** What a watch delivers. */
export type Event = ObjectEvent | CommitEvent;

/** The action of an object event, or `commit`. */
export type EventAction = Event['action'];
