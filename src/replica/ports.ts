import { InvariantError } from '../base/assert.js';
import type {
  Entry,
  EntryId,
  HardState,
  InstallSnapshot,
  Message,
  NodeId,
  Snapshot,
  SnapshotMetadata,
} from '../raft/index.js';
import type { MemberInfo } from './status.js';

// Ports of a replica. Production binds these to level and gRPC; tests and the simulator to models.

/** Content of a disk at the start. */
export interface StoredState {
  readonly hardState: HardState;
  /** The newest snapshot; its `data` is for {@link Disk.readSnapshot}. */
  readonly snapshot: Snapshot;
  /** The place in the log that `entries` follow; not later than the snapshot. */
  readonly before: EntryId;
  /** Entries after `before`, without holes. */
  readonly entries: readonly Entry[];
}

export interface DiskWrite {
  /** Entries to append: they replace what is there from their first index on. */
  readonly entries: readonly Entry[];
  readonly hardState?: HardState;
  /** Durable when the promise resolves. Without it the write may be lost by a power failure. */
  readonly sync: boolean;
}

/** A snapshot on its way in. */
export interface StagedSnapshot {
  /** Bytes that are expected. */
  readonly size: number;
  write(chunk: Uint8Array): Promise<void>;
  /** Checks size and checksum against the descriptor; durable when it resolves. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/**
 * Log, hard state and snapshots of one member. Calls come one after another (a write is awaited before the next), save
 * that snapshots are read and staged beside. After a failure nothing more may be written: the member stops.
 */
export interface Disk {
  load(): Promise<StoredState>;
  write(write: DiskWrite): Promise<void>;
  /** Keeps a snapshot of our own; durable when it resolves. The chunks are pulled one at a time. */
  createSnapshot(metadata: SnapshotMetadata, chunks: AsyncIterable<Uint8Array>): Promise<Snapshot>;
  /** Begins to take in a snapshot that a leader sends. */
  stageSnapshot(snapshot: Snapshot): Promise<StagedSnapshot>;
  /** Puts a staged snapshot in the place of the log and of the snapshot before. Durable when it resolves. */
  installSnapshot(snapshot: Snapshot, hardState: HardState): Promise<void>;
  readSnapshot(snapshot: Snapshot): AsyncIterable<Uint8Array>;
  /** Gives up entries up to and including `index`. */
  compact(index: number): Promise<void>;
  close(): Promise<void>;
}

/** Callbacks of the network for everything that arrives. */
export interface NetworkHandler {
  onMessages(messages: readonly Message[]): void;
  /** Resolves when the snapshot is staged and raft has been notified. */
  onSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Messages to this member were lost. */
  onUnreachable(id: NodeId): void;
  /** Another member says that this one was removed from the cluster. */
  onRemoved(): void;
  /** Tells whether it takes part, as far as is known here. A member that was away may not know of one that has joined since. */
  isMember(id: NodeId): boolean;
  /** Tells whether this member was removed. Then it is not heard any more. */
  wasRemoved(id: NodeId): boolean;
  /** Returns the last index of our own log. */
  lastIndex(): number;
  /** Returns the place that this member last acknowledged to us in our term; `undefined` when we do not lead. */
  acknowledged(id: NodeId): Acknowledged | undefined;
  /** Handles the report of a leader, whom we called, that our log had reached further than we told it. */
  onAcknowledged(reached: Acknowledged): void;
}

/** Place up to which another member's log was on disk, as acknowledged to the leader in `term`. */
export interface Acknowledged {
  readonly term: number;
  readonly index: number;
}

/** Raft messages between members. Sending never waits and may lose; raft asks again. */
export interface Network {
  start(handler: NetworkHandler): void;
  /** Sets the members and their addresses. */
  setMembers(members: readonly MemberInfo[]): void;
  send(messages: readonly Message[]): void;
  /** Resolves when the peer has staged the snapshot and told its raft. */
  sendSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  close(): Promise<void>;
}

/** A network for a member that is alone. */
export const noNetwork: Network = {
  start: () => undefined,
  setMembers: () => undefined,
  send: () => undefined,
  sendSnapshot: () =>
    Promise.reject(new InvariantError('broken invariant: a member without a network has no member to send to')),
  close: () => Promise.resolve(),
};
