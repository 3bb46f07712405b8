/**
 * The words of the raft core: messages by the names of the paper, entries, snapshots, and the interface of a node.
 * Ids, terms and indexes are safe integers (≤ 2^53−1); node id 0 means "none".
 */
export type NodeId = number;
/** Number of an election; grows with every one. */
export type Term = number;
/** Place of an entry in the log, counted from 1. */
export type LogIndex = number;
/** Id that names no node. */
export const NONE: NodeId = 0;

/** Role of a node. A pre-candidate asks whether an election could be won before it raises the term. */
export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

// ---------------------------------------------------------------- log, membership, snapshots
/** Identity of an entry: no two entries of a cluster share both. */
export interface EntryId {
  /** Term of the leader that proposed the entry. */
  readonly term: Term;
  /** Place in the log. */
  readonly index: LogIndex;
}
/** Empty `data` is the leader's first entry of its term, or a refused membership change. */
export interface NormalEntry extends EntryId {
  /** Sort of the entry. */
  readonly kind: 'normal';
  /** Payload of the application. */
  readonly data: Uint8Array;
}
/** An entry that changes the membership when it is applied. */
export interface ConfChangeEntry extends EntryId {
  /** Sort of the entry. */
  readonly kind: 'confChange';
  /** The change. */
  readonly change: ConfChange;
}
/** One place in the log. */
export type Entry = NormalEntry | ConfChangeEntry;

/** Action of a membership change. `update` changes nothing: it carries a `context`. */
export type ConfChangeOpType = 'addVoter' | 'addLearner' | 'remove' | 'update';
/** One step of a membership change. */
export interface ConfChangeOp {
  /** Action on the node. */
  readonly type: ConfChangeOpType;
  /** Node that is added, removed or updated; 0 cancels the step. */
  readonly nodeId: NodeId;
}
/**
 * Manner of a change: `auto` in one step where that is safe, else through a joint configuration that is left by
 * itself; `jointImplicit` always so; `jointExplicit` stays joint until an empty `auto` change leaves it.
 */
export type ConfChangeTransition = 'auto' | 'jointImplicit' | 'jointExplicit';
/** `changes: []` with transition `auto` means "leave the joint configuration". */
export interface ConfChange {
  /** Manner of the change. */
  readonly transition: ConfChangeTransition;
  /** Steps, which happen together. */
  readonly changes: readonly ConfChangeOp[];
  /** Data of the application that travels with the change. */
  readonly context?: Uint8Array;
}
/** Membership as a log position has it. */
export interface ConfState {
  /** Nodes whose votes count. */
  readonly voters: readonly NodeId[];
  /** Nodes that receive the log and do not vote. */
  readonly learners: readonly NodeId[];
  /** The old half of a joint configuration; empty outside of one. */
  readonly votersOutgoing: readonly NodeId[];
  /** Voters of the old half that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  /** True: the joint configuration is left by itself. */
  readonly autoLeave: boolean;
}
/** State that must be on disk before messages leave. */
export interface HardState {
  /** Newest term that the node has seen. */
  readonly term: Term;
  /** Node that got the vote of this term; 0 for none. */
  readonly vote: NodeId;
  /** Index of the last entry that is known to be committed. */
  readonly commit: LogIndex;
}
/** State that need not survive a restart. */
export interface SoftState {
  /** Leader, as far as the node knows; 0 for none. */
  readonly leader: NodeId;
  /** Role of the node. */
  readonly role: Role;
}
/** Position of a snapshot: its last entry, and the membership there. */
export interface SnapshotMetadata extends EntryId {
  /** Membership at that entry. */
  readonly confState: ConfState;
}
/** State of the application at one entry: it stands for the log up to there. */
export interface Snapshot {
  /** Position of the snapshot. */
  readonly metadata: SnapshotMetadata;
  /** State in the application's encoding. */
  readonly data: Uint8Array;
}

