import { type Entry, type EntryId, type HardState, NONE, simpleConfState, type Snapshot } from '../raft/index.js';
import type { DiskWrite, StoredState } from '../replica/index.js';
import type { Chance } from './chance.js';
import type { SharedContent } from './shared-content.js';

/** Faults of a disk. Times in milliseconds. */
export interface DiskFaults {
  readonly syncMeanMs: number;
  /** Chance that a write takes ten to a thousand times as long. */
  readonly slow: number;
  /** Chance that a write fails: no room, or an fsync that reports an error once. */
  readonly fails: number;
}

/** Damage to a disk at rest. Each must be noticed at the next start. */
export type Damage = 'flippedBit' | 'hole' | 'lostTail' | 'oldBallot' | 'lostBallot' | 'oldLog';
export const damages: readonly Damage[] = ['flippedBit', 'hole', 'lostTail', 'oldBallot', 'lostBallot', 'oldLog'];

/** One entry as it lies on the disk: chained to the one before it by a number that no other record has. */
interface LogRecord {
  readonly entry: Entry;
  readonly serial: number;
  readonly previous: number;
  readonly rotten?: boolean;
}

/** Content that survives a crash. Changes in one step, when something becomes durable. */
interface Platter {
  base: EntryId & { readonly serial: number };
  records: LogRecord[];
  commit: number;
  /** Number of writes of the log, and the ballot that it knows of. */
  batches: number;
  ballotSequence: number;
  ballot: { readonly term: number; readonly vote: number; readonly sequence: number } | 'damaged';
  mark: number;
  snapshot: Snapshot;
  content: Uint8Array;
}

/** On its way to the platter. */
interface Writing {
  readonly entries: readonly LogRecord[];
  readonly commit: number | undefined;
  readonly ballotSequence: number;
}

const noSnapshot: Snapshot = {
  metadata: { index: 0, term: 0, confState: simpleConfState([]) },
  data: new Uint8Array(0),
};

const blank = (): Platter => ({
  base: { index: 0, term: 0, serial: 0 },
  records: [],
  commit: 0,
  batches: 0,
  ballotSequence: 0,
  ballot: { term: 0, vote: NONE, sequence: 0 },
  mark: 0,
  snapshot: noSnapshot,
  content: new Uint8Array(0),
});

/** Thrown when the disk does not hold what was written. */
export class SimDamageError extends Error {
  readonly code = 'DAMAGED';
}

/** Counts of what happened to the disks of a run. */
export interface DiskCounts {
  lostWrites: number;
  tornWrites: number;
  failedWrites: number;
  damaged: number;
  noticed: number;
  installs: number;
}

export interface SimDiskOptions {
  readonly chance: Chance;
  readonly faults: () => DiskFaults;
  readonly counts: DiskCounts;
  readonly shared: SharedContent;
  /** The time of the run, milliseconds. */
  readonly now: () => number;
}

/** Delay of the mark after the write that it speaks of, milliseconds. */
const markMs = 1;

/**
 * The disk of one member: its content outlives the process. A write is durable only when its sync has ended;
 * a crash in between keeps it, loses it, or leaves a part of it.
 */
export class SimDisk {
  #platter = blank();
  /** The log as it was some time ago: what a restored copy would be. */
  #oldCopy: Platter | undefined;
  #writing: Writing | undefined;
  #serial = 0;
  /** Moment at which the mark is written, by the scheduler's clock. */
  #markDueAt = Infinity;
  /** Duration of the next write that follows one of a membership change, milliseconds. */
  #stallMs = 0;
  #wroteChange = false;
  /** True after damage or a wipe: the lost content is no fault of the member. */
  #ruined = false;
  readonly counts: DiskCounts;
  readonly shared: SharedContent;
  readonly #chance: Chance;
  readonly #faults: () => DiskFaults;
  readonly #now: () => number;

  constructor({ chance, faults, counts, shared, now }: SimDiskOptions) {
    this.#chance = chance;
    this.shared = shared;
    this.#faults = faults;
    this.counts = counts;
    this.#now = now;
  }

  // ---------------------------------------------------------------- what is durable, as invariants ask it

  get durableBallot(): { readonly term: number; readonly vote: number } | undefined {
    const { ballot } = this.#platter;
    return ballot === 'damaged' ? undefined : ballot;
  }

