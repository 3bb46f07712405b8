import { join } from 'node:path';
import { Level } from 'level';
import { openHome } from '../../src/daemon/home.js';
import {
  DamageError,
  type Identity,
  LevelDisk,
  type Owner,
  readIdentity,
  writeIdentity,
} from '../../src/disk/index.js';
import type { Entry } from '../../src/raft/index.js';
import type { StoredState } from '../../src/replica/ports.js';
import { bytesOf, collect, confChange, describe, inPieces, load, metadataOf, normal, owner } from './disk-data.js';

export const name = 'm1';
const content = bytesOf(3_000);

/** Everything that a start reads from a data directory. */
export interface Found {
  readonly identity: Identity | undefined;
  readonly state: StoredState;
  readonly content: Uint8Array;
}

const entry = (index: number, term: number): Entry =>
  index === 33
    ? confChange(index, term, { transition: 'auto', changes: [{ type: 'addLearner', nodeId: 5 }], context: bytesOf(9) })
    : normal(index, term, `${term}.${index} `.repeat(20));
const run = (term: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, term));

/**
 * A member that has lived a little: several terms, a vote, a snapshot of its own, a restart (after which LevelDB keeps
 * the first half in a table), a tail that a new leader replaced, and last a commit index that was written alone.
 */
export async function writeMember(dir: string, whose: Owner = owner): Promise<Found> {
  const identity: Identity = { ...whose, name, state: 'member' };
  let disk = await LevelDisk.create(dir, whose);
  await writeIdentity(dir, identity);
  await disk.write({ entries: run(1, 1, 12), hardState: { term: 1, vote: 1, commit: 0 }, sync: true });
  await disk.write({ entries: run(2, 13, 25), hardState: { term: 2, vote: 2, commit: 14 }, sync: true });
  await disk.createSnapshot(metadataOf(1, 10), inPieces(content));
  await disk.compact(5);
  await disk.close();
  disk = await LevelDisk.open(dir, whose);
  await disk.load();
  for (const index of [26, 27, 28, 29, 30]) await disk.write({ entries: [entry(index, 2)], sync: true });
  await disk.write({ entries: run(3, 31, 52), hardState: { term: 3, vote: 0, commit: 30 }, sync: true });
  await disk.write({ entries: run(5, 49, 51), hardState: { term: 5, vote: 3, commit: 40 }, sync: true });
  await disk.write({ entries: run(5, 52, 52), sync: true });
  await disk.write({ entries: [], hardState: { term: 5, vote: 3, commit: 52 }, sync: true });
  await disk.close();
  const entries = [...run(1, 6, 12), ...run(2, 13, 30), ...run(3, 31, 48), ...run(5, 49, 52)];
  const snapshot = describe(metadataOf(1, 10), content);
  return {
    identity,
    state: { hardState: { term: 5, vote: 3, commit: 52 }, snapshot, before: { index: 5, term: 1 }, entries },
    content,
  };
}

/** Reads a data directory as a start does. */
export async function readMember(dir: string): Promise<Found> {
  const { disk } = await openHome(dir, name, 'joining');
  try {
    const state = await load(disk);
    return { identity: await readIdentity(dir), state, content: await collect(disk.readSnapshot(state.snapshot)) };
  } finally {
    await disk.close();
  }
}

/** What a start says of a directory: what it found, or that it is damaged. Any other error is the test's failure. */
export async function verdictOf(dir: string): Promise<Found | DamageError> {
  try {
    return await readMember(dir);
  } catch (error) {
    if (error instanceof DamageError) return error;
    throw error;
  }
}

/** Changes the database of a closed directory behind its back. */
export async function withDatabase(dir: string, change: (db: Level<string, Uint8Array>) => Promise<void>) {
  const db = new Level<string, Uint8Array>(join(dir, 'log'), { keyEncoding: 'utf8', valueEncoding: 'view' });
  await db.open();
  try {
    await change(db);
  } finally {
    await db.close();
  }
}