// ---------------------------------------------------------------- messages
interface MessageBase {
  /** Sender. */
  readonly from: NodeId;
  /** Receiver. */
  readonly to: NodeId;
  /** Term of the sender. */
  readonly term: Term;
}
/** Sends entries to a follower (Raft §5.3). */
export interface AppendEntries extends MessageBase {
  /** Sort of the message. */
  readonly type: 'appendEntries';
  /** Index of the entry before `entries`. */
  readonly prevLogIndex: LogIndex;
  /** Term of that entry; the follower refuses when its own differs. */
  readonly prevLogTerm: Term;
  /** Entries to append; none asks whether the logs match. */
  readonly entries: readonly Entry[];
  /** Index of the last entry that the leader knows to be committed. */
  readonly leaderCommit: LogIndex;
}
/** Answer of a follower to entries. */
export interface AppendEntriesResponse extends MessageBase {
  /** Sort of the message. */
  readonly type: 'appendEntriesResponse';
  /** Accepted: the highest index now known to match. Rejected: the `prevLogIndex` that was refused. */
  readonly index: LogIndex;
  /** True: the follower's log does not match. */
  readonly rejected: boolean;
  /** Present when rejected: the follower's best guess at the last matching entry. `hintTerm` 0 is unknown. */
  readonly hintIndex?: LogIndex;
  /** Term of the entry at `hintIndex`. */
  readonly hintTerm?: Term;
}
/** Asks for a vote, or with `preVote` whether there would be one (Raft §5.2). */
export interface RequestVote extends MessageBase {
  /** Sort of the message. */
  readonly type: 'requestVote' | 'preVote';
  /** Index of the candidate's last entry. */
  readonly lastLogIndex: LogIndex;
  /** Term of the candidate's last entry. */
  readonly lastLogTerm: Term;
  /** The campaign was started by `timeoutNow`; overrides the leader lease. */
  readonly leadershipTransfer?: boolean;
}
/** Answer to a candidate. */
export interface RequestVoteResponse extends MessageBase {
  /** Sort of the message. */
  readonly type: 'requestVoteResponse' | 'preVoteResponse';
  /** True: the vote is the candidate's. */
  readonly granted: boolean;
  /** Last entry known to be committed. Only in a refusal by a member that is no voter, for a log behind its own. */
  readonly commitIndex?: LogIndex;
  /** Term of the entry at `commitIndex`. */
  readonly commitTerm?: Term;
}
/** Sign of life of a leader. */
export interface Heartbeat extends MessageBase {
  /** Sort of the message. */
  readonly type: 'heartbeat';
  /** Index of the last committed entry, at most what the follower is known to have. */
  readonly leaderCommit: LogIndex;
  /** Context of the newest read that waits for a confirmation. */
  readonly context?: Uint8Array;
}
/** Answer to a heartbeat. */
export interface HeartbeatResponse extends MessageBase {
  /** Sort of the message. */
  readonly type: 'heartbeatResponse';
  /** Context of the heartbeat. */
  readonly context?: Uint8Array;
}
/** Sends a snapshot to a follower whose entries are no longer in the log (Raft §7). */
export interface InstallSnapshot extends MessageBase {
  /** Sort of the message. */
  readonly type: 'installSnapshot';
  /** The snapshot. */
  readonly snapshot: Snapshot;
}
/** Makes the receiver campaign at once: it is to lead. */
export interface TimeoutNow extends MessageBase {
  /** Sort of the message. */
  readonly type: 'timeoutNow';
}
/** Forwarded to the leader by followers; these three carry no term (0). */
export interface ForwardedProposal extends MessageBase {
  /** Sort of the message. */
  readonly type: 'propose';
  /** Proposals in order. */
  readonly proposals: readonly Proposal[];
}
/** Asks the leader to hand over leadership. */
export interface ForwardedTransfer extends MessageBase {
  /** Sort of the message. */
  readonly type: 'transferLeader';
  /** Node that is to lead. */
  readonly transferee: NodeId;
}
/** Asks the leader for an index at which a read is linearizable (Raft §6.4 of the dissertation). */
export interface ReadIndexRequest extends MessageBase {
  /** Sort of the message. */
  readonly type: 'readIndex';
  /** Identity of the read, chosen by the caller. */
  readonly context: Uint8Array;
}
/** Answer of the leader to such a request. */
export interface ReadIndexResponse extends MessageBase {
  /** Sort of the message. */
  readonly type: 'readIndexResponse';
  /** Index that must be applied before the read. */
  readonly index: LogIndex;
  /** Identity of the read. */
  readonly context: Uint8Array;
}
/** A message between nodes. */
export type Message =
  | AppendEntries
  | AppendEntriesResponse
  | RequestVote
  | RequestVoteResponse
  | Heartbeat
  | HeartbeatResponse
  | InstallSnapshot
  | TimeoutNow
  | ForwardedProposal
  | ForwardedTransfer
  | ReadIndexRequest
  | ReadIndexResponse;
