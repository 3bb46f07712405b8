import { MemoryStorage, StorageError, type Snapshot } from '../raft/index.js';

/** The log in memory, as raft reads it. Gives out only snapshots that a new member can use. */
export class LogStorage extends MemoryStorage {
  /** The last membership change that was applied: an older snapshot does not know of those who came with it. */
  membershipIndex = 0;
  /** Raft asked for a snapshot that does not exist yet; it asks again. */
  wanted = false;

  get newest(): Snapshot {
    return super.snapshot();
  }

  override snapshot(): Snapshot {
    const { newest } = this;
    if (newest.metadata.index >= this.membershipIndex) return newest;
    this.wanted = true;
    throw new StorageError('snapshotTemporarilyUnavailable');
  }
}
