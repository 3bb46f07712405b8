import { deferred, type Deferred } from '../base/deferred.js';
import type { ConfChange, ConfChangeOpType, ConfState, Entry, RawNode, Status } from '../raft/index.js';
import { StoreError } from '../base/store-error.js';
import { contextOf, type Members } from './members.js';
import type { MemberInfo } from './ports.js';

/** How far behind, in entries, a learner may be to count as caught up. */
const caughtUpEntries = 1_000;

/** What a change that takes a voter away is held against. */
export interface Guard {
  /** Does this member answer? */
  readonly reachable: (id: number) => boolean;
  /** Do it although too few would answer. */
  readonly force: boolean;
}

/** Changes of the membership, one at a time, and those who wait for them. */
export class MembershipChanges {
  readonly #node: RawNode;
  readonly #members: Members;
  readonly #waiting = new Map<number, { readonly term: number; readonly done: Deferred<void> }>();

  constructor(node: RawNode, members: Members) {
    this.#node = node;
    this.#members = members;
  }

  /** Adds a member as a learner. Resolves when the change is applied here. Repeating it with the same id changes nothing. */
  async add(member: MemberInfo, confState: ConfState): Promise<void> {
    if (this.#members.wasRemoved(member.id)) {
      throw new StoreError(
        'NOT_SUPPORTED',
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
    const known = [...confState.voters, ...confState.learners].includes(member.id);
    // What it says of itself is where it is, not what it may be.
    const { staysLearner = false } = this.#members.get(member.id) ?? {};
    const { staysLearner: _said, ...told } = member;
    await this.#propose(known ? 'update' : 'addLearner', member.id, staysLearner ? { ...told, staysLearner } : told);
  }

  /** Makes a learner a voter. Repeating it changes nothing. */
  async promote(nameOrId: string, confState: ConfState): Promise<void> {
    const { staysLearner: _was, ...member } = this.#find(nameOrId);
    if (confState.voters.includes(member.id)) return;
    await this.#propose('addVoter', member.id, member);
  }

  /**
   * Makes a voter a learner, which it stays. Repeating it changes nothing.
   * @throws {StoreError} `NOT_FOUND`; `NOT_SUPPORTED` for the last voter, and when too few would answer (`force` does it all the same).
   */
  async demote(nameOrId: string, confState: ConfState, guard: Guard): Promise<void> {
    const member = this.#find(nameOrId);
    if (member.staysLearner && confState.learners.includes(member.id)) return;
    this.checkLeaves(nameOrId, confState, guard);
    await this.#propose('addLearner', member.id, { ...member, staysLearner: true });
  }

  /** @throws {StoreError} As {@link demote}. */
  async remove(nameOrId: string, confState: ConfState, guard: Guard): Promise<void> {
    const member = this.#find(nameOrId);
    this.checkLeaves(nameOrId, confState, guard);
    await this.#propose('remove', member.id);
  }

  #find(nameOrId: string): MemberInfo {
    const member = this.#members.find(nameOrId);
    if (!member) throw new StoreError('NOT_FOUND', `there is no member ${nameOrId}`);
    return member;
  }

  /** What would be left must be able to go on. @throws {StoreError} As {@link demote}. */
  checkLeaves(nameOrId: string, { voters }: ConfState, { reachable, force }: Guard): void {
    const { id, name } = this.#find(nameOrId);
    if (!voters.includes(id)) return;
    const left = voters.filter((voter) => voter !== id);
    if (left.length === 0)
      throw new StoreError('NOT_SUPPORTED', `${name} is the only voter: without it there is no cluster`);
    const answering = left.filter(reachable);
    const quorum = Math.floor(left.length / 2) + 1;
    if (answering.length >= quorum || force) return;
    const silent = left.filter((voter) => !reachable(voter)).map((voter) => this.#members.get(voter)?.name ?? voter);
    throw new StoreError(
      'NOT_SUPPORTED',
      `${answering.length} of ${left.length} voters reachable after this (${silent.join(', ')} does not answer): refused, would lose quorum; bring it back or remove it first, or use --force`,
    );
  }

  /** A learner that has caught up, to be promoted; leaders ask at every tick. */
  caughtUpLearner(status: Status): number | undefined {
    const busy = this.#waiting.size > 0 || status.confState.votersOutgoing.length > 0;
    if (!status.progress || busy) return undefined;
    for (const id of status.confState.learners) {
      const progress = status.progress.get(id);
      if (this.#members.get(id)?.staysLearner) continue;
      if (
        progress?.state === 'replicate' &&
        progress.recentActive &&
        progress.match + caughtUpEntries >= status.lastIndex
      )
        return id;
    }
    return undefined;
  }

  /** An entry has been applied: whoever proposed it is told. A refused change arrives as an empty entry. */
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
    const result = this.#node.proposeConfChange(change);
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