/** Sort of a message. */
export type MessageType = Message['type'];
/** Content of an entry that is to be appended. */
export type Proposal =
  { readonly kind: 'normal'; readonly data: Uint8Array } | { readonly kind: 'confChange'; readonly change: ConfChange };

/**
 * Tells whether a message of {@link Ready.messages} asks for a vote, and so must wait until this Ready is durable.
 *
 * A member may crash before it wrote the entries that it claimed. It could then campaign again in the same term with a
 * shorter log, be elected by a late answer to its first request, and lead without committed entries.
 */
export function asksForVote({ type }: Message): boolean {
  return type === 'requestVote' || type === 'preVote';
}

// ---------------------------------------------------------------- storage (read side, synchronous)
/** `unavailable` means "being fetched, ask again". */
export type StorageErrorCode = 'compacted' | 'unavailable' | 'snapshotTemporarilyUnavailable';

/** Error of a {@link Storage}. */
export class StorageError extends Error {
  /** Name of the class. */
  override readonly name = 'StorageError';
  /** Reason, for programs. */
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode) {
    super(code);
    this.code = code;
  }
}

/** The log as the core reads it. Calls are synchronous. */
export interface Storage {
  /** Returns what was on disk at the start. */
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** Index of the first entry that {@link entries} has; the term of the one before stays readable. */
  firstIndex(): LogIndex;
  /** Index of the last entry; that of the snapshot when there is none. */
  lastIndex(): LogIndex;
  /** Throws {@link StorageError} `compacted` or `unavailable`. */
  term(index: LogIndex): Term;
  /** Entries in [lo, hi), at least one if there is any, otherwise at most `maxBytes`. Throws as {@link term}. */
  entries(lo: LogIndex, hi: LogIndex, maxBytes: number): readonly Entry[];
  /** Throws {@link StorageError} `snapshotTemporarilyUnavailable`. */
  snapshot(): Snapshot;
}

// ---------------------------------------------------------------- configuration
/** Manner in which linearizable reads are confirmed. */
export type ReadOnlyOption = 'safe' | 'leaseBased';

/** Settings of a node. */
export interface RaftConfig {
  /** Id of the node; not 0. */
  readonly id: NodeId;
  /** Ticks without a leader before a campaign; the actual number is drawn from [n, 2n−1]. */
  readonly electionTicks: number;
  /** Ticks between two heartbeats of a leader; less than `electionTicks`. */
  readonly heartbeatTicks: number;
  /** Last index that the application already applied; only on restart. */
  readonly applied?: LogIndex;
  /** Most encoded bytes of entries in one append; 0 is one entry at a time. Default: no limit. */
  readonly maxSizePerMessage?: number;
  /** Most bytes of `committedEntries`; 0 or absent takes `maxSizePerMessage`. */
  readonly maxCommittedSizePerReady?: number;
  /** Most payload bytes that are proposed and not yet applied; 0 or absent is no limit. */
  readonly maxUncommittedSize?: number;
  /** Most appends on their way to one peer. Default 256. */
  readonly maxInflightMessages?: number;
  /** Most bytes on their way to one peer; 0 or absent is no limit. */
  readonly maxInflightBytes?: number;
  /** A leader without an active quorum steps down, and voters are loyal to a leader they hear. Default false. */
  readonly checkQuorum?: boolean;
  /** Ask before raising the term. Default false. */
  readonly preVote?: boolean;
  /** Only `safe`; `leaseBased` is refused, because it depends on clocks. */
  readonly readOnlyOption?: ReadOnlyOption;
  /** A follower refuses proposals instead of forwarding them. Default false. */
  readonly disableProposalForwarding?: boolean;
  /** Membership changes are proposed unchecked. Default false. */
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or demoted steps down when it applies that. Default false. */
  readonly stepDownOnRemoval?: boolean;
  /** An integer in [0, n). Called once at each reset of term or role. */
  readonly random: (n: number) => number;
  /** Receives what happens, for people. `about` is `leader` for a message that says which member leads now. */
  readonly logger?: { log(level: 'debug' | 'info' | 'warn' | 'error', message: string, about?: 'leader'): void };
}

