import type { TableReader } from '../table/index.js';
import { all, type By } from './by.js';
import { StoreError } from './errors.js';
import { countBy, findBy, type FindOptions } from './find.js';
import type { Draft, KindDefinition, Replacement, StoredObject } from './kind.js';
import type { KindSet } from './kind-set.js';
import type { OwnDraft, OwnKind, OwnReplacement, Stored } from './own-kind.js';
import { readKind, type StateRoot } from './root.js';
import type { Cluster, Config, Kind, Network, Node, ObjectOf, Secret, Service, Task, Volume } from './tables/index.js';

/** Reads one kind in one version of the state. */
export interface ReadTable<T extends StoredObject> {
  /** The object, or `undefined`. Frozen and shared: never copied. */
  get(id: string): T | undefined;
  /**
   * What the lookup finds, in a fresh array; default {@link all}. The objects are shared, never copied.
   * @throws {StoreError} `INVALID_FIND_BY`
   */
  find(by?: By, options?: FindOptions<T>): T[];
  /** How many objects the lookup finds; of {@link all} without looking at any. @throws {StoreError} `INVALID_FIND_BY` */
  count(by?: By): number;
}

/** Reads and writes one kind. Sees the transaction's own writes. */
export interface WriteTable<T extends StoredObject, D = Draft<T>, R = Replacement<T>> extends ReadTable<T> {
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

/** A consistent snapshot of all kinds. */
export interface ReadTx {
  /** Of the state that is read; in a write transaction the version that it makes when it commits. */
  readonly version: number;
  nodes(): ReadTable<Node>;
  services(): ReadTable<Service>;
  tasks(): ReadTable<Task>;
  networks(): ReadTable<Network>;
  clusters(): ReadTable<Cluster>;
  secrets(): ReadTable<Secret>;
  configs(): ReadTable<Config>;
  volumes(): ReadTable<Volume>;
  /** A kind of your own. @see defineKind */
  kind<Body extends object, I, D>(kind: OwnKind<Body, I, D>): ReadTable<Stored<Body>>;
}

/** One transaction. Usable until its callback returns. */
export interface Tx extends ReadTx {
  nodes(): WriteTable<Node>;
  services(): WriteTable<Service>;
  tasks(): WriteTable<Task>;
  networks(): WriteTable<Network>;
  clusters(): WriteTable<Cluster>;
  secrets(): WriteTable<Secret>;
  configs(): WriteTable<Config>;
  volumes(): WriteTable<Volume>;
  kind<Body extends object, I, D>(kind: OwnKind<Body, I, D>): WriteTable<Stored<Body>, OwnDraft<D>, OwnReplacement<D>>;
}

/** What both kinds of transaction have: one table a kind, whatever its type. */
export interface AnyTables<Table> {
  of(kind: string): Table;
}

export function closedError(): StoreError {
  return new StoreError('TX_CLOSED', 'the transaction is over: use tx only inside the callback, and do not keep it');
}

/** Is it open? Shared by a transaction and its tables. */
export interface Lifetime {
  open: boolean;
}

class SnapshotTable<T extends StoredObject> implements ReadTable<T> {
  readonly #kind: KindDefinition<T>;
  readonly #rows: TableReader<T>;
  readonly #life: Lifetime;

  constructor(kind: KindDefinition<T>, rows: TableReader<T>, life: Lifetime) {
    this.#kind = kind;
    this.#rows = rows;
    this.#life = life;
  }

  get(id: string): T | undefined {
    if (!this.#life.open) throw closedError();
    return this.#rows.get(id);
  }

  find(by: By = all, options?: FindOptions<T>): T[] {
    if (!this.#life.open) throw closedError();
    return findBy(this.#kind, this.#rows, by, options);
  }

  count(by: By = all): number {
    if (!this.#life.open) throw closedError();
    return countBy(this.#kind, this.#rows, by);
  }
}

/** Hands out one table object a kind, made when first asked for. */
export abstract class Tables<Table> implements AnyTables<Table> {
  readonly #tables = new Map<string, Table>();
  readonly life: Lifetime = { open: true };
  protected readonly kinds: KindSet;

  constructor(kinds: KindSet) {
    this.kinds = kinds;
  }

  protected abstract open(kind: string): Table;

  /** The table of a kind whose name is only known at run time. */
  of(kind: string): Table {
    if (!this.life.open) throw closedError();
    let table = this.#tables.get(kind);
    if (!table) this.#tables.set(kind, (table = this.open(kind)));
    return table;
  }

  close(): void {
    this.life.open = false;
  }

  protected forgetTables(): void {
    this.#tables.clear();
  }

  // What ReadTx and Tx say of these: written once for both, so the compiler is told their types there.

  nodes(): never {
    return this.of('node') as never;
  }
  services(): never {
    return this.of('service') as never;
  }
  tasks(): never {
    return this.of('task') as never;
  }
  networks(): never {
    return this.of('network') as never;
  }
  clusters(): never {
    return this.of('cluster') as never;
  }
  secrets(): never {
    return this.of('secret') as never;
  }
  configs(): never {
    return this.of('config') as never;
  }
  volumes(): never {
    return this.of('volume') as never;
  }
  /** Whoever asks for the table of a kind makes the store know it. */
  kind({ definition }: { readonly definition: KindDefinition }): never {
    this.kinds.learn(definition);
    return this.of(definition.kind) as never;
  }
}

/** Reads one root. */
export class ReadTransaction extends Tables<ReadTable<StoredObject>> implements ReadTx {
  readonly #root: StateRoot;

  constructor(root: StateRoot, kinds: KindSet) {
    super(kinds);
    this.#root = root;
  }

  get version(): number {
    return this.#root.version;
  }

  protected override open(kind: string): ReadTable<StoredObject> {
    return new SnapshotTable(this.kinds.get(kind), readKind(this.#root, kind, this.kinds), this.life);
  }
}

/** The table of a kind that is only known at run time: `tableOf(tx, 'node')` is `tx.nodes()`. */
export function tableOf<K extends Kind>(tx: Tx, kind: K): WriteTable<ObjectOf<K>>;
export function tableOf<K extends Kind>(tx: ReadTx, kind: K): ReadTable<ObjectOf<K>>;
export function tableOf(tx: Tx, kind: string): WriteTable<StoredObject>;
export function tableOf(tx: ReadTx, kind: string): ReadTable<StoredObject>;
export function tableOf(tx: ReadTx, kind: string): ReadTable<StoredObject> {
  return (tx as unknown as AnyTables<ReadTable<StoredObject>>).of(kind);
}
