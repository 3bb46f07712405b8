import { assert } from '../base/assert.js';
import { grouped, groupedToLast, type GroupLimits } from '../base/grouped.js';
import { LongList } from '../base/long-list.js';
import { plainEqual } from '../base/plain.js';
import {
  type Event,
  isStateStamp,
  kindNames,
  type ObjectEvent,
  specVersionOf,
  type StoredObject,
} from '../kinds/index.js';
import { rowsOf, snapshotOfRows, type StoreSnapshot, type TransactionRecord } from '../state/index.js';
import { messageCodec } from './codec.js';
import { DecodeError } from './decode-error.js';
import type {
  HistoryChange,
  HistoryRecord,
  MemberInfo,
  RequestRecords,
  SnapshotHeader,
  SnapshotRecord,
} from './generated/messages.js';
import { checkedKind, decodeObject, encodeObject } from './objects.js';

/** The format of what this version writes; older ones are read where they differ. */
export const snapshotFormat = 1;

const recordCodec = messageCodec('SnapshotRecord');
/** Most bytes that are yielded at a time: a longer record continues in the next piece. */
export const chunkBytes = 32 * 1024;
/** Size of a transaction's part at which a record of history ends: a small transaction may have removed much. */
const historyLimits: GroupLimits = { bytes: 256 * 1024, items: 128 };
/** Number of request ids at which a record of them ends. */
const requestLimits: GroupLimits = { bytes: 256 * 1024, items: 256 };

/** Everything that one member hands to another: the store, and the membership of the cluster. */
export interface ClusterSnapshot {
  readonly clusterId: string;
  /** Changes when a history is forked on purpose. */
  readonly lineage: string;
  readonly members: readonly MemberInfo[];
  /** Ids that were members once. */
  readonly removed: readonly number[];
  readonly store: StoreSnapshot;
}

/**
 * Yields an encoded snapshot in pieces, made one at a time so that the caller can pause between them. A piece is at most
 * 32 KiB, whatever the store's size, and smaller when `due` asks for a pause.
 */
export function* encodeSnapshot(snapshot: ClusterSnapshot, due = () => false): Generator<Uint8Array, void> {
  let records: Uint8Array[] = [];
  let rest: Uint8Array = nothing;
  let { length: bytes } = rest;
  let count = 0;
  for (const record of recordsOf(snapshot)) {
    const encoded = recordCodec.encode(record);
    records.push(encoded);
    bytes += lengthBytes + encoded.length;
    count++;
    const now = 'end' in record || due();
    if (bytes < chunkBytes && !now) continue;
    const whole = framed(rest, records, bytes);
    let at = 0;
    for (; whole.length - at > chunkBytes; at += chunkBytes) yield whole.subarray(at, at + chunkBytes);
    rest = whole.subarray(at);
    if (now || rest.length === chunkBytes) {
      yield rest;
      rest = nothing;
    }
    records = [];
    bytes = rest.length;
  }
  assert(count > 1 && records.length === 0, 'a snapshot ends with its end record');
}

const nothing = new Uint8Array(0);

/** Before each record, big-endian: how many bytes it has. */
const lengthBytes = 4;

function framed(rest: Uint8Array, records: readonly Uint8Array[], bytes: number): Uint8Array {
  const chunk = new Uint8Array(bytes);
  const lengths = new DataView(chunk.buffer);
  chunk.set(rest);
  let at = rest.length;
  for (const record of records) {
    lengths.setUint32(at, record.length);
    chunk.set(record, at + lengthBytes);
    at += lengthBytes + record.length;
  }
  return chunk;
}

function* recordsOf({ clusterId, lineage, members, removed, store }: ClusterSnapshot): Generator<SnapshotRecord, void> {
  let count = 1;
  yield {
    header: {
      format: snapshotFormat,
      clusterId,
      lineage,
      version: store.version,
      time: store.time,
      members,
      removed,
      kinds: store.kinds ?? [],
    },
  };
  for (const kind of Object.keys(store.tables)) {
    for (const object of rowsOf(store, kind)) {
      count++;
      yield { object: { kind, object: encodeObject(kind, object) } };
    }
  }
  for (const record of store.history) {
    for (const part of toWireRecords(record)) {
      count++;
      yield { history: part };
    }
  }
  for (const requests of toRequestRecords(store.requests)) {
    count++;
    yield { requests };
  }
  yield { end: { records: count } };
}

