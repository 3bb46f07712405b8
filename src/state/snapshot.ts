import { type Clock, Slicer } from '../base/clock.js';
import { LongList } from '../base/long-list.js';
import { plainEqual } from '../base/plain.js';
import { StoreError } from '../base/store-error.js';
import { canonicalObject, givenId, givenMeta } from '../kinds/canonical.js';
import type { KindDescription, StoredObject } from '../kinds/definition.js';
import type { ObjectEvent } from '../kinds/events.js';
import { KindSet } from '../kinds/kind-set.js';
import { isStateStamp, isStored, storedMeta } from '../kinds/meta.js';
import { isKind, type Kind, kindNames, type ObjectOf } from '../kinds/registry.js';
import { TableBuilder } from '../table/index.js';
import type { TransactionRecord } from './history/history.js';
import { eventOf, recordOfMany } from './history/record.js';
import { bytesAfter, type Measure } from './measure.js';
import { emptyRoot, kindsIn, readKind, rowsIn, type StateRoot } from './root.js';
import { WriteTransaction } from './transactions/write-transaction.js';

/** Everything that a store holds at one version. Taking one costs nothing: it shares the store's structure. */
export interface StoreSnapshot {
  /** Version of the state. */
  readonly version: number;
  /** Of the last transaction, milliseconds since the epoch. */
  readonly time: number;
  /** One list a kind, by id. */
  readonly tables: { readonly [K in Kind]: readonly ObjectOf<K>[] } & {
    readonly [own: string]: readonly StoredObject[];
  };
  /** The kinds that users defined; none if absent. */
  readonly kinds?: readonly KindDescription[];
  /** The last transactions, oldest first. */
  readonly history: readonly TransactionRecord[];
  /** The last request ids and the versions that they made, oldest first. */
  readonly requests: readonly (readonly [requestId: string, version: number])[];
}

/** Tells whether this has the parts of a snapshot: a program may pass anything. */
export function isSnapshot(given: unknown): given is StoreSnapshot {
  const { version, time, tables } = (given ?? {}) as Partial<StoreSnapshot>;
  return isStateStamp({ version, time }) && typeof tables === 'object' && tables !== null;
}

const roots = new WeakMap<StoreSnapshot, StateRoot>();
/** The rows of snapshots that are not of a root, where they are at hand without a list of them all. */
const rowsByKind = new WeakMap<StoreSnapshot, Readonly<Record<string, Iterable<StoredObject>>>>();

export function snapshotOf(
  root: StateRoot,
  kinds: KindSet,
  history: readonly TransactionRecord[],
  requests: readonly (readonly [string, number])[],
): StoreSnapshot {
  const descriptions = Object.values(root.descriptions);
  const snapshot = Object.freeze({
    version: root.version,
    time: root.time,
    tables: listedWhenRead(kindsIn(root), (kind) => readKind(root, kind, kinds).all()),
    ...(descriptions.length > 0 && { kinds: Object.freeze(descriptions) }),
    history,
    requests,
  });
  roots.set(snapshot, root);
  return snapshot;
}

/** A snapshot that was put together elsewhere, row by row: each kind's by id. */
export function snapshotOfRows(
  content: Omit<StoreSnapshot, 'tables'>,
  rows: Readonly<Record<string, LongList<StoredObject>>>,
): StoreSnapshot {
  const listOf = (kind: string) => rows[kind]?.toArray() ?? [];
  const snapshot = Object.freeze({ ...content, tables: listedWhenRead(Object.keys(rows), listOf) });
  rowsByKind.set(snapshot, rows);
  return snapshot;
}

/**
 * The same state without the objects of some kinds, and with other ones in the place of the objects of its history: for a
 * copy that leaves the cluster. Nothing is copied before it is read.
 */
export function redacted(
  snapshot: StoreSnapshot,
  { without, shown }: { readonly without: ReadonlySet<string>; readonly shown: ShownObject },
): StoreSnapshot {
  const kinds = Object.keys(snapshot.tables).filter((kind) => !without.has(kind));
  const { tables: _tables, history, ...rest } = snapshot;
  const copy = Object.freeze({
    ...rest,
    history: history.map((record) => redactedRecord(record, shown)),
    tables: listedWhenRead(kinds, (kind) => [...rowsOf(snapshot, kind)]),
  });
  const rows = kinds.map((kind) => [kind, { [Symbol.iterator]: () => rowsOf(snapshot, kind)[Symbol.iterator]() }]);
  rowsByKind.set(copy, Object.fromEntries(rows) as Record<string, Iterable<StoredObject>>);
  return copy;
}

