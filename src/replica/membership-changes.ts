import { type Deferred, deferred } from '../base/deferred.js';
import { messageOf } from '../base/errors.js';
import { StoreError } from '../base/store-error.js';
import type { ConfChange, ConfChangeOpType, Entry } from '../raft/index.js';
import { contextOf, type Members } from './members.js';
import type { Shared } from './options.js';
import type { AppliedState } from './state-machine.js';
import type { MemberInfo } from './status.js';

/** Most entries that a learner may be behind to count as caught up. */
const caughtUpEntries = 1_000;

/** Condition of a change that takes a voter away. */
export interface Guard {
  /** Tells whether this member answers. */
  readonly reachable: (id: number) => boolean;
  /** Makes the change although too few would answer. */
  readonly force: boolean;
}

/** Changes, as their callers see them. */
export type MembershipCommands = Pick<MembershipChanges, 'add' | 'promote' | 'demote' | 'remove' | 'checkLeaves'>;

/** Changes of the membership, one at a time. Each resolves when it is applied here; repeating it changes nothing. */
export class MembershipChanges {
  readonly #shared: Shared;
  readonly #state: AppliedState;
  readonly #wake: () => void;
  readonly #waiting = new Map<number, { readonly term: number; readonly done: Deferred<void> }>();

  /** @param wake Runs the loop, which writes and sends what was proposed. */
  constructor(shared: Shared, state: AppliedState, wake: () => void) {
    this.#shared = shared;
    this.#state = state;
    this.#wake = wake;
  }

  get #members(): Members {
    return this.#shared.members;
  }

  /**
   * Adds a member as a learner.
   * @throws {StoreError} `REMOVED` for an id that was removed, `NAME_CONFLICT`, `NOT_LEADER`, `BUSY`
   */
  async add(member: MemberInfo): Promise<void> {
    if (this.#members.wasRemoved(member.id)) {
      throw new StoreError(
        'REMOVED',
        `member ${member.id} was removed and cannot come back: start it with an empty data directory`,
      );
    }
    const same = this.#members.find(member.name);
    if (same && same.id !== member.id) {
      throw new StoreError(
        'NAME_CONFLICT',
        `the name "${member.name}" belongs to member ${same.id}: choose another, or remove that member first`,
      );
    }
    const { voters, learners } = this.#state.confState;
    const known = [...voters, ...learners].includes(member.id);
    // A member may say where it is, and not what it may be.
    const { staysLearner = false } = this.#members.get(member.id) ?? {};
    const { staysLearner: _said, ...told } = member;
    await this.#propose(known ? 'update' : 'addLearner', member.id, staysLearner ? { ...told, staysLearner } : told);
  }

  /** Makes a learner a voter. @throws {StoreError} `NOT_FOUND`, `NOT_LEADER`, `BUSY` */
  async promote(nameOrId: string): Promise<void> {
    const { staysLearner: _was, ...member } = this.#find(nameOrId);
    if (this.#state.confState.voters.includes(member.id)) return;
    await this.#propose('addVoter', member.id, member);
  }

  /** Makes a voter a learner, which it stays. @throws {StoreError} As {@link remove}. */
  async demote(nameOrId: string, guard: Guard): Promise<void> {
    const member = this.#find(nameOrId);
    if (member.staysLearner && this.#state.confState.learners.includes(member.id)) return;
    this.checkLeaves(nameOrId, guard);
    await this.#propose('addLearner', member.id, { ...member, staysLearner: true });
  }

  /** @throws {StoreError} As {@link checkLeaves}, `NOT_LEADER`, `BUSY` */
  async remove(nameOrId: string, guard: Guard): Promise<void> {
    const member = this.#find(nameOrId);
    this.checkLeaves(nameOrId, guard);
    await this.#propose('remove', member.id);
  }

  #find(nameOrId: string): MemberInfo {
    const member = this.#members.find(nameOrId);
    if (!member) throw new StoreError('NOT_FOUND', `there is no member ${nameOrId}`);
    return member;
  }

  /**
   * Checks that the voters could go on without this member.
   * @throws {StoreError} `NOT_FOUND`; `WOULD_LOSE_QUORUM` for the last voter, and when too few would answer (`force` does it all the same).
   */
  checkLeaves(nameOrId: string, { reachable, force }: Guard): void {
    const { voters } = this.#state.confState;
    const { id, name } = this.#find(nameOrId);
    if (!voters.includes(id)) return;
    const left = voters.filter((voter) => voter !== id);
    if (left.length === 0)
      throw new StoreError('WOULD_LOSE_QUORUM', `${name} is the only voter: without it there is no cluster`);
    const answering = left.filter(reachable);
    const quorum = Math.floor(left.length / 2) + 1;
    if (answering.length >= quorum || force) return;
    const silent = left
      .filter((voter) => !reachable(voter))
      .map((voter) => this.#members.get(voter)?.name ?? `member ${voter}`);
    throw new StoreError(
      'WOULD_LOSE_QUORUM',
      `${answering.length} of ${left.length} voters reachable after this (${silent.join(', ')} does not answer): refused, would lose quorum; bring it back or remove it first, or use --force`,
      { unreached: silent },
    );
  }

  /** Proposes to promote a learner that has caught up, if there is one; the leader asks at every tick. */
  promoteCaughtUp(): void {
    const { learners } = this.#state.confState;
    if (learners.length === 0 || this.#waiting.size > 0) return;
    const { progress, lastIndex, confState } = this.#shared.node.status();
    if (!progress || confState.votersOutgoing.length > 0) return;
    const caughtUp = confState.learners.find((id) => {
      const { state, recentActive = false, match = 0 } = progress.get(id) ?? {};
      const mayVote = this.#members.get(id)?.staysLearner !== true;
      return mayVote && state === 'replicate' && recentActive && match + caughtUpEntries >= lastIndex;
    });
    if (caughtUp === undefined) return;
    this.promote(String(caughtUp)).catch((error: unknown) =>
      this.#shared.options.world.logger.info('a learner was not promoted', { error: messageOf(error) }),
    );
  }

  /** Settles the change of an applied entry. A refused change arrives as an empty entry. */
  applied(entry: Entry): void {
    const waiter = this.#waiting.get(entry.index);
    if (!waiter) return;
    this.#waiting.delete(entry.index);
    if (entry.term !== waiter.term)
      waiter.done.reject(new StoreError('NOT_LEADER', 'leadership was lost; the change was not made'));
    else if (entry.kind === 'normal')
      waiter.done.reject(new StoreError('BUSY', 'another membership change is under way: try again'));
    else waiter.done.resolve();
  }

  failAll(): void {
    for (const { done } of this.#waiting.values())
      done.reject(new StoreError('OUTCOME_UNKNOWN', 'leadership was lost: the change may still be made'));
    this.#waiting.clear();
  }

  async #propose(type: ConfChangeOpType, nodeId: number, member?: MemberInfo): Promise<void> {
    const change: ConfChange = {
      transition: 'auto',
      changes: [{ type, nodeId }],
      ...(member && { context: contextOf(member) }),
    };
    const result = this.#shared.node.proposeConfChange(change);
    this.#wake();
    if (!result.ok || result.index === undefined || result.term === undefined) {
      throw new StoreError(
        'NOT_LEADER',
        `the membership can be changed on the leader only${result.ok ? '' : ` (${result.reason})`}`,
      );
    }
    const done = deferred<void>({ quiet: true });
    this.#waiting.set(result.index, { term: result.term, done });
    await done.promise;
  }
}
