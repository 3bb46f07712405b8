import { join } from 'node:path';
import { afterEach } from 'vitest';
import { LevelDisk, MemoryDisk } from '../../src/disk/index.js';
import { diskContract } from '../contract/disk.js';
import { owner } from '../support/disk-data.js';
import { tempDirs } from '../support/disk-dirs.js';

diskContract('MemoryDisk', async () => {
  const disk = new MemoryDisk();
  return { disk, restart: async () => disk };
});

const makeDir = tempDirs();
let close: () => Promise<void>;
afterEach(() => close?.());

diskContract('LevelDisk', async () => {
  const dir = join(await makeDir(), 'm1');
  let disk = await LevelDisk.create(dir, owner);
  close = () => disk.close();
  return {
    disk,
    async restart() {
      await disk.close();
      return (disk = await LevelDisk.open(dir, owner));
    },
  };
});
