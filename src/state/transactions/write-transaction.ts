import { plainEqual } from '../../base/plain.js';
import { StoreError } from '../../base/store-error.js';
import { all, type By } from '../../kinds/by.js';
import { canonicalObject, givenId, givenVersion, validateObject } from '../../kinds/canonical.js';
import type { Draft, KindDefinition, KindDescription, Replacement, StoredObject } from '../../kinds/definition.js';
import { countBy, findBy, type FindOptions } from '../../kinds/find.js';
import { valueOfKey } from '../../kinds/index-key.js';
import type { KindSet } from '../../kinds/kind-set.js';
import { openMeta, sealMeta, specVersionOf, stampMeta, storedMeta } from '../../kinds/meta.js';
import { naming } from '../../kinds/told.js';
import type { Tx, WriteTable } from '../../kinds/tx.js';
import type { TableEditor } from '../../table/index.js';
import { RootEditor, type StateRoot } from '../root.js';
import { closedError, type Lifetime, Tables } from './transaction.js';

/** Change of one object by a transaction. */
export interface ObjectChange {
  readonly action: 'create' | 'update' | 'delete';
  readonly kind: string;
  /** The new object; for `delete` the one that went. */
  readonly object: StoredObject;
  /** Only for `update`. */
  readonly old?: StoredObject;
}

/** Version and time stamped on the objects that a transaction writes. */
export interface Stamp {
  readonly version: number;
  readonly time: number;
}

class TransactionTable<T extends StoredObject> implements WriteTable<T> {
  readonly #kind: KindDefinition<T>;
  readonly #editor: TableEditor<T>;
  readonly #tx: WriteTransaction;
  readonly #life: Lifetime;

  constructor(kind: KindDefinition<T>, editor: TableEditor<T>, tx: WriteTransaction, life = tx.life) {
    this.#kind = kind;
    this.#editor = editor;
    this.#tx = tx;
    this.#life = life;
  }

  get(id: string): T | undefined {
    this.#checkOpen();
    return this.#editor.get(id);
  }

  find(by: By = all, options?: FindOptions<T>): T[] {
    this.#checkOpen();
    return this.#tx.holding(() => findBy(this.#kind, this.#editor, by, options));
  }

  count(by: By = all): number {
    this.#checkOpen();
    return this.#tx.holding(() => countBy(this.#kind, this.#editor, by));
  }

  create(input: Draft<T>): T {
    this.#checkWritable();
    return this.#tx.holding(() => this.#create(input));
  }