  /** The term of the durable entry at `index`, 0 when there is none; a snapshot counts for all that it covers. */
  durableTermAt(index: number): number | 'covered' {
    const { base, records, snapshot } = this.#platter;
    if (this.#ruined) return 'covered'; // what it had acknowledged was durable when it said so
    if (index <= snapshot.metadata.index) return 'covered';
    return records[index - base.index - 1]?.entry.term ?? 0;
  }

  get isBlank(): boolean {
    return this.#platter.snapshot === noSnapshot;
  }

  // ---------------------------------------------------------------- what happens to it

  /** The process has died: an unfinished write is there, is not there, or is there in part. */
  crash(): void {
    this.#followUp();
    this.#markDueAt = Infinity;
    const writing = this.#writing;
    this.#writing = undefined;
    if (!writing) return;
    const fate = this.#chance.between(0, 2);
    if (fate === 0) this.#land(writing);
    else if (fate === 1) this.counts.lostWrites++;
    else this.#tear(writing);
  }

  /** A part of the entries, the last of them garbage, and none of what was written behind them. */
  #tear({ entries }: { readonly entries: readonly LogRecord[] }): void {
    const first = entries[0];
    if (!first) {
      this.counts.lostWrites++;
      return;
    }
    const { records, base } = this.#platter;
    // The replaced content is still there: nothing is overwritten in place.
    if (first.entry.index <= base.index + records.length) {
      this.counts.lostWrites++;
      return;
    }
    this.counts.tornWrites++;
    const kept = entries.slice(0, this.#chance.between(1, entries.length));
    const torn = kept.map((record, i) =>
      i === kept.length - 1 ? { ...record, entry: garbage(record.entry), rotten: true } : record,
    );
    records.push(...torn);
  }

  wipe(): void {
    this.#ruined = true;
    this.#platter = blank();
    this.#oldCopy = undefined;
    this.#writing = undefined;
  }

  /** Keeps a copy that {@link damage} may bring back. */
  copy(): void {
    this.#followUp();
    this.#oldCopy = { ...this.#platter, records: [...this.#platter.records] };
  }

  /** Returns false when there is nothing to damage in this way. */
  damage(kind: Damage): boolean {
    const damaged = this.#damaged(kind);
    if (!damaged) return false;
    this.#platter = damaged;
    this.#ruined = true;
    this.counts.damaged++;
    return true;
  }

  #damaged(kind: Damage): Platter | undefined {
    const platter = this.#platter;
    const { records, base, mark, ballot, batches } = platter;
    const known = Math.min(records.length, mark - base.index);
    const covered = mark <= platter.snapshot.metadata.index; // then nothing is lost with the log
    switch (kind) {
      case 'flippedBit': {
        if (known < 1) return undefined;
        const at = this.#chance.between(0, known - 1);
        return { ...platter, records: records.map((record, i) => (i === at ? { ...record, rotten: true } : record)) };
      }
      case 'hole': {
        if (known < 3) return undefined;
        const at = this.#chance.between(1, known - 2);
        return { ...platter, records: records.filter((_, i) => i !== at) };
      }
      case 'lostTail':
        return known < 1 || covered ? undefined : { ...platter, records: records.slice(0, known - 1) };
      case 'oldBallot': {
        const old = this.#oldCopy?.ballot;
        if (!old || old === 'damaged' || ballot === 'damaged' || old.sequence >= platter.ballotSequence)
          return undefined;
        return { ...platter, ballot: old };
      }
      case 'lostBallot':
        return { ...platter, ballot: 'damaged' };
      case 'oldLog': {
        const old = this.#oldCopy;
        if (!old || covered || old.batches >= batches || old.base.index + old.records.length >= mark) return undefined;
        const { base: oldBase, records: oldRecords, commit, ballotSequence } = old;
        return { ...platter, base: oldBase, records: [...oldRecords], commit, ballotSequence, batches: old.batches };
      }
    }
  }

  // ---------------------------------------------------------------- reading it at a start

  /** Checks everything, as production does. Throws {@link SimDamageError}. */
  load(): StoredState {
    const { base, ballot, ballotSequence, mark, snapshot, commit } = this.#platter;
    if (ballot === 'damaged') throw new SimDamageError('the ballot is damaged');
    if (ballotSequence > ballot.sequence) throw new SimDamageError('the ballot is an old copy');
    if (base.index > snapshot.metadata.index) throw new SimDamageError('the log begins after the newest snapshot');
    const records = this.#checked();
    const last: EntryId = records.at(-1)?.entry ?? base;
    const reach = Math.max(last.index, snapshot.metadata.index);
    if (reach < mark) throw new SimDamageError(`the log ends at ${reach} and had reached ${mark}`);
    if (reach < commit) throw new SimDamageError(`the log ends at ${reach} and ${commit} was committed`);
    if (last.term > ballot.term) throw new SimDamageError('the log is newer than the ballot');
    const hardState = { term: ballot.term, vote: ballot.vote, commit: Math.max(commit, snapshot.metadata.index) };
    const { index, term } = snapshot.metadata;
    const termAt = index === base.index ? base.term : records[index - base.index - 1]?.entry.term;
    if (termAt === term) {
      this.#platter.records = records;
      return { hardState, snapshot, before: base, entries: records.map(({ entry }) => entry) };
    }
    // A crash came between publishing a snapshot and emptying the log.
    const before = { index, term };
    Object.assign(this.#platter, { base: { ...before, serial: 0 }, records: [], mark: index });
    return { hardState, snapshot, before, entries: [] };
  }

  /** The records without a torn end; damage in what was known to be durable is refused. */
  #checked(): LogRecord[] {
    const { base, records, mark } = this.#platter;
    let previous = base.serial;
    for (const [i, record] of records.entries()) {
      const index = base.index + 1 + i;
      const whole = record.rotten !== true && record.entry.index === index && record.previous === previous;
      if (!whole) {
        if (index > mark) return records.slice(0, i);
        throw new SimDamageError(`entry ${index} of the log is not what was written`);
      }
      previous = record.serial;
    }
    return records;
  }

