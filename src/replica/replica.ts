import { BehaviorSubject, type Observable } from 'rxjs';
import type { Cancel } from '../base/clock.js';
import { deferred, type Deferred } from '../base/deferred.js';
import { messageOf } from '../base/errors.js';
import { Slicer } from '../base/clock.js';
import {
  RawNode,
  type ConfState,
  type Entry,
  type InstallSnapshot,
  type Message,
  type Ready,
  type Status,
} from '../raft/index.js';
import {
  MemoryStore,
  StoreError,
  type Change,
  type ProposedTransaction,
  type Proposer,
  type ReadTx,
  type StoreAction,
  type TransactionRecord,
} from '../state/index.js';
import { decodeTransaction, encodeTransaction, sizeOfAction, type ClusterSnapshot } from '../wire/index.js';
import type { LogStorage } from './log-storage.js';
import { Members } from './members.js';
import { MembershipChanges } from './membership-changes.js';
import type { Disk, MemberInfo, Network } from './ports.js';
import { Proposals } from './proposals.js';
import { ReadRounds } from './read-rounds.js';
import type { ReplicaSettings, ReplicaWorld } from './settings.js';
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
}

/** What one member knows of itself. */
export interface LocalStatus {
  readonly clusterId: string;
  readonly lineage: string;
  readonly id: number;
  readonly name: string;
  readonly term: number;
  readonly leader: MemberInfo | undefined;
  readonly version: number;
  readonly lastIndex: number;
  readonly appliedIndex: number;
  readonly members: readonly (MemberInfo & { readonly role: 'voter' | 'learner' })[];
}

/** How many bytes the core keeps uncommitted, in flight, and in one message. */
const mebibyte = 1024 * 1024;

/**
 * One member as a loop: whatever happens is told to the raft core, and whatever the core says must be done is done, in
 * its order. Implements the store's {@link Proposer}.
 *
 * While a disk write is under way proposals queue up and become one entry group. A broken disk or a broken invariant
 * stops the replica, loudly: see {@link stopped}.
 */
export class Replica implements Proposer {
  readonly store: MemoryStore;
  readonly identity: ReplicaIdentity;
  readonly #disk: Disk;
  readonly #network: Network;
  readonly #settings: ReplicaSettings;
  readonly #world: ReplicaWorld;
  readonly #storage: LogStorage;
  readonly #node: RawNode;
  readonly #members = new Members();
  readonly #changes: MembershipChanges;
  readonly #snapshots: Snapshots;
  readonly #proposals = new Proposals();
  /** Of the leader, for {@link confirmLeadership}: fail when it steps down. */
  readonly #confirmations = new ReadRounds();
  /** Of anybody who reads: asked again under the next leader. */
  readonly #reads = new ReadRounds();
  readonly #waiters = new AppliedWaiters();
  readonly #leadership = new BehaviorSubject<Leadership>('follower');
  readonly #stopped = deferred<Error | undefined>();
  #cluster = { clusterId: '', lineage: '' };
  #version = 0;
  readonly #committedAtStart: number;
  #applied: number;
  #term: number;
  #role: Status['role'] = 'follower';
  #leader = 0;
  #confState: ConfState;
  /** We lead and have applied everything before our own term. */
  #leading = false;
  #turns: Deferred<void> = deferred<void>();
  #pumping: Promise<void> | undefined;
  #stopTicking: Cancel = () => undefined;
  #closing = false;
  /** A commit index that is known and not yet written down; it goes with the next write. */
  #unwrittenCommit = false;