// ---------------------------------------------------------------- Ready
/** A read that may be answered once `index` is applied. */
export interface ReadState {
  /** Index that must be applied before the read. */
  readonly index: LogIndex;
  /** Identity of the read. */
  readonly context: Uint8Array;
}

/** Work to be done, in the order: persist, send, apply, `advance`. At most one is outstanding. */
export interface Ready {
  /** Present when changed. */
  readonly softState?: SoftState;
  /** Present when changed. */
  readonly hardState?: HardState;
  /** Entries to write to disk. */
  readonly entries: readonly Entry[];
  /** Snapshot to write to disk, before the entries. */
  readonly snapshot?: Snapshot;
  /** Entries to apply, in order. */
  readonly committedEntries: readonly Entry[];
  /**
   * May be sent at once, except for requests for votes (see {@link asksForVote}): these state a term and a log. They
   * wait until hardState, entries and snapshot are durable, as {@link messagesAfterPersist} do.
   */
  readonly messages: readonly Message[];
  /** Messages to send after hardState, entries and snapshot of this and every earlier Ready are durable. */
  readonly messagesAfterPersist: readonly Message[];
  /** Reads that may be answered. */
  readonly readStates: readonly ReadState[];
  /** An fsync is needed before `advance` (entries, term or vote changed). */
  readonly mustSync: boolean;
}

// ---------------------------------------------------------------- status
/** Manner in which a leader sends to a peer: one probe at a time, a stream of entries, or a snapshot. */
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** Progress of a peer, as its leader knows it. */
export interface Progress {
  /** Manner in which the leader sends to it. */
  readonly state: ProgressState;
  /** Highest index that the peer is known to have. */
  readonly match: LogIndex;
  /** Index of the next entry that is sent to it. */
  readonly next: LogIndex;
  /** True for a learner. */
  readonly isLearner: boolean;
  /** True: nothing is sent until the peer answers. */
  readonly paused: boolean;
  /** True: it answered within the last election timeout. */
  readonly recentActive: boolean;
  /** Index of the snapshot that is on its way; 0 for none. */
  readonly pendingSnapshot: LogIndex;
  /** Number of appends on their way. */
  readonly inflightCount: number;
  /** True: no more appends are sent until one is answered. */
  readonly inflightFull: boolean;
}

/** Status without the progress of the peers: cheap enough for every turn of a loop. */
export interface BasicStatus extends HardState, SoftState {
  /** Id of the node. */
  readonly id: NodeId;
  /** Index of the last entry that was applied. */
  readonly applied: LogIndex;
  /** Index of the last entry in the log. */
  readonly lastIndex: LogIndex;
  /** Node to which leadership is being handed; 0 for none. */
  readonly leadTransferee: NodeId;
  /** Membership as it is applied. */
  readonly confState: ConfState;
}

/** Status of a node. */
export interface Status extends BasicStatus {
  /** On the leader only. */
  readonly progress?: ReadonlyMap<NodeId, Progress>;
}

// ---------------------------------------------------------------- the node
/** Reason for which a proposal is refused. */
export type ProposeRefusal =
  'noLeader' | 'notMember' | 'transferInProgress' | 'uncommittedLimit' | 'forwardingDisabled';
/** Result of a proposal. Accepted is not committed: a forwarded one has no place in the log yet. */
export type ProposeResult =
  | { readonly ok: true; readonly forwarded: boolean; readonly index?: LogIndex; readonly term?: Term }
  | { readonly ok: false; readonly reason: ProposeRefusal };
/** Result of a received message. */
export type StepResult = 'ok' | 'proposalDropped' | 'peerNotFound';
