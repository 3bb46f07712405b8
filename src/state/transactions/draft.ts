import { StoreError } from '../../base/store-error.js';
import { type By, byIndex } from '../../kinds/by.js';
import type { StoredObject } from '../../kinds/definition.js';
import type { FindOptions } from '../../kinds/find.js';
import type { KindSet } from '../../kinds/kind-set.js';
import type { Tx, WriteTable } from '../../kinds/tx.js';
import { emptyRoot, type StateRoot } from '../root.js';
import { applyActions } from './actions.js';
import type { StoreAction } from './proposer.js';
import { Tables } from './transaction.js';
import { type ObjectChange, type Stamp, WriteTransaction } from './write-transaction.js';
import { refuseAsync } from './writer.js';

/** Receives what a draft reads, before it is read. What it throws ends the call. */
export interface DraftReads {
  /** An object is read, or is about to be written. */
  object(kind: string, id: string): void;
  /** A lookup is made. `written`: changes of this kind that the draft has made before. */
  lookup(kind: string, by: By, options: FindOptions, written: number): void;
  /** An object is about to be written that must be the only one which this lookup finds. */
  unique(kind: string, by: By): void;
}

/** Result of a callback that ran here and is carried out elsewhere. */
export interface Draft<T> {
  /** Result of the callback. */
  readonly value: T;
  /** In call order. */
  readonly changes: readonly ObjectChange[];
  /** Gives the objects the version and time of the transaction that made the changes. */
  readonly seal: (stamp: Stamp) => void;
}

/** State of which only what was read is known. */
export class KnownState {
  readonly kinds: KindSet;
  #root: StateRoot = emptyRoot;

  constructor(kinds: KindSet) {
    this.kinds = kinds;
  }

  /** The state, as far as it is known. */
  get root(): StateRoot {
    return this.#root;
  }

  /** Adds objects that were not known. */
  add(kind: string, objects: readonly StoredObject[]): void {
    if (objects.length === 0) return;
    const actions: StoreAction[] = objects.map((object) => ({ action: 'create', kind, object }));
    const stamp = { version: this.#root.version + 1, time: this.#root.time };
    this.#root = applyActions(this.#root, stamp, actions, this.kinds).root;
  }
}

/** Runs `write` on a state as `update` would, and proposes nothing. @throws whatever `write` or `reads` throws. */
export function makeDraft<T>(base: StateRoot, { kinds, reads, newId, time }: Drafting, write: (tx: Tx) => T): Draft<T> {
  const stamp = { version: base.version + 1, time: Math.max(time, base.time) };
  const tx = new WriteTransaction({ base, kinds, stamp, newId, group: true });
  const drafting = new DraftTransaction(tx, kinds, reads);
  try {
    const value = write(drafting);
    refuseAsync(value);
    return { value, changes: tx.changes, seal: (committed) => tx.sealAs(committed) };
  } finally {
    drafting.close();
    tx.close();
  }
}

/** Circumstances of a draft. */
export interface Drafting {
  readonly kinds: KindSet;
  readonly reads: DraftReads;
  readonly newId: () => string;
  /** Milliseconds since the epoch, for objects until the draft is sealed. */
  readonly time: number;
}

class DraftTransaction extends Tables<DraftTable> implements Tx {
  readonly #tx: WriteTransaction;
  readonly #reads: DraftReads;

  constructor(tx: WriteTransaction, kinds: KindSet, reads: DraftReads) {
    super(kinds);
    this.#tx = tx;
    this.#reads = reads;
  }

  /** One more than the version that the callback sees: which one it becomes is known when it is committed. */
  get version(): number {
    return this.#tx.version;
  }

  protected override open(kind: string): DraftTable {
    return new DraftTable(kind, this.#tx, this.#reads);
  }
}

/** A table that says what is read before it reads. */
class DraftTable implements WriteTable<StoredObject, object, StoredObject> {
  readonly #kind: string;
  readonly #tx: WriteTransaction;
  readonly #reads: DraftReads;
  /** Ids of what this transaction has created, updated or deleted. */
  readonly #written = new Set<string>();

  constructor(kind: string, tx: WriteTransaction, reads: DraftReads) {
    this.#kind = kind;
    this.#tx = tx;
    this.#reads = reads;
  }

  get #table(): WriteTable<StoredObject> {
    return this.#tx.of(this.#kind);
  }

  get(id: string): StoredObject | undefined {
    this.#read(id);
    return this.#table.get(id);
  }

  find(by?: By, options: FindOptions = {}): StoredObject[] {
    this.#look(by, options);
    return this.#table.find(by, options);
  }

  count(by?: By): number {
    this.#look(by, {});
    return this.#table.count(by);
  }

  create(draft: object): StoredObject {
    const { id } = draft as { readonly id?: unknown };
    if (typeof id === 'string') this.#read(id);
    return this.#write(() => this.#table.create(draft));
  }

  update(object: StoredObject): StoredObject {
    if (typeof object.id === 'string') this.#read(object.id);
    return this.#write(() => this.#table.update(object));
  }

  delete(id: string): void {
    this.#read(id);
    this.#table.delete(id);
    this.#written.add(id);
  }

  /** Reads an object, unless the transaction has written it itself. */
  #read(id: string): void {
    if (!this.#written.has(id)) this.#reads.object(this.#kind, id);
  }

  #write(write: () => StoredObject): StoredObject {
    const uniques: By[] = [];
    const before = this.#tx.onUnique;
    this.#tx.onUnique = (index, parts) => {
      const by = byIndex(index, parts);
      uniques.push(by);
      this.#reads.unique(this.#kind, by);
    };
    try {
      const object = write();
      this.#written.add(object.id);
      return object;
    } catch (error) {
      // Who has the values decided about the refusal, or about its code.
      if (error instanceof StoreError) for (const by of uniques) this.#look(by, {});
      throw error;
    } finally {
      this.#tx.onUnique = before;
    }
  }

  #look(by: By = { by: 'all' }, options: FindOptions): void {
    this.#reads.lookup(this.#kind, by, options, this.#written.size);
  }
}
