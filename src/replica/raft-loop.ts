import { BehaviorSubject } from 'rxjs';
import { Slicer, type Cancel } from '../base/clock.js';
import { DamageError } from '../base/damage.js';
import { deferred, type Deferred } from '../base/deferred.js';
import { messageOf } from '../base/errors.js';
import {
  asksForVote,
  MembershipError,
  RawNode,
  type ConfChange,
  type ConfState,
  type Entry,
  type InstallSnapshot,
  type Message,
  type Ready,
  type Status,
} from '../raft/index.js';
import type { MemoryStore } from '../state/index.js';
import { StoreError } from '../base/store-error.js';
import { decodeTransaction, type ClusterSnapshot, type DecodedTransaction } from '../wire/index.js';
import type { LogStorage } from './log-storage.js';
import { Members } from './members.js';
import { MembershipChanges } from './membership-changes.js';
import type { Acknowledged, Disk, MemberInfo, Network } from './ports.js';
import { Proposals } from './proposals.js';
import { raftLogger } from './raft-log.js';
import { ReadRounds } from './read-rounds.js';
import type { ReplicaSettings, ReplicaWorld } from './settings.js';
import { Restoring } from './restore.js';
import { Snapshots } from './snapshots.js';
import { startTicker } from './ticker.js';
import { AppliedWaiters } from './waiters.js';

export type Leadership = 'leader' | 'follower';

/** Who this replica is, and of which cluster. */
export interface ReplicaIdentity {
  readonly id: number;
  readonly name: string;
}

export interface ReplicaOptions {
  readonly identity: ReplicaIdentity;
  readonly disk: Disk;
  readonly network: Network;
  readonly settings: ReplicaSettings;
  readonly world: ReplicaWorld;
  /** Peers known before the first entry says so: what the join told us. */
  readonly seeds?: readonly MemberInfo[];
  /** Sees each Ready before it is carried out: how a simulation checks its invariants. */
  readonly observe?: (ready: Ready) => void;
  /** Reads the payload of an entry: members in one process may share what it says. */
  readonly decode?: typeof decodeTransaction;
}

/** Nothing is wrong with this member: the others go on without it. */
class RemovedError extends Error {
  constructor() {
    super('this member was removed from the cluster: to take part again, start it with an empty data directory');
  }
}

/** How many bytes the core keeps uncommitted, in flight, and in one message. */
const mebibyte = 1024 * 1024;

/** What a read round was asked for; the first byte of its context. */
const confirmationTag = 1;
const readTag = 2;

/**
 * One member as a loop: whatever happens is told to the raft core, and whatever the core says must be done is done, in
 * its order.
 *
 * While a disk write is under way proposals queue up and become one entry group. A broken disk or a broken invariant
 * ends the loop, loudly: see {@link stopped}.
 */
export class RaftLoop {
  readonly identity: ReplicaIdentity;
  readonly node: RawNode;
  readonly members = new Members();
  readonly changes: MembershipChanges;
  readonly proposals = new Proposals();
  /** Of the leader, who must know that it still leads: fail when it steps down. */
  readonly confirmations: ReadRounds;
  /** Of anybody who reads: asked again under the next leader. */
  readonly reads: ReadRounds;
  readonly waiters = new AppliedWaiters();
  readonly restoring: Restoring;
  /** When each member was last heard of, by the monotonic clock. */
  readonly #heardAt = new Map<number, number>();
  readonly leadership = new BehaviorSubject<Leadership>('follower');
  /** Who leads as far as we know; 0 when we do not. */
  readonly leaders = new BehaviorSubject(0);
  readonly #store: MemoryStore;
  readonly #disk: Disk;
  readonly #network: Network;
  readonly #settings: ReplicaSettings;
  readonly #world: ReplicaWorld;
  readonly #storage: LogStorage;
  readonly #snapshots: Snapshots;
  readonly #observe: ReplicaOptions['observe'];
  readonly #decode: typeof decodeTransaction;
  readonly #stopped = deferred<Error | undefined>();
  cluster = { clusterId: '', lineage: '' };
  /** The last committed store version that has been applied here, or is being applied. */
  version = 0;
  applied: number;
  role: Status['role'] = 'follower';
  confState: ConfState;
  /** We lead and have applied everything before our own term. */
  leading = false;
  closing = false;
  #term: number;
  #turns: Deferred<void> = deferred<void>();
  #pumping: Promise<void> | undefined;
  #stopTicking: Cancel = () => undefined;
  /** A commit index that is known and not yet written down; it goes with the next write. */
  #unwrittenCommit = false;

