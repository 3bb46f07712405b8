import { BehaviorSubject } from 'rxjs';
import { type Deferred, deferred } from '../base/deferred.js';
import type { Observable } from '../base/observable.js';
import { StoreError } from '../base/store-error.js';
import type { Role } from '../raft/index.js';
import type { Members } from './members.js';
import type { Leadership, MemberInfo } from './status.js';

/** Leadership as its readers see it. */
export type LeadershipView = Omit<LeadershipState, 'follow' | 'lead' | 'lose' | 'wakeWaiters' | 'end'>;

/** Role of this member, and the member that leads as far as is known here. */
export class LeadershipState {
  readonly #id: number;
  readonly #members: Members;
  readonly #changes = new BehaviorSubject<Leadership>('follower');
  readonly #leaders = new BehaviorSubject(0);
  #role: Role = 'follower';
  #leading = false;
  #turn: Deferred<void> = deferred<void>();

  constructor(id: number, members: Members) {
    this.#id = id;
    this.#members = members;
  }

  /** True when this member leads and has applied everything before its own term. */
  get leading(): boolean {
    return this.#leading;
  }

  get role(): Role {
    return this.#role;
  }

  /** Id of the leader; 0 when it is unknown. */
  get leader(): number {
    return this.#leaders.value;
  }

  get leaderInfo(): MemberInfo | undefined {
    return this.#members.get(this.leader);
  }

  /** Starts with the current value; completes when the replica ends. */
  get changes(): Observable<Leadership> {
    return this.#changes.asObservable();
  }

  /** Ids of leaders, from the current one on; completes when the replica ends. */
  get leaders(): Observable<number> {
    return this.#leaders.asObservable();
  }

  /** Resolves when the leader may have changed. */
  get nextTurn(): Promise<void> {
    return this.#turn.promise;
  }

  /** Returns the `NOT_LEADER` that sends a caller to the leader. */
  notLeader(): StoreError {
    const leader = this.leaderInfo;
    const addr = leader?.addrs[0];
    if (!leader || leader.id === this.#id)
      return new StoreError('NOT_LEADER', 'no member leads at the moment: try again');
    return new StoreError('NOT_LEADER', `${leader.name} leads: write there`, {
      ...(addr !== undefined && { leader: { name: leader.name, addr } }),
    });
  }

  /** @throws {StoreError} `NOT_LEADER` */
  mustLead(): void {
    if (!this.#leading) throw this.notLeader();
  }

  /** Takes over role and leader from raft. */
  follow(role: Role, leader: number): void {
    this.#role = role;
    if (leader !== this.leader) this.#leaders.next(leader);
  }

  /** Accepts writes from now on: everything before our own term is applied. */
  lead(): void {
    this.#leading = true;
    this.#changes.next('leader');
    this.wakeWaiters();
  }

  lose(): void {
    const was = this.#leading;
    this.#leading = false;
    if (was) this.#changes.next('follower');
  }

  /** Lets callers that wait to write look again. Later callers wait for the next change. */
  wakeWaiters(): void {
    const turn = this.#turn;
    this.#turn = deferred<void>();
    turn.resolve();
  }

  end(): void {
    this.#turn.resolve();
    this.#changes.complete();
    this.#leaders.complete();
  }
}
