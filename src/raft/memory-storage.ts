import { assert } from '../base/assert.js';
import { limitSize } from './log.js';
import { simpleConfState } from './membership.js';
import {
  type ConfState,
  type Entry,
  type EntryId,
  type HardState,
  type LogIndex,
  NONE,
  type Snapshot,
  type Storage,
  StorageError,
  type Term,
} from './types.js';

/** A log in memory. The core reads from it in production too: the disk mirrors it. */
export class MemoryStorage implements Storage {
  #hardState: HardState = { term: 0, vote: NONE, commit: 0 };
  #snapshot: Snapshot = { metadata: { index: 0, term: 0, confState: simpleConfState([]) }, data: new Uint8Array(0) };
  #confState: ConfState | undefined;
  /** Id of the entry before the first one. */
  #before = { index: 0, term: 0 };
  #entries: Entry[] = [];

  /** Returns the state at the start. */
  initialState(): { hardState: HardState; confState: ConfState } {
    return { hardState: this.#hardState, confState: this.#confState ?? this.#snapshot.metadata.confState };
  }

  /** The configuration at the start, where it is not the snapshot's. */
  setConfState(confState: ConfState): void {
    this.#confState = confState;
  }

  /** Sets the hard state. */
  setHardState(hardState: HardState): void {
    this.#hardState = hardState;
  }

  firstIndex(): LogIndex {
    return this.#before.index + 1;
  }

  /** Index of the last entry; that of the snapshot when there is none. */
  lastIndex(): LogIndex {
    return this.#before.index + this.#entries.length;
  }

  term(index: LogIndex): Term {
    if (index < this.#before.index) throw new StorageError('compacted');
    if (index === this.#before.index) return this.#before.term;
    const entry = this.#entries[index - this.firstIndex()];
    if (!entry) throw new StorageError('unavailable');
    return entry.term;
  }

  entries(lo: LogIndex, hi: LogIndex, maxBytes: number): readonly Entry[] {
    if (lo < this.firstIndex()) throw new StorageError('compacted');
    if (hi > this.lastIndex() + 1) throw new StorageError('unavailable');
    return limitSize(this.#entries.slice(lo - this.firstIndex(), hi - this.firstIndex()), maxBytes);
  }

  snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The state of a member that starts again: `entries` follow `before`, which is not later than the snapshot. */
  load(hardState: HardState, snapshot: Snapshot, before: EntryId, entries: readonly Entry[]): void {
    this.#hardState = hardState;
    this.#snapshot = snapshot;
    this.#before = { index: before.index, term: before.term };
    this.#entries = entries.slice();
  }

  /** Adds entries; they replace ours from their first index on. */
  append(entries: readonly Entry[]): void {
    const start = entries[0]?.index;
    if (start === undefined) return;
    assert(start <= this.lastIndex() + 1, 'the log has no holes');
    const kept = entries.filter(({ index }) => index >= this.firstIndex());
    this.#entries.length = Math.max(start - this.firstIndex(), 0);
    for (const entry of kept) this.#entries.push(entry);
  }

  /** Puts a snapshot that came from a leader in the place of the whole log. */
  applySnapshot(snapshot: Snapshot): void {
    const { index, term } = snapshot.metadata;
    this.#snapshot = snapshot;
    this.#confState = undefined;
    this.#before = { index, term };
    this.#entries = [];
  }

  /** Remembers a snapshot of our own; the log stays until {@link compact}. */
  createSnapshot(index: LogIndex, confState: ConfState, data: Uint8Array): Snapshot {
    this.#snapshot = { metadata: { index, term: this.term(index), confState }, data };
    this.#confState = undefined;
    return this.#snapshot;
  }

  /** Gives up the entries up to and including `index`. */
  compact(index: LogIndex): void {
    if (index <= this.#before.index) return;
    const term = this.term(index);
    this.#entries.splice(0, index - this.#before.index);
    this.#before = { index, term };
  }
}
