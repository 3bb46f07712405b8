import { assert } from '../base/assert.js';
import { termless } from './incoming.js';
import { RaftLog } from './log.js';
import { confStateOf, memberIds, type Membership, membershipOf } from './membership.js';
import { PeerProgress, type Window } from './progress.js';
import { PendingReads, type ReadRequest } from './reads.js';
import {
  type ConfState,
  type HardState,
  type InstallSnapshot,
  type LogIndex,
  type Message,
  type NodeId,
  NONE,
  type RaftConfig,
  type ReadState,
  type Role,
  type SoftState,
  type Storage,
  type Term,
} from './types.js';

/** The numbers of a node, checked and with their defaults. */
export interface Settings {
  readonly id: NodeId;
  readonly electionTicks: number;
  readonly heartbeatTicks: number;
  readonly messageBytesMax: number;
  readonly committedBytesMax: number;
  readonly uncommittedBytesMax: number;
  readonly window: Window;
  readonly checkQuorum: boolean;
  readonly preVote: boolean;
  readonly disableProposalForwarding: boolean;
  readonly disableConfChangeValidation: boolean;
  readonly stepDownOnRemoval: boolean;
  readonly random: (n: number) => number;
}

/** Checks a configuration and fills in the defaults. Throws a `RangeError` or `TypeError` that names the field. */
export function settingsOf(config: RaftConfig): Settings {
  const {
    id,
    electionTicks,
    heartbeatTicks,
    maxSizePerMessage = Infinity,
    maxInflightMessages = 256,
    maxInflightBytes = 0,
  } = config;
  const positive = (value: number) => Number.isSafeInteger(value) && value > 0;
  if (!positive(id)) throw new RangeError('id must be a positive safe integer: 0 means "none"');
  if (!positive(heartbeatTicks)) throw new RangeError('heartbeatTicks must be at least 1');
  if (!positive(electionTicks) || electionTicks <= heartbeatTicks)
    throw new RangeError('electionTicks must be greater than heartbeatTicks');
  if (!positive(maxInflightMessages)) throw new RangeError('maxInflightMessages must be at least 1');
  for (const name of [
    'maxSizePerMessage',
    'maxCommittedSizePerReady',
    'maxUncommittedSize',
    'maxInflightBytes',
  ] as const)
    if (config[name] !== undefined && !(config[name] >= 0))
      throw new RangeError(`${name} must be a number of bytes from 0`);
  if (maxInflightBytes !== 0 && config.maxSizePerMessage !== undefined && maxInflightBytes < maxSizePerMessage)
    throw new RangeError('maxInflightBytes must be at least maxSizePerMessage');
  if (config.readOnlyOption !== undefined && config.readOnlyOption !== 'safe') {
    throw new RangeError(
      "readOnlyOption 'leaseBased' is not offered: it trusts clocks, and a paused leader would answer stale reads. Use 'safe'",
    );
  }
  if (typeof config.random !== 'function')
    throw new TypeError('random must be a function: (n) => an integer in [0, n)');
  return {
    id,
    electionTicks,
    heartbeatTicks,
    messageBytesMax: maxSizePerMessage,
    committedBytesMax: config.maxCommittedSizePerReady || maxSizePerMessage,
    uncommittedBytesMax: config.maxUncommittedSize || Infinity,
    window: { messagesMax: maxInflightMessages, bytesMax: maxInflightBytes },
    checkQuorum: config.checkQuorum ?? false,
    preVote: config.preVote ?? false,
    disableProposalForwarding: config.disableProposalForwarding ?? false,
    disableConfChangeValidation: config.disableConfChangeValidation ?? false,
    stepDownOnRemoval: config.stepDownOnRemoval ?? false,
    random: config.random,
  };
}

type Unsent = Message extends infer M
  ? M extends Message
    ? Omit<M, 'from' | 'term'> & { readonly from?: NodeId; readonly term?: Term }
    : never
  : never;

/** Promises: they may leave only when what they promise is on disk. */
const promises: ReadonlySet<string> = new Set(['appendEntriesResponse', 'requestVoteResponse', 'preVoteResponse']);

/**
 * State of one member, and its changes of role.
 *
 * The rules themselves live beside this file: elections in `election.ts`, what a leader does in `leader.ts`, what a
 * follower does in `follower.ts`, and who calls what in `step.ts`.
 */
export class Core {
  readonly settings: Settings;
  readonly log: RaftLog;
  readonly logger: NonNullable<RaftConfig['logger']>;
  term: Term;
  vote: NodeId;
  role: Role = 'follower';
  leader: NodeId = NONE;
  membership: Membership;
  /** Progress of every member, ourselves too. Meaningful while we lead. */
  readonly progress = new Map<NodeId, PeerProgress>();
  /** Answers to our campaign. */
  readonly votes = new Map<NodeId, boolean>();
  electionElapsed = 0;
  heartbeatElapsed = 0;
  electionTimeout = 0;
  /** Member to which leadership is being handed. */
  transferee: NodeId = NONE;
  /** A membership change at or below this index may still be unapplied: no other one meanwhile. */
  pendingConfIndex: LogIndex = 0;
  /** Payload bytes proposed and not yet applied. */
  uncommittedBytes = 0;
  reads = new PendingReads();
  /** Reads that came before our term had committed anything. */
  earlyReads: ReadRequest[] = [];
  readStates: ReadState[] = [];
  /** Snapshot that arrived while handed-out entries are being applied: processed after that. The last one counts. */
  heldSnapshot: InstallSnapshot | undefined;
  messages: Message[] = [];
  messagesAfterPersist: Message[] = [];
  #peers: readonly NodeId[] = [];
  #confState: ConfState;

