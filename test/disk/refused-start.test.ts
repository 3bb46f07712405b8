import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { openHome } from '../../src/daemon/home.js';
import { DirectoryError, LevelDisk, writeIdentity } from '../../src/disk/index.js';
import { troubleOf } from '../../src/disk/trouble.js';
import {
  bytesOf,
  copyDir,
  describe as describeSnapshot,
  entriesOf,
  flipBit,
  inPieces,
  metadataOf,
  owner,
  stage,
} from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';
import { type Found, name, readMember, verdictOf, withDatabase, writeMember } from '../support/disk-member.js';
import { giveToUser, skepAsUser, takeAway } from '../support/disk-rights.js';

const makeDir = tempDirs();

/** Names and bytes of everything in a directory; for LevelDB, which file is which, too. */
async function picture(dir: string): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  for (const item of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const path = join(item.parentPath, item.name);
    const { ino } = await stat(path);
    seen[path.slice(dir.length)] = `${ino} ${item.isFile() ? (await readFile(path)).toString('base64') : ''}`;
  }
  return seen;
}

describe('a start that is refused', () => {
  let dir: string;
  let written: Found;
  const at = (...path: string[]) => join(dir, ...path);
  const logFile = async (ending: string) => {
    const files = (await readdir(at('log'))).filter((file) => file.endsWith(ending) || file.startsWith(ending));
    return at('log', files.at(-1) ?? '');
  };

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    written = await writeMember(dir);
  });

  /** What `skep manager` and `skep doctor` say, as a user to whom the directory belongs, save for what was taken away. */
  async function refusals(): Promise<{ start: string; doctor: string }> {
    const manager = skepAsUser(
      'manager',
      '--name',
      name,
      '--listen',
      '127.0.0.1:0',
      '--data-dir',
      dir,
      '--log-level',
      'error',
    );
    const doctor = skepAsUser('doctor', dir);
    expect([manager.code, doctor.code]).toEqual([6, 6]);
    return { start: manager.err, doctor: doctor.err };
  }

  describe('for want of rights', () => {
    beforeEach(async () => {
      await chmod(dirname(dir), 0o755);
      giveToUser(dir);
    });

    it.each([
      { what: "LevelDB's log", of: () => logFile('.log'), mode: 0o600, code: 'NOT_ALLOWED' },
      { what: 'MANIFEST', of: () => logFile('MANIFEST'), mode: 0o600, code: 'NOT_ALLOWED' },
      { what: 'CURRENT', of: () => logFile('CURRENT'), mode: 0o600, code: 'NOT_ALLOWED' },
      { what: 'a file that may be read and not written', of: () => logFile('.log'), mode: 0o444, code: 'NOT_ALLOWED' },
      { what: 'the ballot', of: () => Promise.resolve(at('ballot')), mode: 0o600, code: 'NOT_ALLOWED' },
      { what: 'the identity', of: () => Promise.resolve(at('identity')), mode: 0o600, code: 'NOT_ALLOWED' },
      { what: 'the log directory', of: () => Promise.resolve(at('log')), mode: 0o555, code: 'NOT_ALLOWED' },
      { what: 'the directory', of: () => Promise.resolve(dir), mode: 0o555, code: 'NOT_ALLOWED' },
      { what: 'the directory, unreadable', of: () => Promise.resolve(dir), mode: 0o700, code: 'NOT_ALLOWED' },
    ])(
      'of another user ($what) says so, changes nothing, and is mended with the owner',
      async ({ of, mode, code }) => {
        const path = await of();
        const giveBack = await takeAway(path, mode);
        const before = await picture(dir);
        const { start, doctor } = await refusals();
        for (const says of [start, doctor]) {
          expect(says).toContain(`skep: ${code}: ${dir} cannot be used`);
          expect(says).toContain(path);
          expect(says).toContain('chown');
          expect(says).not.toContain('DAMAGED');
        }
        expect(await picture(dir)).toEqual(before);
        await giveBack();
        expect(await readMember(dir)).toEqual(written);
      },
      120_000,
    );
  });

  it.each([
    { says: 'IO error: /d/log/000012.log: No space left on device', code: 'DISK_FULL', advice: 'make room' },
    { says: 'ENOSPC: no space left on device, write', code: 'DISK_FULL', advice: 'make room' },
    { says: 'EDQUOT: disk quota exceeded, write', code: 'DISK_FULL', advice: 'make room' },
    { says: 'IO error: /d/log/LOCK: Read-only file system', code: 'READ_ONLY', advice: 'mount it for writing' },
    { says: "EROFS: read-only file system, open '/d/ballot'", code: 'READ_ONLY', advice: 'mount it for writing' },
    { says: "EPERM: operation not permitted, open '/d/ballot'", code: 'NOT_ALLOWED', advice: 'chown' },
    { says: 'IO error: /d/log/000012.ldb: Too many open files', code: 'TOO_MANY_FILES', advice: 'ulimit' },
  ])('because the system says "$says" gives the cause and what to do', ({ says, code, advice }) => {
    const hidden = new Error('Database failed to open', { cause: new Error(says) });
    for (const error of [new Error(says), hidden]) {
      const trouble = troubleOf(error, '/d');
      expect(trouble).toMatchObject({
        name: 'DirectoryError',
        code,
        message: expect.stringContaining(advice) as string,
      });
      expect(trouble?.message).toContain(says);
    }
    expect(troubleOf(new Error('Corruption: bad block'), '/d')).toBeUndefined();
  });

  it('for damage leaves every byte as it was, though LevelDB mends what it opens', async () => {
    await flipBit(await logFile('.log'), 200, 2);
    const before = await picture(dir);
    for (let i = 0; i < 2; i++) expect(await verdictOf(dir)).toMatchObject({ code: 'DAMAGED' });
    expect(await picture(dir)).toEqual(before);
  });

  it('sweeps what an earlier start has left that was killed', async () => {
    await copyDir(at('log'), at('.examine-killed', 'log'));
    expect(await readMember(dir)).toEqual(written);
    expect((await readdir(dir)).sort()).toEqual(['ballot', 'identity', 'log', 'mark', 'snapshots']);
  });

  it('for the format of an earlier version says what to do, and is no damage', async () => {
    const fields = { format: 1, memberId: owner.memberId, name, state: 'member' };
    const checksum = crc32(JSON.stringify(Object.values(fields)));
    await writeFile(at('identity'), JSON.stringify({ ...fields, checksum }));
    const refused = openHome(dir, name, 'new');
    await expect(refused).rejects.toThrow(DirectoryError);
    await expect(refused).rejects.toThrow(
      /^OTHER_FORMAT: .* has format 1 and this version reads format 2: save the state/,
    );
  });
});

