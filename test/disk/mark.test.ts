import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LevelDisk } from '../../src/disk/index.js';
import { LogMark } from '../../src/disk/log-mark.js';
import { type MarkField, markFields, SlotFile } from '../../src/disk/slots.js';
import { copyDir, entriesOf, flipBit, load, owner } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();

describe('the mark of how far the log reached', () => {
  let path: string;

  beforeEach(async () => {
    path = join(await makeDir(), 'mark');
  });

  async function reopen(): Promise<number | undefined> {
    const file = await SlotFile.open(path, markFields);
    await file?.close();
    return file?.value.index;
  }

  it('is raised beside the work, many times, and ends at the highest', async () => {
    const mark = new LogMark(await SlotFile.create(path, markFields, owner));
    for (let value = 1; value <= 100; value++) mark.raise(value);
    await mark.settled();
    mark.raise(101);
    await mark.close();
    expect(await reopen()).toBe(101);
  });

  it('is not lowered by raising it', async () => {
    const mark = new LogMark(await SlotFile.create(path, markFields, owner));
    mark.raise(9);
    mark.raise(4);
    await mark.settled();
    mark.raise(9);
    await mark.close();
    expect(await reopen()).toBe(9);
  });

  it('goes on from where it was after a restart', async () => {
    let mark = new LogMark(await SlotFile.create(path, markFields, owner));
    mark.raise(7);
    await mark.close();
    mark = new LogMark((await SlotFile.open(path, markFields)) as SlotFile<MarkField>);
    mark.raise(6);
    mark.raise(8);
    await mark.close();
    expect(await reopen()).toBe(8);
  });

  it('falls back to the value before when a write is torn', async () => {
    const mark = new LogMark(await SlotFile.create(path, markFields, owner));
    for (const value of [1, 2, 3]) {
      mark.raise(value);
      await mark.settled();
    }
    await mark.close();
    const bytes = await readFile(path);
    const newest = Number(bytes.readBigUInt64BE(12)) === 3 ? 0 : 512;
    await writeFile(path, bytes.fill(0, newest + 17, newest + 32));
    expect(await reopen()).toBe(2);
  });

  it('says at the next write that it could not be written, and does not go on as if nothing had happened', async () => {
    const file = await SlotFile.create(path, markFields, owner);
    const mark = new LogMark(file);
    await file.close();
    mark.raise(1);
    await expect(mark.settled()).rejects.toThrow();
    expect(() => mark.raise(2)).toThrow();
  });
});

describe('a member whose mark', () => {
  let dir: string;

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    const disk = await LevelDisk.create(dir, owner);
    await disk.write({ entries: entriesOf(1, 1, 5), hardState: { term: 1, vote: 1, commit: 3 }, sync: true });
    await disk.write({ entries: entriesOf(1, 6, 9), sync: true });
    await disk.close();
  });

  async function start() {
    const disk = await LevelDisk.open(dir, owner);
    try {
      return await load(disk);
    } finally {
      await disk.close();
    }
  }

  it('has one torn slot starts', async () => {
    for (const slot of [0, 512]) {
      await flipBit(join(dir, 'mark'), slot + 5, 1);
      expect((await start()).entries).toHaveLength(9);
    }
  });

  it('has two torn slots is damaged', async () => {
    for (const slot of [0, 512]) await flipBit(join(dir, 'mark'), slot + 5, 1);
    await expect(start()).rejects.toMatchObject({ code: 'DAMAGED' });
  });

  it('is an older copy starts: it says how far the log reached at least', async () => {
    const old = await copyDir(join(dir, 'mark'), `${dir}-mark`);
    const disk = await LevelDisk.open(dir, owner);
    await disk.load();
    await disk.write({ entries: entriesOf(1, 8, 8), sync: true });
    await disk.write({ entries: entriesOf(1, 9, 20), sync: true });
    await disk.close();
    await copyDir(old, join(dir, 'mark'));
    expect((await start()).entries).toHaveLength(20);
  });

  it('was not raised by a write that is not durable starts when a power failure takes that write', async () => {
    const disk = await LevelDisk.open(dir, owner);
    await disk.load();
    const before = await copyDir(join(dir, 'log'), `${dir}-log`);
    await disk.write({ entries: entriesOf(1, 10, 12), sync: false });
    await disk.close();
    await rm(join(dir, 'log'), { recursive: true });
    await copyDir(before, join(dir, 'log'));
    expect((await start()).entries).toHaveLength(9);
  });
});
