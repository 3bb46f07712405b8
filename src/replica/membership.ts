import { type Clock, sleep } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import { within } from '../base/waiting.js';
import type { Status } from '../raft/index.js';
import { checkMember } from './members.js';
import type { Guard } from './membership-changes.js';
import type { RaftLoop } from './raft-loop.js';
import type { ReplicaSettings } from './settings.js';
import type { MemberInfo } from './status.js';

/** Changes members and the leader so that the cluster can continue. Only on the leader. */
export class Membership {
  readonly #id: number;
  readonly #loop: RaftLoop;
  readonly #clock: Clock;
  readonly #electionTimeoutMs: number;
  readonly #heartbeatMs: number;

  constructor(id: number, loop: RaftLoop, clock: Clock, { electionTimeoutMs, heartbeatMs }: ReplicaSettings) {
    this.#id = id;
    this.#loop = loop;
    this.#clock = clock;
    this.#electionTimeoutMs = electionTimeoutMs;
    this.#heartbeatMs = heartbeatMs;
  }

  async add(member: MemberInfo, replaces: boolean): Promise<void> {
    this.#loop.mustBeOpen();
    checkMember(member); // before a member that it replaces is removed
    const before = this.#loop.members.find(member.name);
    if (replaces && before && before.id !== member.id) await this.#replace(before);
    await this.#loop.changes.add(member);
  }

  /** Removes a member that has lost its disk. A member that answers is kept: the new process only has the same name. */
  async #replace({ id, name }: MemberInfo): Promise<void> {
    const guard = await this.#guard(String(id), false);
    if (guard.reachable(id))
      throw new StoreError('NAME_CONFLICT', `a member called ${name} runs already: choose another name`);
    await this.#loop.changes.remove(String(id), guard);
  }

  async remove(nameOrId: string, force: boolean): Promise<void> {
    const guard = await this.#guard(nameOrId, force);
    await this.#leaveFirst(nameOrId, guard);
    await this.#loop.changes.remove(nameOrId, guard);
  }

  async promote(nameOrId: string): Promise<void> {
    this.#loop.mustBeOpen();
    await this.#loop.changes.promote(nameOrId);
  }

  async demote(nameOrId: string, force: boolean): Promise<void> {
    const guard = await this.#guard(nameOrId, force);
    await this.#leaveFirst(nameOrId, guard);
    await this.#loop.changes.demote(nameOrId, guard);
  }

  /**
   * Transfers leadership before the leader gives up its own vote: it may be the only one that knows of the commit. Checks
   * first that the change would not be refused.
   */
  async #leaveFirst(nameOrId: string, guard: Guard): Promise<void> {
    const { state, members, changes, leadership } = this.#loop;
    if (members.find(nameOrId)?.id !== this.#id || state.confState.voters.length < 2) return;
    changes.checkLeaves(nameOrId, guard);
    await this.transfer();
    throw leadership.notLeader();
  }

  /**
   * Checks which members answer, except the leaving one. The leader sends to all at every heartbeat, so a live member has
   * sent a message within an election timeout. One that sent just before may be gone.
   */
  async #guard(leaving: string, force: boolean): Promise<Guard> {
    const loop = this.#loop;
    loop.mustBeOpen();
    const since = this.#clock.monotonic();
    const reachable = (id: number) => loop.heardSince(id, since);
    const gone = loop.members.find(leaving)?.id;
    const all = () => loop.state.confState.voters.every((id) => id === gone || reachable(id));
    const end = since + this.#electionTimeoutMs;
    while (!force && !all() && this.#clock.monotonic() < end) await sleep(this.#clock, this.#heartbeatMs);
    loop.mustBeOpen();
    loop.leadership.mustLead();
    return { force, reachable };
  }

  async transfer(to?: string): Promise<void> {
    const loop = this.#loop;
    loop.mustBeOpen();
    loop.leadership.mustLead();
    const status = loop.status();
    if (!status.progress) throw loop.leadership.notLeader();
    const target = to === undefined ? furthestVoter(status) : loop.members.find(to)?.id;
    if (target === undefined || !status.confState.voters.includes(target))
      throw new StoreError('NOT_FOUND', to === undefined ? 'there is no other voter' : `there is no voter ${to}`);
    if (target === this.#id) return;
    loop.transferLeader(target);
    const timeoutMs = 2 * this.#electionTimeoutMs;
    const name = loop.members.get(target)?.name ?? target;
    const late = () => new StoreError('BUSY', `${name} did not take over within ${timeoutMs} ms`);
    await within(this.#clock, timeoutMs, this.#anotherLeads(), late);
  }

  async #anotherLeads(): Promise<void> {
    const { leadership } = this.#loop;
    while (!this.#loop.closed && (leadership.leading || leadership.leader === 0 || leadership.leader === this.#id))
      await leadership.nextTurn;
  }
}

/** Returns the voter that is furthest along, among those that answer if any do. */
function furthestVoter({ progress, confState, id }: Status): number | undefined {
  const others = confState.voters.filter((voter) => voter !== id);
  const of = (voter: number) => progress?.get(voter);
  const active = (voter: number) => Number(of(voter)?.recentActive ?? false);
  const match = (voter: number) => of(voter)?.match ?? 0;
  return others.sort((a, b) => active(b) - active(a) || match(b) - match(a) || a - b)[0];
}