  constructor(options: ReplicaOptions, store: MemoryStore, storage: LogStorage, applied: number) {
    const { identity, disk, network, settings, world } = options;
    this.identity = identity;
    this.#disk = disk;
    this.#network = network;
    this.#settings = settings;
    this.#world = world;
    this.#storage = storage;
    this.#store = store;
    this.restoring = new Restoring(store);
    this.#observe = options.observe;
    this.#decode = options.decode ?? decodeTransaction;
    this.confirmations = new ReadRounds(world.random(2 ** 40));
    this.reads = new ReadRounds(world.random(2 ** 40));
    this.#snapshots = new Snapshots({ disk, storage, store, settings, clock: world.clock });
    this.node = new RawNode(
      {
        id: identity.id,
        electionTicks: Math.max(2, Math.round(settings.electionTimeoutMs / settings.heartbeatMs)),
        heartbeatTicks: 1,
        applied,
        maxSizePerMessage: settings.messageBytes,
        maxCommittedSizePerReady: mebibyte,
        maxUncommittedSize: 64 * mebibyte,
        maxInflightMessages: 256,
        maxInflightBytes: Math.max(8 * mebibyte, settings.messageBytes),
        checkQuorum: true,
        preVote: true,
        disableProposalForwarding: true,
        stepDownOnRemoval: true,
        random: world.random,
        logger: raftLogger(world.logger, (id) => this.members.get(id)?.name, world.clock),
      },
      storage,
    );
    this.changes = new MembershipChanges(this.node, this.members);
    const status = this.node.status();
    this.applied = applied;
    this.waiters.reached(applied);
    this.#term = status.term;
    this.confState = status.confState;
  }

