import { newMemberId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import {
  DamageError,
  isEmptyDir,
  LevelDisk,
  makeDir,
  readIdentity,
  writeIdentity,
  type Identity,
} from '../disk/index.js';
import type { Disk } from '../replica/index.js';

/** A data directory, opened: its disk, whose it is, and what remains to be done. */
export interface Home {
  readonly disk: Disk;
  readonly memberId: number;
  /** `new`: a cluster must be begun on it. `joining`: a cluster must take it in. `member`: it goes on. */
  readonly state: 'new' | 'joining' | 'member';
  /** Notes that what remained to be done is done. */
  settle(): Promise<void>;
}

/**
 * Opens a data directory: as the member that it holds, or as a new one that begins or joins a cluster. An id that was
 * written down once is never given to another disk.
 */
export async function openHome(dir: string, name: string, wanted: 'new' | 'joining'): Promise<Home> {
  const found = await readIdentity(dir);
  if (!found) {
    if (!(await isEmptyDir(dir))) throw new DamageError(`${dir} is not empty and has no identity file`);
    await makeDir(dir);
    return create(dir, { memberId: newMemberId(systemRandom), name, state: 'creating' }, wanted);
  }
  if (found.name !== name)
    throw new Error(
      `${dir} belongs to the member "${found.name}": start it with that name, or choose another directory for "${name}"`,
    );
  if (found.state === 'creating') return create(dir, found, wanted);
  const disk = await LevelDisk.open(dir);
  if (found.state === 'member')
    return { disk, memberId: found.memberId, state: 'member', settle: () => Promise.resolve() };
  return {
    disk,
    memberId: found.memberId,
    state: 'joining',
    settle: () => writeIdentity(dir, { ...found, state: 'member' }),
  };
}

async function create(dir: string, identity: Identity, wanted: 'new' | 'joining'): Promise<Home> {
  await writeIdentity(dir, identity);
  const disk = await LevelDisk.create(dir);
  if (wanted === 'joining') await writeIdentity(dir, { ...identity, state: 'joining' });
  return {
    disk,
    memberId: identity.memberId,
    state: wanted,
    settle: () => writeIdentity(dir, { ...identity, state: 'member' }),
  };
}
