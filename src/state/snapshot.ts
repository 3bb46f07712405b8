import { plainEqual } from '../base/plain.js';
import { Slicer, type Clock } from '../base/clock.js';
import { StoreError } from './errors.js';
import { canonicalObject, givenId, type StoredObject } from './kind.js';
import type { TransactionRecord } from './history.js';
import { emptyRoot, readKind, type StateRoot } from './root.js';
import { kindNames, kindOf, type AnyObject, type Kind, type ObjectOf } from './tables/index.js';
import { WriteTransaction, type ObjectChange } from './transaction.js';

/** Everything that a store holds at one version. Taking one costs nothing: it shares the store's structure. */
export interface StoreSnapshot {
  readonly version: number;
  /** Of the last transaction, milliseconds since the epoch. */
  readonly time: number;
  /** One list a kind, by id. */
  readonly tables: { readonly [K in Kind]: readonly ObjectOf<K>[] };
  /** The last transactions, oldest first. */
  readonly history: readonly TransactionRecord[];
  /** The last request ids and the versions that they made, oldest first. */
  readonly requests: readonly (readonly [requestId: string, version: number])[];
}

const roots = new WeakMap<StoreSnapshot, StateRoot>();

export function snapshotOf(
  root: StateRoot,
  history: readonly TransactionRecord[],
  requests: readonly (readonly [string, number])[],
): StoreSnapshot {
  const tables = {};
  for (const kind of kindNames) {
    let rows: readonly StoredObject[] | undefined;
    Object.defineProperty(tables, kind, {
      enumerable: true,
      get: () => (rows ??= Object.freeze(readKind(root, kind).all())),
    });
  }
  const snapshot = Object.freeze({
    version: root.version,
    time: root.time,
    tables: Object.freeze(tables) as StoreSnapshot['tables'],
    history,
    requests,
  });
  roots.set(snapshot, root);
  return snapshot;
}

/** The root that a snapshot was taken of; `undefined` for one that was put together elsewhere. */
export function rootOf(snapshot: StoreSnapshot): StateRoot | undefined {
  return roots.get(snapshot);
}

/** Objects of a snapshot in canonical form, with the meta they carry. */
function canonicalRow(snapshot: StoreSnapshot, kind: Kind, row: AnyObject): StoredObject {
  if (roots.has(snapshot)) return row;
  const id = givenId(kind, row);
  if (id === undefined)
    throw new StoreError('INVALID_OBJECT', `${kind}: an object of a snapshot needs an id`, { path: 'id' });
  const { version, createdAt, updatedAt } = row.meta;
  return canonicalObject(kindOf(kind), row, id, Object.freeze({ version, createdAt, updatedAt }));
}

function sameContent(a: StoredObject, b: StoredObject): boolean {
  if (a === b) return true;
  const { meta: _a, ...contentA } = a;
  const { meta: _b, ...contentB } = b;
  return plainEqual(contentA, contentB);
}

/** Builds the state that a snapshot describes, in slices. */
export async function buildRoot(snapshot: StoreSnapshot, clock: Clock): Promise<StateRoot> {
  const shared = rootOf(snapshot);
  if (shared) return shared;
  const slicer = new Slicer(clock);
  const empty = { ...emptyRoot, version: snapshot.version, time: snapshot.time };
  const tx = new WriteTransaction(empty, { version: snapshot.version, time: snapshot.time }, () => '');
  for (const kind of kindNames) {
    for (const row of snapshot.tables[kind] ?? []) {
      tx.of(kind).restore(canonicalRow(snapshot, kind, row));
      tx.changes.length = 0;
      if (slicer.due) await slicer.pause();
    }
  }
  return tx.root();
}

/** The transaction that turns `base` into what the snapshot holds: differences only, in slices. */
export async function planRestore(
  base: StateRoot,
  snapshot: StoreSnapshot,
  time: number,
  clock: Clock,
): Promise<{ root: StateRoot; changes: readonly ObjectChange[] }> {
  const slicer = new Slicer(clock);
  const version = Math.max(base.version, snapshot.version) + 1;
  const tx = new WriteTransaction(base, { version, time }, () => '');
  for (const kind of kindNames) {
    const rows = (snapshot.tables[kind] ?? []).map((row) => canonicalRow(snapshot, kind, row));
    const wanted = new Set(rows.map(({ id }) => id));
    const table = tx.of(kind);
    for (const { id } of readKind(base, kind).all()) {
      if (!wanted.has(id)) table.delete(id);
      if (slicer.due) await slicer.pause();
    }
    for (const row of rows) {
      const old = table.get(row.id);
      if (!old || !sameContent(old, row)) {
        table.restore(
          Object.freeze({ ...row, meta: Object.freeze({ version, createdAt: row.meta.createdAt, updatedAt: time }) }),
        );
      }
      if (slicer.due) await slicer.pause();
    }
    if (!rootOf(snapshot)) table.checkNames();
  }
  return { root: tx.root(), changes: tx.changes };
}
