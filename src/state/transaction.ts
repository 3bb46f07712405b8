import type { TableEditor, TableReader } from '../table/index.js';
import { all, findBy, type By } from './by.js';
import { StoreError } from './errors.js';
import {
  canonicalObject,
  foldName,
  givenId,
  givenVersion,
  type Draft,
  type KindDefinition,
  type Meta,
  type Replacement,
  type StoredObject,
} from './kind.js';
import type { StoreAction } from './proposer.js';
import { readKind, RootEditor, type StateRoot } from './root.js';
import {
  kindNames,
  kindOf,
  isKind,
  type AnyObject,
  type Cluster,
  type Kind,
  type Network,
  type Node,
  type ObjectOf,
  type Service,
  type Task,
} from './tables/index.js';

/** Reads one kind in one version of the state. */
export interface ReadTable<T extends StoredObject> {
  /** The object, or `undefined`. Frozen and shared: never copied. */
  get(id: string): T | undefined;
  /** What the lookup finds, in a fresh array; default {@link all}. @throws {StoreError} `INVALID_FIND_BY` */
  find(by?: By): T[];
}

/** Reads and writes one kind. Sees the transaction's own writes. */
export interface WriteTable<T extends StoredObject> extends ReadTable<T> {
  /**
   * Adds an object. Fields left out get their defaults, a missing id is made up, `meta` is ignored.
   * @returns the stored object, with the version and times that it will have.
   * @throws {StoreError} `INVALID_OBJECT` names the path; `NAME_CONFLICT`; `ALREADY_EXISTS`.
   */
  create(object: Draft<T>): T;
  /**
   * Replaces the object of that id: fields left out go back to their defaults (spread the old object to keep them).
   * With `meta.version` the write is refused when the object has changed since.
   * @throws {StoreError} `INVALID_OBJECT`; `NOT_FOUND`; `SEQUENCE_CONFLICT`: read again; `NAME_CONFLICT`.
   */
  update(object: Replacement<T>): T;
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
}

/** One transaction. Usable until its callback returns. */
export interface Tx extends ReadTx {
  nodes(): WriteTable<Node>;
  services(): WriteTable<Service>;
  tasks(): WriteTable<Task>;
  networks(): WriteTable<Network>;
  clusters(): WriteTable<Cluster>;
}

/** What a transaction did to one object. */
export interface ObjectChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: Kind;
  /** The new object; for `delete` the one that went. */
  readonly object: AnyObject;
  /** Only for `update`. */
  readonly old?: AnyObject;
}

const actions = new WeakMap<object, StoreAction>();

/** The same change is always the same action: its size and its bytes are worked out once. */
export function actionOf(change: Pick<ObjectChange, 'action' | 'kind' | 'object'>): StoreAction {
  let made = actions.get(change);
  if (!made) {
    const { action, kind, object } = change;
    made = action === 'delete' ? { action: 'remove', kind, id: object.id } : { action, kind, object };
    actions.set(change, made);
  }
  return made;
}

function closedError(): StoreError {
  return new StoreError('TX_CLOSED', 'the transaction is over: use tx only inside the callback, and do not keep it');
}

/** Is it open? Shared by a transaction and its tables. */
interface Lifetime {
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

