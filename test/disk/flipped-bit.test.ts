import { spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { DamageError } from '../../src/disk/index.js';
import { copyDir, filesOf, flipBit } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';
import { type Found, readMember, verdictOf, writeMember } from '../support/disk-member.js';

const makeDir = tempDirs();

interface Verdict {
  readonly place: string;
  readonly says: 'damage' | 'as written';
}

/** Flips the bits one at a time, until all are done or the process ends; `rest` begins with the one that ended it. */
function flipInAnotherProcess(dir: string, path: string, places: readonly string[]) {
  const script = fileURLToPath(new URL('../support/disk-flip.ts', import.meta.url));
  const { signal, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', script, dir, path, ...places], {
    encoding: 'utf8',
  });
  const lines = stdout.split('\n').filter(Boolean);
  if (lines.length === 0 && signal === null) throw new Error(stderr);
  return { signal, verdicts: lines.map((line) => JSON.parse(line) as Verdict), rest: places.slice(lines.length) };
}

describe('one flipped bit', () => {
  let dir: string;
  let written: Found;

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    written = await writeMember(dir);
  });

  it('is looked for in a directory that reads as it was written', async () => {
    const files = (await filesOf(dir)).map(({ path }) => path);
    expect(files).toEqual(expect.arrayContaining(['ballot', 'identity', 'mark']));
    expect(files.some((path) => path.endsWith('.ldb'))).toBe(true);
    expect(files.some((path) => path.endsWith('.log'))).toBe(true);
    expect(files.some((path) => path.endsWith('.snap'))).toBe(true);
    expect(await readMember(await copyDir(dir, `${dir}-copy`))).toEqual(written);
  });

  // How many places of each file: the first bytes, the last ones, and some in between.
  it.each([
    { file: 'the ballot', of: /^ballot$/, places: 60, noticed: 0 },
    { file: 'the mark', of: /^mark$/, places: 40, noticed: 0 },
    { file: 'the identity', of: /^identity$/, places: 60, noticed: 20 },
    { file: 'the snapshot', of: /^snapshots\//, places: 60, noticed: 50 },
    { file: "LevelDB's log", of: /^log\/.*\.log$/, places: 90, noticed: 80 },
    { file: "LevelDB's list of tables", of: /^log\/MANIFEST/, places: 40, noticed: 5 },
    { file: "LevelDB's CURRENT", of: /^log\/CURRENT$/, places: 16, noticed: 10 },
  ])(
    'in $file is named, or changes nothing',
    async ({ of, places, noticed }) => {
      const found = (await filesOf(dir)).filter(({ path }) => of.test(path));
      expect(found.length).toBeGreaterThan(0);
      const random = seededRandom(20_240);
      const copy = `${dir}-copy`;
      let named = 0;
      for (const { path, size } of found) {
        for (let i = 0; i < places; i++) {
          const edge = i % 4;
          const at =
            edge === 0 ? Math.min(i >> 2, size - 1) : edge === 1 ? Math.max(0, size - 1 - (i >> 2)) : random(size);
          const bit = random(8);
          await copyDir(dir, copy);
          await flipBit(join(copy, path), at, bit);
          const verdict = await verdictOf(copy);
          if (verdict instanceof DamageError) named++;
          else expect(verdict, `bit ${bit} of byte ${at} of ${size} in ${path}`).toEqual(written);
          await rm(copy, { recursive: true });
        }
      }
      expect(named).toBeGreaterThanOrEqual(noticed);
    },
    60_000,
  );

  // LevelDB checks nothing in its tables and ends the process (an assertion) at about one bit in a hundred.
  it("in LevelDB's table is named, or ends the process, or changes nothing", async () => {
    const [table] = (await filesOf(dir)).filter(({ path }) => path.endsWith('.ldb'));
    const { path = '', size = 0 } = table ?? {};
    const random = seededRandom(20_241);
    const places = Array.from({ length: 150 }, () => `${random(size)}.${random(8)}`);
    const counts = { damage: 0, 'as written': 0, ended: 0 };
    for (let left = places; left.length > 0;) {
      const { signal, verdicts, rest } = flipInAnotherProcess(dir, path, left);
      for (const verdict of verdicts) {
        expect(verdict).not.toHaveProperty('verdict');
        counts[verdict.says]++;
      }
      if (rest.length > 0) expect(signal).toBe('SIGABRT');
      if (rest.length > 0) counts.ended++;
      left = rest.slice(1);
    }
    expect(counts['as written'] + counts.damage + counts.ended).toBe(places.length);
    expect(counts.damage).toBeGreaterThan(75);
  }, 120_000);

  it('in every byte of both slots of the ballot, one at a time, changes nothing', async () => {
    const copy = `${dir}-copy`;
    for (const at of Array.from({ length: 112 }, (_, i) => (i < 56 ? i : 512 + i - 56))) {
      await copyDir(dir, copy);
      await flipBit(join(copy, 'ballot'), at, at % 8);
      expect((await readMember(copy)).state.hardState).toEqual(written.state.hardState);
      await rm(copy, { recursive: true });
    }
  }, 60_000);
});