  // ---------------------------------------------------------------- writing it

  /**
   * Delays the next write of the log that follows one of a membership change: most likely the one that records the
   * change as committed. Other operations of the disk continue meanwhile.
   */
  stall(ms: number): void {
    this.#stallMs = ms;
  }

  /** Returns the delay of a write that begins now before its sync, milliseconds. */
  stallOf({ entries }: DiskWrite): number {
    const ms = this.#wroteChange ? this.#stallMs : 0;
    if (ms > 0) this.#stallMs = 0;
    this.#wroteChange = entries.some(({ kind }) => kind === 'confChange');
    return ms;
  }

  /** Draws the duration of one sync, and whether it fails. */
  draw(): { readonly ms: number; readonly fails: boolean } {
    const { syncMeanMs, slow, fails } = this.#faults();
    const factor = this.#chance.happens(slow) ? this.#chance.between(10, 1_000) : 1;
    return {
      ms: Math.min(10_000, 0.05 + this.#chance.exponential(syncMeanMs) * factor),
      fails: this.#chance.happens(fails),
    };
  }

  /** Puts a write on its way; {@link settle} makes it durable. */
  begin({ entries, hardState }: DiskWrite): void {
    this.#followUp();
    const platter = this.#platter;
    const first = entries[0];
    const kept = first ? first.index - platter.base.index - 1 : 0;
    let previous = platter.records[kept - 1]?.serial ?? platter.base.serial;
    const added = entries.map((entry): LogRecord => {
      const record = { entry, serial: ++this.#serial, previous };
      previous = record.serial;
      return record;
    });
    const ballotSequence = platter.ballot === 'damaged' ? 0 : platter.ballot.sequence;
    this.#writing = { entries: added, commit: hardState?.commit, ballotSequence };
    // A shorter log than before is no damage when we made it so.
    if (first && first.index <= platter.mark) platter.mark = first.index - 1;
  }

  settle(): void {
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing) this.#land(writing);
    this.#markDueAt = Math.min(this.#markDueAt, this.#now() + markMs);
  }

  /** Makes a write durable. Meanwhile the log may have been compacted. */
  #land({ entries, commit, ballotSequence }: Writing): void {
    this.#followUp();
    const platter = this.#platter;
    const [first] = entries;
    if (first) {
      const at = first.entry.index - platter.base.index - 1;
      if (at < platter.records.length) platter.records.length = Math.max(0, at);
      for (let i = Math.max(0, -at); i < entries.length; i++) platter.records.push(entries[i] as LogRecord);
    }
    if (commit !== undefined) platter.commit = commit;
    platter.batches++;
    platter.ballotSequence = ballotSequence;
    platter.mark = Math.min(platter.mark, platter.base.index + platter.records.length);
  }

  /** Lets the mark follow: a look after its delay writes it. */
  #followUp(): void {
    if (this.#now() < this.#markDueAt) return;
    this.#markDueAt = Infinity;
    const { base, records } = this.#platter;
    this.#platter.mark = base.index + records.length;
  }

  /** Sees each ballot that becomes durable. */
  onBallot: (ballot: { readonly term: number; readonly vote: number }) => void = () => undefined;

  writeBallot({ term, vote }: HardState): void {
    this.onBallot({ term, vote });
    const { ballot } = this.#platter;
    const sequence = ballot === 'damaged' ? 0 : ballot.sequence;
    this.#platter.ballot = { term, vote, sequence: sequence + 1 };
  }

  publish(snapshot: Snapshot, content: Uint8Array): void {
    this.#platter.snapshot = snapshot;
    this.#platter.content = content;
  }

  /** Empties the log behind a snapshot that a leader sent. */
  reset({ index, term }: EntryId, commit: number): void {
    const { ballot, batches } = this.#platter;
    const ballotSequence = ballot === 'damaged' ? 0 : ballot.sequence;
    const base = { index, term, serial: 0 };
    Object.assign(this.#platter, { base, records: [], commit, batches: batches + 1, ballotSequence, mark: index });
    this.counts.installs++;
  }

  compact(index: number): void {
    const { base, records } = this.#platter;
    const cut = Math.min(index, base.index + records.length) - base.index;
    const last = records[cut - 1];
    if (!last) return;
    const { index: at, term } = last.entry;
    this.#platter.base = { index: at, term, serial: last.serial };
    this.#platter.records = records.slice(cut);
  }

  get snapshot(): Snapshot {
    return this.#platter.snapshot;
  }

  get content(): Uint8Array {
    return this.#platter.content;
  }
}

/** The same place in the log, and other bytes. */
const garbage = ({ term, index }: Entry): Entry => ({
  kind: 'normal',
  term,
  index,
  data: new Uint8Array([0xff, 0xff]),
});