  /** Loads the snapshot that the log begins with, then takes part. */
  async start(seeds: readonly MemberInfo[]): Promise<void> {
    const snapshot = this.#storage.newest;
    if (snapshot.metadata.index > 0) {
      const { cluster, prepared } = await this.#snapshots.load(snapshot);
      prepared.install();
      this.#adopt(cluster);
    } else {
      this.members.reset(seeds, []);
    }
    this.#network.setMembers(this.members.list());
    this.#network.start({
      onMessages: (messages) => this.#receive(messages),
      onSnapshot: (message, chunks) => this.#receiveSnapshot(message, chunks),
      onUnreachable: (id) => this.node.reportUnreachable(id),
      onRemoved: () => void this.stop(new RemovedError()),
      isMember: (id) => this.members.get(id) !== undefined || isIn(this.confState, id),
      wasRemoved: (id) => this.members.wasRemoved(id),
      lastIndex: () => this.node.status().lastIndex,
      acknowledged: (id) => this.#acknowledgedBy(id),
      onAcknowledged: (reached) => this.#compare(reached),
    });
    this.#stopTicking = startTicker(this.#world.clock, this.#settings.heartbeatMs, () => this.#tick());
    const { voters } = this.confState;
    if (voters.length === 1 && voters[0] === this.identity.id) this.node.campaign();
    this.wake();
  }

  /** Resolves when the loop has ended: with the reason when that was not {@link stop}. */
  get stopped(): Promise<Error | undefined> {
    return this.#stopped.promise;
  }

  get leader(): number {
    return this.leaders.value;
  }

  /** Resolves when it may have changed who leads. */
  get nextTurn(): Promise<void> {
    return this.#turns.promise;
  }

  /** Was this member heard of at `since` or later, by the monotonic clock? Ourselves we always hear. */
  heardSince(id: number, since: number): boolean {
    return id === this.identity.id || (this.#heardAt.get(id) ?? -Infinity) >= since;
  }

  /** Everything of the cluster as it is applied now: what snapshots and backups hold. */
  content(): ClusterSnapshot {
    return {
      ...this.cluster,
      members: this.members.list(),
      removed: this.members.removed(),
      store: this.#store.save(),
    };
  }

  /** Something is to be told to raft, or raft may have something to say. */
  wake(): void {
    if (this.#pumping || this.closing) return;
    // After this turn's work, so that a burst of proposals becomes one group.
    this.#pumping = Promise.resolve().then(() => this.#pump());
  }

  async #pump(): Promise<void> {
    // A disk in memory never gives the event loop a turn, and a writer in a tight loop neither: heartbeats would starve.
    const slicer = new Slicer(this.#world.clock);
    try {
      while (!this.closing) {
        if (slicer.due) await slicer.pause();
        this.#hand();
        if (!this.node.hasReady()) break;
        const ready = this.node.ready();
        this.#observe?.(ready);
        await this.#do(ready);
        this.node.advance(ready);
        this.#afterAdvance();
      }
      this.#pumping = undefined;
    } catch (error) {
      this.#pumping = undefined;
      await this.stop(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Tells raft what the store and the readers want. */
  #hand(): void {
    if (this.proposals.waiting) {
      const group = this.proposals.group();
      const result = this.node.propose(...group);
      if (result.ok) this.proposals.sentAt(result.index as number, result.term as number, group.length);
      else if (result.reason !== 'uncommittedLimit' && result.reason !== 'transferInProgress') this.#loseLeadership();
    }
    const confirmation = this.confirmations.begin();
    if (confirmation) this.node.readIndex(tagged(confirmation, confirmationTag));
    const read = this.reads.begin();
    if (read) this.node.readIndex(tagged(read, readTag));
  }

  async #do(ready: Ready): Promise<void> {
    if (ready.hardState) this.#term = ready.hardState.term;
    const [asking, rest] = partition(ready.messages, asksForVote);
    this.#send(rest);
    if (ready.snapshot) await this.#install(ready);
    const promised = this.#write(ready).then(() => {
      this.#send(asking);
      this.#send(ready.messagesAfterPersist);
    });
    promised.catch(() => undefined); // awaited below; applying may fail first
    // A leader applies while the disk writes. A follower answers first: the leader waits for that, nobody for its state.
    if (this.role !== 'leader') await promised;
    await this.#apply(ready.committedEntries);
    if (ready.softState) this.#follow(ready.softState.role, ready.softState.leader);
    await promised;
    for (const { context, index } of ready.readStates) this.#answerRead(context, index);
  }

  #afterAdvance(): void {
    const wanted = this.#snapshots.due || (this.#storage.wanted && !this.#snapshots.busy);
    if (wanted && !this.restoring.active && this.applied > this.#storage.newest.metadata.index) {
      this.#storage.wanted = false;
      this.#snapshots
        .take(this.applied, this.confState, this.content())
        .catch((error: unknown) => this.stop(error as Error));
    }
  }

  /** Starts the disk write of a Ready; the entries are in the log in memory at once. */
  async #write(ready: Ready): Promise<void> {
    const { entries, hardState, committedEntries } = ready;
    this.#storage.append(entries);
    if (hardState) this.#storage.setHardState(hardState);
    if (hardState && !ready.mustSync) this.#unwrittenCommit = true;
    // A configuration must not be applied before it is known on disk that it is committed (disjoint quorums otherwise).
    const changesMembership = committedEntries.some(({ kind }) => kind === 'confChange');
    if (!ready.mustSync && !changesMembership) return;
    const withHardState = hardState !== undefined || this.#unwrittenCommit;
    this.#unwrittenCommit = false;
    await this.#disk.write({
      entries,
      ...(withHardState && { hardState: this.#storage.initialState().hardState }),
      sync: true,
    });
  }

  async #apply(entries: readonly Entry[]): Promise<void> {
    const slicer = new Slicer(this.#world.clock);
    for (const entry of entries) {
      this.#applyEntry(entry);
      if (slicer.due) await slicer.pause();
      if (this.closing) return;
    }
  }

  #applyEntry(entry: Entry): void {
    if (entry.kind === 'confChange') {
      this.#storage.membershipIndex = entry.index; // before raft, which may ask for a snapshot at once
      this.confState = this.#configured(entry.change, entry.index);
      this.#network.setMembers(this.members.list());
    } else if (entry.data.length > 0 && !this.#commitOwn(entry)) {
      this.#applyTransaction(entry, this.#decode(entry.data));
    }
    this.applied = entry.index;
    this.#snapshots.count(entry.kind === 'normal' ? entry.data.length : 0);
    this.changes.applied(entry);
    this.waiters.reached(entry.index);
    if (!this.leading && this.role === 'leader' && entry.term === this.#term) this.#lead();
  }

  /** A change that no leader would have made changes nothing, and the same on every member: ending would help nobody. */
  #configured(change: ConfChange, index: number): ConfState {
    try {
      const confState = this.node.applyConfChange(change);
      this.members.apply(change);
      return confState;
    } catch (error) {
      if (!(error instanceof MembershipError)) throw error;
      this.#world.logger.error('a membership change in the log cannot be made, and was left out', {
        index,
        error: error.message,
      });
      return this.confState;
    }
  }

  #applyTransaction({ index, term }: Entry, { info, actions, restore }: DecodedTransaction): void {
    if (!restore) {
      this.restoring.abandon();
      this.#store.applyStoreActions(actions, info);
      this.version = info.version;
      this.proposals.follow(info.version);
      return;
    }
    const version = this.restoring.apply(restore, info);
    if (version !== undefined) {
      this.version = version;
      this.proposals.restartFrom(version);
    }
    this.proposals.settleStep(index, term);
  }

  #commitOwn({ index, term }: Entry): boolean {
    return this.proposals.commit(index, term, (version) => {
      this.restoring.abandon();
      this.version = version;
    });
  }

  async #install(ready: Ready): Promise<void> {
    const { snapshot } = ready;
    if (!snapshot) return;
    const arrived = this.#snapshots.arrived(snapshot) ?? (await this.#snapshots.load(snapshot));
    const hardState = ready.hardState ?? this.#storage.initialState().hardState;
    await this.#snapshots.idle();
    await this.#disk.installSnapshot(snapshot, hardState);
    this.#storage.applySnapshot(snapshot);
    this.proposals.failAll('a snapshot was installed', arrived.cluster.store.version);
    this.version = arrived.cluster.store.version;
    this.restoring.abandon();
    arrived.prepared.install();
    this.#adopt(arrived.cluster);
    this.applied = snapshot.metadata.index;
    this.confState = snapshot.metadata.confState;
    this.waiters.reached(this.applied);
    this.#network.setMembers(this.members.list());
  }

  #adopt({ clusterId, lineage, members, removed, store }: ClusterSnapshot): void {
    this.cluster = { clusterId, lineage };
    this.members.reset(members, removed);
    this.version = store.version;
    this.proposals.follow(store.version);
  }

  #answerRead(context: Uint8Array, index: number): void {
    const rounds = context[0] === confirmationTag ? this.confirmations : this.reads;
    rounds.answer(context.subarray(1), index);
  }

  // ---------------------------------------------------------------- roles

  #follow(role: Status['role'], leader: number): void {
    const before = this.role;
    this.role = role;
    if (leader !== this.leader) this.leaders.next(leader);
    if (before === 'leader' && role !== 'leader') this.#loseLeadership();
    this.#newTurn();
  }

  /** Whoever waits to write looks again: there is a leader now, or it is us. The next one waits for the next change. */
  #newTurn(): void {
    const turns = this.#turns;
    this.#turns = deferred<void>();
    turns.resolve();
  }

  #lead(): void {
    this.leading = true;
    this.proposals.failAll('a new term began', this.#store.version);
    this.leadership.next('leader');
    this.#newTurn();
  }

  #loseLeadership(): void {
    const was = this.leading;
    this.leading = false;
    this.proposals.failAll('leadership was lost', this.#store.version);
    this.confirmations.failAll('leadership was lost before it was confirmed');
    this.changes.failAll();
    if (was) this.leadership.next('follower');
  }

  // ---------------------------------------------------------------- in and out

  #tick(): void {
    if (this.closing) return;
    try {
      this.node.tick();
    } catch (error) {
      void this.stop(error as Error);
      return;
    }
    const askAgainTicks = Math.max(2, Math.round(this.#settings.electionTimeoutMs / this.#settings.heartbeatMs));
    const again = this.reads.again(askAgainTicks);
    if (again) this.node.readIndex(tagged(again, readTag));
    if (this.leading && this.confState.learners.length > 0) {
      const learner = this.changes.caughtUpLearner(this.node.status());
      if (learner !== undefined)
        this.changes
          .promote(String(learner), this.confState)
          .catch((error: unknown) =>
            this.#world.logger.info('a learner was not promoted', { error: messageOf(error) }),
          );
    }
    this.wake();
  }

  #send(messages: readonly Message[]): void {
    const plain = messages.filter(({ type }) => type !== 'installSnapshot');
    if (plain.length > 0) this.#network.send(plain);
    for (const message of messages) if (message.type === 'installSnapshot') this.#sendSnapshot(message);
  }

  #sendSnapshot(message: InstallSnapshot): void {
    const chunks = this.#disk.readSnapshot(message.snapshot);
    this.#network.sendSnapshot(message, chunks).then(
      () => this.#snapshotSent(message, true),
      (error: unknown) => {
        this.#world.logger.warn('a snapshot was not delivered', {
          to: this.members.get(message.to)?.name ?? message.to,
          error: messageOf(error),
        });
        this.#snapshotSent(message, false);
      },
    );
  }

  #snapshotSent({ to }: InstallSnapshot, ok: boolean): void {
    if (this.closing) return;
    this.node.reportSnapshot(to, ok);
    this.wake();
  }

  #receive(messages: readonly Message[]): void {
    if (this.closing) return;
    try {
      const now = this.#world.clock.monotonic();
      for (const message of messages) {
        if (message.to !== this.identity.id) continue;
        this.#heardAt.set(message.from, now);
        this.node.stepOwned(message);
      }
    } catch (error) {
      void this.stop(error as Error);
      return;
    }
    this.wake();
  }

  #acknowledgedBy(id: number): Acknowledged | undefined {
    const { term, progress } = this.node.status();
    const index = progress?.get(id)?.match;
    return index === undefined ? undefined : { term, index };
  }

  /**
   * Stops a member that has lost the end of its log. In one term, no entry that was acknowledged to its leader is ever
   * truncated.
   */
  #compare({ term, index }: Acknowledged): void {
    const own = this.node.status();
    if (this.closing || term < own.term || index <= own.lastIndex) return;
    const what = `the log ends at entry ${own.lastIndex}, and this member had acknowledged entry ${index} to the leader of term ${term}: its end is lost, or the directory is an old copy`;
    void this.stop(new DamageError(what));
  }

  async #receiveSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#snapshots.stage(message.snapshot, chunks);
    this.#receive([message]);
  }

  // ---------------------------------------------------------------- ending

  /** Ends the loop, because of `reason` if there is one. Harmless when repeated. */
  async stop(reason: Error | undefined): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    if (reason instanceof RemovedError) this.#world.logger.warn(reason.message);
    else if (reason)
      this.#world.logger.error('the replica stops: it can no longer trust its state', {
        error: reason.stack ?? reason.message,
      });
    this.#stopTicking();
    this.#loseLeadership();
    this.reads.failAll('the replica was closed');
    this.waiters.failAll(new StoreError('CLOSED', 'the replica was closed'));
    this.#turns.resolve();
    this.leadership.complete();
    this.leaders.complete();
    if (reason)
      this.#store.end(new StoreError('CLOSED', `the replica has ended: ${reason.message}`, { cause: reason }));
    await this.#store.close();
    await this.#pumping?.catch(() => undefined);
    await this.#network.close();
    await this.#snapshots.idle();
    if (!reason) await this.#flush();
    await this.#disk
      .close()
      .catch((error: unknown) => this.#world.logger.error('the disk did not close', { error: messageOf(error) }));
    this.#stopped.resolve(reason);
  }

  /** Writes down the last commit index, so that a restart replays at once. */
  async #flush(): Promise<void> {
    if (this.#unwrittenCommit)
      await this.#disk.write({ entries: [], hardState: this.#storage.initialState().hardState, sync: true });
  }
}

function isIn({ voters, learners, votersOutgoing }: ConfState, id: number): boolean {
  return [voters, learners, votersOutgoing].some((ids) => ids.includes(id));
}

function tagged(context: Uint8Array, tag: number): Uint8Array {
  const bytes = new Uint8Array(context.length + 1);
  bytes[0] = tag;
  bytes.set(context, 1);
  return bytes;
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}
