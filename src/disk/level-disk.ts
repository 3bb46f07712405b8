import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../base/assert.js';
import { DamageError } from '../base/damage.js';
import { messageOf } from '../base/errors.js';
import { type HardState, NONE, simpleConfState, type Snapshot, type SnapshotMetadata } from '../raft/index.js';
import type { Disk, DiskWrite, StagedSnapshot, StoredState } from '../replica/ports.js';
import { DecodeError } from '../wire/index.js';
import { contradictions, isCovered } from './agreement.js';
import { isMissing, makeDir, syncDir } from './files.js';
import { LevelLog } from './level-log.js';
import { LogMark } from './log-mark.js';
import type { LogState } from './log-records.js';
import { foreign, type Owner } from './owner.js';
import { type BallotField, ballotFields, markFields, SlotFile } from './slots.js';
import {
  arrivedDamaged,
  decodeDescriptor,
  encodeDescriptor,
  newestSnapshot,
  notStaged,
  publishStaged,
  readContent,
  readFooter,
  removeOlder,
  snapshotPath,
  SnapshotWriter,
} from './snapshot-file.js';
import { codesOf, isPassing } from './trouble.js';

const noSnapshot: Snapshot = {
  metadata: { index: 0, term: 0, confState: simpleConfState([]) },
  data: new Uint8Array(0),
};

const noArrival = { size: 0, checksum: 0, batches: 0 };

/** Paths of the parts of a disk. */
export const paths = (dir: string) => ({
  log: join(dir, 'log'),
  ballot: join(dir, 'ballot'),
  mark: join(dir, 'mark'),
  snapshots: join(dir, 'snapshots'),
});

/**
 * A member's disk: the log on LevelDB, the ballot (term and vote) and the mark of how far the log reached in small files
 * of their own, snapshots in files. docs/design/disk.md describes their purpose.
 */
export class LevelDisk implements Disk {
  readonly #dir: ReturnType<typeof paths>;
  readonly #owner: Owner;
  readonly #log: LevelLog;
  readonly #ballot: SlotFile<BallotField>;
  readonly #mark: LogMark;
  #commit = 0;
  #stagings = 0;
  /** Loaded, and no write has failed or is under way. */
  #steady = false;
  /**
   * True when the ballot must record the log's count of writes. The next write does it, so that no other write runs
   * meanwhile.
   */
  #ballotIsDue = false;
  /** Arrived snapshots, whole and checked, by the path that they would get. */
  readonly #staged = new Map<string, string>();

  private constructor(dir: string, owner: Owner, log: LevelLog, ballot: SlotFile<BallotField>, mark: LogMark) {
    this.#dir = paths(dir);
    this.#owner = owner;
    this.#log = log;
    this.#ballot = ballot;
    this.#mark = mark;
  }

  /** Makes an empty disk, in place of anything half made. */
  static async create(dir: string, owner: Owner): Promise<LevelDisk> {
    const at = paths(dir);
    await makeDir(dir);
    await LevelLog.assertFree(at.log);
    for (const path of Object.values(at)) await rm(path, { recursive: true, force: true });
    await makeDir(at.snapshots);
    await makeDir(at.log);
    const disk = new LevelDisk(
      dir,
      owner,
      await LevelLog.create(at.log, owner),
      await SlotFile.create(at.ballot, ballotFields, owner),
      new LogMark(await SlotFile.create(at.mark, markFields, owner)),
    );
    await syncDir(dir);
    return disk;
  }

  /** Opens what {@link create} made. Throws {@link DamageError}. */
  static async open(dir: string, owner: Owner): Promise<LevelDisk> {
    const at = paths(dir);
    const log = await LevelLog.open(at.log); // first: it holds the lock of the directory
    let ballot: SlotFile<BallotField> | undefined;
    try {
      ballot = await SlotFile.open(at.ballot, ballotFields);
      if (!ballot) throw new DamageError(`the ballot in ${dir} is missing or damaged`);
      const mark = await SlotFile.open(at.mark, markFields);
      if (!mark) throw new DamageError(`the log mark in ${dir} is missing or damaged`);
      const other = foreign('the ballot', ballot.value, owner) ?? foreign('the log mark', mark.value, owner);
      if (other !== undefined) throw new DamageError(other);
      return new LevelDisk(dir, owner, log, ballot, new LogMark(mark));
    } catch (error) {
      await ballot?.close();
      await log.close();
      throw error;
    }
  }