  #create(input: Draft<T>): T {
    const { kind } = this.#kind;
    const id = givenId(kind, input) ?? this.#tx.newId();
    const { version, time } = this.#tx.stamp;
    const meta = { version, createdAt: time, updatedAt: time };
    const object = canonicalObject(this.#kind, input, id, meta, undefined, this.#tx.stamped);
    validateObject(this.#kind, object, undefined);
    this.#checkUnique(object, undefined, undefined);
    if (this.#editor.get(id) !== undefined) throw new StoreError('ALREADY_EXISTS', `${kind} ${id} is there already`);
    this.#checkCount();
    this.#put('create', object, undefined);
    return object;
  }

  update(input: Replacement<T>): T {
    this.#checkWritable();
    return this.#tx.holding(() => this.#update(input));
  }

  #update(input: Replacement<T>): T {
    const { kind } = this.#kind;
    const id = givenId(kind, input);
    if (id === undefined) throw new StoreError('INVALID_OBJECT', `${kind}: update needs an id`, { path: 'id' });
    const old = this.#editor.get(id);
    if (old === undefined) throw new StoreError('NOT_FOUND', `there is no ${kind} ${id}`);
    const expected = givenVersion(kind, input);
    if (expected !== undefined && (expected === 0 || expected !== old.meta.version)) {
      throw new StoreError(
        'SEQUENCE_CONFLICT',
        `${kind} ${id} is at version ${old.meta.version}, not ${expected}: read it again`,
      );
    }
    const { version, time } = this.#tx.stamp;
    const meta = { version, createdAt: old.meta.createdAt, updatedAt: time };
    const object = canonicalObject(this.#kind, input, id, meta, old, this.#tx.stamped);
    validateObject(this.#kind, object, old);
    this.#checkUnique(object, old, id);
    this.#put('update', object, old);
    return object;
  }

  delete(id: string): void {
    this.#checkOpen();
    this.#checkFree();
    const old = this.#editor.get(id);
    if (old === undefined) throw new StoreError('NOT_FOUND', `there is no ${this.#kind.kind} ${id}`);
    this.#tx.holding(() => this.#editor.remove(old));
    this.#tx.record({ action: 'delete', kind: this.#kind.kind, object: old });
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

  /** Checks, after a whole transaction was applied, that the name of this object is unique if it still exists. */
  checkNameOf(id: string): void {
    if (this.#kind.unique.length === 0) return;
    if (this.#kind.description) return; // the writing member decided, perhaps with another definition
    const object = this.#editor.get(id);
    if (object !== undefined) this.#checkUnique(object, undefined, id);
  }

  /** Writes an object of a snapshot: names may be on their way from one object to another. */
  restore(object: T): void {
    const old = this.#editor.get(object.id);
    this.#put(old === undefined ? 'create' : 'update', object, old);
  }

  #put(action: 'create' | 'update', object: T, old: T | undefined): void {
    this.#editor.put(object, old);
    const { kind } = this.#kind;
    this.#tx.record(old === undefined ? { action, kind, object } : { action, kind, object, old });
  }

  /** The object with the id `may` may already hold the unique value. */
  #checkUnique(object: T, old: T | undefined, may: string | undefined): void {
    for (const index of this.#kind.unique) {
      for (const parts of this.#keysIn(index, object)) {
        if (old !== undefined && this.#keysIn(index, old).some((other) => plainEqual(other, parts))) continue;
        this.#tx.onUnique?.(index, parts);
        const holder = this.#editor.find({ index, parts }).find(({ id }) => id !== may);
        if (holder === undefined) continue;
        throw this.#conflict(object, holder, { index, parts });
      }
    }
  }

  /** A reader who may not know of the holder hears what it has written itself, and that another one has that. */
  #conflict(
    object: T,
    holder: T,
    { index, parts: [key = ''] }: { index: string; parts: readonly string[] },
  ): StoreError {
    const { kind } = this.#kind;
    const value = index === 'name' ? '' : `${index} ${JSON.stringify(valueOfKey(key))}`;
    return naming('NAME_CONFLICT', (mayRead) => {
      const known = mayRead(kind, holder);
      const what = value || `name "${this.#kind.nameOf(known ? holder : object)}"`;
      return `${known ? `${kind} ${holder.id}` : `another ${kind}`} already has the ${what}`;
    });
  }

  #keysIn(index: string, object: T): readonly (readonly string[])[] {
    return this.#kind.table.indexes[index]?.of(object) ?? [];
  }

  #checkCount(): void {
    const most = this.#tx.limitsOf(this.#kind)?.objects;
    if (most === undefined || this.#editor.size < most) return;
    throw new StoreError(
      'LIMIT_EXCEEDED',
      `there are ${this.#editor.size} ${this.#kind.plural}, and at most ${most} may be`,
    );
  }

  #checkOpen(): void {
    if (!this.#life.open || !this.#tx.life.open) throw closedError();
  }

  /**
   * Refuses writes by user code inside our calls: getters, schemas, `validate`, indexes, `where`. Reading is allowed.
   */
  #checkFree(): void {
    if (this.#tx.held)
      throw new StoreError(
        'TX_CLOSED',
        'nothing can be written from inside another call of the transaction: not from a getter, a schema, validate, an index or where',
      );
  }

  #checkWritable(): void {
    this.#checkOpen();
    this.#checkFree();
    if (this.#kind.unknown)
      throw new StoreError(
        'UNKNOWN_KIND',
        `this member does not know the kind "${this.#kind.kind}" and cannot check what is written: open it with kinds: [...]`,
      );
  }
}

/** State of a transaction to which it can be rolled back. */
export interface Savepoint {
  readonly tables: StateRoot['tables'];
  readonly changes: number;
}

/** Start state and options of a write transaction. */
export interface WriteOptions {
  readonly base: StateRoot;
  readonly kinds: KindSet;
  readonly stamp: Stamp;
  /** Makes an id for an object that comes without one. */
  readonly newId?: () => string;
  readonly limits?: KindLimitsByName;
  /** True for a group of a batch: its writes may get a later version, until {@link WriteTransaction.seal}. */
  readonly group?: boolean;
}

/** Limits by kind, over those of the definitions. */
export type KindLimitsByName = Readonly<Record<string, KindDefinition['limits']>>;

/** Writes the next root. Each call either does all it says or throws and does nothing. */
export class WriteTransaction extends Tables<TransactionTable<StoredObject>> implements Tx {
  #editor: RootEditor;
  /** Makes the metas of new objects. */
  readonly stamped: typeof storedMeta;
  /** Receives each change after it has been made. */
  onChange: ((change: ObjectChange) => void) | undefined;
  /** Receives each value of a unique index before it is looked up. What it throws ends the call. */
  onUnique: ((index: string, parts: readonly string[]) => void) | undefined;
  #base: StateRoot;
  #stamp: Stamp;
  readonly newId: () => string;
  readonly #limits: KindLimitsByName;
  readonly changes: ObjectChange[] = [];
  #held = 0;

  constructor({ base, kinds, stamp, newId = () => '', limits = {}, group = false }: WriteOptions) {
    super(kinds);
    this.#base = base;
    this.#editor = new RootEditor(base.tables, kinds);
    this.#stamp = stamp;
    this.stamped = group ? openMeta : storedMeta;
    this.newId = newId;
    this.#limits = limits;
  }

  get base(): StateRoot {
    return this.#base;
  }

  get stamp(): Stamp {
    return this.#stamp;
  }

  get version(): number {
    return this.stamp.version;
  }

  protected override open(kind: string): TransactionTable<StoredObject> {
    return new TransactionTable(this.kinds.get(kind), this.#editor.table(kind), this);
  }

  /** The definition of a kind, as this transaction writes it. */
  definitionOf(kind: string): KindDefinition {
    return this.kinds.get(kind);
  }

  /** The table of one step of a group: it can be used for as long as the step lasts. */
  openFor(life: Lifetime, kind: string): TransactionTable<StoredObject> {
    return new TransactionTable(this.kinds.get(kind), this.#editor.table(kind), this, life);
  }

  record(change: ObjectChange): void {
    this.changes.push(change);
    this.onChange?.(change);
  }

  /** True while a call is running. The data that it has read must not change before it ends. */
  get held(): boolean {
    return this.#held > 0;
  }

  /** Runs one call, during which nothing else is written. */
  holding<R>(call: () => R): R {
    this.#held++;
    try {
      return call();
    } finally {
      this.#held--;
    }
  }

  limitsOf<T extends StoredObject>({ kind, limits }: KindDefinition<T>): KindDefinition['limits'] {
    const set = this.#limits[kind];
    return set && limits ? { ...limits, ...set } : (set ?? limits);
  }

  reopen(): void {
    this.life.open = true;
  }

  /** A view of this transaction that can be closed alone: one a step. */
  step(): { readonly tx: Tx; readonly close: () => void } {
    const step = new StepTransaction(this, this.kinds);
    return { tx: step, close: () => step.close() };
  }

  savepoint(): Savepoint {
    return { tables: this.#editor.tables(), changes: this.changes.length };
  }

  /** Undoes everything since the savepoint; returns what was undone. */
  rollback({ tables, changes }: Savepoint): ObjectChange[] {
    this.#editor = new RootEditor(tables, this.kinds);
    this.forgetTables();
    return this.changes.splice(changes);
  }

  /** Gives the writes since the savepoint, and later ones, the next version: see {@link splitOff}. */
  moveOn({ changes: from }: Savepoint): void {
    this.#stamp = { version: this.#stamp.version + 1, time: this.#stamp.time };
    this.#restamp(from);
    // A change is measured and encoded once: these are different ones now.
    for (let i = from; i < this.changes.length; i++) this.changes[i] = { ...(this.changes[i] as ObjectChange) };
  }

  /** Undoes {@link moveOn} when the step that needed it has failed. */
  moveBack(): void {
    this.#stamp = { version: this.#stamp.version - 1, time: this.#stamp.time };
  }

  /** Moves the writes before the savepoint to a separate transaction. The caller then sets the base of this one. */
  splitOff({ tables, changes }: Savepoint): WriteTransaction {
    const stamp = { version: this.#stamp.version - 1, time: this.#stamp.time };
    const head = new WriteTransaction({ base: this.#base, kinds: this.kinds, stamp });
    head.#editor = new RootEditor(tables, this.kinds);
    for (const change of this.changes.splice(0, changes)) head.changes.push(change);
    head.close();
    return head;
  }

  /** Takes the root that {@link splitOff}'s transaction made as the base. */
  standOn(base: StateRoot): void {
    this.#base = base;
  }

  /** Freezes the writes since the savepoint. */
  seal({ changes: from }: Pick<Savepoint, 'changes'>): void {
    this.#restamp(from);
    for (const { action, object } of this.changes.slice(from)) if (action !== 'delete') sealMeta(object.meta);
  }

  /** Gives all writes the version and time of the transaction that made them elsewhere, and freezes them. */
  sealAs(stamp: Stamp): void {
    this.#stamp = stamp;
    this.seal({ changes: 0 });
  }

  #restamp(from: number): void {
    const { version, time } = this.#stamp;
    for (const { action, object, old } of this.changes.slice(from)) {
      if (action === 'delete') continue;
      const specKept =
        old !== undefined && 'spec' in object && plainEqual(object.spec, (old as { spec?: unknown }).spec);
      const stamp = { version, createdAt: old?.meta.createdAt ?? time, updatedAt: time };
      stampMeta(object.meta, stamp, specKept ? specVersionOf(old) : version);
    }
  }

  /** Returns descriptions of the written kinds that members do not know, or know otherwise. */
  newDescriptions(): readonly KindDescription[] {
    const found = new Map<string, KindDescription>();
    for (const { action, kind } of this.changes) {
      const description = action === 'delete' || found.has(kind) ? undefined : this.kinds.find(kind)?.description;
      if (description && !plainEqual(this.#base.descriptions[kind], description)) found.set(kind, description);
    }
    return [...found.values()];
  }

  /** The state as this transaction leaves it. */
  root(descriptions = this.newDescriptions()): StateRoot {
    return {
      version: this.stamp.version,
      time: this.stamp.time,
      tables: this.#editor.tables(),
      bytes: this.#base.bytes,
      descriptions: withDescriptions(this.#base.descriptions, descriptions),
    };
  }
}

/** One step of a group: the same tables, closed alone. */
class StepTransaction extends Tables<TransactionTable<StoredObject>> implements Tx {
  readonly #group: WriteTransaction;

  constructor(group: WriteTransaction, kinds: KindSet) {
    super(kinds);
    this.#group = group;
  }

  get version(): number {
    return this.#group.version;
  }

  protected override open(kind: string): TransactionTable<StoredObject> {
    return this.#group.openFor(this.life, kind);
  }
}

function withDescriptions(
  before: StateRoot['descriptions'],
  told: readonly KindDescription[],
): StateRoot['descriptions'] {
  if (told.length === 0) return before;
  return Object.freeze({ ...before, ...Object.fromEntries(told.map((one) => [one.kind, one])) });
}
