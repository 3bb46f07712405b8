import { first, type Observable } from 'rxjs';
import { sleep, type Cancel, type Clock } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { Status } from '../raft/index.js';
import {
  MemoryStore,
  type Change,
  type ProposedTransaction,
  type Proposer,
  type StoreAction,
  type TransactionRecord,
  type UpdateOptions,
} from '../state/index.js';
import { StoreError } from '../base/store-error.js';
import type { ReadTx } from '../kinds/index.js';
import { leases } from '../kinds/lease/kind.js';
import { endLease, Leases } from './leases.js';
import type { Guard } from './membership-changes.js';
import { restoreThroughLog } from './restore.js';
import { encodeTransaction, sizeOfAction, type ClusterSnapshot } from '../wire/index.js';
import type { LogStorage } from './log-storage.js';
import { checkMember } from './members.js';
import type { MemberInfo } from './ports.js';
import { RaftLoop, type Leadership, type ReplicaIdentity, type ReplicaOptions } from './raft-loop.js';

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

/** One member of a cluster, as the store and the API see it. The work is done by {@link RaftLoop}. */
export class Replica implements Proposer {
  readonly store: MemoryStore;
  readonly identity: ReplicaIdentity;
  readonly #loop: RaftLoop;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #leases: Leases;
  readonly #electionTimeoutMs: number;
  readonly #heartbeatMs: number;
  readonly #committedAtStart: number;

  constructor(options: ReplicaOptions, storage: LogStorage, applied: number) {
    const { identity, settings, world } = options;
    this.identity = identity;
    this.#clock = world.clock;
    this.#random = world.random;
    this.#electionTimeoutMs = settings.electionTimeoutMs;
    this.#heartbeatMs = settings.heartbeatMs;
    this.store = new MemoryStore({
      proposer: this,
      history: settings.history,
      limits: settings.limits,
      kinds: [leases, ...settings.kinds],
      clock: world.clock,
      random: world.random,
      logger: world.logger,
    });
    this.#loop = new RaftLoop(options, this.store, storage, applied);
    this.#leases = new Leases({ store: this.store, clock: world.clock, logger: world.logger });
    this.#committedAtStart = storage.initialState().hardState.commit;
  }

  /** Loads what is on disk, then takes part. */
  async start(seeds: readonly MemberInfo[]): Promise<void> {
    this.#leases.start();
    this.#loop.leadership.subscribe((role) => (role === 'leader' ? this.#leases.lead() : this.#leases.follow()));
    await this.#loop.start(seeds);
  }

  // ---------------------------------------------------------------- what others ask

  get isLeader(): boolean {
    return this.#loop.leading;
  }

  /** Starts with what is now; completes when the replica is closed. */
  get leadership(): Observable<Leadership> {
    return this.#loop.leadership.asObservable();
  }

  /** Resolves when the replica has ended: with the reason when that was not {@link close}. */
  get stopped(): Promise<Error | undefined> {
    return this.#loop.stopped;
  }

  /** Runs `changed` once, as soon as this member no longer believes that `name` leads. Returns how to give up. */
  whenNotLedBy(name: string, changed: () => void): Cancel {
    const other = (id: number) => this.#loop.members.get(id)?.name !== name;
    const subscription = this.#loop.leaders.pipe(first(other)).subscribe({ next: changed, error: changed });
    return () => subscription.unsubscribe();
  }

  get leaderInfo(): MemberInfo | undefined {
    return this.#loop.members.get(this.#loop.leader);
  }

  members(): MemberInfo[] {
    return this.#loop.members.list();
  }

  status(): LocalStatus {
    const { lastIndex, term, confState } = this.#loop.node.status();
    const roleOf = ({ id }: MemberInfo) =>
      confState.learners.includes(id) ? ('learner' as const) : ('voter' as const);
    return {
      ...this.#loop.cluster,
      ...this.identity,
      term,
      leader: this.leaderInfo,
      version: this.store.version,
      lastIndex,
      appliedIndex: this.#loop.applied,
      members: this.#loop.members.list().map((member) => ({ ...member, role: roleOf(member) })),
    };
  }

