import { spawnSync } from 'node:child_process';
import { readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { DamageError, type Examination, examine, LevelDisk, writeIdentity } from '../../src/disk/index.js';
import { encodeArrival } from '../../src/disk/log-records.js';
import { decodeDescriptor, snapshotPath } from '../../src/disk/snapshot-file.js';
import {
  bytesOf,
  collect,
  copyDir,
  describe as describeSnapshot,
  entriesOf,
  filesOf,
  flipBit,
  metadataOf,
  normal,
  owner,
  stage,
} from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';
import { name, readMember, verdictOf, withDatabase, writeMember } from '../support/disk-member.js';

const makeDir = tempDirs();
const key = (index: number) => `e${String(index).padStart(16, '0')}`;
const none = new Uint8Array(0);

/** Everything in a directory: names, bytes, and when they were written. */
async function picture(dir: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const item of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    const { mtimeMs, ino } = await stat(path);
    seen[path] = `${ino} ${mtimeMs} ${item.isFile() ? (await readFile(path)).toString('base64') : ''}`;
  }
  return seen;
}

/** Examines, and sees to it that nothing is changed and nothing left behind. */
async function examined(dir: string): Promise<Examination<Uint8Array>> {
  const before = await picture(dir);
  const result = await examine(dir, { readContent: collect });
  expect(await picture(dir)).toEqual(before);
  if (!result) throw new Error(`there is no member in ${dir}`);
  return result;
}

/** What is wrong, a line each: the part and the reason. */
function wrongIn({ identity, disk }: Examination<Uint8Array>): string[] {
  const files = disk?.snapshots.found?.files ?? [];
  const parts = { identity, ballot: disk?.ballot, mark: disk?.mark, log: disk?.log, snapshots: disk?.snapshots };
  return [
    ...Object.entries(parts).flatMap(([part, examination]) => examination?.wrong.map((what) => `${part}: ${what}`)),
    ...files.filter(({ needed }) => needed).flatMap(({ wrong }) => wrong.map((what) => `snapshot: ${what}`)),
  ].filter((line) => line !== undefined);
}

