import { first, map } from 'rxjs';
import type { Cancel, Clock } from '../base/clock.js';
import type { Observable } from '../base/observable.js';
import type { Random } from '../base/random.js';
import { StoreError } from '../base/store-error.js';
import { within } from '../base/waiting.js';
import { leases, type ReadTx } from '../kinds/index.js';
import type { Status } from '../raft/index.js';
import {
  type Change,
  MemoryStore,
  type ProposedTransaction,
  type Proposer,
  type StoreAction,
  takeControl,
  type TransactionRecord,
  type UpdateOptions,
} from '../state/index.js';
import { type ClusterSnapshot, sizeOfAction } from '../wire/index.js';
import { Leases, type LeaseTerms } from './leases.js';
import type { LogStorage } from './log-storage.js';
import { Membership } from './membership.js';
import type { ReplicaIdentity, ReplicaOptions } from './options.js';
import { RaftLoop } from './raft-loop.js';
import { restoreThroughLog } from './restore.js';
import type { Leadership, LocalStatus, MemberInfo } from './status.js';

/** One member of a cluster, as the store and the API see it. The work is done by {@link RaftLoop}. */
export class Replica implements Proposer {
  readonly store: MemoryStore;
  readonly identity: ReplicaIdentity;
  readonly #loop: RaftLoop;
  readonly #membership: Membership;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #leases: Leases;
  readonly #committedAtStart: number;
  readonly #mustTakeWrites: () => void;

  constructor(options: ReplicaOptions, storage: LogStorage, applied: number) {
    const { identity, settings, world } = options;
    const { clock, random, logger } = world;
    this.identity = identity;
    this.#mustTakeWrites = options.mustTakeWrites ?? (() => undefined);
    this.#clock = clock;
    this.#random = random;
    this.store = new MemoryStore({
      proposer: this,
      history: settings.history,
      limits: settings.limits,
      kinds: [leases, ...settings.kinds],
      clock,
      random,
      logger,
    });
    takeControl(this.store);
    this.#loop = new RaftLoop(options, this.store, storage, applied);
    this.#membership = new Membership(identity.id, this.#loop, clock, settings);
    this.#leases = new Leases({ store: this.store, clock, logger });
    this.#committedAtStart = storage.initialState().hardState.commit;
  }