  /** What raft itself says. */
  raftStatus(): Status {
    return this.#loop.node.status();
  }

  /** Transactions that have been accepted and have not settled. */
  get openProposals(): number {
    return this.#loop.proposals.open;
  }

  /** Is this member a voter of the configuration that it has applied? */
  get isVoter(): boolean {
    return this.#loop.confState.voters.includes(this.identity.id);
  }

  /**
   * Reads what is committed in the whole cluster at this moment or later, never less (Raft §6.4, ReadIndex).
   * @throws {StoreError} `NOT_LEADER` when nobody answered within `timeoutMs`.
   */
  async linearizable<T>(read: (tx: ReadTx) => T, options: { timeoutMs?: number } = {}): Promise<T> {
    const { timeoutMs = 10_000 } = options;
    this.#checkOpen();
    const confirmed = this.#loop.reads.ask().then((index) => this.#loop.waiters.until(index));
    this.#loop.wake();
    await this.#within(confirmed, timeoutMs, `no leader confirmed the read within ${timeoutMs} ms`);
    return this.store.view(read as never);
  }

  /** Resolves when everything has been applied that was known to be committed when this member was started. */
  replayed(): Promise<void> {
    return this.#loop.waiters.until(this.#committedAtStart);
  }

  /** Resolves when this member has applied what any member had committed when it was called. */
  async caughtUp(timeoutMs: number): Promise<void> {
    await this.linearizable(() => undefined, { timeoutMs });
  }

  /**
   * Adds a member as a learner; it becomes a voter when it has caught up. On the leader only.
   * @throws {StoreError} `INVALID_OBJECT` for an id, a name or an address that no member can have; `NAME_CONFLICT`,
   *   `NOT_SUPPORTED` for an id that was removed, `NOT_LEADER`, `BUSY`
   */
  async addMember(member: MemberInfo, { replaces = false }: { replaces?: boolean } = {}): Promise<void> {
    this.#checkOpen();
    checkMember(member); // before a member that it replaces is removed
    const before = this.#loop.members.find(member.name);
    if (replaces && before && before.id !== member.id) await this.#replace(before);
    const added = this.#loop.changes.add(member, this.#loop.confState);
    this.#loop.wake();
    await added;
  }