/** Returns an object as it may be shown. */
export type ShownObject = <T extends StoredObject>(kind: string, object: T) => T;

/** Records with nothing to hide stay as they are. */
function redactedRecord(record: TransactionRecord, shown: ShownObject): TransactionRecord {
  const hides = record.events.some(({ kind, object }) => shown(kind, object) !== object);
  if (!hides) return record;
  const events = record.events.map((event) => ({
    ...event,
    object: shown(event.kind, event.object),
    ...(event.action === 'update' && { old: shown(event.kind, event.old) }),
  }));
  return { ...record, events: events as unknown as TransactionRecord['events'] };
}

/** Tables whose lists are made at the first read. */
function listedWhenRead(kinds: readonly string[], listOf: (kind: string) => StoredObject[]): StoreSnapshot['tables'] {
  const tables = {};
  for (const kind of kinds) {
    let rows: readonly StoredObject[] | undefined;
    Object.defineProperty(tables, kind, { enumerable: true, get: () => (rows ??= Object.freeze(listOf(kind))) });
  }
  return Object.freeze(tables) as StoreSnapshot['tables'];
}

/** The root that a snapshot was taken of; `undefined` for one that was put together elsewhere. */
export function rootOf(snapshot: StoreSnapshot): StateRoot | undefined {
  return roots.get(snapshot);
}

/**
 * Objects of a snapshot in canonical form, with the meta they carry. Objects of a store, and decoded ones, are in that form;
 * those of custom kinds may have been written under another schema.
 */
function canonicalRow(snapshot: StoreSnapshot, kind: string, row: StoredObject, kinds: KindSet): StoredObject {
  if (roots.has(snapshot) || (isKind(kind) && isStored(row))) return row;
  const id = givenId(kind, row);
  if (id === undefined)
    throw new StoreError('INVALID_OBJECT', `${kind}: an object of a snapshot needs an id`, { path: 'id' });
  const { version, createdAt, updatedAt } = givenMeta(kind, row);
  if (version === undefined || createdAt === undefined || updatedAt === undefined)
    throw new StoreError('INVALID_OBJECT', `${kind} ${id}: an object of a snapshot needs its meta`, { path: 'meta' });
  return canonicalObject(kinds.get(kind), row, id, row.meta);
}

/** Every kind of which a snapshot has objects, the store's own first. */
function kindsOf(snapshot: StoreSnapshot): string[] {
  const others = Object.keys(snapshot.tables).filter((name) => !(kindNames as readonly string[]).includes(name));
  return [...kindNames, ...others.sort()];
}

function descriptionsOf({ kinds = [] }: StoreSnapshot): StateRoot['descriptions'] {
  return Object.fromEntries(kinds.map((kind) => [kind.kind, kind]));
}

/** Reads all request ids of a snapshot. Throws `INVALID_OBJECT`, so nothing may have been changed before. */
export function requestsOf(snapshot: StoreSnapshot): StoreSnapshot['requests'] {
  const { requests = [] }: { requests?: unknown } = snapshot;
  const isEntry = (entry: unknown) =>
    Array.isArray(entry) && typeof entry[0] === 'string' && Number.isSafeInteger(entry[1]);
  if (!Array.isArray(requests) || !requests.every(isEntry))
    throw new StoreError('INVALID_OBJECT', 'the requests of a snapshot are pairs of an id and a version', {
      path: 'requests',
    });
  return requests as StoreSnapshot['requests'];
}

function sameContent(a: StoredObject, b: StoredObject): boolean {
  if (a === b) return true;
  const { meta: _metaA, ...contentA } = a;
  const { meta: _metaB, ...contentB } = b;
  return plainEqual(contentA, contentB);
}