  /** Loads what is on disk, then takes part. */
  async start(seeds: readonly MemberInfo[]): Promise<void> {
    this.#leases.start();
    this.leadership.subscribe((role) => (role === 'leader' ? this.#leases.lead() : this.#leases.follow()));
    await this.#loop.start(seeds);
  }

  /** Ends quietly: what is on its way ends with `CLOSED` or `OUTCOME_UNKNOWN`. Harmless when repeated. */
  async close(): Promise<void> {
    await this.#loop.stop(undefined);
    await this.#loop.stopped;
  }

  /** Resolves when the replica has ended: with the reason when that was not {@link close}. */
  get stopped(): Promise<Error | undefined> {
    return this.#loop.stopped;
  }

  // ---------------------------------------------------------------- status

  get isLeader(): boolean {
    return this.#loop.leadership.leading;
  }

  /** Starts with the current role; completes when the replica is closed. */
  get leadership(): Observable<Leadership> {
    return this.#loop.leadership.changes;
  }

  /** Runs `changed` once, as soon as this member no longer believes that `name` leads. Returns how to give up. */
  whenNotLedBy(name: string, changed: () => void): Cancel {
    const other = (id: number) => this.#loop.members.get(id)?.name !== name;
    const subscription = this.#loop.leadership.leaders.pipe(first(other)).subscribe({ next: changed, error: changed });
    return () => subscription.unsubscribe();
  }

  /** Leaders as this member learns of them, from the current one on; `undefined` is none. Completes when the replica ends. */
  get leaders(): Observable<MemberInfo | undefined> {
    return this.#loop.leadership.leaders.pipe(map((id) => this.#loop.members.get(id)));
  }

  /** Asks for an election now, where no member leads yet: the first leader need not wait for a timeout. */
  campaign(): void {
    this.#loop.mustBeOpen();
    if (this.#loop.leadership.leader === 0) this.#loop.campaign();
  }

  get leaderInfo(): MemberInfo | undefined {
    return this.#loop.leadership.leaderInfo;
  }

  members(): MemberInfo[] {
    return this.#loop.members.list();
  }

  status(): LocalStatus {
    const { lastIndex, term, confState } = this.#loop.basicStatus();
    const roleOf = ({ id }: MemberInfo) =>
      confState.learners.includes(id) ? ('learner' as const) : ('voter' as const);
    return {
      ...this.#loop.state.cluster,
      ...this.identity,
      term,
      leader: this.leaderInfo,
      version: this.store.version,
      lastIndex,
      appliedIndex: this.#loop.state.applied,
      members: this.members().map((member) => ({ ...member, role: roleOf(member) })),
    };
  }

  /** Returns raft's own status, with the progress of every peer on a leader. */
  raftStatus(): Status {
    return this.#loop.status();
  }

  /** Transactions that have been accepted and have not settled. */
  get openProposals(): number {
    return this.#loop.openProposals;
  }

  /** True when this member is a voter of the configuration that it has applied. */
  get isVoter(): boolean {
    return this.#loop.state.confState.voters.includes(this.identity.id);
  }

  // ---------------------------------------------------------------- reads

  /**
   * Reads what is committed in the whole cluster at this moment or later, never less (Raft §6.4, ReadIndex).
   * @throws {StoreError} `NOT_LEADER` when no leader answered within `timeoutMs`.
   */
  async linearizable<T>(read: (tx: ReadTx) => T, options: { timeoutMs?: number } = {}): Promise<T> {
    const { timeoutMs = 10_000 } = options;
    this.#loop.mustBeOpen();
    const late = () => new StoreError('NOT_LEADER', `no leader confirmed the read within ${timeoutMs} ms`);
    await within(this.#clock, timeoutMs, this.#loop.readPoint(), late);
    return this.store.view(read as never);
  }

  /** Resolves when everything has been applied that was known to be committed when this member was started. */
  replayed(): Promise<void> {
    return this.#loop.state.until(this.#committedAtStart);
  }

  /** Resolves when this member has applied what any member had committed when it was called. */
  async caughtUp(timeoutMs: number): Promise<void> {
    await this.linearizable(() => undefined, { timeoutMs });
  }

  /** Returns everything of the cluster as it is applied now: the content of snapshots and backups. */
  content(): ClusterSnapshot {
    return this.#loop.state.content();
  }

  // ---------------------------------------------------------------- membership

  /**
   * Adds a member as a learner; it becomes a voter when it has caught up. On the leader only.
   * @throws {StoreError} `INVALID_OBJECT` for an id, a name or an address that no member can have; `NAME_CONFLICT`,
   *   `REMOVED` for an id that was removed, `NOT_LEADER`, `BUSY`
   */
  addMember(member: MemberInfo, { replaces = false }: { replaces?: boolean } = {}): Promise<void> {
    return this.#membership.add(member, replaces);
  }

  /**
   * Removes a member, by name or id. On the leader only.
   * @throws {StoreError} `NOT_FOUND`; `WOULD_LOSE_QUORUM` for the last voter, and when fewer than a quorum of the voters that
   *   are left answer within an election timeout (`force` does it all the same).
   */
  removeMember(nameOrId: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#membership.remove(nameOrId, force);
  }

  /** Makes a learner a voter at once. On the leader only. */
  promoteMember(nameOrId: string): Promise<void> {
    return this.#membership.promote(nameOrId);
  }

  /** Makes a voter a learner, which it stays until it is promoted. On the leader only. Throws as {@link removeMember}. */
  demoteMember(nameOrId: string, { force = false }: { force?: boolean } = {}): Promise<void> {
    return this.#membership.demote(nameOrId, force);
  }

  /**
   * Hands leadership over: to the member named, or to the voter that is furthest along. Resolves when another member
   * leads. On the leader only.
   * @throws {StoreError} `NOT_LEADER`; `NOT_FOUND`; `BUSY` when the other did not take over within two election timeouts.
   */
  transferLeadership(to?: string): Promise<void> {
    return this.#membership.transfer(to);
  }

  // ---------------------------------------------------------------- restore and leases

  /**
   * Replaces the whole state with a saved one, as one version above both; watches end with `RESYNC`. On the leader only.
   * @throws {StoreError} `NOT_LEADER`, `OUTCOME_UNKNOWN`
   */
  async restore(content: ClusterSnapshot): Promise<{ version: number; objects: number }> {
    this.#loop.mustBeOpen();
    this.#loop.leadership.mustLead();
    this.#mustTakeWrites();
    return restoreThroughLog(content, {
      store: this.store,
      random: this.#random,
      now: () => this.#clock.now(),
      restored: () => this.#loop.state.restored,
      propose: (payload) => this.#loop.proposeStep(payload),
    });
  }

  /**
   * Begins a lease of `ttlMs`: it ends, with every object attached to it, when it is not kept alive. On the leader only.
   * @throws {StoreError} `INVALID_OBJECT`, `NOT_LEADER`, `OUTCOME_UNKNOWN`
   */
  grantLease(lease: LeaseTerms, options: UpdateOptions): Promise<{ id: string; version: number } | undefined> {
    return this.#leases.grant(lease, options);
  }

  /**
   * Lets leases count in full again, from the moment of the call. Resolves with those that are over, when a majority has
   * confirmed that this member still led after the call: a leader that was replaced cannot keep anything alive.
   * @throws {StoreError} `NOT_LEADER`: ask the leader.
   */
  async keepAlive(ids: readonly string[]): Promise<string[]> {
    this.#loop.leadership.mustLead();
    const marked = this.#leases.renew(ids);
    await this.#loop.confirmLeadership();
    await this.#leases.unmark(marked);
    this.#loop.leadership.mustLead();
    return this.#leases.lost(ids);
  }

  /** Ends a lease, with every object attached to it. Resolves with the version; one that is over already is no error. */
  revokeLease(id: string, options: UpdateOptions): Promise<number | undefined> {
    return this.#leases.revoke(id, options);
  }

  // ---------------------------------------------------------------- the store's port

  proposeValue(transaction: ProposedTransaction, commit: () => void): Promise<void> {
    return this.#loop.propose(transaction, commit);
  }

  getVersion(): number {
    const loop = this.#loop as RaftLoop | undefined; // the store asks while it is being built, before there is a loop
    return loop?.state.version ?? 0;
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

  confirmLeadership(): Promise<void> {
    return this.#loop.confirmLeadership();
  }

  admit(): Promise<void> | undefined {
    this.#loop.mustBeOpen();
    const { leading, role, leader, nextTurn } = this.#loop.leadership;
    if (leading) {
      this.#mustTakeWrites();
      return undefined;
    }
    if (role === 'follower' && leader !== 0) throw this.#loop.leadership.notLeader();
    return nextTurn;
  }
}

function changeOf({ events, commit: _commit, bytes: _bytes, ...info }: TransactionRecord): Change {
  const actions = events.map((event): StoreAction =>
    event.action === 'delete'
      ? { action: 'remove', kind: event.kind, id: event.object.id }
      : { action: event.action, kind: event.kind, object: event.object },
  );
  return { ...info, actions };
}