  constructor(config: RaftConfig, storage: Storage) {
    this.settings = settingsOf(config);
    this.logger = config.logger ?? { log: () => undefined };
    this.log = new RaftLog(storage, this.settings.committedBytesMax);
    const { hardState, confState } = storage.initialState();
    assert(
      hardState.commit === 0 || (hardState.commit >= this.log.committed && hardState.commit <= this.log.lastIndex),
      `the stored commit index ${hardState.commit} lies within the stored log (${this.log.committed} to ${this.log.lastIndex})`,
    );
    this.term = hardState.term;
    this.vote = hardState.vote;
    this.log.committed = Math.max(this.log.committed, hardState.commit);
    if (config.applied !== undefined && config.applied > this.log.applied) this.log.appliedTo(config.applied);
    this.membership = membershipOf(confState);
    this.#confState = confStateOf(this.membership);
    this.followMembership();
    this.becomeFollower(this.term, NONE);
  }

  get id(): NodeId {
    return this.settings.id;
  }

  get hardState(): HardState {
    return { term: this.term, vote: this.vote, commit: this.log.committed };
  }

  get softState(): SoftState {
    return { leader: this.leader, role: this.role };
  }

  get confState(): ConfState {
    return this.#confState;
  }

  get isLearner(): boolean {
    return this.membership.learners.has(this.id);
  }

  /** True when we may campaign: not as a learner, not when removed, not with a snapshot still to apply. */
  get promotable(): boolean {
    return this.progress.has(this.id) && !this.isLearner && this.log.unstable.snapshot === undefined;
  }

  /** Other members, ascending. */
  get peers(): readonly NodeId[] {
    return this.#peers;
  }

  /** Takes over what it is given, and fills in the sender and the term: a copy of each message costs more than it says. */
  send(unsent: Unsent): void {
    const filling = unsent as { from?: NodeId; term?: Term };
    filling.from ??= this.id;
    filling.term ??= termless.has(unsent.type) ? 0 : this.term;
    const message = unsent as Message;
    if (promises.has(message.type)) this.messagesAfterPersist.push(message);
    else this.messages.push(message);
  }

  becomeFollower(term: Term, leader: NodeId): void {
    this.#reset(term);
    this.leader = leader;
    this.role = 'follower';
    const follows = `${this.id} is a follower in term ${term}`;
    if (leader === NONE) this.logger.log('info', `${follows} without a leader`);
    else this.logger.log('info', `${follows} of ${leader}`, 'leader');
  }

  /** Asking around changes neither term nor vote (pre-vote, Raft thesis §9.6). */
  becomePreCandidate(): void {
    assert(this.role !== 'leader', 'a leader does not campaign');
    this.votes.clear();
    this.leader = NONE;
    this.role = 'preCandidate';
    this.logger.log('info', `${this.id} asks for an election after term ${this.term}`);
  }

  becomeCandidate(): void {
    assert(this.role !== 'leader', 'a leader does not campaign');
    this.#reset(this.term + 1);
    this.vote = this.id;
    this.role = 'candidate';
    this.logger.log('info', `${this.id} campaigns in term ${this.term}`);
  }

  /** The caller appends the first entry of the term. */
  becomeLeader(): void {
    assert(this.role === 'candidate' || this.role === 'leader', 'only a candidate becomes leader');
    this.#reset(this.term);
    this.leader = this.id;
    this.role = 'leader';
    const own = this.progress.get(this.id);
    assert(own !== undefined, 'a leader is a member');
    own.becomeReplicate();
    own.recentActive = true;
    this.pendingConfIndex = this.log.lastIndex;
    this.logger.log('info', `${this.id} leads term ${this.term}`, 'leader');
  }

  /** Makes the progress of new peers and forgets that of removed ones. */
  followMembership(): void {
    const ids = memberIds(this.membership);
    this.#confState = confStateOf(this.membership);
    this.#peers = ids.filter((id) => id !== this.id);
    for (const id of [...this.progress.keys()]) if (!ids.includes(id)) this.progress.delete(id);
    for (const id of ids) {
      const isLearner = this.membership.learners.has(id);
      const known = this.progress.get(id);
      if (known) known.isLearner = isLearner;
      else
        this.progress.set(
          id,
          this.#newProgress({ next: Math.max(this.log.lastIndex, 1), isLearner, recentActive: true }),
        );
    }
  }

  #reset(term: Term): void {
    if (term !== this.term) {
      this.term = term;
      this.vote = NONE;
    }
    this.leader = NONE;
    this.electionElapsed = 0;
    this.heartbeatElapsed = 0;
    this.electionTimeout = this.settings.electionTicks + this.settings.random(this.settings.electionTicks);
    this.transferee = NONE;
    this.votes.clear();
    const { lastIndex } = this.log;
    for (const [id, { isLearner }] of [...this.progress]) {
      const progress = this.#newProgress({ next: lastIndex + 1, isLearner, recentActive: false });
      if (id === this.id) progress.match = lastIndex;
      this.progress.set(id, progress);
    }
    this.pendingConfIndex = 0;
    this.uncommittedBytes = 0;
    this.reads = new PendingReads();
    this.earlyReads = [];
  }

  #newProgress(options: { next: LogIndex; isLearner: boolean; recentActive: boolean }): PeerProgress {
    return new PeerProgress({ match: 0, window: this.settings.window, ...options });
  }
}
