import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LevelDisk } from '../../src/disk/index.js';
import { bytesOf, collect, owner } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();
const script = fileURLToPath(new URL('../support/disk-full.ts', import.meta.url));

describe('a snapshot that meets the end of the room', () => {
  // Files may have 8 KiB. At 8,100 bytes the content fits, and only a part of what is written after it.
  it.each([
    { size: 7_000, outcome: 'taken' },
    { size: 8_100, outcome: 'refused' },
    { size: 8_190, outcome: 'refused' },
    { size: 10_000, outcome: 'refused' },
  ])('of $size bytes is $outcome, and one that can be read is left', async ({ size, outcome }) => {
    const dir = join(await makeDir(), 'm1');
    const command = 'ulimit -f 8 && exec "$0" --import tsx "$@"';
    const { stdout, stderr } = spawnSync('bash', ['-c', command, process.execPath, script, dir, String(size)], {
      encoding: 'utf8',
    });
    expect(`${stdout}${stderr}`).toBe(`${outcome}\n`);
    const disk = await LevelDisk.open(dir, owner);
    const { snapshot } = await disk.load();
    expect(snapshot.metadata.index).toBe(outcome === 'taken' ? 7 : 3);
    expect(await collect(disk.readSnapshot(snapshot))).toEqual(bytesOf(outcome === 'taken' ? size : 100));
    await disk.close();
  });
});
