import { createReadStream } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { InvariantError } from '../base/assert.js';
import { DamageError } from '../base/damage.js';
import { StoreError } from '../base/store-error.js';
import type { Snapshot, SnapshotMetadata } from '../raft/index.js';
import { messageCodec } from '../wire/index.js';
import { fileMode, syncDir, writeAll } from './files.js';
import { foreign, type Owner } from './owner.js';

// One snapshot, one file: the content, then a footer that says what it is. A file without a whole footer is not a
// snapshot; it is written under another name until it is durable.

const descriptorCodec = messageCodec('SnapshotDescriptor');
const magic = Buffer.from('skepsnp2', 'latin1');
const trailerBytes = 4 + 4 + magic.length;
const suffix = '.snap';

/** Meaning of the `data` of a raft snapshot: number of bytes of the content, and their CRC-32. */
export interface Descriptor {
  readonly size: number;
  readonly checksum: number;
}

export const encodeDescriptor = (descriptor: Descriptor): Uint8Array => descriptorCodec.encode(descriptor);
export const decodeDescriptor = (data: Uint8Array): Descriptor => descriptorCodec.decode(data);

/** Footer of a snapshot file, behind its content. */
export interface Footer extends Descriptor {
  readonly metadata: SnapshotMetadata;
  readonly owner: Owner;
  /** Number of durable writes of the log when this was written: a log with fewer is an old copy. */
  readonly batches: number;
}

export function snapshotPath(dir: string, { term, index }: { term: number; index: number }): string {
  return join(dir, `${String(term).padStart(16, '0')}-${String(index).padStart(16, '0')}${suffix}`);
}

/** Makes the error for a snapshot of a leader that is not what was sent. */
export const arrivedDamaged = (why: string): DamageError =>
  new DamageError(`the snapshot arrived damaged: ${why}`, { advice: 'nothing was changed; the leader sends it again' });

/** Makes the error for an installation before the last step of staging: a mistake of ours. */
export const notStaged = ({ index }: SnapshotMetadata): InvariantError =>
  new InvariantError(`broken invariant: the snapshot of entry ${index} is staged before it is installed`);

/** Makes the error for a snapshot that is read when another one has replaced it. */
export const snapshotGone = ({ index }: SnapshotMetadata): StoreError =>
  new StoreError('NOT_FOUND', `the snapshot of entry ${index} is gone: a newer one is sent`);

/** Writes the content of a snapshot as it comes. */
export class SnapshotWriter {
  readonly #handle: FileHandle;
  readonly #temporary: string;
  readonly #path: string;
  #size = 0;
  #checksum = 0;

  private constructor(handle: FileHandle, temporary: string, path: string) {
    this.#handle = handle;
    this.#temporary = temporary;
    this.#path = path;
  }

  static async create(path: string, purpose: string): Promise<SnapshotWriter> {
    const temporary = `${path}.${purpose}`;
    return new SnapshotWriter(await open(temporary, 'w', fileMode), temporary, path);
  }