/** Request ids and the versions that they made, a few hundred at a time. */
export function* toRequestRecords(requests: StoreSnapshot['requests']): Generator<RequestRecords, void> {
  for (const some of grouped(requests, requestLimits, ([requestId]) => requestId.length))
    yield { requests: some.map(([requestId, version]) => ({ requestId, version })) };
}

export function fromRequestRecords({ requests }: RequestRecords): [requestId: string, version: number][] {
  return requests.map(({ requestId, version }) => [requestId, version]);
}

function* toWireRecords(record: TransactionRecord): Generator<HistoryRecord, void> {
  const { events, commit: _commit, kinds: _kinds, ...info } = record;
  const bytesOf = ({ object, old }: HistoryChange) => object.length + (old?.length ?? 0);
  for (const { group, last } of groupedToLast(mapped(events, toWireChange), historyLimits, bytesOf))
    yield { ...info, changes: group, ...(!last && { continued: true }) };
}

function* mapped<T, U>(items: Iterable<T>, map: (item: T) => U): Generator<U, void> {
  for (const item of items) yield map(item);
}

function toWireChange(event: ObjectEvent): HistoryChange {
  const { kind, object } = event;
  const bytes = encodeObject(kind, object);
  switch (event.action) {
    case 'create':
      return { op: 'create', kind, object: bytes };
    case 'update':
      return { op: 'update', kind, object: bytes, old: encodeObject(kind, event.old) };
    case 'delete':
      return { op: 'remove', kind, object: bytes };
  }
}

type Decode = typeof decodeObject;

function fromWireChange({ op, kind, object, old }: HistoryChange, version: number, decode: Decode): ObjectEvent {
  const before = old && decode(checkedKind(kind), old);
  const event = { kind: checkedKind(kind), object: decode(kind, object), version };
  switch (op) {
    case 'create':
      return Object.freeze({ action: 'create', ...event }) as ObjectEvent;
    case 'update':
      if (!before) throw new DecodeError('an update in history has no old object');
      return Object.freeze({ action: 'update', ...event, old: before }) as ObjectEvent;
    case 'remove':
      return Object.freeze({ action: 'delete', ...event }) as ObjectEvent;
  }
}

function fromWireRecord(
  { changes: _changes, continued: _continued, ...info }: HistoryRecord,
  events: readonly ObjectEvent[],
): TransactionRecord {
  const { version } = info;
  const commit: Event & { action: 'commit' } = Object.freeze({ action: 'commit', kind: 'commit', version });
  return Object.freeze({
    ...info,
    events: Object.freeze(events),
    commit,
  });
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Looks up a row of a table, whose rows come by id. */
function rowOf(rows: LongList<StoredObject> | undefined, id: string): StoredObject | undefined {
  if (!rows) return undefined;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows.at(middle) as StoredObject).id < id) low = middle + 1;
    else high = middle;
  }
  const row = rows.at(low);
  return row?.id === id ? row : undefined;
}

/** Two versions of an object may have one number, when a transaction changes it twice. */
function sameObject(a: StoredObject, b: StoredObject): boolean {
  return a.meta.version === b.meta.version && specVersionOf(a) === specVersionOf(b) && plainEqual(a, b);
}

