import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAccess } from './access.js';
import { type Contradiction, contradictions, isCovered, type Testimony } from './agreement.js';
import { holdLock } from './database.js';
import { examineIdentity, examineSlots } from './examine-files.js';
import { examineLog, type LogFound } from './examine-log.js';
import { examineSnapshots, type ReadContent, type SnapshotsFound } from './examine-snapshots.js';
import { isMissing } from './files.js';
import type { Identity } from './identity.js';
import { paths } from './level-disk.js';
import { noteNames } from './notes.js';
import type { Owner } from './owner.js';
import type { Part } from './part.js';
import { type BallotField, ballotFields, type MarkField, markFields, readSlots, type SlotsFound } from './slots.js';
import { explained } from './trouble.js';

/** All that can be said of a data directory without changing it. */
export interface Examination<Content> {
  readonly identity: Part<Identity>;
  /** Absent when the making of the member was not finished: the next start makes all of it anew. */
  readonly disk?: ExaminedDisk<Content>;
}

export interface ExaminedDisk<Content> {
  readonly ballot: Part<SlotsFound<BallotField>>;
  readonly mark: Part<SlotsFound<MarkField>>;
  readonly log: Part<LogFound>;
  readonly snapshots: Part<SnapshotsFound<Content>>;
  /** Place from which a start would go on, as far as it is known. */
  readonly commit: number | undefined;
  readonly lastIndex: number | undefined;
}

export interface ExamineOptions<Content> {
  /** Reads what is in a snapshot; throws when it cannot. The disk does not know what its snapshots hold. */
  readonly readContent: ReadContent<Content>;
  readonly signal?: AbortSignal;
  /** Makes the copy of the log in the directory itself, not in the folder for temporary files. */
  readonly beside?: boolean;
}

const partNames = ['ballot', 'mark', 'log', 'snapshots'];
const roomName = '.examine-';

/** Sequence of a ballot without a vote: made, and written once when the cluster begins. */
const freshBallotSequence = 2;

/**
 * Reads everything in a data directory, with the checks of a start, and goes on where a start would refuse.
 *
 * The directory stays as it is, byte for byte: LevelDB, which changes its files when it opens them, gets a copy. Its lock
 * is held meanwhile, so that no member starts.
 * @returns `undefined` when no part of a member is there.
 * @throws when a process has the directory open, or when it cannot be read for a reason that is not damage.
 */
export async function examine<Content>(
  dir: string,
  options: ExamineOptions<Content>,
): Promise<Examination<Content> | undefined> {
  return explained(dir, async () => {
    if (!(await holdsMember(dir))) return undefined;
    await checkAccess(dir, ['identity', ...partNames, ...noteNames]);
    const room = await mkdtemp(join(options.beside ? dir : tmpdir(), options.beside ? roomName : 'skep-examine-'));
    try {
      const release = await holdLock(paths(dir).log, join(room, 'lock'));
      try {
        if (options.beside) await sweepRooms(dir, room);
        return await examineParts(dir, join(room, 'log'), options);
      } finally {
        await release();
      }
    } finally {
      await rm(room, { recursive: true, force: true });
    }
  });
}

/** Removes leftovers of a start that was killed. */
async function sweepRooms(dir: string, room: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const path = join(dir, name);
    if (name.startsWith(roomName) && path !== room) await rm(path, { recursive: true, force: true });
  }
}

async function examineParts<Content>(
  dir: string,
  copy: string,
  options: ExamineOptions<Content>,
): Promise<Examination<Content>> {
  const identity = await examineIdentity(dir);
  const { found } = identity;
  if (found?.state === 'creating') return { identity: await withOldCopy(identity, dir) };
  return { identity, disk: await examineDisk(dir, copy, found, options) };
}

/**
 * Rejects an identity that says the member is still being made, when its ballot has been used: a start would make
 * everything anew.
 */
async function withOldCopy(identity: Part<Identity>, dir: string): Promise<Part<Identity>> {
  const ballot = (await readSlots(paths(dir).ballot, ballotFields))?.newest;
  if (!ballot || ballot.sequence <= freshBallotSequence) return identity;
  const what = 'the identity file is an old copy: it says that the member is still being made, and it has lived';
  return { ...identity, wrong: [...identity.wrong, what], notes: [] };
}

/** Yields all reasons for a start to refuse the directory, worst first. */
export function* wrongIn({ identity, disk }: Examination<unknown>): Generator<string> {
  yield* identity.wrong;
  if (!disk) return;
  for (const part of [disk.ballot, disk.mark, disk.log, disk.snapshots]) yield* part.wrong;
  for (const { needed, wrong } of disk.snapshots.found?.files ?? []) if (needed) yield* wrong;
}

async function holdsMember(dir: string): Promise<boolean> {
  try {
    const names = await readdir(dir);
    // There is a folder "log" in many places that have nothing to do with us.
    if (['identity', ...noteNames].some((name) => names.includes(name))) return true;
    return names.filter((name) => partNames.includes(name)).length > 1;
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

async function examineDisk<Content>(
  dir: string,
  copy: string,
  owner: Owner | undefined,
  { readContent, signal }: ExamineOptions<Content>,
): Promise<ExaminedDisk<Content>> {
  const at = paths(dir);
  const ballot = await examineSlots(at.ballot, ballotFields, 'ballot', owner);
  const mark = await examineSlots(at.mark, markFields, 'log mark', owner);
  const log = await examineLog(at.log, copy, owner, signal);
  const snapshots = await examineSnapshots(at.snapshots, readContent, owner, signal);
  const { base, last, state, arrival } = log.found ?? {};
  const snapshot = snapshots.found?.newest;
  const testimony: Testimony = {
    ballot: ballot.found?.newest,
    mark: mark.found?.newest,
    base,
    last,
    state,
    snapshot,
    termAtSnapshot: snapshot && log.found?.termAt(snapshot.index),
    arrival,
  };
  const against = contradictions(testimony);
  const known = (...numbers: (number | undefined)[]) => {
    const found = numbers.filter((number) => number !== undefined);
    return found.length > 0 ? Math.max(...found) : undefined;
  };
  return {
    ballot: withContradictions(ballot, 'ballot', against),
    mark,
    log: withArrival(withContradictions(log, 'log', against), testimony),
    snapshots: withContradictions(snapshots, 'snapshots', against),
    commit: known(state?.commit, snapshot?.index),
    lastIndex: known(last?.index, snapshot?.index),
  };
}

/** Adds what the other parts say against this one. A short log may have been noticed already, in the same words. */
function withContradictions<Found>(
  part: Part<Found>,
  name: Contradiction['part'],
  against: readonly Contradiction[],
): Part<Found> {
  const contradicting = against.filter((one) => one.part === name).map(({ what }) => what);
  return { ...part, wrong: [...new Set([...part.wrong, ...contradicting])] };
}

function withArrival(log: Part<LogFound>, testimony: Testimony): Part<LogFound> {
  if (!testimony.snapshot || log.wrong.length > 0 || isCovered(testimony)) return log;
  const note = 'the installation of the snapshot was not finished: the next start begins the log after it';
  return { ...log, notes: [...log.notes, note] };
}
