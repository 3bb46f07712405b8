import { StoreError } from '../../base/store-error.js';
import { all, type By } from '../../kinds/by.js';
import type { AnyCustomKind } from '../../kinds/custom-kind.js';
import type { KindDefinition, StoredObject } from '../../kinds/definition.js';
import { countBy, findBy, type FindOptions } from '../../kinds/find.js';
import type { KindSet } from '../../kinds/kind-set.js';
import { type BuiltInKinds, builtInKinds, type Kind, type ObjectOf } from '../../kinds/registry.js';
import type { ReadTable, ReadTx, Tx, WriteTable } from '../../kinds/tx.js';
import type { TableReader } from '../../table/index.js';
import { readKind, type StateRoot } from '../root.js';

/** Base of read and write transactions: one table a kind, whatever its type. */
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

abstract class TablesByKind<Table> implements AnyTables<Table> {
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

  /** Returns the table of a custom kind, and makes the store know the kind. */
  kind(custom: AnyCustomKind): never {
    return this.of(this.kinds.learn(custom).kind) as never;
  }
}

type TableMethods = { readonly [P in keyof BuiltInKinds]: () => never };

/** Hands out one table object a kind, made when first asked for. `ReadTx` and `Tx` give its methods their types. */
export const Tables = TablesByKind as abstract new <Table>(kinds: KindSet) => TablesByKind<Table> & TableMethods;

for (const { kind, plural } of Object.values(builtInKinds))
  Object.defineProperty(TablesByKind.prototype, plural, {
    value: function (this: TablesByKind<unknown>) {
      return this.of(kind);
    },
  });

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
