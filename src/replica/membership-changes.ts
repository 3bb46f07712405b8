import { deferred, type Deferred } from '../base/deferred.js';
import type { ConfChange, ConfChangeOpType, ConfState, Entry, RawNode, Status } from '../raft/index.js';
import { StoreError } from '../state/index.js';
import { contextOf, type Members } from './members.js';
import type { MemberInfo } from './ports.js';

/** How far behind, in entries, a learner may be to count as caught up. */
const caughtUpEntries = 1_000;

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
    await this.#propose(known ? 'update' : 'addLearner', member.id, member);
  }

  async promote(id: number): Promise<void> {
    await this.#propose('addVoter', id);
  }

  /** @throws {StoreError} `NOT_FOUND`; `NOT_SUPPORTED` for the last voter. */
  async remove(nameOrId: string, confState: ConfState): Promise<void> {
    const member = this.#members.find(nameOrId);
    if (!member) throw new StoreError('NOT_FOUND', `there is no member ${nameOrId}`);
    if (confState.voters.length === 1 && confState.voters[0] === member.id) {
      throw new StoreError('NOT_SUPPORTED', `${member.name} is the only voter: without it there is no cluster`);
    }
    await this.#propose('remove', member.id);
  }

  /** A learner that has caught up, to be promoted; leaders ask at every tick. */
  caughtUpLearner(status: Status): number | undefined {
    const busy = this.#waiting.size > 0 || status.confState.votersOutgoing.length > 0;
    if (!status.progress || busy) return undefined;
    for (const id of status.confState.learners) {
      const progress = status.progress.get(id);
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
