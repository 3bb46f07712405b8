import type { Entry, EntryId, LogIndex, Snapshot, Term } from './types.js';

/** Part of the log that is not yet known to be on disk: its end, and a snapshot that arrived. */
export class Unstable {
  /** The index of the first entry kept here. */
  offset: LogIndex;
  /** Never handed out: what leaves is a copy, so that this can grow in place. */
  #entries: Entry[] = [];
  /** Entries before this index were handed out to be written. */
  #writing: LogIndex;
  snapshot: Snapshot | undefined;
  #snapshotWriting = false;

  constructor(offset: LogIndex) {
    this.offset = offset;
    this.#writing = offset;
  }

  /** The last index known here, if this knows it. */
  get lastIndex(): LogIndex | undefined {
    if (this.#entries.length > 0) return this.offset + this.#entries.length - 1;
    return this.snapshot?.metadata.index;
  }

  termOf(index: LogIndex): Term | undefined {
    if (index >= this.offset) return this.#entries[index - this.offset]?.term;
    return this.snapshot?.metadata.index === index ? this.snapshot.metadata.term : undefined;
  }

  slice(lo: LogIndex, hi: LogIndex): readonly Entry[] {
    return this.#entries.slice(lo - this.offset, hi - this.offset);
  }

  /** Entries that were not handed out yet. */
  nextEntries(): readonly Entry[] {
    return this.#entries.slice(Math.max(0, this.#writing - this.offset));
  }

  get hasNextEntries(): boolean {
    return this.offset + this.#entries.length > this.#writing;
  }

  nextSnapshot(): Snapshot | undefined {
    return this.#snapshotWriting ? undefined : this.snapshot;
  }

  get isWritingSnapshot(): boolean {
    return this.#snapshotWriting;
  }

  /** Takes note that everything here has been handed out. */
  accept(): void {
    this.#writing = this.offset + this.#entries.length;
    if (this.snapshot) this.#snapshotWriting = true;
  }

  /**
   * The entries up to `id` are durable. Only if the entry is still the one that was written: it may have been
   * replaced while the write was under way.
   */
  stableTo({ index, term }: EntryId): void {
    if (index < this.offset || this.termOf(index) !== term) return;
    this.#entries = this.#entries.slice(index + 1 - this.offset);
    this.offset = index + 1;
    this.#writing = Math.max(this.#writing, this.offset);
  }

  stableSnapshotTo(index: LogIndex): void {
    if (this.snapshot?.metadata.index !== index) return;
    this.snapshot = undefined;
    this.#snapshotWriting = false;
  }

  restore(snapshot: Snapshot): void {
    this.offset = snapshot.metadata.index + 1;
    this.#writing = this.offset;
    this.#entries = [];
    this.snapshot = snapshot;
    this.#snapshotWriting = false;
  }

  truncateAndAppend(entries: readonly Entry[]): void {
    const from = (entries[0] as Entry).index;
    if (from === this.offset + this.#entries.length) {
      for (const entry of entries) this.#entries.push(entry);
    } else if (from <= this.offset) {
      this.offset = from;
      this.#entries = entries.slice();
      this.#writing = from;
    } else {
      this.#entries = [...this.#entries.slice(0, from - this.offset), ...entries];
      this.#writing = Math.min(this.#writing, from);
    }
  }
}