  constructor(options: ReplicaOptions, storage: LogStorage, applied: number) {
    const { identity, disk, network, settings, world } = options;
    this.identity = identity;
    this.#disk = disk;
    this.#network = network;
    this.#settings = settings;
    this.#world = world;
    this.#storage = storage;
    this.store = new MemoryStore({
      proposer: this,
      history: settings.history,
      limits: settings.limits,
      clock: world.clock,
      random: world.random,
      logger: world.logger,
    });
    this.#snapshots = new Snapshots({ disk, storage, store: this.store, settings, clock: world.clock });
    this.#node = new RawNode(
      {
        id: identity.id,
        electionTicks: Math.max(2, Math.round(settings.electionTimeoutMs / settings.heartbeatMs)),
        heartbeatTicks: 1,
        applied,
        maxSizePerMessage: mebibyte / 16,
        maxCommittedSizePerReady: mebibyte,
        maxUncommittedSize: 64 * mebibyte,
        maxInflightMessages: 256,
        maxInflightBytes: 8 * mebibyte,
        checkQuorum: true,
        preVote: true,
        disableProposalForwarding: true,
        stepDownOnRemoval: true,
        random: world.random,
        logger: { log: (level, message) => world.logger[level](message) },
      },
      storage,
    );
    this.#changes = new MembershipChanges(this.#node, this.#members);
    const status = this.#node.status();
    this.#applied = applied;
    this.#committedAtStart = status.commit;
    this.#waiters.reached(applied);
    this.#term = status.term;
    this.#confState = status.confState;
  }

  /** Loads the snapshot that the log begins with, then takes part. */
  async start(seeds: readonly MemberInfo[]): Promise<void> {
    const snapshot = this.#storage.newest;
    if (snapshot.metadata.index > 0) {
      const { cluster, prepared } = await this.#snapshots.load(snapshot);
      prepared.install();
      this.#adopt(cluster);
    } else {
      this.#members.reset(seeds, []);
    }
    this.#network.setMembers(this.#members.list());
    this.#network.start({
      onMessages: (messages) => this.#receive(messages),
      onSnapshot: (message, chunks) => this.#receiveSnapshot(message, chunks),
      onUnreachable: (id) => this.#node.reportUnreachable(id),
    });
    this.#stopTicking = startTicker(this.#world.clock, this.#settings.heartbeatMs, () => this.#tick());
    const { voters } = this.#confState;
    if (voters.length === 1 && voters[0] === this.identity.id) this.#node.campaign();
    this.#wake();
  }

  // ---------------------------------------------------------------- what others ask

  get isLeader(): boolean {
    return this.#leading;
  }

  /** Starts with what is now; completes when the replica is closed. */
  get leadership(): Observable<Leadership> {
    return this.#leadership.asObservable();
  }

  /** Resolves when the replica has ended: with the reason when that was not {@link close}. */
  get stopped(): Promise<Error | undefined> {
    return this.#stopped.promise;
  }

  get leaderInfo(): MemberInfo | undefined {
    return this.#members.get(this.#leader);
  }

  members(): MemberInfo[] {
    return this.#members.list();
  }

  status(): LocalStatus {
    const { lastIndex, term, confState } = this.#node.status();
    const roleOf = ({ id }: MemberInfo) =>
      confState.learners.includes(id) ? ('learner' as const) : ('voter' as const);
    return {
      ...this.#cluster,
      ...this.identity,
      term,
      leader: this.leaderInfo,
      version: this.store.version,
      lastIndex,
      appliedIndex: this.#applied,
      members: this.#members.list().map((member) => ({ ...member, role: roleOf(member) })),
    };
  }

  /** Is this member a voter of the configuration that it has applied? */
  get isVoter(): boolean {
    return this.#confState.voters.includes(this.identity.id);
  }

  /**
   * Reads what is committed in the whole cluster at this moment or later, never less (Raft §6.4, ReadIndex).
   * @throws {StoreError} `NOT_LEADER` when nobody answered within `timeoutMs`.
   */
  async linearizable<T>(read: (tx: ReadTx) => T, options: { timeoutMs?: number } = {}): Promise<T> {
    const { timeoutMs = 10_000 } = options;
    this.#checkOpen();
    const confirmed = this.#reads.ask().then((index) => this.#waiters.until(index));
    this.#wake();
    await this.#within(confirmed, timeoutMs, `no leader confirmed the read within ${timeoutMs} ms`);
    return this.store.view(read as never);
  }

  /** Resolves when everything has been applied that was known to be committed when this member was started. */
  replayed(): Promise<void> {
    return this.#waiters.until(this.#committedAtStart);
  }

  /** Resolves when this member has applied what any member had committed when it was called. */
  async caughtUp(timeoutMs: number): Promise<void> {
    await this.linearizable(() => undefined, { timeoutMs });
  }

  /** Adds a member as a learner; it becomes a voter when it has caught up. On the leader only. */
  async addMember(member: MemberInfo): Promise<void> {
    this.#checkOpen();
    const added = this.#changes.add(member, this.#confState);
    this.#wake();
    await added;
  }

  /** Removes a member, by name or id. On the leader only. */
  async removeMember(nameOrId: string): Promise<void> {
    this.#checkOpen();
    if (this.#members.find(nameOrId)?.id === this.identity.id && this.#confState.voters.length > 1) {
      // A leader that removes itself may take the last word of the commit with it: the others must agree first.
      await this.transferLeadership();
      throw this.#notLeader();
    }
    const removed = this.#changes.remove(nameOrId, this.#confState);
    this.#wake();
    await removed;
  }

  /**
   * Hands leadership over: to the member named, or to the voter that is furthest along. Resolves when another member
   * leads. On the leader only.
   * @throws {StoreError} `NOT_LEADER`; `NOT_FOUND`; `BUSY` when the other did not take over within two election timeouts.
   */
  async transferLeadership(to?: string): Promise<void> {
    this.#checkOpen();
    const status = this.#node.status();
    if (!status.progress) throw this.#notLeader();
    const target = to === undefined ? furthestVoter(status) : this.#members.find(to)?.id;
    if (target === undefined || !status.confState.voters.includes(target))
      throw new StoreError('NOT_FOUND', to === undefined ? 'there is no other voter' : `there is no voter ${to}`);
    if (target === this.identity.id) return;
    const handedOver = new Promise<void>((resolve) => {
      const subscription = this.#leadership.subscribe((role) => {
        if (role === 'leader') return;
        queueMicro(() => subscription.unsubscribe());
        resolve();
      });
    });
    this.#node.transferLeader(target);
    this.#wake();
    const timeoutMs = 2 * this.#settings.electionTimeoutMs;
    await this.#within(
      handedOver,
      timeoutMs,
      `${this.#members.get(target)?.name ?? target} did not take over within ${timeoutMs} ms`,
      'BUSY',
    );
  }

  /** Everything of the cluster as it is applied now: what snapshots and backups hold. */
  content(): ClusterSnapshot {
    return {
      ...this.#cluster,
      members: this.#members.list(),
      removed: this.#members.removed(),
      store: this.store.save(),
    };
  }

  /** Ends quietly: what is on its way ends with `CLOSED` or `OUTCOME_UNKNOWN`. Harmless when repeated. */
  async close(): Promise<void> {
    if (!this.#closing) await this.#stop(undefined);
    await this.#stopped.promise;
  }

  // ---------------------------------------------------------------- the store's port

  proposeValue(transaction: ProposedTransaction, commit: () => void): Promise<void> {
    if (this.#closing) return Promise.reject(new StoreError('CLOSED', 'the replica is closed'));
    if (!this.#leading) return Promise.reject(this.#notLeader());
    const added = this.#proposals.add(encodeTransaction(transaction), transaction.version, commit);
    this.#wake();
    return added;
  }

  getVersion(): number {
    return this.#version;
  }

  changesBetween(from: number, to: number): Promise<readonly Change[]> {
    const { history } = this.store;
    const oldest = (history[0]?.version ?? this.store.version + 1) - 1;
    if (from < oldest)
      return Promise.reject(
        new StoreError('VERSION_COMPACTED', `history begins after version ${oldest}`, { version: oldest }),
      );
    return Promise.resolve(history.filter(({ version }) => version > from && version <= to).map(changeOf));
  }

  sizeOf(action: StoreAction): number {
    return sizeOfAction(action);
  }

  async confirmLeadership(): Promise<void> {
    if (!this.#leading) throw this.#notLeader();
    const confirmed = this.#confirmations.ask();
    this.#wake();
    await confirmed;
  }

  admit(): Promise<void> | undefined {
    if (this.#closing) throw new StoreError('CLOSED', 'the replica is closed');
    if (this.#leading) return undefined;
    if (this.#role === 'follower' && this.#leader !== 0) throw this.#notLeader();
    return this.#turns.promise;
  }

  // ---------------------------------------------------------------- the loop

  #wake(): void {
    if (this.#pumping || this.#closing) return;
    // After this turn's work, so that a burst of proposals becomes one group.
    this.#pumping = Promise.resolve().then(() => this.#pump());
  }

  async #pump(): Promise<void> {
    try {
      while (!this.#closing) {
        this.#hand();
        if (!this.#node.hasReady()) break;
        const ready = this.#node.ready();
        await this.#do(ready);
        this.#node.advance(ready);
        this.#afterAdvance();
      }
      this.#pumping = undefined;
    } catch (error) {
      this.#pumping = undefined;
      await this.#stop(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** Tells raft what the store and the readers want. */
  #hand(): void {
    if (this.#proposals.waiting) {
      const group = this.#proposals.group();
      const result = this.#node.propose(...group);
      if (result.ok) this.#proposals.sentAt(result.index as number, result.term as number, group.length);
      else if (result.reason !== 'uncommittedLimit' && result.reason !== 'transferInProgress') this.#loseLeadership();
    }
    const confirmation = this.#confirmations.begin();
    if (confirmation) this.#node.readIndex(tagged(confirmation, confirmationTag));
    const read = this.#reads.begin();
    if (read) this.#node.readIndex(tagged(read, readTag));
  }

  async #do(ready: Ready): Promise<void> {
    if (ready.hardState) this.#term = ready.hardState.term;
    // A vote may be asked for only when what it claims is on disk: the log, and the term that is asked in.
    const [asking, rest] = partition(ready.messages, ({ type }) => type === 'requestVote' || type === 'preVote');
    this.#send(rest);
    if (ready.snapshot) await this.#install(ready);
    const written = this.#write(ready);
    written.catch(() => undefined); // awaited below; applying may fail first
    await this.#apply(ready.committedEntries);
    if (ready.softState) this.#follow(ready.softState.role, ready.softState.leader);
    await written;
    this.#send(asking);
    this.#send(ready.messagesAfterPersist);
    for (const { context, index } of ready.readStates) this.#answerRead(context, index);
  }

  #afterAdvance(): void {
    const wanted = this.#snapshots.due || (this.#storage.wanted && !this.#snapshots.busy);
    if (wanted && this.#applied > this.#storage.newest.metadata.index) {
      this.#storage.wanted = false;
      this.#snapshots
        .take(this.#applied, this.#confState, this.content())
        .catch((error: unknown) => this.#stop(error as Error));
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
      if (this.#closing) return;
    }
  }

  #applyEntry(entry: Entry): void {
    if (entry.kind === 'confChange') {
      this.#members.apply(entry.change);
      this.#storage.membershipIndex = entry.index; // before raft, which may ask for a snapshot at once
      this.#confState = this.#node.applyConfChange(entry.change);
      this.#network.setMembers(this.#members.list());
    } else if (entry.data.length > 0 && !this.#commitOwn(entry)) {
      const { info, actions } = decodeTransaction(entry.data);
      this.store.applyStoreActions(actions, info);
      this.#version = info.version;
      this.#proposals.follow(info.version);
    }
    this.#applied = entry.index;
    this.#snapshots.count(entry.kind === 'normal' ? entry.data.length : 0);
    this.#changes.applied(entry);
    this.#waiters.reached(entry.index);
    if (!this.#leading && this.#role === 'leader' && entry.term === this.#term) this.#lead();
  }

  #commitOwn({ index, term }: Entry): boolean {
    return this.#proposals.commit(index, term, (version) => {
      this.#version = version;
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
    this.#proposals.failAll('a snapshot was installed', arrived.cluster.store.version);
    this.#version = arrived.cluster.store.version;
    arrived.prepared.install();
    this.#adopt(arrived.cluster);
    this.#applied = snapshot.metadata.index;
    this.#confState = snapshot.metadata.confState;
    this.#waiters.reached(this.#applied);
    this.#network.setMembers(this.#members.list());
  }

  #adopt({ clusterId, lineage, members, removed, store }: ClusterSnapshot): void {
    this.#cluster = { clusterId, lineage };
    this.#members.reset(members, removed);
    this.#version = store.version;
    this.#proposals.follow(store.version);
  }

  #answerRead(context: Uint8Array, index: number): void {
    const rounds = context[0] === confirmationTag ? this.#confirmations : this.#reads;
    rounds.answer(context.subarray(1), index);
  }

  // ---------------------------------------------------------------- roles

  #follow(role: Status['role'], leader: number): void {
    const before = this.#role;
    this.#role = role;
    this.#leader = leader;
    if (before === 'leader' && role !== 'leader') this.#loseLeadership();
    // Whoever waits to write looks again: there is a leader now, or it is us.
    const turns = this.#turns;
    this.#turns = deferred<void>();
    turns.resolve();
  }

  #lead(): void {
    this.#leading = true;
    this.#proposals.failAll('a new term began', this.store.version);
    this.#leadership.next('leader');
    this.#turns.resolve();
  }

  #loseLeadership(): void {
    const was = this.#leading;
    this.#leading = false;
    this.#proposals.failAll('leadership was lost', this.store.version);
    this.#confirmations.failAll('leadership was lost before it was confirmed');
    this.#changes.failAll();
    if (was) this.#leadership.next('follower');
  }

  #notLeader(): StoreError {
    const leader = this.leaderInfo;
    const addr = leader?.addrs[0];
    if (!leader || leader.id === this.identity.id)
      return new StoreError('NOT_LEADER', 'no member leads at the moment: try again');
    return new StoreError('NOT_LEADER', `${leader.name} leads: write there`, {
      ...(addr !== undefined && { leader: { name: leader.name, addr } }),
    });
  }

  // ---------------------------------------------------------------- in and out

  #tick(): void {
    if (this.#closing) return;
    try {
      this.#node.tick();
    } catch (error) {
      void this.#stop(error as Error);
      return;
    }
    const askAgainTicks = Math.max(2, Math.round(this.#settings.electionTimeoutMs / this.#settings.heartbeatMs));
    for (const context of this.#reads.again(askAgainTicks)) this.#node.readIndex(tagged(context, readTag));
    if (this.#leading && this.#confState.learners.length > 0) {
      const learner = this.#changes.caughtUpLearner(this.#node.status());
      if (learner !== undefined)
        this.#changes
          .promote(learner)
          .catch((error: unknown) =>
            this.#world.logger.info('a learner was not promoted', { error: messageOf(error) }),
          );
    }
    this.#wake();
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
          to: this.#members.get(message.to)?.name ?? message.to,
          error: messageOf(error),
        });
        this.#snapshotSent(message, false);
      },
    );
  }

  #snapshotSent({ to }: InstallSnapshot, ok: boolean): void {
    if (this.#closing) return;
    this.#node.reportSnapshot(to, ok);
    this.#wake();
  }

  #receive(messages: readonly Message[]): void {
    if (this.#closing) return;
    try {
      for (const message of messages) if (message.to === this.identity.id) this.#node.step(message);
    } catch (error) {
      void this.#stop(error as Error);
      return;
    }
    this.#wake();
  }

  async #receiveSnapshot(message: InstallSnapshot, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#snapshots.stage(message.snapshot, chunks);
    this.#receive([message]);
  }

  // ---------------------------------------------------------------- ending

  #checkOpen(): void {
    if (this.#closing) throw new StoreError('CLOSED', 'the replica is closed');
  }

  async #stop(reason: Error | undefined): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    if (reason)
      this.#world.logger.error('the replica stops: it can no longer trust its state', {
        error: reason.stack ?? reason.message,
      });
    this.#stopTicking();
    this.#loseLeadership();
    this.#reads.failAll('the replica was closed');
    this.#waiters.failAll(new StoreError('CLOSED', 'the replica was closed'));
    this.#turns.resolve();
    this.#leadership.complete();
    await this.store.close();
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

  async #within<T>(
    promise: Promise<T>,
    timeoutMs: number,
    late: string,
    code: 'NOT_LEADER' | 'BUSY' = 'NOT_LEADER',
  ): Promise<T> {
    let cancel: Cancel = () => undefined;
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.#world.clock.schedule(timeoutMs, () => reject(new StoreError(code, late)));
    });
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      cancel();
    }
  }
}

const confirmationTag = 1;
const readTag = 2;

function tagged(context: Uint8Array, tag: number): Uint8Array {
  const bytes = new Uint8Array(context.length + 1);
  bytes[0] = tag;
  bytes.set(context, 1);
  return bytes;
}

function partition<T>(items: readonly T[], first: (item: T) => boolean): [T[], T[]] {
  return [items.filter(first), items.filter((item) => !first(item))];
}

function queueMicro(run: () => void): void {
  void Promise.resolve().then(run);
}

function furthestVoter({ progress, confState, id }: Status): number | undefined {
  const others = confState.voters.filter((voter) => voter !== id);
  const match = (voter: number) => progress?.get(voter)?.match ?? 0;
  return others.sort((a, b) => match(b) - match(a) || a - b)[0];
}

function changeOf({ events, commit: _commit, bytes: _bytes, ...info }: TransactionRecord): Change {
  const actions = events.map((event): StoreAction =>
    event.action === 'delete'
      ? { action: 'remove', kind: event.kind, id: event.object.id }
      : { action: event.action, kind: event.kind, object: event.object },
  );
  return { ...info, actions };
}
