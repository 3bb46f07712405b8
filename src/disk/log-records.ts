import { crc32 } from 'node:zlib';
import { DamageError } from '../base/damage.js';
import type { Entry, EntryId } from '../raft/index.js';
import { encodeEntry } from '../wire/index.js';
import type { Owner } from './owner.js';

// Records of the log: their keys, and bytes that carry a checksum. Nothing here reads or writes.

/** State beside the entries, written in the same batch. */
export interface LogState {
  readonly commit: number;
  /** The sequence of the ballot file that was the newest when this was written: an older file is an old copy. */
  readonly ballotSequence: number;
}

/** End of the log when its state was written. */
export interface LogEnd {
  readonly lastIndex: number;
  /** The checksum of the last entry. */
  readonly lastChain: number;
}

export interface StateRecord extends LogState, LogEnd {
  /** Durable batches written so far. Every batch carries it, so an older log can be told apart from a newer one. */
  readonly batches: number;
}

export interface BaseRecord extends EntryId {
  /** The checksum that the first entry is chained to. */
  readonly chain: number;
}

/** Snapshot that is about to replace the log: its place, and the expected size and checksum of its content. */
export interface Arrival extends EntryId {
  readonly size: number;
  readonly checksum: number;
}

const format = 1;
const headBytes = 5;

export const baseKey = 'm:base';
export const stateKey = 'm:state';
export const ownerKey = 'm:owner';
export const arrivalKey = 'm:arrival';
export const entryKey = (index: number) => `e${String(index).padStart(16, '0')}`;
/** The index that a key names; `NaN` when it is not the key of an entry. */
export const indexOfKey = (key: string) => (/^e\d{16}$/.test(key) ? Number(key.slice(1)) : NaN);
export const entryRange = { gt: 'e', lt: 'f' };

export function encodeBase({ index, term, chain }: BaseRecord): Uint8Array {
  return numbers(index, term, chain);
}

/** Throws {@link DamageError}. */
export function decodeBase(bytes: Uint8Array | undefined): BaseRecord {
  const [index = 0, term = 0, chain = 0] = parseNumbers('beginning', bytes, 3);
  return { index, term, chain };
}

export function encodeState({ commit, ballotSequence, batches, lastIndex, lastChain }: StateRecord): Uint8Array {
  return numbers(commit, ballotSequence, batches, lastIndex, lastChain);
}

/** Throws {@link DamageError}. */
export function decodeState(bytes: Uint8Array | undefined): StateRecord {
  const [commit = 0, ballotSequence = 0, batches = 0, lastIndex = 0, lastChain = 0] = parseNumbers('state', bytes, 5);
  return { commit, ballotSequence, batches, lastIndex, lastChain };
}

export function encodeOwner({ directory, memberId }: Owner): Uint8Array {
  return numbers(directory, memberId);
}

/** Throws {@link DamageError}. */
export function decodeOwner(bytes: Uint8Array | undefined): Owner {
  const [directory = 0, memberId = 0] = parseNumbers('owner', bytes, 2);
  return { directory, memberId };
}

export function encodeArrival({ index, term, size, checksum }: Arrival): Uint8Array {
  return numbers(index, term, size, checksum);
}

/** Returns `undefined` when no snapshot is announced. Throws {@link DamageError}. */
export function decodeArrival(bytes: Uint8Array | undefined): Arrival | undefined {
  if (!bytes) return undefined;
  const [index = 0, term = 0, size = 0, checksum = 0] = parseNumbers('announced snapshot', bytes, 4);
  return { index, term, size, checksum };
}

/** The record of an entry, and its checksum, which goes over the one `before` it too. */
export function encodeRecord(entry: Entry, before: number): { record: Uint8Array; chain: number } {
  const body = encodeEntry(entry);
  const chain = crc32(body, before);
  const record = Buffer.allocUnsafe(body.length + headBytes);
  record[0] = format;
  record.writeUInt32BE(chain, 1);
  record.set(body, headBytes);
  return { record, chain };
}

/** The parts of a record, unchecked; `undefined` when it has no known format. */
export function openRecord(record: Uint8Array): { chain: number; body: Uint8Array } | undefined {
  if (record.length < headBytes || record[0] !== format) return undefined;
  return { chain: new DataView(record.buffer, record.byteOffset).getUint32(1), body: record.subarray(headBytes) };
}

function numbers(...values: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(values.length * 8 + 4);
  values.forEach((value, i) => bytes.writeBigUInt64BE(BigInt(value), i * 8));
  bytes.writeUInt32BE(crc32(bytes.subarray(0, values.length * 8)), values.length * 8);
  return bytes;
}

function parseNumbers(what: string, bytes: Uint8Array | undefined, count: number): number[] {
  const buffer = Buffer.from(bytes ?? []);
  const whole =
    buffer.length === count * 8 + 4 && buffer.readUInt32BE(count * 8) === crc32(buffer.subarray(0, count * 8));
  if (!whole) throw new DamageError(`the ${what} of the log is missing or has a wrong checksum`);
  return Array.from({ length: count }, (_, i) => Number(buffer.readBigUInt64BE(i * 8)));
}
