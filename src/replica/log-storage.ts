import { MemoryStorage, type Ready, type Snapshot, StorageError } from '../raft/index.js';
import { onDisk } from './on-disk.js';
import type { Disk } from './ports.js';

/** The log of a member: in memory, as raft reads it, and on its disk. Gives out only snapshots that a new member can use. */
export class LogStorage extends MemoryStorage {
  /** Index of the last applied membership change: an older snapshot does not know its new members. */
  membershipIndex = 0;
  /** True when raft asked for a snapshot that does not exist yet; it asks again. */
  wanted = false;
  readonly #disk: Disk;
  /** True when a commit index is known and not yet on disk; it goes with the next write. */
  #unwrittenCommit = false;

  constructor(disk: Disk) {
    super();
    this.#disk = disk;
  }

  get newest(): Snapshot {
    return super.snapshot();
  }

  override snapshot(): Snapshot {
    const { newest } = this;
    if (newest.metadata.index >= this.membershipIndex) return newest;
    this.wanted = true;
    throw new StorageError('snapshotTemporarilyUnavailable');
  }

  /** Starts the disk write of a Ready; the entries are in the log in memory at once. */
  async write({ entries, hardState, committedEntries, mustSync }: Ready): Promise<void> {
    this.append(entries);
    if (hardState) this.setHardState(hardState);
    if (hardState && !mustSync) this.#unwrittenCommit = true;
    // A configuration must not be applied before it is known on disk that it is committed (disjoint quorums otherwise).
    const changesMembership = committedEntries.some(({ kind }) => kind === 'confChange');
    if (!mustSync && !changesMembership) return;
    const withHardState = hardState !== undefined || this.#unwrittenCommit;
    this.#unwrittenCommit = false;
    const state = withHardState && { hardState: this.initialState().hardState };
    await onDisk(() => this.#disk.write({ entries, ...state, sync: true }));
  }

  /** Replaces the log by a staged snapshot. Durable when it resolves. */
  async install(snapshot: Snapshot, hardState = this.initialState().hardState): Promise<void> {
    await onDisk(() => this.#disk.installSnapshot(snapshot, hardState));
    this.applySnapshot(snapshot);
  }

  /** Writes down the last commit index, so that a restart replays at once. */
  async flush(): Promise<void> {
    const { hardState } = this.initialState();
    if (this.#unwrittenCommit) await onDisk(() => this.#disk.write({ entries: [], hardState, sync: true }));
  }
}