  /** Removes a member that has lost its disk. A member that answers is kept: the new process only has the same name. */
  async #replace({ id, name }: MemberInfo): Promise<void> {
    const guard = await this.#guard(String(id), {});
    if (guard.reachable(id))
      throw new StoreError('NAME_CONFLICT', `a member called ${name} runs already: choose another name`);
    const removed = this.#loop.changes.remove(String(id), this.#loop.confState, guard);
    this.#loop.wake();
    await removed;
  }

  /**
   * Removes a member, by name or id. On the leader only.
   * @throws {StoreError} `NOT_FOUND`; `NOT_SUPPORTED` for the last voter, and when fewer than a quorum of the voters that
   *   are left answer within an election timeout (`force` does it all the same).
   */
  async removeMember(nameOrId: string, options: { force?: boolean } = {}): Promise<void> {
    const guard = await this.#guard(nameOrId, options);
    await this.#leaveFirst(nameOrId, guard);
    const removed = this.#loop.changes.remove(nameOrId, this.#loop.confState, guard);
    this.#loop.wake();
    await removed;
  }

  /** Makes a learner a voter at once. On the leader only. */
  async promoteMember(nameOrId: string): Promise<void> {
    this.#checkOpen();
    const promoted = this.#loop.changes.promote(nameOrId, this.#loop.confState);
    this.#loop.wake();
    await promoted;
  }

  /** Makes a voter a learner, which it stays until it is promoted. On the leader only. Throws as {@link removeMember}. */
  async demoteMember(nameOrId: string, options: { force?: boolean } = {}): Promise<void> {
    const guard = await this.#guard(nameOrId, options);
    await this.#leaveFirst(nameOrId, guard);
    const demoted = this.#loop.changes.demote(nameOrId, this.#loop.confState, guard);
    this.#loop.wake();
    await demoted;
  }

  /**
   * A leader that takes its own vote away may take the last word of the commit with it: another must lead first. What
   * would be refused is refused before.
   */
  async #leaveFirst(nameOrId: string, guard: Guard): Promise<void> {
    const { confState, members, changes } = this.#loop;
    if (members.find(nameOrId)?.id !== this.identity.id || confState.voters.length < 2) return;
    changes.checkLeaves(nameOrId, confState, guard);
    await this.transferLeadership();
    throw this.#notLeader();
  }

  /**
   * Who answers now, besides who is to leave: everybody is asked at every heartbeat, so that those who are there have
   * spoken within an election timeout. Who was heard of a moment ago may be gone.
   */
  async #guard(leaving: string, { force = false }: { force?: boolean }): Promise<Guard> {
    this.#checkOpen();
    const since = this.#clock.monotonic();
    const reachable = (id: number) => this.#loop.heardSince(id, since);
    const gone = this.#loop.members.find(leaving)?.id;
    const all = () => this.#loop.confState.voters.every((id) => id === gone || reachable(id));
    const end = since + this.#electionTimeoutMs;
    while (!force && !all() && this.#clock.monotonic() < end) await sleep(this.#clock, this.#heartbeatMs);
    this.#checkOpen();
    if (!this.#loop.leading) throw this.#notLeader();
    return { force, reachable };
  }

  /**
   * Hands leadership over: to the member named, or to the voter that is furthest along. Resolves when another member
   * leads. On the leader only.
   * @throws {StoreError} `NOT_LEADER`; `NOT_FOUND`; `BUSY` when the other did not take over within two election timeouts.
   */
  async transferLeadership(to?: string): Promise<void> {
    this.#checkOpen();
    const status = this.#loop.node.status();
    if (!status.progress || !this.#loop.leading) throw this.#notLeader();
    const target = to === undefined ? furthestVoter(status) : this.#loop.members.find(to)?.id;
    if (target === undefined || !status.confState.voters.includes(target))
      throw new StoreError('NOT_FOUND', to === undefined ? 'there is no other voter' : `there is no voter ${to}`);
    if (target === this.identity.id) return;
    this.#loop.node.transferLeader(target);
    this.#loop.wake();
    const timeoutMs = 2 * this.#electionTimeoutMs;
    await this.#within(
      this.#anotherLeads(),
      timeoutMs,
      `${this.#loop.members.get(target)?.name ?? target} did not take over within ${timeoutMs} ms`,
      'BUSY',
    );
  }

  async #anotherLeads(): Promise<void> {
    while (
      !this.#loop.closing &&
      (this.#loop.leading || this.#loop.leader === 0 || this.#loop.leader === this.identity.id)
    )
      await this.#loop.nextTurn;
  }

  /** Everything of the cluster as it is applied now: what snapshots and backups hold. */
  content(): ClusterSnapshot {
    return this.#loop.content();
  }

  /**
   * Puts a saved state in the place of everything, as one version above both; watches end with `RESYNC`. On the leader only.
   * @throws {StoreError} `NOT_LEADER`, `OUTCOME_UNKNOWN`
   */
  async restore(content: ClusterSnapshot): Promise<{ version: number; objects: number }> {
    this.#checkOpen();
    if (!this.#loop.leading) throw this.#notLeader();
    return restoreThroughLog(content, {
      store: this.store,
      random: this.#random,
      now: () => this.#clock.now(),
      restored: () => this.#loop.restoring.done,
      propose: (payload) => {
        if (this.#loop.closing || !this.#loop.leading) return Promise.reject(this.#notLeader());
        const added = this.#loop.proposals.addStep(payload);
        this.#loop.wake();
        return added;
      },
    });
  }

  /** Ends quietly: what is on its way ends with `CLOSED` or `OUTCOME_UNKNOWN`. Harmless when repeated. */
  async close(): Promise<void> {
    if (!this.#loop.closing) await this.#loop.stop(undefined);
    await this.#loop.stopped;
  }

  /**
   * Begins a lease of `ttlMs`: it ends, with everything that hangs on it, when it is not kept alive. On the leader only.
   * @throws {StoreError} `INVALID_OBJECT`, `NOT_LEADER`, `OUTCOME_UNKNOWN`
   */
  async grantLease(
    lease: { readonly ttlMs: number; readonly holder: string; readonly guarded: boolean },
    options: UpdateOptions,
  ): Promise<{ id: string; version: number } | undefined> {
    return this.store.update((tx) => {
      const { id, meta } = tx.kind(leases).create(lease);
      return { id, version: meta.version };
    }, options);
  }

  /**
   * Lets leases count in full again, from the moment of the call. Resolves with those that are over, when a majority has
   * confirmed that this member still led after the call: a leader that was replaced cannot keep anything alive.
   * @throws {StoreError} `NOT_LEADER`: ask the leader.
   */
  async keepAlive(ids: readonly string[]): Promise<string[]> {
    if (!this.#loop.leading) throw this.#notLeader();
    const marked = this.#leases.renew(ids);
    await this.confirmLeadership();
    for (const id of marked)
      await this.store.update((tx) => {
        const lease = tx.kind(leases).get(id);
        if (lease?.lost) tx.kind(leases).update({ ...lease, lost: false });
      });
    if (!this.#loop.leading) throw this.#notLeader();
    return this.#leases.lost(ids);
  }

  /** Ends a lease, with everything that hangs on it. Resolves with the version; one that is over already is no error. */
  async revokeLease(id: string, options: UpdateOptions): Promise<number | undefined> {
    return this.store.update((tx) => {
      if (tx.kind(leases).get(id) === undefined) return tx.version - 1;
      endLease(tx, this.store.kinds, id);
      return tx.version;
    }, options);
  }

  // ---------------------------------------------------------------- the store's port

  proposeValue(transaction: ProposedTransaction, commit: () => void): Promise<void> {
    if (this.#loop.closing) return Promise.reject(new StoreError('CLOSED', 'the replica is closed'));
    if (!this.#loop.leading) return Promise.reject(this.#notLeader());
    const added = this.#loop.proposals.add(encodeTransaction(transaction), transaction.version, commit);
    this.#loop.wake();
    return added;
  }

  getVersion(): number {
    const loop = this.#loop as RaftLoop | undefined; // the store asks while it is being built, before there is a loop
    return loop?.version ?? 0;
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
    if (!this.#loop.leading) throw this.#notLeader();
    const confirmed = this.#loop.confirmations.ask();
    this.#loop.wake();
    await confirmed;
  }

  admit(): Promise<void> | undefined {
    if (this.#loop.closing) throw new StoreError('CLOSED', 'the replica is closed');
    if (this.#loop.leading) return undefined;
    if (this.#loop.role === 'follower' && this.#loop.leader !== 0) throw this.#notLeader();
    return this.#loop.nextTurn;
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

  #checkOpen(): void {
    if (this.#loop.closing) throw new StoreError('CLOSED', 'the replica is closed');
  }

  async #within<T>(
    promise: Promise<T>,
    timeoutMs: number,
    late: string,
    code: 'NOT_LEADER' | 'BUSY' = 'NOT_LEADER',
  ): Promise<T> {
    let cancel: Cancel = () => undefined;
    const timeout = new Promise<never>((_, reject) => {
      cancel = this.#clock.schedule(timeoutMs, () => reject(new StoreError(code, late)));
    });
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      cancel();
    }
  }
}

/** Of those that answer, if any do. */
function furthestVoter({ progress, confState, id }: Status): number | undefined {
  const others = confState.voters.filter((voter) => voter !== id);
  const of = (voter: number) => progress?.get(voter);
  const active = (voter: number) => Number(of(voter)?.recentActive ?? false);
  const match = (voter: number) => of(voter)?.match ?? 0;
  return others.sort((a, b) => active(b) - active(a) || match(b) - match(a) || a - b)[0];
}

function changeOf({ events, commit: _commit, bytes: _bytes, ...info }: TransactionRecord): Change {
  const actions = events.map((event): StoreAction =>
    event.action === 'delete'
      ? { action: 'remove', kind: event.kind, id: event.object.id }
      : { action: event.action, kind: event.kind, object: event.object },
  );
  return { ...info, actions };
}
