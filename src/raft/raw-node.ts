import { assert, InvariantError } from '../base/assert.js';
import { Core } from './core.js';
import { hup, tickElection } from './election.js';
import { checkChange, copied, copyChange, faultOf, leapOf } from './incoming.js';
import { applyChange, maybeAutoLeave, tickLeader } from './leader.js';
import { payloadSize, whenAvailable } from './log.js';
import { propose, read, step, transfer } from './step.js';
import {
  type BasicStatus,
  type ConfChange,
  type ConfState,
  type HardState,
  type Message,
  type NodeId,
  NONE,
  type Progress,
  type ProposeResult,
  type RaftConfig,
  type Ready,
  type SoftState,
  type Status,
  type StepResult,
  type Storage,
} from './types.js';

/** Ready that was handed out, with the rest of its work for {@link RawNode.advance}. */
interface Outstanding {
  readonly ready: Ready;
  /** Promises to ourselves, durable now. */
  readonly toSelf: readonly Message[];
}

/**
 * One member's raft, as a pure machine: ticks and messages go in, a {@link Ready} comes out. It has no clock, does no
 * input or output and never waits. The loop around it:
 *
 * 1. `tick`, `step`, `propose`, … whenever something happens;
 * 2. while `hasReady()`: take `ready()`, send `messages`, write `entries`, `hardState` and `snapshot` (with fsync if
 *    `mustSync`), send `messagesAfterPersist`, apply `committedEntries`, then `advance`.
 *
 * @see docs/design/raft.md
 */
export class RawNode {
  readonly #core: Core;
  #hardState: HardState;
  #softState: SoftState;
  #outstanding: Outstanding | undefined;

  constructor(config: RaftConfig, storage: Storage) {
    this.#core = new Core(config, storage);
    this.#hardState = this.#core.hardState;
    this.#softState = this.#core.softState;
  }

