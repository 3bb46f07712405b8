import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { openHome } from '../../src/daemon/home.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import { flipBit } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();

describe('a snapshot that is damaged', () => {
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = join(await makeDir(), 'm1');
    const member = await openReplica({ name: 'm1', dataDir: dir, snapshotInterval: 3, logger: silentLogger });
    for (let i = 0; i < 12; i++) await member.store.update((tx) => void tx.nodes().create({}));
    await member.close();
    const [file = ''] = (await readdir(join(dir, 'snapshots'))).filter((name) => name.endsWith('.snap'));
    path = join(dir, 'snapshots', file);
  });

  /** A start and doctor must say the same: the code, the file, and what to do. */
  async function expectDamage(): Promise<void> {
    const opened = openReplica({ name: 'm1', dataDir: dir, logger: silentLogger });
    await expect(opened).rejects.toMatchObject({ name: 'DamageError', code: 'DAMAGED' });
    await expect(opened).rejects.toThrow(path);
    await expect(opened).rejects.toThrow('join again with an empty directory');
    expect(await diagnose(dir, new AbortController().signal)).toMatchObject({ verdict: 'damaged' });
  }

  it.each([0, 1, 2, 3, 5, 9, 17])('at a length within, by bit 7 of byte %i, is DAMAGED with its file', async (at) => {
    await flipBit(path, at, 7);
    await expectDamage();
  });

  it('by a page of zeroes is DAMAGED with its file', async () => {
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0, 0, 200));
    await expectDamage();
  });

  it.each([0, 1, 40, 300])('by being cut to %i bytes is DAMAGED with its file', async (length) => {
    await truncate(path, length);
    await expectDamage();
  });

  it('in what it holds, and not in its checksum, is DAMAGED all the same', async () => {
    const home = await openHome(dir, 'm1', 'new');
    const { snapshot } = await home.disk.load();
    const { index, term, confState } = snapshot.metadata;
    const nonsense = (function* () {
      yield new Uint8Array([255, 255, 255, 255, 15, 1, 2, 3]);
    })();
    await home.disk.createSnapshot({ index, term, confState }, nonsense as unknown as AsyncIterable<Uint8Array>);
    await home.disk.close();
    const opened = openReplica({ name: 'm1', dataDir: dir, logger: silentLogger });
    await expect(opened).rejects.toMatchObject({ code: 'DAMAGED' });
    await expect(opened).rejects.toThrow(`the snapshot of entry ${index} does not hold what it should`);
    expect(await diagnose(dir, new AbortController().signal)).toMatchObject({ verdict: 'damaged' });
  });
});
