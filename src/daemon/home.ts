import { newMemberId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import {
  DamageError,
  endRestore,
  examine,
  explained,
  forbidden,
  isEmptyDir,
  isRestoring,
  LevelDisk,
  makeDir,
  noteRestore,
  readIdentity,
  wrongIn,
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
 *
 * All of it is examined first, on a copy of what LevelDB would change: a directory that is refused stays as it was.
 * @throws {DamageError} when what is on disk is not what was written.
 * @throws {DirectoryError} when it cannot be used for another reason, which the message says with what to do.
 */
export async function openHome(dir: string, name: string, wanted: 'new' | 'joining'): Promise<Home> {
  return explained(dir, async () => {
    // What a snapshot holds is read when the member starts.
    const examination = await examine(dir, { readContent: () => Promise.resolve(), beside: true });
    if (!examination) {
      if (!(await isEmptyDir(dir))) throw new DamageError(`${dir} is not empty and has no identity file`);
      await makeDir(dir);
      return create(dir, newIdentity(name), wanted);
    }
    const forbids = await forbidden(dir);
    if (forbids) throw forbids;
    const [wrong] = wrongIn(examination);
    if (wrong !== undefined) throw new DamageError(wrong);
    const found = examination.identity.found as Identity;
    if (found.name !== name)
      throw new Error(
        `${dir} belongs to the member "${found.name}": start it with that name, or choose another directory for "${name}"`,
      );
    return found.state === 'creating' ? create(dir, found, wanted) : reopen(dir, found);
  });
}

/** Opens an empty directory, or one that a restore was not finished in, for a restore: nobody can start it until it is settled. */
export async function openForRestore(dir: string, name: string): Promise<Home> {
  return explained(dir, async () => {
    if (!(await isRestoring(dir))) {
      if (await readIdentity(dir)) throw new Error(`${dir} holds a member already: give an empty directory`);
      if (!(await isEmptyDir(dir))) throw new DamageError(`${dir} is not empty and has no identity file`);
      await makeDir(dir);
      await noteRestore(dir);
    }
    const home = await create(dir, newIdentity(name), 'new');
    const settle = async () => {
      await home.settle();
      await endRestore(dir);
    };
    return { ...home, settle };
  });
}

function newIdentity(name: string): Identity {
  return { directory: newMemberId(systemRandom), memberId: newMemberId(systemRandom), name, state: 'creating' };
}

async function reopen(dir: string, found: Identity): Promise<Home> {
  const disk = await LevelDisk.open(dir, found);
  const { memberId, state } = found;
  if (state === 'member') return { disk, memberId, state, settle: () => Promise.resolve() };
  return { disk, memberId, state: 'joining', settle: () => writeIdentity(dir, { ...found, state: 'member' }) };
}

async function create(dir: string, identity: Identity, wanted: 'new' | 'joining'): Promise<Home> {
  await writeIdentity(dir, identity);
  const disk = await LevelDisk.create(dir, identity);
  if (wanted === 'joining') await writeIdentity(dir, { ...identity, state: 'joining' });
  return {
    disk,
    memberId: identity.memberId,
    state: wanted,
    settle: () => writeIdentity(dir, { ...identity, state: 'member' }),
  };
}
