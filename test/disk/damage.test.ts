import { spawn } from 'node:child_process';
import { mkdir, readdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../../src/daemon/home.js';
import { LevelDisk } from '../../src/disk/index.js';
import { copyDir, entriesOf, load, normal, owner } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';
import { type Found, name, readMember, verdictOf, withDatabase, writeMember } from '../support/disk-member.js';

const makeDir = tempDirs();
const none = new Uint8Array(0);

describe('a data directory', () => {
  let dir: string;
  let written: Found;
  const at = (...path: string[]) => join(dir, ...path);
  const key = (index: number) => `e${String(index).padStart(16, '0')}`;

  /** Opens the member, lets it live on, closes it. */
  async function live(on: (disk: LevelDisk) => Promise<void>): Promise<void> {
    const disk = await LevelDisk.open(dir, owner);
    await disk.load();
    await on(disk);
    await disk.close();
  }

  async function expectDamage(...words: string[]): Promise<void> {
    const verdict = await verdictOf(dir);
    expect(verdict).toMatchObject({ name: 'DamageError', code: 'DAMAGED' });
    for (const word of words) expect((verdict as Error).message).toContain(word);
    expect((verdict as Error).message).toContain('join again');
  }

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    written = await writeMember(dir);
  });

  it('that nobody touched reads as it was written, again and again', async () => {
    for (let i = 0; i < 3; i++) expect(await readMember(dir)).toEqual(written);
  });

  describe('names the damage when', () => {
    it.each([6, 7, 30, 40, 51])('entry %i is missing', async (index) => {
      await withDatabase(dir, (db) => db.del(key(index)));
      await expectDamage(`where entry ${index} should be`);
    });

    it('the last entry is missing', async () => {
      await withDatabase(dir, (db) => db.del(key(52)));
      await expectDamage('the log ends at entry 51');
    });

    it('all entries are missing', async () => {
      await withDatabase(dir, (db) => db.clear({ gt: 'e', lt: 'f' }));
      await expectDamage('the log ends at entry 5');
    });

    it('two entries have changed places', async () => {
      await withDatabase(dir, async (db) => {
        const [a = none, b = none] = await db.getMany([key(20), key(21)]);
        await db.batch([
          { type: 'put', key: key(20), value: b },
          { type: 'put', key: key(21), value: a },
        ]);
      });
      await expectDamage('entry 20');
    });

    it('an entry is there twice', async () => {
      await withDatabase(dir, async (db) => db.put(key(53), (await db.get(key(52))) ?? none));
      await expectDamage('entry 53');
    });

    it.each([
      { where: 'in the middle', to: 54 },
      { where: 'at the end', to: 52 },
    ])('an entry that a new leader had replaced is back, $where', async ({ to }) => {
      let old: Uint8Array = none;
      await withDatabase(dir, async (db) => {
        old = (await db.get(key(52))) ?? none;
      });
      const hardState = { term: 6, vote: 0, commit: 51 };
      await live((disk) => disk.write({ entries: entriesOf(6, 52, to), hardState, sync: true }));
      expect((await readMember(dir)).state.entries.at(-1)).toEqual(normal(to, 6));
      await withDatabase(dir, (db) => db.put(key(52), old));
      await expectDamage('of the log', 'checksum');
    });

    it.each(['m:base', 'm:state'])('%s is missing', async (record) => {
      await withDatabase(dir, (db) => db.del(record));
      await expectDamage('of the log is missing');
    });

    it.each([
      { file: 'ballot', words: ['ballot'] },
      { file: 'mark', words: ['mark'] },
      { file: 'identity', words: ['identity'] },
      { file: 'log', words: ['log'] },
      { file: 'log/CURRENT', words: ['log'] },
      { file: 'snapshots', words: ['snapshot'] },
    ])('$file is missing', async ({ file, words }) => {
      await rm(at(file), { recursive: true });
      await expectDamage(...words);
    });

    it.each(['.ldb', '.log', 'MANIFEST'])("LevelDB's %s is missing", async (which) => {
      for (const file of await readdir(at('log'))) if (file.includes(which)) await rm(at('log', file));
      await expectDamage('log');
    });

    it('the snapshot is missing', async () => {
      for (const file of await readdir(at('snapshots'))) await rm(at('snapshots', file));
      await expectDamage('snapshot');
    });

    it.each([0, 1, 15, 1_000, 3_001, 3_200])('the snapshot is only %i bytes long', async (length) => {
      const [file = ''] = await readdir(at('snapshots'));
      await truncate(at('snapshots', file), length);
      await expectDamage('snapshot', file);
    });

    it('the snapshot lies under the name of another', async () => {
      const [file = ''] = await readdir(at('snapshots'));
      await rename(at('snapshots', file), at('snapshots', file.replace(/10\.snap$/, '20.snap')));
      await expectDamage('snapshot');
    });

    it('an old copy of the ballot was put back', async () => {
      const old = await copyDir(at('ballot'), `${dir}-ballot`);
      await live((disk) => disk.write({ entries: [], hardState: { term: 5, vote: 3, commit: 52 }, sync: true }));
      await live((disk) => disk.write({ entries: [], hardState: { term: 6, vote: 1, commit: 52 }, sync: true }));
      await copyDir(old, at('ballot'));
      await expectDamage('ballot', 'old copy');
    });

    it('an old copy of the log was put back', async () => {
      const old = await copyDir(at('log'), `${dir}-log`);
      await live((disk) => disk.write({ entries: [normal(53, 5)], sync: true }));
      await rm(at('log'), { recursive: true });
      await copyDir(old, at('log'));
      await expectDamage('log');
    });

    it.each([
      { what: 'as long, with another tail', tail: entriesOf(6, 51, 52) },
      { what: 'longer', tail: entriesOf(6, 50, 50) },
    ])('an old copy of the log was put back that is $what', async ({ tail }) => {
      await live((disk) => disk.write({ entries: [normal(53, 5), normal(54, 5)], sync: true }));
      await live((disk) => disk.write({ entries: entriesOf(5, 53, 53), sync: true }));
      const old = await copyDir(at('log'), `${dir}-log`);
      const hardState = { term: 6, vote: 0, commit: 49 };
      await live((disk) => disk.write({ entries: tail, hardState, sync: true }));
      await rm(at('log'), { recursive: true });
      await copyDir(old, at('log'));
      await expectDamage('log');
    });

    it('the last write of the log is gone, which was a commit index alone', async () => {
      await live((disk) => disk.write({ entries: entriesOf(5, 53, 53), sync: true }));
      const old = await copyDir(at('log'), `${dir}-log`);
      await live((disk) => disk.write({ entries: [], hardState: { term: 5, vote: 3, commit: 53 }, sync: true }));
      await rm(at('log'), { recursive: true });
      await copyDir(old, at('log'));
      await expectDamage('log');
    });
  });

  it('is refused, with a reason, to a member of another name', async () => {
    await expect(openHome(dir, 'm2', 'new')).rejects.toMatchObject({
      name: 'DirectoryError',
      code: 'OTHER_PURPOSE',
      message: expect.stringContaining('belongs to the member "m1"') as string,
    });
  });

  it('is refused, with a reason, to a second user of the same process', async () => {
    const disk = await LevelDisk.open(dir, owner);
    await expect(openHome(dir, name, 'new')).rejects.toThrow('in use by another process');
    await expect(LevelDisk.create(dir, owner)).rejects.toThrow('in use by another process');
    expect(await load(disk)).toEqual(written.state);
    await disk.close();
    expect(await readMember(dir)).toEqual(written);
  });

  it('is refused, with a reason, to a second process', async () => {
    const script = `const { Level } = require('level');
      const db = new Level(${JSON.stringify(at('log'))});
      db.open().then(() => console.log('open'), (error) => { console.error(error); process.exit(1); });
      setInterval(() => undefined, 1_000);`;
    const other = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      await new Promise((resolve, reject) => {
        other.stdout.once('data', resolve);
        other.once('exit', () => reject(new Error('the other process could not open the directory')));
      });
      await expect(readMember(dir)).rejects.toThrow('in use by another process');
    } finally {
      const gone = new Promise((resolve) => other.once('exit', resolve));
      other.kill();
      await gone;
    }
    expect(await readMember(dir)).toEqual(written);
  });

  it('can be begun again when the very first write did not get far', async () => {
    const fresh = `${dir}-fresh`;
    const home = await openHome(fresh, name, 'new');
    await home.disk.close();
    await rm(join(fresh, 'identity'));
    for (const path of ['log', 'ballot', 'mark', 'snapshots']) await rm(join(fresh, path), { recursive: true });
    await writeFile(join(fresh, '.identity.tmp'), '{ "form');
    const again = await openHome(fresh, name, 'new');
    expect(again.state).toBe('new');
    await again.disk.close();
  });

  it('may be the root of a fresh file system', async () => {
    const fresh = `${dir}-fresh`;
    await mkdir(join(fresh, 'lost+found'), { recursive: true });
    const home = await openHome(fresh, name, 'new');
    expect(home.state).toBe('new');
    await home.disk.close();
  });

  it('keeps its id when its making was interrupted', async () => {
    const fresh = `${dir}-fresh`;
    const first = await openHome(fresh, name, 'new');
    await first.disk.write({ entries: entriesOf(1, 1, 4), sync: true });
    await first.disk.close();
    const second = await openHome(fresh, name, 'joining');
    expect(second).toMatchObject({ memberId: first.memberId, state: 'joining' });
    expect((await second.disk.load()).entries).toEqual([]);
    await second.settle();
    await second.disk.close();
    const third = await openHome(fresh, name, 'new');
    expect(third).toMatchObject({ memberId: first.memberId, state: 'member' });
    await third.disk.close();
  });
});
