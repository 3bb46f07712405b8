import { assert } from '../base/assert.js';
import {
  type Entry,
  type EntryId,
  type LogIndex,
  type Snapshot,
  type Storage,
  StorageError,
  type Term,
} from './types.js';
import { Unstable } from './unstable.js';

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Payload bytes of an entry: what the uncommitted limit counts. */
export function payloadSize(entry: Entry): number {
  if (entry.kind === 'normal') return entry.data.length;
  return (entry.change.context?.length ?? 0) + 12 * entry.change.changes.length;
}

/** Encoded bytes of an entry, as protobuf has it: a byte of kind, term, index and payload, each with its tag. */
export function entrySize(entry: Entry): number {
  const payload = payloadSize(entry);
  return (
    2 + 1 + varintSize(entry.term) + 1 + varintSize(entry.index) + (payload > 0 ? 1 + varintSize(payload) + payload : 0)
  );
}

/** The longest beginning of `entries` within `maxBytes`; at least one. */
export function limitSize(entries: readonly Entry[], maxBytes: number): readonly Entry[] {
  if (maxBytes === Infinity) return entries;
  let bytes = 0;
  for (let i = 0; i < entries.length; i++) {
    bytes += entrySize(entries[i] as Entry);
    if (bytes > maxBytes && i > 0) return entries.slice(0, i);
  }
  return entries;
}

/** Tells whether the first id is at least as up to date as the second (Raft §5.4.1): the term decides, then the index. */
export function isUpToDate(candidate: EntryId, ours: EntryId): boolean {
  return candidate.term > ours.term || (candidate.term === ours.term && candidate.index >= ours.index);
}

/** The log as the core sees it: what storage has, overlaid by what is not yet written. */
export class RaftLog {
  readonly #storage: Storage;
  readonly unstable: Unstable;
  readonly #committedBytesMax: number;
  committed: LogIndex;
  applied: LogIndex;
  /** The last entry that was handed out for applying. */
  applying: LogIndex;

  constructor(storage: Storage, committedBytesMax: number) {
    const before = storage.firstIndex() - 1;
    this.#storage = storage;
    this.#committedBytesMax = committedBytesMax;
    this.unstable = new Unstable(storage.lastIndex() + 1);
    this.committed = before;
    this.applied = before;
    this.applying = before;
  }

  get firstIndex(): LogIndex {
    return this.unstable.snapshot ? this.unstable.snapshot.metadata.index + 1 : this.#storage.firstIndex();
  }

  get lastIndex(): LogIndex {
    return this.unstable.lastIndex ?? this.#storage.lastIndex();
  }

  get lastId(): EntryId {
    const index = this.lastIndex;
    const term = this.termOf(index);
    assert(term !== undefined, `the term of the last entry (${index}) can be read`);
    return { index, term };
  }

  /**
   * Returns the term of an entry, `undefined` when it is compacted or not there yet. Throws {@link StorageError}
   * `unavailable` while storage fetches it: an entry whose term is not known yet is not missing.
   */
  termOf(index: LogIndex): Term | undefined {
    const unstable = this.unstable.termOf(index);
    if (unstable !== undefined) return unstable;
    if (index < this.firstIndex - 1 || index > this.lastIndex) return undefined;
    try {
      return this.#storage.term(index);
    } catch (error) {
      if (isStorageError(error) && error.code !== 'unavailable') return undefined;
      throw error;
    }
  }

  /** Like {@link termOf}, but `undefined` also while storage fetches it: for callers that retry. */
  knownTermOf(index: LogIndex): Term | undefined {
    return whenAvailable(() => this.termOf(index));
  }

  matches({ index, term }: EntryId): boolean {
    return this.termOf(index) === term;
  }