  /** Reads and checks everything. Throws {@link DamageError}. */
  async load(): Promise<StoredState> {
    try {
      return await this.#load();
    } catch (error) {
      await this.close();
      throw asDamage(error);
    }
  }

  async #load(): Promise<StoredState> {
    const stored = await newestSnapshot(this.#dir.snapshots, this.#owner);
    const { metadata } = stored?.snapshot ?? noSnapshot;
    const { base, entries, state, arrival } = await this.#log.load(this.#owner);
    const termAt = (index: number) => (index === base.index ? base.term : entries[index - base.index - 1]?.term);
    const { sequence, term, vote, batches } = this.#ballot.value;
    const testimony = {
      ballot: { sequence, term, batches },
      mark: this.#mark,
      base,
      last: entries.at(-1) ?? base,
      state: { ...state, batches: this.#log.batches },
      snapshot: { ...noArrival, ...stored, index: metadata.index, term: metadata.term },
      termAtSnapshot: termAt(metadata.index),
      arrival,
    };
    const [contradiction] = contradictions(testimony);
    if (contradiction) throw new DamageError(contradiction.what);
    this.#commit = Math.max(state.commit, metadata.index);
    const hardState: HardState = { term, vote: vote === 0 ? NONE : vote, commit: this.#commit };
    // A crash came between the two steps of installing the snapshot.
    if (!isCovered(testimony)) await this.#restartLog(metadata);
    await this.#begin();
    const snapshot = stored?.snapshot ?? noSnapshot;
    if (isCovered(testimony)) return { hardState, snapshot, before: base, entries };
    return { hardState, snapshot, before: { index: metadata.index, term: metadata.term }, entries: [] };
  }

  /**
   * Writes ballot and log anew at every start, each with the count of the other. An earlier copy of either, beside the
   * other, is then known to be old. The last write is for the ballot's new sequence.
   */
  async #begin(): Promise<void> {
    const { term, vote } = this.#ballot.value;
    await this.#log.begin(this.#logState);
    await this.#ballot.writeDurably({ term, vote, batches: this.#log.durableBatches });
    await this.#log.begin(this.#logState);
    this.#mark.raise(this.#log.lastIndex, this.#log.batches);
    this.#steady = true;
  }

  get #logState(): LogState {
    return { commit: this.#commit, ballotSequence: this.#ballot.value.sequence };
  }

  async write({ entries, hardState, sync }: DiskWrite): Promise<void> {
    const steady = this.#steady;
    this.#steady = false;
    const ballotChanged = await this.#writeBallot(hardState);
    const first = entries[0];
    if (first && first.index <= this.#log.lastIndex) await this.#mark.lower(first.index - 1);
    if (hardState) this.#commit = hardState.commit;
    const state = hardState || ballotChanged ? this.#logState : undefined;
    if (first || state) await this.#log.write(entries, state, sync);
    // A write that is not durable may be gone after a power failure, and that is no damage.
    if (sync) this.#mark.raise(this.#log.lastIndex, this.#log.batches);
    this.#steady = steady;
  }

  /** Term and vote are durable in both slots before anything that follows from them. */
  async #writeBallot(hardState: HardState | undefined): Promise<boolean> {
    const before = this.#ballot.value;
    const { term, vote } = hardState ?? before;
    if (!this.#ballotIsDue && term === before.term && vote === before.vote) return false;
    assert(term >= before.term, 'the term on disk never shrinks');
    this.#ballotIsDue = false;
    await this.#ballot.writeDurably({ term, vote, batches: this.#log.durableBatches });
    return true;
  }

  async createSnapshot(metadata: SnapshotMetadata, chunks: AsyncIterable<Uint8Array>): Promise<Snapshot> {
    const writer = await SnapshotWriter.create(snapshotPath(this.#dir.snapshots, metadata), 'own');
    // The first snapshot of a cluster, or of a recovered one: the log continues from there.
    const begins = metadata.index > this.#log.lastIndex;
    try {
      for await (const chunk of chunks) await writer.write(chunk);
      await writer.seal(metadata, this.#owner, this.#log.durableBatches);
      if (begins) await this.#log.announce({ ...writer.descriptor, index: metadata.index, term: metadata.term });
      await writer.publish();
      if (begins) await this.#restartLog(metadata);
    } catch (error) {
      await writer.discard();
      throw error;
    }
    await removeOlder(this.#dir.snapshots, metadata);
    this.#ballotIsDue = true;
    return { metadata, data: encodeDescriptor(writer.descriptor) };
  }

  async stageSnapshot({ metadata, data }: Snapshot): Promise<StagedSnapshot> {
    const expected = decodeDescriptor(data);
    const path = snapshotPath(this.#dir.snapshots, metadata);
    // The same snapshot may arrive twice at once: each time under a name of its own.
    const writer = await SnapshotWriter.create(path, `staged-${++this.#stagings}`);
    const finish = async () => {
      const { size, checksum } = writer.descriptor;
      if (size !== expected.size || checksum !== expected.checksum)
        throw arrivedDamaged(`${size} bytes of ${expected.size}`);
      await writer.seal(metadata, this.#owner, this.#log.durableBatches);
      this.#staged.set(path, writer.temporary);
    };
    const discard = async () => {
      if (this.#staged.get(path) === writer.temporary) this.#staged.delete(path);
      await writer.discard();
    };
    const write = async (chunk: Uint8Array) => {
      if (writer.descriptor.size + chunk.length > expected.size)
        throw arrivedDamaged(`more than ${expected.size} bytes`);
      await writer.write(chunk);
    };
    return { size: expected.size, write, finish, discard };
  }

  async installSnapshot({ metadata, data }: Snapshot, hardState: HardState): Promise<void> {
    const path = snapshotPath(this.#dir.snapshots, metadata);
    const staged = this.#staged.get(path);
    const descriptor = decodeDescriptor(data);
    if (staged === undefined || (await readFooter(staged)).checksum !== descriptor.checksum) throw notStaged(metadata);
    const steady = this.#steady;
    this.#steady = false;
    await this.#writeBallot(hardState);
    await this.#log.announce({ ...descriptor, index: metadata.index, term: metadata.term });
    await publishStaged(staged, path);
    this.#staged.delete(path);
    this.#commit = hardState.commit;
    await this.#restartLog(metadata);
    await removeOlder(this.#dir.snapshots, metadata);
    this.#steady = steady;
  }

  /** Empties the log: it continues from a snapshot that was announced in it and is published. */
  async #restartLog({ index, term }: SnapshotMetadata): Promise<void> {
    this.#commit = Math.max(this.#commit, index);
    await this.#mark.lower(index);
    await this.#log.reset({ index, term }, this.#logState);
    this.#mark.raise(index, this.#log.batches);
    this.#ballotIsDue = true;
  }

  /** Records the log's count of writes in the ballot: an older log beside it is then known to be old. */
  async #noteEnd(): Promise<void> {
    this.#steady = false;
    const { term, vote, batches } = this.#ballot.value;
    const { durableBatches } = this.#log;
    if (durableBatches > batches)
      await this.#ballot.writeDurably({ term, vote, batches: durableBatches }).catch(() => undefined); // it only helps
  }

  readSnapshot({ metadata, data }: Snapshot): AsyncIterable<Uint8Array> {
    return readContent(snapshotPath(this.#dir.snapshots, metadata), decodeDescriptor(data));
  }

  async compact(index: number): Promise<void> {
    await this.#log.compact(Math.min(index, this.#log.lastIndex));
  }

  async close(): Promise<void> {
    if (this.#steady) await this.#noteEnd();
    const closed = await Promise.allSettled([this.#mark.close(), this.#ballot.close()]);
    await this.#log.close(); // last: it holds the lock of the directory
    for (const end of closed) if (end.status === 'rejected') throw end.reason;
  }
}

/** Turns an error of reading into damage. */
function asDamage(error: unknown): unknown {
  if (isPassing(error)) return error;
  const codes = codesOf(error);
  const unreadable =
    error instanceof DecodeError ||
    isMissing(error) ||
    codes.includes('LEVEL_CORRUPTION') ||
    codes.includes('LEVEL_IO_ERROR');
  return unreadable && !(error instanceof DamageError) ? new DamageError(messageOf(error), { cause: error }) : error;
}

/** A first write that did not get far, and what a fresh file system has in its root. */
const leftovers = ['.identity.tmp', 'lost+found'];

/** Tells whether nothing that matters is in this directory. */
export async function isEmptyDir(dir: string): Promise<boolean> {
  try {
    return (await readdir(dir)).every((name) => leftovers.includes(name));
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}
