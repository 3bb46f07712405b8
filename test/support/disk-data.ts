import { cp, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { encodeDescriptor } from '../../src/disk/snapshot-file.js';
import type { ConfChange, Entry, Snapshot, SnapshotMetadata } from '../../src/raft/index.js';
import type { Disk, StoredState } from '../../src/replica/ports.js';

/** Whose directories the tests make, unless they say otherwise. */
export const owner = { directory: 4_242_424_242, memberId: 4_503_599_627_370_000 };

export function normal(index: number, term: number, data = `${term}.${index}`): Entry {
  return { kind: 'normal', index, term, data: new Uint8Array(Buffer.from(data)) };
}

export function confChange(index: number, term: number, change: ConfChange): Entry {
  return { kind: 'confChange', index, term, change };
}

/** Entries `from` to `to`, both included, all of one term. */
export function entriesOf(term: number, from: number, to: number): Entry[] {
  return Array.from({ length: to - from + 1 }, (_, i) => normal(from + i, term));
}

export function metadataOf(term: number, index: number): SnapshotMetadata {
  const confState = { voters: [1, 2], learners: [3], votersOutgoing: [1], learnersNext: [2], autoLeave: true };
  return { term, index, confState };
}

/** Bytes that differ at every place, the same each time. */
export function bytesOf(length: number, salt = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + salt) & 255);
}

/** The raft snapshot of `content`, as a leader's message describes it. */
export function describe(metadata: SnapshotMetadata, content: Uint8Array): Snapshot {
  return plainBytes({ metadata, data: encodeDescriptor({ size: content.length, checksum: crc32(content) }) });
}

export async function* inPieces(content: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Uint8Array.from(chunk));
  return new Uint8Array(Buffer.concat(parts));
}

/** A copy with plain bytes in the place of buffers: the same to raft, not the same to `toEqual`. */
export function plainBytes<T>(value: T): T {
  if (value instanceof Uint8Array) return new Uint8Array(value) as T;
  if (Array.isArray(value)) return value.map(plainBytes) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, plainBytes(part)])) as T;
}

/** What is on a disk, with plain bytes. */
export async function load(disk: Disk): Promise<StoredState> {
  return plainBytes(await disk.load());
}

/** Takes in a snapshot up to the point where it could be installed. */
export async function stage(disk: Disk, snapshot: Snapshot, content: Uint8Array): Promise<void> {
  const staged = await disk.stageSnapshot(snapshot);
  for await (const piece of inPieces(content)) await staged.write(piece);
  await staged.finish();
}

export async function install(disk: Disk, metadata: SnapshotMetadata, content: Uint8Array, term: number) {
  const snapshot = describe(metadata, content);
  await stage(disk, snapshot, content);
  await disk.installSnapshot(snapshot, { term, vote: 0, commit: metadata.index });
  return snapshot;
}

/** A copy of a directory under a new name. */
export async function copyDir(from: string, to: string): Promise<string> {
  await cp(from, to, { recursive: true });
  return to;
}

/** Flips one bit of a file. */
export async function flipBit(path: string, at: number, bit: number): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await handle.read(byte, 0, 1, at);
    byte[0] = (byte[0] as number) ^ (1 << bit);
    await handle.write(byte, 0, 1, at);
  } finally {
    await handle.close();
  }
}

/** Every file below a directory that has something in it, with its size. */
export async function filesOf(dir: string): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = [];
  for (const item of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (!item.isFile()) continue;
    const path = join(item.parentPath, item.name);
    const { size } = await stat(path);
    if (size > 0) files.push({ path: path.slice(dir.length + 1), size });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}
