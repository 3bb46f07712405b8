import { type Cancel, Slicer } from '../base/clock.js';
import { deferred } from '../base/deferred.js';
import { asError, messageOf } from '../base/errors.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import {
  asksForVote,
  type BasicStatus,
  type Entry,
  type NodeId,
  type RawNode,
  type Ready,
  type Status,
} from '../raft/index.js';
import { controlOf, type MemoryStore, type ProposedTransaction } from '../state/index.js';
import { encodeTransaction } from '../wire/index.js';
import { LeaderlessLog } from './leaderless.js';
import { LeadershipState, type LeadershipView } from './leadership.js';
import type { LogStorage } from './log-storage.js';
import { Members } from './members.js';
import { MembershipChanges, type MembershipCommands } from './membership-changes.js';
import type { ReplicaOptions } from './options.js';
import { Peers } from './peers.js';
import { Proposals } from './proposals.js';
import { electionTicks, raftNode } from './raft-node.js';
import { ReadRounds } from './read-rounds.js';
import { Snapshots } from './snapshots.js';
import { StallLog } from './stalls.js';
import { type AppliedState, StateMachine } from './state-machine.js';
import type { MemberInfo } from './status.js';
import { startTicker } from './ticker.js';

/** First byte of the context of each kind of read round. */
const confirmationTag = 1;
const readTag = 2;

/**
 * One member as a loop: hands events and requests to the raft core, and carries out each Ready in the order that raft
 * demands.
 *
 * While a disk write is under way proposals queue up and become one entry group. A broken disk or a broken invariant
 * ends the loop, loudly: see {@link stopped}. Methods that hand something to raft wake the loop themselves.
 */
export class RaftLoop {
  readonly #options: ReplicaOptions;
  readonly #store: MemoryStore;
  readonly #storage: LogStorage;
  readonly #node: RawNode;
  readonly #members = new Members();
  readonly #proposals = new Proposals();
  readonly #state: StateMachine;
  readonly #snapshots: Snapshots;
  readonly #leadership: LeadershipState;
  readonly #changes: MembershipChanges;
  readonly #peers: Peers;
  /** Rounds of a leader that must know that it still leads: fail when it steps down. */
  readonly #confirmations: ReadRounds;
  /** Rounds of readers on any member: asked again under the next leader. */
  readonly #reads: ReadRounds;
  readonly #leaderless: LeaderlessLog;
  readonly #stalls: StallLog;
  readonly #stopped = deferred<Error | undefined>();
  #term: number;
  #closed = false;
  #pumping: Promise<void> | undefined;
  #stopTicking: Cancel = () => undefined;

  constructor(options: ReplicaOptions, store: MemoryStore, storage: LogStorage, applied: number) {
    const { identity, disk, settings, world } = options;
    const members = this.#members;
    this.#confirmations = new ReadRounds(confirmationTag, world.random(2 ** 40));
    this.#reads = new ReadRounds(readTag, world.random(2 ** 40));
    // Before its log is read a member knows only itself.
    const nameOf = (id: NodeId) => (id === identity.id ? identity.name : members.get(id)?.name);
    const node = raftNode(options, storage, applied, nameOf);
    this.#leaderless = new LeaderlessLog(world.logger, world.clock);
    this.#stalls = new StallLog({ ...world, electionTimeoutMs: settings.electionTimeoutMs });
    const shared = { options, store, storage, node, members };
    this.#options = options;
    this.#store = store;
    this.#storage = storage;
    this.#node = node;
    this.#snapshots = new Snapshots({ disk, storage, store, settings, clock: world.clock, logger: world.logger });
    this.#state = new StateMachine(shared, this.#proposals, applied);
    this.#leadership = new LeadershipState(identity.id, members);
    this.#changes = new MembershipChanges(shared, this.#state, () => this.wake());
    this.#peers = new Peers(shared, this.#state, this.#snapshots, this);
    this.#term = node.basicStatus().term;
  }

  /** Loads the snapshot that the log begins with, then takes part. */
  async start(seeds: readonly MemberInfo[]): Promise<void> {
    const { world, settings, identity } = this.#options;
    const snapshot = this.#storage.newest;
    if (snapshot.metadata.index > 0) this.#state.load(await this.#snapshots.load(snapshot));
    else this.#members.reset(seeds, []);
    this.#peers.start();
    this.#stopTicking = startTicker(world.clock, settings.heartbeatMs, () => this.#tick());
    const { voters } = this.#state.confState;
    if (voters.length === 1 && voters[0] === identity.id) this.#node.campaign();
    this.wake();
  }

  // ---------------------------------------------------------------- the replica's view

  /** Resolves when the loop has ended: with the reason when that was not {@link stop}. */
  get stopped(): Promise<Error | undefined> {
    return this.#stopped.promise;
  }

