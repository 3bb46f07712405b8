import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LevelDisk } from '../../src/disk/index.js';
import { encodeArrival } from '../../src/disk/log-records.js';
import { decodeDescriptor } from '../../src/disk/snapshot-file.js';
import type { Snapshot } from '../../src/raft/index.js';
import {
  bytesOf,
  collect,
  describe as describeSnapshot,
  entriesOf,
  inPieces,
  install,
  load,
  metadataOf,
  owner,
  stage,
} from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';
import { withDatabase } from '../support/disk-member.js';

const makeDir = tempDirs();

describe('a crash while a snapshot of a leader is installed', () => {
  const content = bytesOf(4_000);
  let dir: string;
  let disk: LevelDisk;
  const snapshots = async () => (await readdir(join(dir, 'snapshots'))).sort();
  const fileOf = (term: number, index: number) =>
    join(dir, 'snapshots', `${String(term).padStart(16, '0')}-${String(index).padStart(16, '0')}.snap`);

  async function restart(): Promise<LevelDisk> {
    await disk.close();
    return (disk = await LevelDisk.open(dir, owner));
  }

  /** Says to the log which snapshot is about to take its place. */
  async function announce({ metadata: { index, term }, data }: Snapshot): Promise<void> {
    const announced = encodeArrival({ index, term, ...decodeDescriptor(data) });
    await disk.close();
    await withDatabase(dir, (db) => db.put('m:arrival', announced));
    disk = await LevelDisk.open(dir, owner);
  }

  /** The steps of an install up to the new name of the file; the log is not yet emptied. */
  async function publishOnly(term: number, index: number, ballotTerm = term) {
    const metadata = metadataOf(term, index);
    const snapshot = describeSnapshot(metadata, content);
    await disk.write({ entries: [], hardState: { term: ballotTerm, vote: 0, commit: 3 }, sync: true });
    await stage(disk, snapshot, content);
    await announce(snapshot);
    const [staged = ''] = (await snapshots()).filter((file) => file.endsWith('.staged-1'));
    await rename(join(dir, 'snapshots', staged), fileOf(term, index));
    return snapshot;
  }

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    disk = await LevelDisk.create(dir, owner);
    await disk.write({ entries: entriesOf(1, 1, 10), hardState: { term: 2, vote: 2, commit: 3 }, sync: true });
  });

  afterEach(() => disk.close());

  it('before its name is given sweeps what was staged and goes on with the log', async () => {
    const before = await load(await restart());
    await stage(disk, describeSnapshot(metadataOf(3, 20), content), content);
    expect(await snapshots()).toHaveLength(1);
    expect(await load(await restart())).toEqual(before);
    expect(await snapshots()).toEqual([]);
  });

  it('sweeps half-made files of every sort', async () => {
    await disk.createSnapshot(metadataOf(1, 3), inPieces(content));
    for (const purpose of ['own', 'staged', 'staged.7']) await writeFile(`${fileOf(9, 99)}.${purpose}`, 'half');
    await load(await restart());
    expect(await snapshots()).toEqual(['0000000000000001-0000000000000003.snap']);
  });

  it.each([
    { what: 'is newer than the whole log', term: 3, index: 20 },
    { what: 'ends where the log ends, in another term', term: 3, index: 10 },
    { what: 'lies before the end of a log that contradicts it', term: 3, index: 6 },
  ])('after its name is given uses a snapshot that $what and drops the log', async ({ term, index }) => {
    const snapshot = await publishOnly(term, index);
    const expected = {
      hardState: { term, vote: 0, commit: index },
      snapshot,
      before: { index, term },
      entries: [],
    };
    expect(await load(await restart())).toEqual(expected);
    expect(await collect(disk.readSnapshot(snapshot))).toEqual(content);
    expect(await load(await restart())).toEqual(expected);
    await disk.write({ entries: entriesOf(term, index + 1, index + 2), sync: true });
    expect((await load(await restart())).entries).toEqual(entriesOf(term, index + 1, index + 2));
  });

  it('after the log was emptied goes on as if nothing had happened', async () => {
    const snapshot = await install(disk, metadataOf(3, 6), content, 3);
    await writeFile(fileOf(1, 2), 'an older one that was not yet removed');
    const loaded = await load(await restart());
    expect(loaded).toMatchObject({ snapshot, before: { index: 6, term: 3 }, entries: [] });
  });

  it('keeps the log when the snapshot of our own had just been given its name', async () => {
    await disk.createSnapshot(metadataOf(1, 2), inPieces(content));
    const own = await disk.createSnapshot(metadataOf(1, 3), inPieces(content));
    const loaded = await load(await restart());
    expect(loaded.snapshot.metadata).toEqual(own.metadata);
    expect(loaded.entries).toEqual(entriesOf(1, 1, 10));
  });

  it('never loses sight of a vote that came with the install', async () => {
    await publishOnly(3, 20, 7);
    expect((await load(await restart())).hardState).toEqual({ term: 7, vote: 0, commit: 20 });
  });

  it('stays in a directory of its own that is only for its owner', async () => {
    await mkdir(join(dir, 'elsewhere'));
    await install(disk, metadataOf(3, 20), content, 3);
    expect((await readdir(dir)).sort()).toEqual(['ballot', 'elsewhere', 'log', 'mark', 'snapshots']);
  });

  it('leaves room: a staged snapshot that raft never took goes with the next snapshot of our own', async () => {
    await stage(disk, describeSnapshot(metadataOf(1, 6), content), content);
    await disk.createSnapshot(metadataOf(1, 8), inPieces(content));
    expect(await snapshots()).toEqual(['0000000000000001-0000000000000008.snap']);
  });
});
