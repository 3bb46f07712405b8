import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EntryId } from '../raft/index.js';
import { contradictions, type Contradiction } from './agreement.js';
import { holdLock } from './database.js';
import { examineIdentity, examineSlots } from './examine-files.js';
import { examineLog, type LogFound } from './examine-log.js';
import { examineSnapshots, type ReadContent, type SnapshotsFound } from './examine-snapshots.js';
import { isMissing } from './files.js';
import type { Identity } from './identity.js';
import { paths } from './level-disk.js';
import type { Part } from './part.js';
import type { SlotsFound } from './slots.js';

/** All that can be said of a data directory without changing it. */
export interface Examination<Content> {
  readonly identity: Part<Identity>;
  /** Absent when the making of the member was not finished: the next start makes all of it anew. */
  readonly disk?: ExaminedDisk<Content>;
}

export interface ExaminedDisk<Content> {
  readonly ballot: Part<SlotsFound>;
  readonly mark: Part<SlotsFound>;
  readonly log: Part<LogFound>;
  readonly snapshots: Part<SnapshotsFound<Content>>;
  /** What a start would go on from: as far as it is known. */
  readonly commit: number | undefined;
  readonly lastIndex: number | undefined;
}

export interface ExamineOptions<Content> {
  /** Reads what is in a snapshot; throws when it cannot. The disk does not know what its snapshots hold. */
  readonly readContent: ReadContent<Content>;
  readonly signal?: AbortSignal;
}

const partNames = ['ballot', 'mark', 'log', 'snapshots'];

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
  if (!(await holdsMember(dir))) return undefined;
  const room = await mkdtemp(join(tmpdir(), 'skep-examine-'));
  try {
    const release = await holdLock(paths(dir).log, join(room, 'lock'));
    try {
      const identity = await examineIdentity(dir);
      if (identity.found?.state === 'creating') return { identity };
      return { identity, disk: await examineDisk(dir, join(room, 'log'), options) };
    } finally {
      await release();
    }
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

async function holdsMember(dir: string): Promise<boolean> {
  try {
    const names = await readdir(dir);
    // There is a folder "log" in many places that have nothing to do with us.
    return names.includes('identity') || names.filter((name) => partNames.includes(name)).length > 1;
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}

async function examineDisk<Content>(
  dir: string,
  copy: string,
  { readContent, signal }: ExamineOptions<Content>,
): Promise<ExaminedDisk<Content>> {
  const at = paths(dir);
  const ballot = await examineSlots(at.ballot, 'ballot');
  const mark = await examineSlots(at.mark, 'log mark');
  const log = await examineLog(at.log, copy, signal);
  const snapshots = await examineSnapshots(at.snapshots, readContent, signal);
  const { base, last, state } = log.found ?? {};
  const snapshot = snapshots.found?.newest;
  const promised = ballot.found?.newest;
  const reached = mark.found?.newest;
  const against = contradictions({
    ballot: promised && { sequence: promised.sequence, term: promised.a },
    mark: reached && { index: reached.a, batches: reached.b },
    base,
    last,
    state,
    snapshot,
  });
  const known = (...numbers: (number | undefined)[]) => {
    const found = numbers.filter((number) => number !== undefined);
    return found.length > 0 ? Math.max(...found) : undefined;
  };
  return {
    ballot: withContradictions(ballot, 'ballot', against),
    mark,
    log: withNewerSnapshot(withContradictions(log, 'log', against), snapshot),
    snapshots: withContradictions(snapshots, 'snapshots', against),
    commit: known(state?.commit, snapshot?.index),
    lastIndex: known(last?.index, snapshot?.index),
  };
}

/** A log that is too short may have been noticed already, in the same words. */
function withContradictions<Found>(
  part: Part<Found>,
  name: Contradiction['part'],
  against: readonly Contradiction[],
): Part<Found> {
  const more = against.filter((one) => one.part === name).map(({ what }) => what);
  return { ...part, wrong: [...new Set([...part.wrong, ...more])] };
}

/** A crash came between the two steps of installing a leader's snapshot, or no entry has been written yet. */
function withNewerSnapshot(log: Part<LogFound>, snapshot: EntryId | undefined): Part<LogFound> {
  if (!snapshot || log.wrong.length > 0 || log.found?.termAt(snapshot.index) === snapshot.term) return log;
  return {
    ...log,
    notes: [...log.notes, 'the snapshot is newer than the log: the next start begins the log after it'],
  };
}