  /** True from the first call of {@link stop}. */
  get closed(): boolean {
    return this.#closed;
  }

  get state(): AppliedState {
    return this.#state;
  }

  get leadership(): LeadershipView {
    return this.#leadership;
  }

  get members(): Omit<Members, 'apply' | 'reset'> {
    return this.#members;
  }

  get changes(): MembershipCommands {
    return this.#changes;
  }

  /** Number of transactions that have been accepted and have not settled. */
  get openProposals(): number {
    return this.#proposals.open;
  }

  status(): Status {
    return this.#node.status();
  }

  basicStatus(): BasicStatus {
    return this.#node.basicStatus();
  }

  /** True when this member sent a message at `since` or later, by the monotonic clock; always true for this member itself. */
  heardSince(id: NodeId, since: number): boolean {
    return this.#peers.heardSince(id, since);
  }

  /** Asks for an election. */
  campaign(): void {
    this.#node.campaign();
    this.wake();
  }

  /** @throws {StoreError} `CLOSED` */
  mustBeOpen(): void {
    if (this.#closed) throw closedError();
  }

  /** Proposes a transaction. Resolves when it is committed and `commit` has run. */
  propose(transaction: ProposedTransaction, commit: () => void): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    if (!this.#leadership.leading) return Promise.reject(this.#leadership.notLeader());
    const added = this.#proposals.add(encodeTransaction(transaction), transaction.version, commit);
    this.wake();
    return added;
  }

  /** Proposes a step of a restore. Resolves when it has been applied. */
  proposeStep(payload: Uint8Array): Promise<void> {
    if (!this.#leadership.leading) return Promise.reject(this.#leadership.notLeader());
    const added = this.#proposals.addStep(payload);
    this.wake();
    return added;
  }

  /** Resolves when everything is applied here that the cluster had committed at the call (Raft §6.4, ReadIndex). */
  readPoint(): Promise<void> {
    const reached = this.#reads.ask().then((index) => this.#state.until(index));
    this.wake();
    return reached;
  }

  /** Resolves when a majority has confirmed that this member still led after the call. */
  async confirmLeadership(): Promise<void> {
    this.#leadership.mustLead();
    const confirmed = this.#confirmations.ask();
    this.wake();
    await confirmed;
  }

  /** Begins to hand leadership to a voter. */
  transferLeader(to: NodeId): void {
    this.#node.transferLeader(to);
    this.wake();
  }

  // ---------------------------------------------------------------- the loop

  /** Runs the loop soon, unless it runs already. */
  wake(): void {
    if (this.#pumping || this.#closed) return;
    // After this turn's work, so that a burst of proposals becomes one group.
    this.#pumping = Promise.resolve().then(() => this.#pump());
  }

  async #pump(): Promise<void> {
    // A disk in memory never gives the event loop a turn, and a writer in a tight loop neither: heartbeats would starve.
    const slicer = new Slicer(this.#options.world.clock);
    try {
      while (!this.#closed) {
        if (slicer.due) await slicer.pause();
        this.#hand();
        if (!this.#node.hasReady()) break;
        const ready = this.#node.ready();
        this.#options.observe?.(ready);
        await this.#do(ready);
        this.#node.advance(ready);
        this.#snapshotWhenDue();
      }
      this.#pumping = undefined;
    } catch (error) {
      this.#pumping = undefined;
      await this.stop(asError(error));
    }
  }

  /** Hands to raft what the store and the readers want. */
  #hand(): void {
    if (this.#proposals.waiting) {
      const group = this.#proposals.group();
      const result = this.#node.propose(...group);
      if (result.ok) this.#proposals.sentAt(result.index as number, result.term as number, group.length);
      else if (result.reason !== 'uncommittedLimit' && result.reason !== 'transferInProgress') this.#loseLeadership();
    }
    for (const rounds of [this.#confirmations, this.#reads]) {
      const context = rounds.begin();
      if (context) this.#node.readIndex(context);
    }
  }

  async #do(ready: Ready): Promise<void> {
    if (ready.hardState) this.#term = ready.hardState.term;
    const [asking, rest] = partition(ready.messages, asksForVote);
    this.#peers.send(rest);
    if (ready.snapshot) await this.#install(ready.snapshot, ready.hardState);
    this.#stalls.writing();
    const promised = this.#storage.write(ready).then(() => {
      this.#stalls.written();
      this.#peers.send(asking);
      this.#peers.send(ready.messagesAfterPersist);
    });
    promised.catch(() => undefined); // awaited below; applying may fail first
    // A leader applies while the disk writes. A follower answers first: the leader waits for that, not for its state.
    if (this.#leadership.role !== 'leader') await promised;
    await this.#apply(ready.committedEntries);
    if (ready.softState) this.#follow(ready.softState);
    await promised;
    for (const { context, index } of ready.readStates) {
      this.#confirmations.answer(context, index);
      this.#reads.answer(context, index);
    }
  }

  async #install(snapshot: NonNullable<Ready['snapshot']>, hardState: Ready['hardState']): Promise<void> {
    const loaded = this.#snapshots.arrived(snapshot) ?? (await this.#snapshots.load(snapshot));
    await this.#snapshots.idle();
    await this.#storage.install(snapshot, hardState);
    this.#state.install(snapshot, loaded);
    this.#peers.follow();
  }

  async #apply(entries: readonly Entry[]): Promise<void> {
    const slicer = new Slicer(this.#options.world.clock);
    for (const entry of entries) {
      await this.#state.readAhead(entry, slicer);
      if (this.#closed) return;
      this.#applyEntry(entry);
      if (slicer.due) await slicer.pause();
      if (this.#closed) return;
    }
  }

  #applyEntry(entry: Entry): void {
    this.#state.apply(entry);
    if (entry.kind === 'confChange') this.#peers.follow();
    this.#snapshots.count(entry.kind === 'normal' ? entry.data.length : 0);
    this.#changes.applied(entry);
    const { leading, role } = this.#leadership;
    if (!leading && role === 'leader' && entry.term === this.#term) this.#lead();
  }

  #snapshotWhenDue(): void {
    const wanted = this.#snapshots.due || (this.#storage.wanted && !this.#snapshots.busy);
    const { restoring, applied, confState } = this.#state;
    if (!wanted || restoring || applied <= this.#storage.newest.metadata.index) return;
    this.#storage.wanted = false;
    this.#snapshots
      .take(applied, confState, this.#state.content())
      .catch((error: unknown) => this.stop(error as Error));
  }

  #tick(): void {
    if (this.#closed) return;
    try {
      this.#node.tick();
    } catch (error) {
      void this.stop(error as Error);
      return;
    }
    const again = this.#reads.again(electionTicks(this.#options.settings));
    if (again) this.#node.readIndex(again);
    if (this.#leadership.leading) this.#changes.promoteCaughtUp();
    this.#stalls.look({ alone: this.#state.confState.voters.length <= 1 });
    this.#leaderless.look({ leader: this.#leaderName(), silent: () => this.#silentVoters() });
    this.wake();
  }

  #leaderName(): string | undefined {
    const { leader } = this.#leadership;
    return leader === 0 ? undefined : (this.#members.get(leader)?.name ?? 'a member unknown here');
  }

  /** Names of the voters that have not answered for two election timeouts: candidates ask them more often. */
  #silentVoters(): string[] {
    const { settings, world } = this.#options;
    const since = world.clock.monotonic() - 2 * settings.electionTimeoutMs;
    const { voters, votersOutgoing } = this.#state.confState;
    const silent = [...new Set([...voters, ...votersOutgoing])].filter((id) => !this.#peers.heardSince(id, since));
    return silent.map((id) => this.#members.get(id)?.name ?? `member ${id}`).sort();
  }

  // ---------------------------------------------------------------- roles

  #follow({ role, leader }: NonNullable<Ready['softState']>): void {
    const before = this.#leadership.role;
    this.#leadership.follow(role, leader);
    if (before === 'leader' && role !== 'leader') this.#loseLeadership();
    this.#leadership.wakeWaiters();
  }

  #lead(): void {
    this.#proposals.failAll('a new term began', this.#store.version);
    this.#leadership.lead();
  }

  #loseLeadership(): void {
    this.#proposals.failAll('leadership was lost', this.#store.version);
    this.#confirmations.failAll('leadership was lost before it was confirmed');
    this.#changes.failAll();
    this.#leadership.lose();
  }

  // ---------------------------------------------------------------- ending

  /** Ends the loop, because of `reason` if there is one. Harmless when repeated. */
  async stop(reason: Error | undefined): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const { network, disk, world } = this.#options;
    const { logger } = world;
    if (isStoreError(reason, 'REMOVED')) logger.warn(reason.message);
    else if (reason)
      logger.error('the replica stops: it can no longer trust its state', { error: reason.stack ?? reason.message });
    this.#stopTicking();
    this.#loseLeadership();
    this.#reads.failAll('the replica was closed');
    this.#state.end(new StoreError('CLOSED', 'the replica was closed'));
    this.#leadership.end();
    if (reason)
      controlOf(this.#store).end(
        new StoreError('CLOSED', `the replica has ended: ${reason.message}`, { cause: reason }),
      );
    await this.#store.close();
    await this.#pumping?.catch(() => undefined);
    await network.close();
    await this.#snapshots.idle();
    if (!reason) await this.#storage.flush();
    await disk.close().catch((error: unknown) => logger.error('the disk did not close', { error: messageOf(error) }));
    this.#stopped.resolve(reason);
  }
}

const closedError = () => new StoreError('CLOSED', 'the replica is closed');

function partition<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}
