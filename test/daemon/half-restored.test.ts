import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { backupTools } from '../../src/daemon/backup.js';
import { diagnose } from '../../src/daemon/doctor.js';
import { openForRestore, openHome } from '../../src/daemon/home.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import { noteRestore } from '../../src/disk/index.js';
import { bootstrap, encodeInSlices } from '../../src/replica/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { tempDirs } from '../support/disk-dirs.js';

const makeDir = tempDirs();
const ids = { clusterId: 'c', lineage: 'l' };
const world = { clock: systemClock, random: seededRandom(1), logger: silentLogger };

/** How far a restore got before it was killed. */
const stages: Readonly<Record<string, (dir: string) => Promise<void>>> = {
  'before anything but its note': async (dir) => {
    await mkdir(dir);
    await noteRestore(dir);
  },
  'when the empty disk had been made': async (dir) => {
    await (await openForRestore(dir, 'm1')).disk.close();
  },
  'when the state was in its place': async (dir) => {
    const { disk, memberId } = await openForRestore(dir, 'm1');
    await bootstrap(disk, { ...ids, members: [{ id: memberId, name: 'm1', addrs: [] }] }, world);
    await disk.close();
  },
  'just before the note went': async (dir) => {
    const home = await openForRestore(dir, 'm1');
    await bootstrap(home.disk, { ...ids, members: [{ id: home.memberId, name: 'm1', addrs: [] }] }, world);
    await home.settle();
    await home.disk.close();
    await noteRestore(dir);
  },
};

describe.each(Object.entries(stages))('a restore that was killed %s', (_when, killed) => {
  let dir: string;
  let saved: string;

  beforeEach(async () => {
    const room = await makeDir();
    dir = join(room, 'new');
    saved = join(room, 'saved');
    const store = new MemoryStore();
    await store.update((tx) => void tx.nodes().create({ id: 'kept' }));
    const content = { ...ids, members: [], removed: [], store: store.save() };
    await backupTools.write(saved, encodeInSlices(content, systemClock), { force: true });
    await killed(dir);
  });

  it('is never taken for an empty directory, nor for a member', async () => {
    for (const wanted of ['new', 'joining'] as const)
      await expect(openHome(dir, 'm1', wanted)).rejects.toMatchObject({
        code: 'DAMAGED',
        message: expect.stringMatching(
          /a restore into .* was begun and not finished\. Run the restore again/,
        ) as string,
      });
    const opened = openReplica({ name: 'm1', dataDir: dir, logger: silentLogger });
    await expect(opened).rejects.toMatchObject({ code: 'DAMAGED' });
  });

  it('is damage to doctor too, who says how to go on', async () => {
    const diagnosis = await diagnose(dir, new AbortController().signal);
    expect(diagnosis).toMatchObject({
      verdict: 'damaged',
      advice: expect.stringContaining('run the restore again') as string,
      parts: [
        { part: 'identity', wrong: [`a restore into ${dir} was begun and not finished`] },
        ...(diagnosis?.parts.slice(1) ?? []),
      ],
    });
  });

  it('can be run again, and is whole then', async () => {
    await backupTools.restoreInto(saved, dir, 'm1');
    expect(await readdir(dir)).not.toContain('restoring');
    const member = await openReplica({ name: 'm1', dataDir: dir, logger: silentLogger });
    expect(member.store.view((tx) => tx.nodes().get('kept'))).toBeDefined();
    await member.close();
  });
});