  /** Moves the node's time forward by one tick. */
  tick(): void {
    if (this.#core.role === 'leader') tickLeader(this.#core);
    else tickElection(this.#core);
  }

  /** Campaigns now. Does nothing on a leader, a non-voter, or while a committed membership change is not applied. */
  campaign(): void {
    hup(this.#core, this.#core.settings.preVote ? 'preVote' : 'election');
  }

  /**
   * Appends one entry a payload, in one step with one broadcast, all or nothing; `index` is the first one's. An empty
   * payload is a `TypeError`: it is reserved.
   */
  propose(...data: readonly Uint8Array[]): ProposeResult {
    if (data.length === 0 || !data.every((payload) => payload instanceof Uint8Array && payload.length > 0))
      throw new TypeError('propose takes payloads of at least one byte, as Uint8Array');
    return propose(
      this.#core,
      data.map((payload) => ({ kind: 'normal', data: payload.slice() })),
      NONE,
    );
  }

  /** A change that must not be made now is accepted and becomes an empty entry. */
  proposeConfChange(change: ConfChange): ProposeResult {
    checkChange(change);
    return propose(this.#core, [{ kind: 'confChange', change: copyChange(change) }], NONE);
  }

  /** The application calls this for each committed membership change, in its place among the entries. */
  applyConfChange(change: ConfChange): ConfState {
    return applyChange(this.#core, change);
  }

  /** Asks for an index that a linearizable read must wait for; the answer comes as a `readState` with this context. */
  readIndex(context: Uint8Array): void {
    if (!(context instanceof Uint8Array)) throw new TypeError('readIndex takes a context of bytes, as Uint8Array');
    read(this.#core, context.slice(), NONE);
  }

  /** Asks for leadership to be handed to a node. */
  transferLeader(transferee: NodeId): void {
    transfer(this.#core, transferee, NONE);
  }

  /** A follower drops its leader, so that it can grant pre-votes at once. */
  forgetLeader(): void {
    if (this.#core.role === 'follower') this.#core.leader = NONE;
  }

  /** A message to this peer was lost. */
  reportUnreachable(id: NodeId): void {
    const progress = this.#core.progress.get(id);
    if (this.#core.role === 'leader' && id !== this.#core.id && progress?.state === 'replicate') progress.becomeProbe();
  }

  /** A snapshot for this peer has arrived there, or was lost. */
  reportSnapshot(id: NodeId, ok: boolean): void {
    const progress = this.#core.progress.get(id);
    if (this.#core.role !== 'leader' || progress?.state !== 'snapshot') return;
    if (!ok) progress.pendingSnapshot = 0;
    progress.becomeProbe();
    progress.flowPaused = true; // until the peer answers
  }

  /**
   * Takes a message of another member, and copies the parts that it keeps. Drops and logs a message that no member can
   * have meant.
   */
  step(message: Message): StepResult {
    return this.#take(message, copied);
  }

  /** Takes a message as {@link step} does, but keeps its bytes without a copy: they must not change any more. */
  stepOwned(message: Message): StepResult {
    return this.#take(message, (owned) => owned);
  }

  #take(message: Message, kept: (message: Message) => Message): StepResult {
    const core = this.#core;
    const fault = faultOf(message) ?? leapOf(message, core.term);
    if (fault === undefined) return this.#step(kept(message));
    core.logger.log('warn', `${core.id} drops a message (${message?.type}) of ${message?.from}: ${fault}`);
    return message?.type === 'propose' ? 'proposalDropped' : 'ok';
  }

  /**
   * Processes a message. One that needs a part of the log that storage is still fetching is dropped: its sender repeats
   * it.
   */
  #step(message: Message): StepResult {
    return whenAvailable(() => step(this.#core, message)) ?? (message.type === 'propose' ? 'proposalDropped' : 'ok');
  }

  /** Tells whether there is work to be done. */
  hasReady(): boolean {
    const { messages, messagesAfterPersist, readStates, log } = this.#core;
    return (
      messages.length > 0 ||
      messagesAfterPersist.length > 0 ||
      readStates.length > 0 ||
      log.unstable.hasNextEntries ||
      log.unstable.nextSnapshot() !== undefined ||
      log.hasReadableCommitted() ||
      this.#changedHardState() !== undefined ||
      this.#changedSoftState() !== undefined
    );
  }

  /** Returns the work to be done now. Only one Ready may be outstanding. */
  ready(): Ready {
    assert(this.#outstanding === undefined, 'advance comes before the next ready');
    const core = this.#core;
    const { log } = core;
    const hardState = this.#changedHardState();
    const softState = this.#changedSoftState();
    const snapshot = log.unstable.nextSnapshot();
    const entries = log.unstable.nextEntries();
    const toSelf = core.messagesAfterPersist.filter(({ to }) => to === core.id);
    const toOthers = core.messagesAfterPersist.filter(({ to }) => to !== core.id);
    const ready: { -readonly [K in keyof Ready]: Ready[K] } = {
      entries,
      committedEntries: log.nextCommitted(),
      messages: core.messages,
      messagesAfterPersist: toOthers,
      readStates: core.readStates,
      mustSync:
        entries.length > 0 ||
        (hardState !== undefined &&
          (hardState.term !== this.#hardState.term || hardState.vote !== this.#hardState.vote)),
    };
    if (softState) ready.softState = this.#softState = softState;
    if (hardState) ready.hardState = this.#hardState = hardState;
    if (snapshot) ready.snapshot = snapshot;
    this.#outstanding = { ready, toSelf };
    core.messages = [];
    core.messagesAfterPersist = [];
    core.readStates = [];
    log.unstable.accept();
    const last = ready.committedEntries.at(-1);
    if (last) log.applying = last.index;
    return ready;
  }

  /** Takes note that everything of `ready` has been done. */
  advance(ready: Ready): void {
    const outstanding = this.#outstanding;
    if (outstanding?.ready !== ready)
      throw new InvariantError('broken invariant: advance takes the Ready that is outstanding');
    this.#outstanding = undefined;
    const core = this.#core;
    for (const message of outstanding.toSelf) step(core, message);
    const lastEntry = ready.entries.at(-1);
    if (lastEntry) core.log.unstable.stableTo(lastEntry);
    if (ready.snapshot) {
      const { index } = ready.snapshot.metadata;
      core.log.unstable.stableSnapshotTo(index);
      if (index > core.log.applied) core.log.appliedTo(index);
    }
    this.#applied(ready.committedEntries);
    const held = core.heldSnapshot;
    core.heldSnapshot = undefined;
    if (held) this.#step(held);
  }

  /** Returns {@link basicStatus} and, on a leader, a copy of what it knows of each peer. */
  status(): Status {
    const { role, progress } = this.#core;
    const basic = this.basicStatus();
    if (role !== 'leader') return basic;
    const peers = [...progress].sort(([a], [b]) => a - b);
    return { ...basic, progress: new Map<NodeId, Progress>(peers.map(([id, peer]) => [id, peer.view()])) };
  }

  /** Returns the status without the peers: allocates nothing that grows with the cluster. */
  basicStatus(): BasicStatus {
    const core = this.#core;
    return {
      id: core.id,
      ...core.hardState,
      ...core.softState,
      applied: core.log.applied,
      lastIndex: core.log.lastIndex,
      leadTransferee: core.transferee,
      confState: core.confState,
    };
  }

  #applied(entries: Ready['committedEntries']): void {
    const core = this.#core;
    const last = entries.at(-1);
    if (!last) return;
    core.log.appliedTo(Math.max(last.index, core.log.applied));
    let bytes = 0;
    for (const entry of entries) bytes += payloadSize(entry);
    core.uncommittedBytes = Math.max(0, core.uncommittedBytes - bytes);
    maybeAutoLeave(core);
  }

  #changedHardState(): HardState | undefined {
    const { term, vote, log } = this.#core;
    const before = this.#hardState;
    const same = term === before.term && vote === before.vote && log.committed === before.commit;
    return same ? undefined : this.#core.hardState;
  }

  #changedSoftState(): SoftState | undefined {
    const { leader, role } = this.#core;
    return leader === this.#softState.leader && role === this.#softState.role ? undefined : this.#core.softState;
  }
}
