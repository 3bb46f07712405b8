import type { By, KindOfBy } from './by.js';
import type { CustomDraft, CustomKind, CustomReplacement, Stored } from './custom-kind.js';
import type { Draft, Replacement, StoredObject } from './definition.js';
import type { FindOptions } from './find.js';
import type { BuiltInKinds, ObjectIn } from './registry.js';

/** Reads one kind, `K`, in one version of the state. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of any kind
export interface ReadTable<T extends StoredObject, K extends string = any> {
  /** The object, or `undefined`. Frozen and shared: never copied. */
  get(id: string): T | undefined;
  /**
   * Returns the objects that the lookup finds, in a fresh array; default {@link all}. The objects are shared, never copied.
   * @throws {StoreError} `INVALID_FIND_BY`
   */
  find(by?: By<K>, options?: FindOptions<T>): T[];
  /** Counts the objects that the lookup finds; {@link all} is counted without a scan. @throws {StoreError} `INVALID_FIND_BY` */
  count(by?: By<K>): number;
}

/** Reads and writes one kind. Sees the transaction's own writes. */
export interface WriteTable<
  T extends StoredObject,
  D = Draft<T>,
  R = Replacement<T>,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a table of any kind
  K extends string = any,
> extends ReadTable<T, K> {
  /**
   * Adds an object. Fields left out get their defaults, a missing id is made up, `meta` is ignored.
   * @returns the stored object, with the version and times that it will have.
   * @throws {StoreError} `INVALID_OBJECT` names the path; `NAME_CONFLICT`; `ALREADY_EXISTS`.
   */
  create(object: D): T;
  /**
   * Replaces the object of that id: fields left out go back to their defaults (spread the old object to keep them).
   * With `meta.version` the write is refused when the object has changed since.
   * @throws {StoreError} `INVALID_OBJECT`; `NOT_FOUND`; `SEQUENCE_CONFLICT`: read again; `NAME_CONFLICT`.
   */
  update(object: R): T;
  /** @throws {StoreError} `NOT_FOUND`. */
  delete(id: string): void;
}

type ReadTables = {
  readonly [P in keyof BuiltInKinds]: () => ReadTable<ObjectIn<BuiltInKinds[P]>, BuiltInKinds[P]['kind']>;
};
type WriteTables = {
  readonly [P in keyof BuiltInKinds]: () => WriteTable<
    ObjectIn<BuiltInKinds[P]>,
    Draft<ObjectIn<BuiltInKinds[P]>>,
    Replacement<ObjectIn<BuiltInKinds[P]>>,
    BuiltInKinds[P]['kind']
  >;
};

/** A consistent snapshot of all kinds. */
export interface ReadTx extends ReadTables {
  /** Of the state that is read; in a write transaction the version that it makes when it commits. */
  readonly version: number;
  /** The table of a custom kind. @see defineKind */
  kind<Body extends object, I, D, N extends string>(
    kind: CustomKind<Body, I, D> & { readonly name: N },
  ): ReadTable<Stored<Body>, KindOfBy<N>>;
}

/** One transaction. Usable until its callback returns. */
export interface Tx extends WriteTables {
  /** The version that the transaction makes when it commits. */
  readonly version: number;
  /** The table of a custom kind. @see defineKind */
  kind<Body extends object, I, D, N extends string>(
    kind: CustomKind<Body, I, D> & { readonly name: N },
  ): WriteTable<Stored<Body>, CustomDraft<D>, CustomReplacement<D>, KindOfBy<N>>;
}
