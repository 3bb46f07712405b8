import { plainEqual } from '../../base/plain.js';
import { StoreError } from '../../base/store-error.js';
import { all, type By } from '../../kinds/by.js';
import type { Draft, Replacement, StoredObject } from '../../kinds/definition.js';
import { countBy, findBy, type FindOptions } from '../../kinds/find.js';
import type { KindSet } from '../../kinds/kind-set.js';
import type { Tx, WriteTable } from '../../kinds/tx.js';
import { type FieldChange, fieldChanges } from '../history/difference.js';
import { readKind, type StateRoot } from '../root.js';
import { Tables } from './transaction.js';
import type { ObjectChange, WriteTransaction } from './write-transaction.js';

/** One change that a plan would make. */
export interface PlannedChange extends ObjectChange {
  /** Fields that would change; all fields of an object that would be created or removed. */
  readonly fields: readonly FieldChange[];
}

/** Changes that a callback would make, and its result. Made by `store.plan`, carried out by `store.apply`. */
export interface Plan<T = unknown> {
  /** The version of the state that the callback saw. */
  readonly version: number;
  /** Result of the callback. Objects in it carry the version of a transaction that was never made. */
  readonly value: T;
  /** In call order. */
  readonly changes: readonly PlannedChange[];
}

/**
 * Repeats a read of a callback on a state. The answers are compared with those of an earlier state, object by object.
 * Id and version do not identify an object: the version of a refused transaction is used again.
 */
type Question = (root: StateRoot, kinds: KindSet) => readonly unknown[];

interface PlanOrigin {
  /** Of the store that made it. */
  readonly kinds: KindSet;
  readonly root: StateRoot;
  readonly questions: readonly Question[];
}

const origins = new WeakMap<Plan, PlanOrigin>();

/** A table that remembers what it was asked. */
class WatchedTable<T extends StoredObject> implements WriteTable<T> {
  readonly #kind: string;
  readonly #table: WriteTable<T>;
  readonly #questions: Question[];

  constructor(kind: string, table: WriteTable<T>, questions: Question[]) {
    this.#kind = kind;
    this.#table = table;
    this.#questions = questions;
  }

  get(id: string): T | undefined {
    this.#sawObject(id);
    return this.#table.get(id);
  }

  find(by: By = all, options?: FindOptions<T>): T[] {
    const kind = this.#kind;
    this.#questions.push((root, kinds) =>
      findBy(kinds.get(kind), readKind(root, kind, kinds), by, options as FindOptions | undefined),
    );
    return this.#table.find(by, options);
  }

  count(by: By = all): number {
    const kind = this.#kind;
    this.#questions.push((root, kinds) => [countBy(kinds.get(kind), readKind(root, kind, kinds), by)]);
    return this.#table.count(by);
  }

  create(object: Draft<T>): T {
    const created = this.#table.create(object);
    this.#sawObject(created.id);
    return created;
  }

  update(object: Replacement<T>): T {
    this.#sawObject(object.id);
    return this.#table.update(object);
  }

  delete(id: string): void {
    this.#sawObject(id);
    this.#table.delete(id);
  }

  #sawObject(id: string): void {
    const kind = this.#kind;
    this.#questions.push((root, kinds) => [readKind(root, kind, kinds).get(id)]);
  }
}

class PlanningTransaction extends Tables<WatchedTable<StoredObject>> implements Tx {
  readonly questions: Question[] = [];
  readonly #tx: WriteTransaction;

  constructor(tx: WriteTransaction, kinds: KindSet) {
    super(kinds);
    this.#tx = tx;
  }

  get version(): number {
    return this.#tx.version;
  }

  protected override open(kind: string): WatchedTable<StoredObject> {
    return new WatchedTable(kind, this.#tx.of(kind), this.questions);
  }
}

/** Runs `write` on `tx`, which is then forgotten, and says what it did. */
export function makePlan<T>(tx: WriteTransaction, kinds: KindSet, write: (tx: Tx) => T): Plan<T> {
  const planning = new PlanningTransaction(tx, kinds);
  try {
    const value = write(planning);
    const changes = tx.changes.map((change) => Object.freeze({ ...change, fields: fieldsOf(change) }));
    const plan: Plan<T> = Object.freeze({ version: tx.base.version, value, changes: Object.freeze(changes) });
    origins.set(plan, { kinds, root: tx.base, questions: planning.questions });
    return plan;
  } finally {
    planning.close();
    tx.close();
  }
}

function fieldsOf({ action, object, old }: ObjectChange): readonly FieldChange[] {
  return action === 'delete' ? fieldChanges(object, undefined) : fieldChanges(old, object);
}

/** Makes the changes of a plan in `tx`. @throws {StoreError} `SEQUENCE_CONFLICT` when something that it read has changed. */
export function carryOut(plan: Plan, tx: WriteTransaction, kinds: KindSet): void {
  const origin = origins.get(plan);
  if (origin?.kinds !== kinds)
    throw new TypeError('apply takes what plan of this store returned, itself and not a copy');
  const same = (question: Question) => {
    const [then, now] = [question(origin.root, kinds), question(tx.base, kinds)];
    return then.length === now.length && then.every((answer, i) => plainEqual(answer, now[i]));
  };
  if (tx.base !== origin.root && !origin.questions.every(same)) {
    const message = `something that the plan read has changed since version ${plan.version}: plan again`;
    throw new StoreError('SEQUENCE_CONFLICT', message);
  }
  for (const { action, kind, object } of plan.changes) {
    const table = tx.of(kind);
    const { meta: _meta, ...content } = object;
    if (action === 'create') table.create(content);
    else if (action === 'update') table.update(content);
    else table.delete(object.id);
  }
}
