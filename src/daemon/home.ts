import { InvariantError } from '../base/assert.js';
import { newMemberId } from '../base/ids.js';
import { systemRandom } from '../base/random.js';
import {
  DamageError,
  DirectoryError,
  endRestore,
  examine,
  explained,
  forbidden,
  type Identity,
  isEmptyDir,
  isRestoring,
  LevelDisk,
  makeDir,
  noteRestore,
  readFormation,
  readIdentity,
  writeFormation,
  writeIdentity,
  wrongIn,
} from '../disk/index.js';
import type { Disk, FormationRecord } from '../replica/index.js';

/** A data directory, opened: its disk, whose it is, and what remains to be done. */
export interface Home {
  readonly disk: Disk;
  readonly memberId: number;
  /**
   * `new`: begins a cluster. `forming`: finds or begins one with its peers. `joining`: joins a cluster. `member`:
   * continues.
   */
  readonly state: Wanted | 'member';
  /** Promise and acceptance of this member when its cluster was formed. */
  readonly formation: FormationRecord;
  /** Makes that record durable. */
  writeFormation(record: FormationRecord): Promise<void>;
  /** Records that the remaining step is done. A `forming` one records its next state: `creating` or `joining`. */
  settle(state?: 'creating' | 'joining' | 'member'): Promise<void>;
}

/** Action for an empty directory. */
export type Wanted = 'new' | 'forming' | 'joining';

/**
 * Opens a data directory: as the member that it holds, or as a new one that begins or joins a cluster. An id that was
 * written down once is never given to another disk.
 *
 * All of it is examined first, with a copy of the files that LevelDB would change: a refused directory stays unchanged.
 * @throws {DamageError} when what is on disk is not what was written.
 * @throws {DirectoryError} when it cannot be used for another reason; the message says which, and what to do.
 */
export async function openHome(dir: string, name: string, wanted: Wanted): Promise<Home> {
  return explained(dir, async () => {
    // The content of a snapshot is read when the member starts.
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
      throw new DirectoryError(
        'OTHER_PURPOSE',
        `${dir} belongs to the member "${found.name}": start it with that name, or choose another directory for "${name}"`,
      );
    // A member that has made a promise to its peers must not begin a separate cluster.
    const promised = found.state === 'forming' || (await readFormation(dir)).promised !== undefined;
    if (promised && found.state !== 'member' && wanted !== 'forming')
      throw new DirectoryError(
        'OTHER_PURPOSE',
        `${dir} belongs to a member that forms a cluster with its peers: start it with the same peers again, or empty the directory`,
      );
    return found.state === 'creating' ? create(dir, found, wanted) : reopen(dir, found);
  });
}

/**
 * Opens a directory that is empty, or holds an unfinished restore, for a restore. No member starts there until it is
 * settled.
 */
export async function openForRestore(dir: string, name: string): Promise<Home> {
  return explained(dir, async () => {
    if (!(await isRestoring(dir))) {
      if (await readIdentity(dir))
        throw new DirectoryError('OTHER_PURPOSE', `${dir} holds a member already: give an empty directory`);
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
  const { state } = found;
  if (state === 'creating') throw new InvariantError('broken invariant: what is being made is made anew');
  return homeOf(dir, found, await LevelDisk.open(dir, found), state);
}

async function homeOf(dir: string, identity: Identity, disk: Disk, state: Home['state']): Promise<Home> {
  return {
    disk,
    memberId: identity.memberId,
    state,
    formation: await readFormation(dir),
    writeFormation: (record) => writeFormation(dir, record),
    settle: async (next = 'member') => {
      if (next !== state) await writeIdentity(dir, { ...identity, state: next });
    },
  };
}

async function create(dir: string, identity: Identity, wanted: Wanted): Promise<Home> {
  await writeIdentity(dir, identity);
  const disk = await LevelDisk.create(dir, identity);
  if (wanted !== 'new') await writeIdentity(dir, { ...identity, state: wanted });
  return homeOf(dir, identity, disk, wanted);
}
