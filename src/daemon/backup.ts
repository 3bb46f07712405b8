import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { FileError } from '../base/file-error.js';
import { newId } from '../base/ids.js';
import { silentLogger } from '../base/log.js';
import { systemRandom } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import type { BackupSummary, BackupTools } from '../cli/index.js';
import { isMissing } from '../disk/files.js';
import { bootstrap, decodeInSlices } from '../replica/index.js';
import { controlOf, MemoryStore } from '../state/index.js';
import { openTarget } from './backup-target.js';
import { openForRestore } from './home.js';

/**
 * A saved state as a file: a line that says what it is, the records of a snapshot (proto/skep/v1/log.proto), and the
 * SHA-256 of all that.
 */
const firstLine = Buffer.from('skep saved state, format 1\n', 'latin1');
const digestBytes = 32;

/** The tools of `skep snapshot` that touch files. */
export const backupTools: BackupTools = { write, read, inspect, restoreInto };

/** Writes a saved state as it comes, and decodes it on its way: an unreadable file is no backup. */
async function write(
  path: string,
  chunks: AsyncIterable<Uint8Array>,
  options: { readonly force: boolean },
): Promise<{ bytes: number; kept: boolean }> {
  const target = await openTarget(path, options);
  let bytes = 0;
  try {
    const hash = createHash('sha256');
    const put = async (chunk: Uint8Array) => {
      hash.update(chunk);
      await target.write(chunk);
      bytes += chunk.length;
    };
    await put(firstLine);
    await decodeInSlices(chunks, systemClock, put);
    await target.write(hash.digest());
    await target.finish();
    return { bytes: bytes + digestBytes, kept: target.kept };
  } catch (error) {
    await target.abandon();
    throw error;
  }
}

/** The records of a file, once all of it has been checked: a damaged file gives nothing. */
async function* read(path: string): AsyncGenerator<Uint8Array, void> {
  const end = (await found(path)).size - digestBytes;
  await check(path, end);
  yield* createReadStream(path, {
    start: firstLine.length,
    end: end - 1,
    highWaterMark: 64 * 1024,
  }) as AsyncIterable<Buffer>;
}

/** Says in our words why there is nothing to read. */
async function found(path: string): Promise<Stats> {
  try {
    const stats = await stat(path);
    if (stats.isFile()) return stats;
  } catch (cause) {
    const why = isMissing(cause) ? 'there is no such file' : messageOf(cause);
    throw new FileError(`${path} cannot be read: ${why}`, { cause });
  }
  throw new FileError(`${path} cannot be read: it is no plain file`);
}

async function check(path: string, end: number): Promise<void> {
  const handle = await open(path, 'r');
  try {
    const begin = Buffer.alloc(firstLine.length);
    await handle.read(begin, 0, begin.length, 0);
    if (end < firstLine.length || !begin.equals(firstLine))
      throw new StoreError('INVALID_OBJECT', `${path} is no saved state of a format that this version reads`);
    const wanted = Buffer.alloc(digestBytes);
    await handle.read(wanted, 0, digestBytes, end);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { end: end - 1 }), hash);
    if (!hash.digest().equals(wanted))
      throw new StoreError('INVALID_OBJECT', `${path} is damaged: its checksum is wrong`);
  } finally {
    await handle.close();
  }
}

const decode = (path: string) => decodeInSlices(read(path), systemClock);

async function inspect(path: string): Promise<BackupSummary> {
  const { clusterId, lineage, members, store } = await decode(path);
  const { version, time, tables, history } = store;
  const kinds = Object.entries(tables).map(([kind, rows]) => ({ kind, objects: rows.length }));
  return {
    file: path,
    bytes: (await stat(path)).size,
    clusterId,
    lineage,
    version,
    time,
    members: members.map(({ name }) => name),
    kinds,
    history: history.length,
  };
}

/** Makes an empty data directory the beginning of a new cluster with this state, led by a member of this name. */
async function restoreInto(path: string, dir: string, name: string): Promise<BackupSummary> {
  const summary = await inspect(path);
  const { store } = await decode(path);
  const checked = new MemoryStore();
  (await controlOf(checked).prepare(store)).install();
  const home = await openForRestore(dir, name);
  try {
    const ids = { clusterId: newId(systemRandom), lineage: newId(systemRandom) };
    const world = { clock: systemClock, random: systemRandom, logger: silentLogger };
    const members = [{ id: home.memberId, name, addrs: [] }];
    await bootstrap(home.disk, { ...ids, members }, world, checked.save());
    await home.settle();
    return { ...summary, ...ids, members: [name] };
  } finally {
    await home.disk.close();
  }
}
