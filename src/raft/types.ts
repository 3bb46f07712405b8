/**
 * The words of the raft core: messages by the names of the paper, entries, snapshots, and the interface of a node.
 * Ids, terms and indexes are safe integers (≤ 2^53−1); node id 0 means "none".
 */
export type NodeId = number;
export type Term = number;
export type LogIndex = number;
export const NONE: NodeId = 0;

export type Role = 'follower' | 'preCandidate' | 'candidate' | 'leader';

// ---------------------------------------------------------------- log, membership, snapshots
export interface EntryId {
  readonly term: Term;
  readonly index: LogIndex;
}
/** Empty `data` is the leader's first entry of its term, or a refused membership change. */
export interface NormalEntry extends EntryId {
  readonly kind: 'normal';
  readonly data: Uint8Array;
}
export interface ConfChangeEntry extends EntryId {
  readonly kind: 'confChange';
  readonly change: ConfChange;
}
export type Entry = NormalEntry | ConfChangeEntry;

export type ConfChangeOpType = 'addVoter' | 'addLearner' | 'remove' | 'update';
export interface ConfChangeOp {
  readonly type: ConfChangeOpType;
  readonly nodeId: NodeId;
}
/**
 * Manner of a change: `auto` in one step where that is safe, else through a joint configuration that is left by
 * itself; `jointImplicit` always so; `jointExplicit` stays joint until an empty `auto` change leaves it.
 */
export type ConfChangeTransition = 'auto' | 'jointImplicit' | 'jointExplicit';
/** `changes: []` with transition `auto` means "leave the joint configuration". */
export interface ConfChange {
  readonly transition: ConfChangeTransition;
  readonly changes: readonly ConfChangeOp[];
  readonly context?: Uint8Array;
}
export interface ConfState {
  readonly voters: readonly NodeId[];
  readonly learners: readonly NodeId[];
  /** The old half of a joint configuration; empty outside of one. */
  readonly votersOutgoing: readonly NodeId[];
  /** Voters of the old half that become learners when the joint configuration is left. */
  readonly learnersNext: readonly NodeId[];
  readonly autoLeave: boolean;
}
export interface HardState {
  readonly term: Term;
  readonly vote: NodeId;
  readonly commit: LogIndex;
}
export interface SoftState {
  readonly leader: NodeId;
  readonly role: Role;
}
export interface SnapshotMetadata extends EntryId {
  readonly confState: ConfState;
}
export interface Snapshot {
  readonly metadata: SnapshotMetadata;
  readonly data: Uint8Array;
}

// ---------------------------------------------------------------- messages
interface MessageBase {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly term: Term;
}
export interface AppendEntries extends MessageBase {
  readonly type: 'appendEntries';
  readonly prevLogIndex: LogIndex;
  readonly prevLogTerm: Term;
  readonly entries: readonly Entry[];
  readonly leaderCommit: LogIndex;
}
export interface AppendEntriesResponse extends MessageBase {
  readonly type: 'appendEntriesResponse';
  /** Accepted: the highest index now known to match. Rejected: the `prevLogIndex` that was refused. */
  readonly index: LogIndex;
  readonly rejected: boolean;
  /** Present when rejected: the follower's best guess at the last matching entry. `hintTerm` 0 is unknown. */
  readonly hintIndex?: LogIndex;
  readonly hintTerm?: Term;
}
export interface RequestVote extends MessageBase {
  readonly type: 'requestVote' | 'preVote';
  readonly lastLogIndex: LogIndex;
  readonly lastLogTerm: Term;
  /** The campaign was started by `timeoutNow`; overrides the leader lease. */
  readonly leadershipTransfer?: boolean;
}
export interface RequestVoteResponse extends MessageBase {
  readonly type: 'requestVoteResponse' | 'preVoteResponse';
  readonly granted: boolean;
  /** Last entry known to be committed. Only in a refusal by a member that is no voter, for a log behind its own. */
  readonly commitIndex?: LogIndex;
  readonly commitTerm?: Term;
}
export interface Heartbeat extends MessageBase {
  readonly type: 'heartbeat';
  readonly leaderCommit: LogIndex;
  readonly context?: Uint8Array;
}
export interface HeartbeatResponse extends MessageBase {
  readonly type: 'heartbeatResponse';
  readonly context?: Uint8Array;
}
export interface InstallSnapshot extends MessageBase {
  readonly type: 'installSnapshot';
  readonly snapshot: Snapshot;
}
export interface TimeoutNow extends MessageBase {
  readonly type: 'timeoutNow';
}
/** Forwarded to the leader by followers; these three carry no term (0). */
export interface ForwardedProposal extends MessageBase {
  readonly type: 'propose';
  readonly proposals: readonly Proposal[];
}
export interface ForwardedTransfer extends MessageBase {
  readonly type: 'transferLeader';
  readonly transferee: NodeId;
}
export interface ReadIndexRequest extends MessageBase {
  readonly type: 'readIndex';
  readonly context: Uint8Array;
}
export interface ReadIndexResponse extends MessageBase {
  readonly type: 'readIndexResponse';
  readonly index: LogIndex;
  readonly context: Uint8Array;
}
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
export type MessageType = Message['type'];
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