  find(by: By = all): T[] {
    if (!this.#life.open) throw closedError();
    return findBy(this.#kind, this.#rows, by);
  }
}

/** Hands out one table object a kind, made when first asked for. */
abstract class Tables<Table> {
  readonly #tables: Partial<Record<Kind, Table>> = {};
  readonly life: Lifetime = { open: true };

  abstract open(kind: Kind): Table;

  /** The table of a kind whose name is only known at run time. */
  of(kind: Kind): Table {
    if (!this.life.open) throw closedError();
    return (this.#tables[kind] ??= this.open(kind));
  }

  close(): void {
    this.life.open = false;
  }

  protected forgetTables(): void {
    for (const kind of kindNames) delete this.#tables[kind];
  }
}

/** Reads one root. */
export class ReadTransaction extends Tables<ReadTable<StoredObject>> implements ReadTx {
  readonly #root: StateRoot;

  constructor(root: StateRoot) {
    super();
    this.#root = root;
  }

  get version(): number {
    return this.#root.version;
  }

  override open(kind: Kind): ReadTable<StoredObject> {
    return new SnapshotTable(kindOf(kind), readKind(this.#root, kind), this.life);
  }

  nodes(): ReadTable<Node> {
    return this.of('node') as ReadTable<Node>;
  }
  services(): ReadTable<Service> {
    return this.of('service') as ReadTable<Service>;
  }
  tasks(): ReadTable<Task> {
    return this.of('task') as ReadTable<Task>;
  }
  networks(): ReadTable<Network> {
    return this.of('network') as ReadTable<Network>;
  }
  clusters(): ReadTable<Cluster> {
    return this.of('cluster') as ReadTable<Cluster>;
  }
}

/** What is stamped on the objects that a transaction writes. */
export interface Stamp {
  readonly version: number;
  readonly time: number;
}

class TransactionTable<T extends StoredObject> implements WriteTable<T> {
  readonly #kind: KindDefinition<T>;
  readonly #editor: TableEditor<T>;
  readonly #tx: WriteTransaction;

  constructor(kind: KindDefinition<T>, editor: TableEditor<T>, tx: WriteTransaction) {
    this.#kind = kind;
    this.#editor = editor;
    this.#tx = tx;
  }

  get(id: string): T | undefined {
    this.#checkOpen();
    return this.#editor.get(id);
  }

  find(by: By = all): T[] {
    this.#checkOpen();
    return findBy(this.#kind, this.#editor, by);
  }

  create(input: Draft<T>): T {
    this.#checkOpen();
    const { kind } = this.#kind;
    const id = givenId(kind, input) ?? this.#tx.newId();
    const { version, time } = this.#tx.stamp;
    const object = canonicalObject(this.#kind, input, id, Object.freeze({ version, createdAt: time, updatedAt: time }));
    this.#checkName(object, undefined);
    if (this.#editor.get(id) !== undefined) throw new StoreError('ALREADY_EXISTS', `${kind} ${id} is there already`);
    this.#put('create', object, undefined);
    return object;
  }

  update(input: Replacement<T>): T {
    this.#checkOpen();
    const { kind } = this.#kind;
    const id = givenId(kind, input);
    if (id === undefined) throw new StoreError('INVALID_OBJECT', `${kind}: update needs an id`, { path: 'id' });
    const old = this.#editor.get(id);
    if (old === undefined) throw new StoreError('NOT_FOUND', `there is no ${kind} ${id}`);
    const expected = givenVersion(kind, input);
    if (expected !== undefined && expected !== old.meta.version) {
      throw new StoreError(
        'SEQUENCE_CONFLICT',
        `${kind} ${id} is at version ${old.meta.version}, not ${expected}: read it again`,
      );
    }
    const { version, time } = this.#tx.stamp;
    const object = canonicalObject(
      this.#kind,
      input,
      id,
      Object.freeze({ version, createdAt: old.meta.createdAt, updatedAt: time }),
    );
    this.#checkName(object, old);
    this.#put('update', object, old);
    return object;
  }

  delete(id: string): void {
    this.#checkOpen();
    const old = this.#editor.get(id);
    if (old === undefined) throw new StoreError('NOT_FOUND', `there is no ${this.#kind.kind} ${id}`);
    this.#editor.remove(old);
    this.#tx.record({ action: 'delete', kind: this.#kind.kind as Kind, object: old as unknown as AnyObject });
  }

  /** Writes an object as it is, without looking at versions: how a logged action is applied. */
  write(action: 'create' | 'update', object: T): void {
    const old = this.#editor.get(object.id);
    if (action === 'create' && old !== undefined)
      throw new StoreError('ALREADY_EXISTS', `${this.#kind.kind} ${object.id} is there already`);
    if (action === 'update' && old === undefined)
      throw new StoreError('NOT_FOUND', `there is no ${this.#kind.kind} ${object.id}`);
    this.#put(action, object, old);
  }

  /** After a whole transaction was applied: the name of this object, if it is still there, stands once. */
  checkNameOf(id: string): void {
    const object = this.#editor.get(id);
    if (object !== undefined) this.#checkName(object, undefined);
  }

  /** After a restore: every name stands once. */
  checkNames(): void {
    if (this.#kind.uniqueName) for (const object of this.#editor.all()) this.#checkName(object, undefined);
  }

  /** Writes an object of a snapshot: names may be on their way from one object to another. */
  restore(object: T): void {
    const old = this.#editor.get(object.id);
    this.#put(old === undefined ? 'create' : 'update', object, old);
  }

  #put(action: 'create' | 'update', object: T, old: T | undefined): void {
    this.#editor.put(object, old);
    const change = { action, kind: this.#kind.kind as Kind, object: object as unknown as AnyObject };
    this.#tx.record(old === undefined ? change : { ...change, old: old as unknown as AnyObject });
  }

  #checkName(object: T, old: T | undefined): void {
    if (!this.#kind.uniqueName) return;
    const name = foldName(this.#kind.nameOf(object));
    if (name === '' || (old !== undefined && foldName(this.#kind.nameOf(old)) === name)) return;
    const holder = this.#editor.find({ index: 'name', parts: [name] }).find(({ id }) => id !== object.id);
    if (holder !== undefined) {
      throw new StoreError(
        'NAME_CONFLICT',
        `${this.#kind.kind} ${holder.id} already has the name "${this.#kind.nameOf(holder)}"`,
      );
    }
  }

  #checkOpen(): void {
    if (!this.#tx.life.open) throw closedError();
  }
}

interface Savepoint {
  readonly tables: StateRoot['tables'];
  readonly changes: number;
}

/** Writes the next root. Each call either does all it says or throws and does nothing. */
export class WriteTransaction extends Tables<TransactionTable<StoredObject>> implements Tx {
  #editor: RootEditor;
  readonly base: StateRoot;
  readonly stamp: Stamp;
  readonly newId: () => string;
  readonly changes: ObjectChange[] = [];

  constructor(base: StateRoot, stamp: Stamp, newId: () => string) {
    super();
    this.base = base;
    this.#editor = new RootEditor(base.tables);
    this.stamp = stamp;
    this.newId = newId;
  }

  get version(): number {
    return this.stamp.version;
  }

  override open(kind: Kind): TransactionTable<StoredObject> {
    return new TransactionTable(kindOf(kind), this.#editor.table(kind), this);
  }

  record(change: ObjectChange): void {
    this.changes.push(change);
  }

  reopen(): void {
    this.life.open = true;
  }

  /** A view of this transaction that can be closed alone: one a step. */
  step(): { readonly tx: Tx; readonly close: () => void } {
    let open = true;
    const part = <Table>(pick: () => Table) => {
      return () => {
        if (!open) throw closedError();
        return pick();
      };
    };
    const tx: Tx = {
      version: this.version,
      nodes: part(() => this.nodes()),
      services: part(() => this.services()),
      tasks: part(() => this.tasks()),
      networks: part(() => this.networks()),
      clusters: part(() => this.clusters()),
    };
    const close = () => {
      open = false;
    };
    return { tx, close };
  }

  savepoint(): Savepoint {
    return { tables: this.#editor.tables(), changes: this.changes.length };
  }

  /** Undoes everything since the savepoint; returns what was undone. */
  rollback({ tables, changes }: Savepoint): ObjectChange[] {
    this.#editor = new RootEditor(tables);
    this.forgetTables();
    return this.changes.splice(changes);
  }

  /** Makes a change again that another transaction made, stamped anew. */
  repeat(change: ObjectChange): void {
    const table = this.of(change.kind);
    if (change.action === 'delete') {
      table.delete(change.object.id);
      return;
    }
    const { version, time } = this.stamp;
    const createdAt = table.get(change.object.id)?.meta.createdAt ?? time;
    table.write(
      change.action,
      Object.freeze({ ...change.object, meta: Object.freeze({ version, createdAt, updatedAt: time }) }),
    );
  }

  /** The state as this transaction leaves it. */
  root(): StateRoot {
    return { version: this.stamp.version, time: this.stamp.time, tables: this.#editor.tables() };
  }

  nodes(): WriteTable<Node> {
    return this.of('node') as unknown as WriteTable<Node>;
  }
  services(): WriteTable<Service> {
    return this.of('service') as unknown as WriteTable<Service>;
  }
  tasks(): WriteTable<Task> {
    return this.of('task') as unknown as WriteTable<Task>;
  }
  networks(): WriteTable<Network> {
    return this.of('network') as unknown as WriteTable<Network>;
  }
  clusters(): WriteTable<Cluster> {
    return this.of('cluster') as unknown as WriteTable<Cluster>;
  }
}

const canonical = new WeakSet<readonly StoreAction[]>();

/** Says that every object in `actions` is in canonical form already, as decoding leaves it. */
export function markCanonical(actions: readonly StoreAction[]): readonly StoreAction[] {
  canonical.add(actions);
  return actions;
}

/** Logged actions with every object in canonical form. Throws `INVALID_OBJECT`. */
export function canonicalActions(actions: readonly StoreAction[], info: Stamp): readonly StoreAction[] {
  return canonical.has(actions) ? actions : actions.map((action) => canonicalAction(action, info));
}

/** Applies logged actions: values as they are, no version checks. Throws where the log and the state do not fit. */
export function applyActions(
  base: StateRoot,
  info: Stamp,
  actions: readonly StoreAction[],
): { root: StateRoot; changes: readonly ObjectChange[] } {
  const tx = new WriteTransaction(base, info, () => '');
  for (const action of actions) {
    const table = tx.of(action.kind);
    if (action.action === 'remove') table.delete(action.id);
    else table.write(action.action, action.object);
  }
  for (const { kind, object } of tx.changes) tx.of(kind).checkNameOf(object.id);
  tx.close();
  return { root: tx.root(), changes: tx.changes };
}

/** A logged action from outside, in canonical form; `meta` is kept where it is given. */
function canonicalAction(action: StoreAction, info: Stamp): StoreAction {
  if (action.action === 'remove') return action;
  if (!isKind(action.kind))
    throw new StoreError('INVALID_OBJECT', `there is no kind ${String((action as { kind: unknown }).kind)}`, {
      path: 'kind',
    });
  const definition = kindOf(action.kind);
  const id = givenId(action.kind, action.object);
  if (id === undefined)
    throw new StoreError('INVALID_OBJECT', `${action.kind}: a logged object needs an id`, { path: 'id' });
  const given = (action.object as Partial<StoredObject>).meta as Partial<Meta> | undefined;
  const meta: Meta = Object.freeze({
    version: given?.version ?? info.version,
    createdAt: given?.createdAt ?? info.time,
    updatedAt: given?.updatedAt ?? info.time,
  });
  const object = canonicalObject(definition, action.object, id, meta) as AnyObject;
  return { action: action.action, kind: action.kind, object };
}

type ReadTables = { readonly [K in Kind]: (tx: ReadTx) => ReadTable<ObjectOf<K>> };
const tables: ReadTables = {
  node: (tx) => tx.nodes(),
  service: (tx) => tx.services(),
  task: (tx) => tx.tasks(),
  network: (tx) => tx.networks(),
  cluster: (tx) => tx.clusters(),
};

/** The table of a kind that is only known at run time: `tableOf(tx, 'node')` is `tx.nodes()`. */
export function tableOf<K extends Kind>(tx: Tx, kind: K): WriteTable<ObjectOf<K>>;
export function tableOf<K extends Kind>(tx: ReadTx, kind: K): ReadTable<ObjectOf<K>>;
export function tableOf<K extends Kind>(tx: ReadTx, kind: K): ReadTable<ObjectOf<K>> {
  return tables[kind](tx);
}