/** Takes an encoded snapshot piece by piece. */
export class SnapshotDecoder {
  /** Bytes that do not make a whole record yet. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** Bytes needed for the next step: a long record arrives in many pieces, and is joined once. */
  #wantedBytes = lengthBytes;
  #header: SnapshotHeader | undefined;
  #records = 0;
  #ended = false;
  readonly #tables: Record<string, LongList<StoredObject>> = Object.fromEntries(
    kindNames.map((kind) => [kind, new LongList()]),
  );
  readonly #history: TransactionRecord[] = [];
  /** A transaction whose changes go on in the next record. */
  #begun: { readonly version: number; readonly events: LongList<ObjectEvent> } | undefined;
  readonly #requests: [string, number][] = [];
  /** The last object of each id that history has shown so far. */
  readonly #latest = new Map<string, StoredObject>();

  /** Throws {@link DecodeError}. */
  push(chunk: Uint8Array): void {
    for (const _record of this.records(chunk));
  }

  /** As {@link push}, a record at a time, so that the caller can pause in between. To be gone through to its end. */
  *records(chunk: Uint8Array): Generator<void, void> {
    this.#rest.push(chunk);
    this.#restBytes += chunk.length;
    if (this.#restBytes < this.#wantedBytes) return;
    const bytes = this.#rest.length === 1 ? chunk : joined(this.#rest, this.#restBytes);
    const lengths = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let at = 0;
    this.#wantedBytes = lengthBytes;
    while (bytes.length - at >= lengthBytes) {
      const begin = at + lengthBytes;
      const end = begin + lengths.getUint32(at);
      if (end > bytes.length) {
        this.#wantedBytes = end - at;
        break;
      }
      this.#take(recordCodec.decode(bytes.subarray(begin, end)));
      at = end;
      yield;
    }
    this.#restBytes = bytes.length - at;
    this.#rest = this.#restBytes > 0 ? [bytes.subarray(at)] : [];
  }

  /** The whole snapshot. Throws {@link DecodeError} when its end has not come. */
  finish(): ClusterSnapshot {
    const header = this.#header;
    if (!header || !this.#ended || this.#begun || this.#restBytes > 0)
      throw new DecodeError('the snapshot is not complete');
    const { clusterId, lineage, members, removed, version, time, kinds } = header;
    const content = { version, time, ...(kinds.length > 0 && { kinds }) };
    const store = snapshotOfRows({ ...content, history: this.#history, requests: this.#requests }, this.#tables);
    return { clusterId, lineage, members, removed, store };
  }

  /**
   * Decodes an object of history. One that is in a table, or in the change before, is the same object in memory: most
   * objects of history are.
   */
  readonly #decodeShared: Decode = (kind, bytes) => {
    const object = decodeObject(kind, bytes);
    const key = `${kind}/${object.id}`;
    const known = [this.#latest.get(key), rowOf(this.#tables[kind], object.id)];
    const one = known.find((other) => other !== undefined && sameObject(other, object)) ?? object;
    this.#latest.set(key, one);
    return one;
  };

  /** Puts the pieces of a transaction together. */
  #takeHistory(piece: HistoryRecord): void {
    const begun = this.#begun;
    if (begun && begun.version !== piece.version)
      throw new DecodeError(`the transaction ${begun.version} in history goes on as ${piece.version}`);
    const events = begun?.events ?? new LongList();
    for (const change of piece.changes) events.push(fromWireChange(change, piece.version, this.#decodeShared));
    this.#begun = piece.continued ? { version: piece.version, events } : undefined;
    if (!piece.continued) this.#history.push(fromWireRecord(piece, events.toArray()));
  }

  #take(record: SnapshotRecord): void {
    if (this.#ended) throw new DecodeError('the snapshot goes on after its end');
    if (!this.#header && !('header' in record)) throw new DecodeError('a snapshot begins with its header');
    if ('header' in record) {
      if (this.#header) throw new DecodeError('a snapshot has one header');
      if (record.header.format !== snapshotFormat)
        throw new DecodeError(`the snapshot has format ${record.header.format}; this version reads ${snapshotFormat}`);
      if (!isStateStamp(record.header)) throw new DecodeError('the snapshot has a version or a time that no state has');
      this.#header = record.header;
    } else if ('object' in record) {
      const { kind, object } = record.object;
      (this.#tables[checkedKind(kind)] ??= new LongList()).push(decodeObject(kind, object));
    } else if ('history' in record) this.#takeHistory(record.history);
    else if ('requests' in record)
      for (const request of fromRequestRecords(record.requests)) this.#requests.push(request);
    else if (!('end' in record))
      throw new DecodeError('a record of the snapshot is of no kind that this version knows');
    else if (record.end.records !== this.#records)
      throw new DecodeError(`the snapshot says ${record.end.records} records and has ${this.#records}`);
    else this.#ended = true;
    this.#records++;
  }
}