  async write(chunk: Uint8Array): Promise<void> {
    await writeAll(this.#handle, chunk);
    this.#size += chunk.length;
    this.#checksum = crc32(chunk, this.#checksum);
  }

  get descriptor(): Descriptor {
    return { size: this.#size, checksum: this.#checksum };
  }

  /** Durable, still under its temporary name. */
  async seal(metadata: SnapshotMetadata, { directory, memberId }: Owner, batches: number): Promise<void> {
    const owner = { directory, memberId };
    const footer = Buffer.from(JSON.stringify({ metadata, owner, batches, ...this.descriptor } satisfies Footer));
    const trailer = Buffer.alloc(8);
    trailer.writeUInt32BE(footer.length, 0);
    trailer.writeUInt32BE(crc32(footer), 4);
    await writeAll(this.#handle, Buffer.concat([footer, trailer, magic]));
    await this.#handle.sync();
    await this.#handle.close();
  }

  /** Gives the file its name, durably. */
  async publish(): Promise<void> {
    await rename(this.#temporary, this.#path);
    await syncDir(dirname(this.#path));
  }

  /** Path of the file until it is published. */
  get temporary(): string {
    return this.#temporary;
  }

  async discard(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}

/** Gives a sealed, staged file its name, durably. */
export async function publishStaged(temporary: string, path: string): Promise<void> {
  await rename(temporary, path);
  await syncDir(dirname(path));
}

/** Reads the footer of a snapshot file. Throws {@link DamageError}. */
export async function readFooter(path: string): Promise<Footer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const trailer = Buffer.alloc(trailerBytes);
    await handle.read(trailer, 0, trailerBytes, Math.max(0, size - trailerBytes));
    const length = trailer.readUInt32BE(0);
    if (size < trailerBytes || !trailer.subarray(8).equals(magic) || length > size - trailerBytes)
      throw new DamageError(`the snapshot ${path} is not complete`);
    const footer = Buffer.alloc(length);
    await handle.read(footer, 0, length, size - trailerBytes - length);
    if (crc32(footer) !== trailer.readUInt32BE(4))
      throw new DamageError(`the footer of the snapshot ${path} has a wrong checksum`);
    return JSON.parse(footer.toString('utf8')) as Footer;
  } finally {
    await handle.close();
  }
}

/** The content of a snapshot file in pieces. Throws {@link DamageError} at the end when it is not what was written. */
export async function* readContent(path: string, { size, checksum }: Descriptor): AsyncGenerator<Uint8Array, void> {
  if ((await stat(path)).size < size) throw new DamageError(`the snapshot ${path} is too short`);
  let actual = 0;
  if (size > 0) {
    for await (const chunk of createReadStream(path, {
      end: size - 1,
      highWaterMark: 64 * 1024,
    }) as AsyncIterable<Buffer>) {
      actual = crc32(chunk, actual);
      yield chunk;
    }
  }
  if (actual !== checksum) throw new DamageError(`the snapshot ${path} has a wrong checksum`);
}

/** Reads the footer, and that it is of the snapshot that the name says. Throws {@link DamageError}. */
export async function readNamedFooter(path: string): Promise<Footer> {
  const footer = await readFooter(path);
  const { metadata } = footer;
  if (path !== snapshotPath(dirname(path), metadata))
    throw new DamageError(`the snapshot ${path} is one of ${metadata.index}, under the name of another`);
  return footer;
}

/** The names in a directory of snapshots: the whole ones, oldest first, and those that were never finished. */
export async function snapshotNames(dir: string): Promise<{ finished: string[]; unfinished: string[] }> {
  const names = (await readdir(dir)).sort();
  return {
    finished: names.filter((name) => name.endsWith(suffix)),
    unfinished: names.filter((name) => !name.endsWith(suffix)),
  };
}

/** A snapshot as a start finds it. */
export interface StoredSnapshot extends Footer {
  readonly snapshot: Snapshot;
}

/** The newest snapshot in a directory; unfinished files are swept away. Throws {@link DamageError}. */
export async function newestSnapshot(dir: string, owner: Owner): Promise<StoredSnapshot | undefined> {
  const { finished, unfinished } = await snapshotNames(dir);
  for (const name of unfinished) await rm(join(dir, name), { force: true });
  const newest = finished.at(-1);
  if (newest === undefined) return undefined;
  const footer = await readNamedFooter(join(dir, newest));
  const other = foreign(`the snapshot ${newest}`, footer.owner, owner);
  if (other !== undefined) throw new DamageError(other);
  const { metadata, size, checksum } = footer;
  return { ...footer, snapshot: { metadata, data: encodeDescriptor({ size, checksum }) } };
}

/** Removes every snapshot that is older than one, staged ones too. */
export async function removeOlder(dir: string, keep: { term: number; index: number }): Promise<void> {
  const kept = snapshotPath(dir, keep);
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (path < kept) await rm(path, { force: true });
  }
}