  /** Entries in [lo, hi), at least one and otherwise at most `maxBytes`. Throws {@link StorageError}. */
  slice(lo: LogIndex, hi: LogIndex, maxBytes: number): readonly Entry[] {
    if (lo >= hi) return [];
    if (lo < this.firstIndex) throw new StorageError('compacted');
    assert(hi <= this.lastIndex + 1, 'entries are read up to the end of the log');
    const { offset } = this.unstable;
    if (lo >= offset) return limitSize(this.unstable.slice(lo, hi), maxBytes);
    const cut = Math.min(hi, offset);
    // A storage may answer more than it was asked for, or less; neither may make a hole or a repeat.
    const stored = limitSize(this.#storage.entries(lo, cut, maxBytes).slice(0, cut - lo), maxBytes);
    if (stored.length < cut - lo || hi <= offset) return stored;
    return limitSize([...stored, ...this.unstable.slice(offset, hi)], maxBytes);
  }

  /** Returns the entries from `from` on, within `maxBytes`. Throws {@link StorageError}. */
  entriesFrom(from: LogIndex, maxBytes: number): readonly Entry[] {
    return from > this.lastIndex ? [] : this.slice(from, this.lastIndex + 1, maxBytes);
  }

  append(entries: readonly Entry[]): void {
    const first = entries[0];
    if (!first) return;
    assert(first.index > this.committed, `entry ${first.index} does not replace a committed one (${this.committed})`);
    this.unstable.truncateAndAppend(entries);
  }

  /**
   * Takes entries that follow `prev`, if our log has `prev` (Raft §5.3). Cuts our log only at the first entry that
   * conflicts: a late, shorter append must not undo what we have acknowledged.
   * @returns the last index that now matches, or `undefined` when `prev` does not.
   */
  maybeAppend(prev: EntryId, entries: readonly Entry[], leaderCommit: LogIndex): LogIndex | undefined {
    if (!this.matches(prev)) return undefined;
    const last = prev.index + entries.length;
    const conflict = entries.findIndex((entry) => !this.matches(entry));
    if (conflict >= 0) this.append(entries.slice(conflict));
    this.commitTo(Math.min(leaderCommit, last));
    return last;
  }

  /** The highest index ≤ `index` whose term is ≤ `term`, and that term; 0 where the log no longer tells. */
  conflictByTerm(index: LogIndex, term: Term): EntryId {
    for (let at = index; at > 0; at--) {
      const ours = this.knownTermOf(at);
      if (ours === undefined) return { index: at, term: 0 };
      if (ours <= term) return { index: at, term: ours };
    }
    return { index: 0, term: 0 };
  }

  commitTo(index: LogIndex): void {
    if (index <= this.committed) return;
    assert(
      index <= this.lastIndex,
      `entry ${index} is said to be committed and the log ends at ${this.lastIndex}: was the log lost?`,
    );
    this.committed = index;
  }

  /** Commits up to `index` if that entry is of `term`: only a leader's own entries count (Raft §5.4.2). */
  maybeCommit(index: LogIndex, term: Term): boolean {
    if (index <= this.committed || this.knownTermOf(index) !== term) return false;
    this.commitTo(index);
    return true;
  }

  /** Committed entries that were not handed out yet, one page. */
  nextCommitted(): readonly Entry[] {
    return this.#committedBefore(this.committed + 1, this.#committedBytesMax);
  }

  /** Tells whether {@link nextCommitted} would return any. */
  hasReadableCommitted(): boolean {
    return this.#committedBefore(this.applying + 2, 0).length > 0;
  }

  /** Committed entries before `end` that were not handed out yet; none while storage fetches them. */
  #committedBefore(end: LogIndex, maxBytes: number): readonly Entry[] {
    if (!this.hasNextCommitted()) return [];
    return whenAvailable(() => this.slice(this.applying + 1, end, maxBytes)) ?? [];
  }

  /** Tells whether handed-out entries or a snapshot are not known to be applied yet. */
  get isApplying(): boolean {
    return this.applying > this.applied || this.unstable.isWritingSnapshot;
  }

  hasNextCommitted(): boolean {
    return this.committed > this.applying && !this.unstable.snapshot;
  }

  appliedTo(index: LogIndex): void {
    assert(
      index <= this.committed && index >= this.applied,
      `applied ${index} lies between ${this.applied} and ${this.committed}`,
    );
    this.applied = index;
    this.applying = Math.max(this.applying, index);
  }

  restore(snapshot: Snapshot): void {
    this.committed = snapshot.metadata.index;
    this.unstable.restore(snapshot);
  }

  snapshot(): Snapshot {
    return this.unstable.snapshot ?? this.#storage.snapshot();
  }
}

/** Returns the result of `read`, or `undefined` while storage is still fetching the data. */
export function whenAvailable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isStorageError(error) && error.code === 'unavailable') return undefined;
    throw error;
  }
}

/** Storages may be written elsewhere: the code counts, not the class. */
export function isStorageError(error: unknown): error is StorageError {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return code === 'compacted' || code === 'unavailable' || code === 'snapshotTemporarilyUnavailable';
}