describe('examining a data directory', () => {
  let dir: string;
  const at = (...path: string[]) => join(dir, ...path);
  const snapshotFile = async () => at('snapshots', (await readdir(at('snapshots')))[0] ?? '');

  async function live(on: (disk: LevelDisk) => Promise<void>): Promise<void> {
    const disk = await LevelDisk.open(dir, owner);
    await disk.load();
    await on(disk);
    await disk.close();
  }

  /** Changes a bit of each record. */
  async function rot(...indexes: number[]): Promise<void> {
    await withDatabase(dir, async (db) => {
      for (const index of indexes) {
        const record = Uint8Array.from((await db.get(key(index))) ?? none);
        const last = record.length - 1;
        record[last] = (record[last] ?? 0) ^ 4;
        await db.put(key(index), record);
      }
    });
  }

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    await writeMember(dir);
  });

  it('finds nothing wrong with one that nobody touched, and knows what is in it', async () => {
    const examination = await examined(dir);
    expect(wrongIn(examination)).toEqual([]);
    const { identity, disk } = examination;
    expect(identity.found).toMatchObject({ name, state: 'member' });
    expect(disk).toMatchObject({ commit: 52, lastIndex: 52 });
    expect(disk?.ballot.found?.newest).toMatchObject({ term: 5, vote: 3 });
    expect(disk?.mark.found?.newest).toMatchObject({ index: 52 });
    expect(disk?.log.found).toMatchObject({
      base: { index: 5, term: 1 }, first: 6, last: { index: 52, term: 5 }, count: 47, terms: { from: 1, to: 5 },
    }); // prettier-ignore
    expect(disk?.log.found?.brokenFrom).toBeUndefined();
    const [snapshot] = disk?.snapshots.found?.files ?? [];
    expect(snapshot?.found).toMatchObject({ metadata: metadataOf(1, 10), size: 3_000 });
    expect(new Uint8Array(snapshot?.found?.content ?? none)).toEqual(bytesOf(3_000));
    await readMember(dir);
  });

  it('leaves nothing behind in the folder for temporary files', async () => {
    vi.stubEnv('TMPDIR', await makeDir());
    await rm(at('log', 'CURRENT'));
    await examined(dir);
    expect(await readdir(tmpdir())).toEqual([]);
    vi.unstubAllEnvs();
  });

  describe('names the damage and where it begins when', () => {
    it.each([6, 7, 30, 51])('a bit of entry %i has changed', async (index) => {
      await rot(index);
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([
        `log: entry ${index} of the log does not follow the one before it (checksum)`,
      ]);
      expect(examination.disk?.log.found).toMatchObject({ brokenFrom: index, count: 47 });
    });

    it.each([6, 30, 51])('entry %i is missing', async (index) => {
      await withDatabase(dir, (db) => db.del(key(index)));
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([`log: the log has ${index + 1} where entry ${index} should be`]);
      expect(examination.disk?.log.found?.brokenFrom).toBe(index);
    });

    it('the last entries are missing', async () => {
      await withDatabase(dir, (db) => db.clear({ gt: key(50), lt: 'f' }));
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([
        'log: the log ends at entry 50 and had reached 52',
        'log: the log ends at entry 50 and 52 was committed',
      ]);
      expect(examination.disk?.log.found?.brokenFrom).toBe(51);
    });

    it('all entries are missing', async () => {
      await withDatabase(dir, (db) => db.clear({ gt: 'e', lt: 'f' }));
      const examination = await examined(dir);
      expect(wrongIn(examination)).toContain('log: the log ends at entry 5 and had reached 52');
      expect(examination.disk?.log.found).toMatchObject({ count: 0, brokenFrom: 6 });
    });

    it('two entries have changed places', async () => {
      await withDatabase(dir, async (db) => {
        const [a = none, b = none] = await db.getMany([key(20), key(21)]);
        await db.batch([
          { type: 'put', key: key(20), value: b },
          { type: 'put', key: key(21), value: a },
        ]);
      });
      const examination = await examined(dir);
      expect(wrongIn(examination)[0]).toContain('entry 20 of the log');
      expect(examination.disk?.log.found?.brokenFrom).toBe(20);
    });

    it('a record is no record', async () => {
      await withDatabase(dir, async (db) => {
        await db.put(key(20), new Uint8Array([9, 9]));
        await db.put('elephant', none);
      });
      const wrong = wrongIn(await examined(dir));
      expect(wrong).toContain('log: entry 20 of the log has no known format');
      expect(wrong).toContain('log: the log has lephant where entry 53 should be');
    });

    it.each([
      { record: 'm:base', what: 'beginning' },
      { record: 'm:state', what: 'state' },
    ])('the $what of the log is missing', async ({ record, what }) => {
      await withDatabase(dir, (db) => db.del(record));
      const { disk } = await examined(dir);
      expect(disk?.log.wrong).toEqual([`the ${what} of the log is missing or has a wrong checksum`]);
      expect(disk?.log.found).toMatchObject({ first: 6, last: { index: 52 }, count: 47 });
    });

    it.each([
      { file: 'ballot', says: 'ballot: the ballot is missing' },
      { file: 'mark', says: 'mark: the log mark is missing' },
      { file: 'identity', says: 'identity: the identity file in' },
      { file: 'log', says: 'log: the log in' },
      { file: 'log/CURRENT', says: 'log: the log in' },
      { file: 'snapshots', says: 'snapshots: the snapshots in' },
    ])('$file is missing', async ({ file, says }) => {
      await rm(at(file), { recursive: true });
      const wrong = wrongIn(await examined(dir));
      expect(wrong).toHaveLength(1);
      expect(wrong[0]).toContain(says);
      if (!file.startsWith('log')) return;
      expect(wrong[0]).toContain(at('log'));
      expect(wrong[0]).not.toContain('skep-examine-');
    });

    it('both slots are not whole', async () => {
      for (const file of ['ballot', 'mark']) for (const place of [9, 521]) await flipBit(at(file), place, 1);
      expect(wrongIn(await examined(dir))).toEqual([
        'ballot: the ballot is damaged: neither slot is whole',
        'mark: the log mark is damaged: neither slot is whole',
      ]);
    });

    it('the identity has changed', async () => {
      await flipBit(at('identity'), 30, 0);
      expect(wrongIn(await examined(dir))).toEqual([expect.stringMatching(/^identity: the identity file in .*/)]);
    });

    it('an old copy of the ballot was put back', async () => {
      const old = await copyDir(at('ballot'), `${dir}-ballot`);
      await live((disk) => disk.write({ entries: [], hardState: { term: 6, vote: 1, commit: 52 }, sync: true }));
      await copyDir(old, at('ballot'));
      expect(wrongIn(await examined(dir))).toEqual([
        'ballot: the ballot is an old copy: this member may have voted since',
      ]);
    });

    it('an old copy of the log was put back', async () => {
      const old = await copyDir(at('log'), `${dir}-log`);
      await live((disk) => disk.write({ entries: [normal(53, 5)], sync: true }));
      await rm(at('log'), { recursive: true });
      await copyDir(old, at('log'));
      expect(wrongIn(await examined(dir))).toEqual([
        'log: the log has 13 of at least 16 writes: its end is lost, or it is an old copy',
        'log: the log ends at entry 52 and had reached 53',
      ]);
    });

    it('the snapshot is missing', async () => {
      await rm(await snapshotFile());
      expect(wrongIn(await examined(dir))).toEqual([
        'snapshots: the log begins after entry 5 and the newest snapshot is of 0',
      ]);
    });

    it('the content of the snapshot has changed', async () => {
      await flipBit(await snapshotFile(), 1_234, 3);
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([expect.stringMatching(/^snapshot: .* has a wrong checksum$/)]);
      expect(examination.disk?.snapshots.found?.files[0]?.found).toMatchObject({ metadata: { index: 10, term: 1 } });
    });

    it.each([0, 1, 1_000, 3_200])('the snapshot is only %i bytes long', async (length) => {
      await truncate(await snapshotFile(), length);
      expect(wrongIn(await examined(dir))).toEqual([expect.stringMatching(/^snapshot: .* is not complete$/)]);
    });

    it('the snapshot lies under the name of another', async () => {
      await rename(await snapshotFile(), snapshotPath(at('snapshots'), { term: 1, index: 20 }));
      expect(wrongIn(await examined(dir))).toEqual([
        expect.stringContaining('is one of 10, under the name of another'),
      ]);
    });

    it('the content of the snapshot is whole and says nothing', async () => {
      const examination = await examine(dir, { readContent: () => Promise.reject(new Error('no sense')) });
      expect(examination?.disk?.snapshots.found?.files[0]?.wrong).toEqual([expect.stringContaining('(no sense)')]);
    });

    it('all of that has happened at once', async () => {
      await rot(8, 33);
      await withDatabase(dir, (db) => db.del(key(20)));
      await flipBit(at('identity'), 30, 0);
      for (const file of ['ballot', 'mark']) for (const place of [9, 521]) await flipBit(at(file), place, 1);
      await flipBit(await snapshotFile(), 1_234, 3);
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([
        expect.stringMatching(/^identity: /),
        'ballot: the ballot is damaged: neither slot is whole',
        'mark: the log mark is damaged: neither slot is whole',
        'log: entry 8 of the log does not follow the one before it (checksum)',
        'log: the log has 21 where entry 20 should be',
        'log: entry 33 of the log does not follow the one before it (checksum)',
        expect.stringMatching(/^snapshot: .* has a wrong checksum$/),
      ]);
      expect(examination.disk?.log.found?.brokenFrom).toBe(8);
    });

    it('hundreds of places are broken: the first ones, and how many more', async () => {
      await live((disk) => disk.write({ entries: entriesOf(5, 53, 200), sync: true }));
      await rot(...Array.from({ length: 120 }, (_, i) => 60 + i));
      const { disk } = await examined(dir);
      expect(disk?.log.wrong).toHaveLength(101);
      expect(disk?.log.wrong.at(-1)).toBe('the log has 20 more broken places');
    });
  });

  describe('notes what is no damage:', () => {
    it.each([
      { file: 'ballot', place: 9, which: 'first' },
      { file: 'ballot', place: 521, which: 'second' },
      { file: 'mark', place: 9, which: 'first' },
    ])('the $which slot of the $file is torn and the other one is whole', async ({ file, place, which }) => {
      if (file === 'mark') await live((disk) => disk.write({ entries: [normal(53, 5)], sync: true }));
      const before = (await examined(dir)).disk;
      const newest = file === 'ballot' ? before?.ballot.found?.newest : before?.mark.found?.newest;
      await flipBit(at(file), place, 1);
      const { disk } = await examined(dir);
      const part = file === 'ballot' ? disk?.ballot : disk?.mark;
      expect(part?.notes).toEqual([`the ${which} slot is not whole: the next start mends it from the other`]);
      expect(part?.wrong).toEqual([]);
      if (file === 'ballot') expect(part?.found?.newest).toEqual(newest);
    });

    it('a snapshot that was never finished, and an older one that has rotted', async () => {
      const old = snapshotPath(at('snapshots'), { term: 1, index: 7 });
      await copyDir(await snapshotFile(), old);
      await writeFile(`${old}.own`, 'begun');
      const { snapshots } = (await examined(dir)).disk ?? {};
      expect(snapshots?.notes).toEqual([expect.stringContaining('was never finished')]);
      expect(snapshots?.found?.files).toMatchObject([
        { needed: false, wrong: [expect.stringContaining('under the name of another')] },
        { needed: true, wrong: [] },
      ]);
      await readMember(dir);
    });

    it('an installation that was not finished', async () => {
      const snapshot = describeSnapshot(metadataOf(9, 90), bytesOf(10));
      await live(async (disk) => {
        await stage(disk, snapshot, bytesOf(10));
        await copyDir(at('snapshots'), `${dir}-staged`);
        await disk.write({ entries: [], hardState: { term: 9, vote: 0, commit: 52 }, sync: true });
      });
      const { size, checksum } = decodeDescriptor(snapshot.data);
      await withDatabase(dir, (db) => db.put('m:arrival', encodeArrival({ index: 90, term: 9, size, checksum })));
      const [staged = ''] = (await readdir(`${dir}-staged`)).filter((file) => file.includes('staged'));
      await copyDir(join(`${dir}-staged`, staged), at('snapshots', staged.replace(/\.staged.*/, '')));
      const examination = await examined(dir);
      expect(wrongIn(examination)).toEqual([]);
      expect(examination.disk).toMatchObject({
        commit: 90, lastIndex: 90, log: { notes: [expect.stringContaining('installation of the snapshot was not finished')] },
      }); // prettier-ignore
      expect((await readMember(dir)).state).toMatchObject({ before: { index: 90, term: 9 }, entries: [] });
    });

    it('the making of the member was not finished, whatever else is there', async () => {
      await writeIdentity(dir, { ...owner, name, state: 'creating' });
      await rm(at('ballot'));
      const { identity, disk } = await examined(dir);
      expect(disk).toBeUndefined();
      expect(identity).toMatchObject({ wrong: [], notes: [expect.stringContaining('was not finished')] });
    });
  });

  it('finds damage where a start finds it, and only there', async () => {
    const files = (await filesOf(dir)).filter(({ path }) => !path.endsWith('.ldb')); // LevelDB may end the process
    const random = seededRandom(4_711);
    let damaged = 0;
    for (let i = 0; i < 120; i++) {
      const { path, size } = files[i % files.length] ?? { path: '', size: 1 };
      const copy = await copyDir(dir, `${dir}-copy`);
      const place = random(size);
      await flipBit(join(copy, path), place, random(8));
      const wrong = wrongIn(await examined(copy));
      const verdict = await verdictOf(copy);
      expect(wrong.length > 0, `byte ${place} of ${path}: ${wrong.join(', ')}`).toBe(verdict instanceof DamageError);
      if (verdict instanceof DamageError) {
        damaged++;
        if (!path.startsWith('log/')) expect(wrong.map((line) => line.replace(/^\w+: /, ''))).toContain(verdict.what);
      }
      await rm(copy, { recursive: true });
    }
    expect(damaged).toBeGreaterThan(20);
  }, 60_000);

  it('says that there is no member where there is none', async () => {
    const empty = await makeDir();
    const readContent = collect;
    expect(await examine(empty, { readContent })).toBeUndefined();
    expect(await examine(join(empty, 'nothing'), { readContent })).toBeUndefined();
    expect(await examine(at('identity'), { readContent })).toBeUndefined();
    await copyDir(at('log'), join(empty, 'log'));
    expect(await examine(empty, { readContent })).toBeUndefined();
    await copyDir(at('ballot'), join(empty, 'ballot'));
    expect(await examine(empty, { readContent })).toBeDefined();
  });

  describe('and the lock:', () => {
    /** Another process opens the log; says how that ended. */
    function openElsewhere(): string {
      const script = `const { Level } = require('level');
        new Level(${JSON.stringify(at('log'))}).open().then(() => console.log('open'), (error) => console.log(error.cause.code));`;
      return spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' }).stdout.trim();
    }

    it('is refused while this process has the directory open, which stays so', async () => {
      const disk = await LevelDisk.open(dir, owner);
      await disk.load();
      await expect(examine(dir, { readContent: collect })).rejects.toThrow(`${at('log')} is in use by another process`);
      expect(openElsewhere()).toBe('LEVEL_LOCKED');
      await disk.close();
      expect(wrongIn(await examined(dir))).toEqual([]);
    });

    it('keeps others out until the end', async () => {
      const seen: string[] = [];
      const readContent = (chunks: AsyncIterable<Uint8Array>) => {
        seen.push(openElsewhere());
        return collect(chunks);
      };
      await examine(dir, { readContent });
      expect([...seen, openElsewhere()]).toEqual(['LEVEL_LOCKED', 'open']);
    });
  });

  it('ends when it is told to', async () => {
    const signal = AbortSignal.abort();
    await expect(examine(dir, { readContent: collect, signal })).rejects.toThrow('aborted');
  });
});
