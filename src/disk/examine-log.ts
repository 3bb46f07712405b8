import { constants, cp } from 'node:fs/promises';
import { basename } from 'node:path';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import type { EntryId } from '../raft/index.js';
import { type Database, lockName, openDatabase } from './database.js';
import {
  type Arrival,
  arrivalKey,
  baseKey,
  decodeArrival,
  decodeBase,
  decodeOwner,
  decodeState,
  entryRange,
  ownerKey,
  stateKey,
  type StateRecord,
} from './log-records.js';
import { LogWalk } from './log-walk.js';
import { foreign, type Owner } from './owner.js';
import { attempt, type Part } from './part.js';

/** Most broken places of one log that are reported. */
const brokenMax = 100;

export interface LogFound {
  /** The place that the first entry follows. */
  readonly base: EntryId | undefined;
  /** The first entry that is there. */
  readonly first: number | undefined;
  /** The last entry; the base when there is none. */
  readonly last: EntryId | undefined;
  readonly state: StateRecord | undefined;
  /** Snapshot that was announced as the log's replacement. */
  readonly arrival: Arrival | undefined;
  /** Number of entries, whole or not, and of the bytes of their records. */
  readonly count: number;
  readonly bytes: number;
  /** The lowest and the highest term of the entries that are whole. */
  readonly terms: { readonly from: number; readonly to: number } | undefined;
  /** The checksum of the last record: equal on members that have written the same log from the same base on. */
  readonly chain: number | undefined;
  /** The first place where the log is not what was written. */
  readonly brokenFrom: number | undefined;
  /** The term of an entry that is whole, or of the base. */
  termAt(index: number): number | undefined;
}

/** Reads a log in a copy of its directory, which is made at `copy`: LevelDB changes what it opens. */
export async function examineLog(
  path: string,
  copy: string,
  owner: Owner | undefined,
  signal?: AbortSignal,
): Promise<Part<LogFound>> {
  const wrong: string[] = [];
  const found = await attempt(wrong, async () => {
    // To open the lock's file here and to close it again would let the lock go.
    const filter = (file: string) => basename(file) !== lockName;
    await cp(path, copy, { recursive: true, mode: constants.COPYFILE_FICLONE, filter }).catch((cause: unknown) => {
      throw new DamageError(`the log in ${path} cannot be read (${messageOf(cause)})`, { cause });
    });
    const db = await openDatabase(copy, false, path);
    try {
      return await readLog(db, owner, wrong, signal);
    } finally {
      await db.close();
    }
  });
  return { found, wrong: wrong.map((what) => what.replaceAll(copy, path)), notes: [] };
}

async function readLog(
  db: Database,
  owner: Owner | undefined,
  wrong: string[],
  signal?: AbortSignal,
): Promise<LogFound> {
  const found = await attempt(wrong, async () => decodeOwner(await db.get(ownerKey)));
  const other = found && foreign('the log', found, owner);
  if (other !== undefined) wrong.push(other);
  const arrival = await attempt(wrong, async () => decodeArrival(await db.get(arrivalKey)));
  const baseRecord = await attempt(wrong, async () => decodeBase(await db.get(baseKey)));
  const state = await attempt(wrong, async () => decodeState(await db.get(stateKey)));
  const base = baseRecord && { index: baseRecord.index, term: baseRecord.term };
  const walk = new LogWalk(baseRecord);
  const terms = new Map<number, number>(base && [[base.index, base.term]]);
  const broken: string[] = [];
  let [count, bytes, from, to] = [0, 0, Infinity, 0];
  let first: number | undefined;
  let brokenFrom: number | undefined;
  await attempt(wrong, async () => {
    for await (const [key, record] of db.iterator(entryRange)) {
      signal?.throwIfAborted();
      const expected = walk.lastIndex === undefined ? undefined : walk.lastIndex + 1;
      const step = walk.take(key, record);
      count++;
      bytes += record.length;
      first ??= walk.lastIndex;
      broken.push(...step.wrong);
      if (step.wrong.length > 0) brokenFrom ??= expected ?? walk.lastIndex;
      if (!step.entry) continue;
      const { index, term } = step.entry;
      terms.set(index, term);
      [from, to] = [Math.min(from, term), Math.max(to, term)];
    }
  });
  wrong.push(...broken.slice(0, brokenMax));
  if (broken.length > brokenMax) wrong.push(`the log has ${broken.length - brokenMax} more broken places`);
  if (state) {
    const ends = walk.end(state);
    wrong.push(...ends);
    if (ends.length > 0) brokenFrom ??= Math.min((walk.lastIndex ?? 0) + 1, state.lastIndex);
  }
  const lastIndex = walk.lastIndex;
  return {
    base,
    first,
    last: lastIndex === undefined ? undefined : { index: lastIndex, term: terms.get(lastIndex) ?? to },
    state,
    arrival,
    count,
    bytes,
    terms: to > 0 ? { from, to } : undefined,
    chain: walk.chain,
    brokenFrom,
    termAt: (index) => terms.get(index),
  };
}