export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode) {
    super(code);
    this.code = code;
  }
}

export interface Storage {
  initialState(): { readonly hardState: HardState; readonly confState: ConfState };
  /** Index of the first entry that {@link entries} has; the term of the one before stays readable. */
  firstIndex(): LogIndex;
  lastIndex(): LogIndex;
  /** Throws {@link StorageError} `compacted` or `unavailable`. */
  term(index: LogIndex): Term;
  /** Entries in [lo, hi), at least one if there is any, otherwise at most `maxBytes`. Throws as {@link term}. */
  entries(lo: LogIndex, hi: LogIndex, maxBytes: number): readonly Entry[];
  /** Throws {@link StorageError} `snapshotTemporarilyUnavailable`. */
  snapshot(): Snapshot;
}

// ---------------------------------------------------------------- configuration
export type ReadOnlyOption = 'safe' | 'leaseBased';

export interface RaftConfig {
  readonly id: NodeId;
  /** Ticks without a leader before a campaign; the actual number is drawn from [n, 2n−1]. */
  readonly electionTicks: number;
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
  readonly disableProposalForwarding?: boolean;
  readonly disableConfChangeValidation?: boolean;
  /** A leader that is removed or demoted steps down when it applies that. Default false. */
  readonly stepDownOnRemoval?: boolean;
  /** An integer in [0, n). Called once at each reset of term or role. */
  readonly random: (n: number) => number;
  readonly logger?: { log(level: 'debug' | 'info' | 'warn' | 'error', message: string): void };
}

// ---------------------------------------------------------------- Ready
export interface ReadState {
  readonly index: LogIndex;
  readonly context: Uint8Array;
}

/** Work to be done, in the order: persist, send, apply, `advance`. At most one is outstanding. */
export interface Ready {
  /** Present when changed. */
  readonly softState?: SoftState;
  /** Present when changed. */
  readonly hardState?: HardState;
  readonly entries: readonly Entry[];
  readonly snapshot?: Snapshot;
  readonly committedEntries: readonly Entry[];
  /**
   * May be sent at once, except for requests for votes (see {@link asksForVote}): these state a term and a log. They
   * wait until hardState, entries and snapshot are durable, as {@link messagesAfterPersist} do.
   */
  readonly messages: readonly Message[];
  /** Messages to send after hardState, entries and snapshot of this and every earlier Ready are durable. */
  readonly messagesAfterPersist: readonly Message[];
  readonly readStates: readonly ReadState[];
  /** An fsync is needed before `advance` (entries, term or vote changed). */
  readonly mustSync: boolean;
}

// ---------------------------------------------------------------- status
export type ProgressState = 'probe' | 'replicate' | 'snapshot';

/** Progress of a peer, as its leader knows it. */
export interface Progress {
  readonly state: ProgressState;
  readonly match: LogIndex;
  readonly next: LogIndex;
  readonly isLearner: boolean;
  readonly paused: boolean;
  readonly recentActive: boolean;
  readonly pendingSnapshot: LogIndex;
  readonly inflightCount: number;
  readonly inflightFull: boolean;
}

/** Status without the progress of the peers: cheap enough for every turn of a loop. */
export interface BasicStatus extends HardState, SoftState {
  readonly id: NodeId;
  readonly applied: LogIndex;
  readonly lastIndex: LogIndex;
  readonly leadTransferee: NodeId;
  readonly confState: ConfState;
}

export interface Status extends BasicStatus {
  /** On the leader only. */
  readonly progress?: ReadonlyMap<NodeId, Progress>;
}

// ---------------------------------------------------------------- the node
export type ProposeRefusal =
  'noLeader' | 'notMember' | 'transferInProgress' | 'uncommittedLimit' | 'forwardingDisabled';
export type ProposeResult =
  | { readonly ok: true; readonly forwarded: boolean; readonly index?: LogIndex; readonly term?: Term }
  | { readonly ok: false; readonly reason: ProposeRefusal };
export type StepResult = 'ok' | 'proposalDropped' | 'peerNotFound';