describe('a mix of files', () => {
  let dir: string;
  let other: string;
  const at = (...path: string[]) => join(dir, ...path);
  const parts = ['identity', 'ballot', 'mark', 'log', 'snapshots'];

  /** Puts parts of another directory in the place of our own. */
  async function takeFrom(from: string, ...names: string[]): Promise<void> {
    for (const part of names) {
      await rm(at(part), { recursive: true });
      await copyDir(join(from, part), at(part));
    }
  }

  beforeEach(async () => {
    const room = await makeDir();
    dir = join(room, 'm1');
    other = join(room, 'other');
    await writeMember(dir);
  });

  it.each(parts)('of two members is DAMAGED at once: %s', async (part) => {
    await writeMember(other, { directory: 7, memberId: 8 });
    await takeFrom(other, part);
    expect(await verdictOf(dir)).toMatchObject({
      code: 'DAMAGED',
      message: expect.stringMatching(/member 8/) as string,
    });
  });

  it.each(parts)('of two lives of one member is DAMAGED at once: %s', async (part) => {
    await writeMember(other, { ...owner, directory: 7 });
    await takeFrom(other, part);
    expect(await verdictOf(dir)).toMatchObject({
      code: 'DAMAGED',
      message: expect.stringMatching(/from another directory of member/) as string,
    });
  });

  /** Two starts, and what was written in between: as much as a member does in a day without an election. */
  async function liveOn(): Promise<void> {
    for (const from of [53, 60]) {
      const disk = await LevelDisk.open(dir, owner);
      await disk.load();
      const entries = entriesOf(5, from, from + 6);
      await disk.write({ entries, hardState: { term: 5, vote: 3, commit: from }, sync: true });
      await disk.close();
    }
  }

  it.each([['log', 'mark'], ['log'], ['ballot'], ['ballot', 'mark'], ['log', 'mark', 'snapshots']])(
    'of two ages is DAMAGED, without an election in between: %s %s %s',
    async (...old) => {
      await copyDir(dir, other);
      await liveOn();
      await takeFrom(other, ...old.filter((part) => part !== undefined));
      expect(await verdictOf(dir)).toMatchObject({
        code: 'DAMAGED',
        message: expect.stringMatching(/old copy/) as string,
      });
    },
  );

  it("under each other's names is DAMAGED: ballot and mark are alike", async () => {
    await copyDir(dir, other);
    await copyDir(join(other, 'ballot'), at('mark'));
    await copyDir(join(other, 'mark'), at('ballot'));
    expect(await verdictOf(dir)).toMatchObject({ code: 'DAMAGED' });
  });

  it('of two ages of one run is DAMAGED when it ended cleanly, or took a snapshot since', async () => {
    for (const snapshot of [false, true]) {
      const disk = await LevelDisk.open(dir, owner);
      const { entries } = await disk.load();
      const from = (entries.at(-1)?.index ?? 0) + 1;
      const append = (index: number) => disk.write({ entries: entriesOf(5, index, index), sync: true });
      await append(from);
      await rm(other, { recursive: true, force: true });
      await copyDir(dir, other); // as a SIGKILL would leave it
      await append(from + 1);
      if (snapshot) await disk.createSnapshot(metadataOf(5, from), inPieces(bytesOf(9)));
      await append(from + 2);
      const killed = await copyDir(dir, `${dir}-killed-${snapshot}`);
      await disk.close();
      if (snapshot) dir = killed;
      await takeFrom(other, 'log', 'mark', 'snapshots');
      expect(await verdictOf(dir)).toMatchObject({
        code: 'DAMAGED',
        message: expect.stringMatching(/old copy/) as string,
      });
      if (!snapshot) await rm(dir, { recursive: true }).then(() => writeMember(dir));
    }
  });

  it('of which the snapshot is the newest is DAMAGED: it was not on its way', async () => {
    await copyDir(dir, other);
    const disk = await LevelDisk.open(dir, owner);
    await disk.load();
    const snapshot = describeSnapshot(metadataOf(5, 90), bytesOf(20));
    await stage(disk, snapshot, bytesOf(20));
    await disk.installSnapshot(snapshot, { term: 5, vote: 3, commit: 90 });
    await disk.close();
    await takeFrom(other, 'log', 'mark', 'ballot');
    expect(await verdictOf(dir)).toMatchObject({
      code: 'DAMAGED',
      message: expect.stringMatching(/old copy/) as string,
    });
  });

  it('whose identity says that the member is still being made is DAMAGED, and not made anew', async () => {
    await writeIdentity(dir, { ...owner, name, state: 'creating' });
    const before = await picture(dir);
    expect(await verdictOf(dir)).toMatchObject({
      code: 'DAMAGED',
      message: expect.stringMatching(/old copy/) as string,
    });
    delete before['/identity'];
    expect(await picture(dir)).toMatchObject(before);
  });

  it('of one age starts, whatever LevelDB made of its own files', async () => {
    for (let i = 0; i < 3; i++) await withDatabase(dir, () => Promise.resolve());
    expect(await verdictOf(dir)).toMatchObject({ identity: { name } });
  });
});