/** Builds the state that a snapshot describes, in slices. */
export async function buildRoot(
  snapshot: StoreSnapshot,
  { clock, kinds, measure }: { clock: Clock; kinds: KindSet; measure: Measure },
): Promise<StateRoot> {
  const shared = rootOf(snapshot);
  if (shared) return shared;
  const slicer = new Slicer(clock);
  const { version, time } = snapshot;
  const tables: Record<string, StateRoot['tables'][string]> = { ...emptyRoot.tables };
  const bytes: Record<string, number> = {};
  for (const kind of kindsOf(snapshot)) {
    const table = new TableBuilder<StoredObject>(kinds.get(kind).table);
    for (const row of rowsOf(snapshot, kind)) {
      const object = canonicalRow(snapshot, kind, row, kinds);
      table.add(object);
      bytes[kind] = (bytes[kind] ?? 0) + measure(kind, object);
      if (slicer.due) await slicer.pause();
    }
    if (bytes[kind] === undefined) continue;
    const steps = table.build();
    let step = steps.next();
    for (; !step.done; step = steps.next()) if (slicer.due) await slicer.pause();
    tables[kind] = step.value;
  }
  return { version, time, tables, bytes, descriptions: descriptionsOf(snapshot) };
}

/** The transaction that turns `base` into what the snapshot holds: differences only, in slices. */
export async function planRestore(
  base: StateRoot,
  snapshot: StoreSnapshot,
  time: number,
  { clock, kinds, measure }: { clock: Clock; kinds: KindSet; measure: Measure },
): Promise<{ root: StateRoot; record: TransactionRecord }> {
  const slicer = new Slicer(clock);
  const version = Math.max(base.version, snapshot.version) + 1;
  const tx = new WriteTransaction({ base, kinds, stamp: { version, time } });
  const events = new LongList<ObjectEvent>();
  let { bytes } = base;
  let historyBytes = 0;
  /** Takes over what was changed since it was called last, and pauses when it is time. */
  const settle = async () => {
    if (tx.changes.length > 0) {
      bytes = bytesAfter(bytes, tx.changes, measure);
      for (const change of tx.changes) {
        events.push(eventOf(change, version));
        historyBytes += measure(change.kind, change.object);
      }
      tx.changes.length = 0;
    }
    if (slicer.due) await slicer.pause();
  };
  for (const kind of new Set([...kindsOf(snapshot), ...kindsIn(base)])) {
    const table = tx.of(kind);
    const rows = new LongList<StoredObject>();
    const wanted = new WideSet();
    for (const row of rowsOf(snapshot, kind, kinds)) {
      rows.push(canonicalRow(snapshot, kind, row, kinds));
      wanted.add(row.id);
      await settle();
    }
    for (const { id } of rowsIn(base, kind, kinds)) {
      if (!wanted.has(id)) table.delete(id);
      await settle();
    }
    for (const row of rows) {
      const old = table.get(row.id);
      if (!old || !sameContent(old, row)) {
        const meta = storedMeta({ version, createdAt: row.meta.createdAt, updatedAt: time });
        table.restore(Object.freeze({ ...row, meta }));
      }
      await settle();
    }
    if (rootOf(snapshot)) continue; // its names are unique already
    for (const { id } of rows) {
      table.checkNameOf(id);
      await settle();
    }
  }
  const root = { ...tx.root(Object.values(descriptionsOf(snapshot))), bytes };
  return { root, record: recordOfMany({ version, time }, events, historyBytes) };
}

const shards = 256;

/** Many ids. One large set would be made anew, all at once, whenever it doubles. */
class WideSet {
  readonly #shards = Array.from({ length: shards }, () => new Set<string>());

  add(id: string): void {
    this.#shard(id).add(id);
  }

  has(id: string): boolean {
    return this.#shard(id).has(id);
  }

  #shard(id: string): Set<string> {
    let hash = 0;
    for (let i = Math.max(0, id.length - 6); i < id.length; i++) hash = (hash * 31 + id.charCodeAt(i)) | 0;
    return this.#shards[(hash >>> 0) % shards] as Set<string>;
  }
}

/** The objects of one kind in a snapshot, by id, without making a list of them all where that can be helped. */
export function rowsOf(snapshot: StoreSnapshot, kind: string, kinds?: KindSet): Iterable<StoredObject> {
  const root = rootOf(snapshot);
  if (root) return rowsIn(root, kind, kinds ?? anyKinds);
  return rowsByKind.get(snapshot)?.[kind] ?? snapshot.tables[kind] ?? [];
}

/** For reading by id, which needs to know nothing. */
const anyKinds = new KindSet();
