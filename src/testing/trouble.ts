import { messageOf } from '../base/errors.js';
import type { Chance } from './chance.js';
import type { FaultPlan } from './faults.js';
import type { SimCluster } from './sim-cluster.js';
import { damages } from './sim-disk.js';
import type { SimMember } from './sim-member.js';

/** Counts of the trouble that a run has had. */
export interface TroubleCounts {
  crashes: number;
  allCrashes: number;
  partitions: number;
  pauses: number;
  clockJumps: number;
  wipes: number;
  transfers: number;
  added: number;
  removed: number;
  stalls: number;
}

/** Bounds of faults, milliseconds. */
interface Most {
  readonly jumpMs: number;
  readonly pauseMs: number;
}
const mostDefault: Most = { jumpMs: 3_600_000, pauseMs: 8_000 };

const membersMax = 7;
const membersMin = 3;

/** Faults of a run, and the operator who repairs them. */
export class Trouble {
  readonly counts: TroubleCounts = {
    crashes: 0,
    allCrashes: 0,
    partitions: 0,
    pauses: 0,
    clockJumps: 0,
    wipes: 0,
    transfers: 0,
    added: 0,
    removed: 0,
    stalls: 0,
  };
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  readonly #plan: FaultPlan;
  readonly #most: Most;
  #stopped = false;
  /** One membership change at a time, and no second disk is lost while one is being replaced. */
  #operating = false;

  /** @param most.jumpMs Farthest that a wall clock jumps, either way. @param most.pauseMs Longest pause of a process. */
  constructor(cluster: SimCluster, chance: Chance, plan: FaultPlan, most: Partial<Most> = {}) {
    this.#most = { ...mostDefault, ...most };
    this.#cluster = cluster;
    this.#chance = chance;
    this.#plan = plan;
  }

  start(): void {
    const { partitionMs, crashMs, pauseMs, clockJumpMs, damageMs, membershipMs, transferMs, stallMs } = this.#plan;
    this.#every(partitionMs, () => this.#partition());
    this.#every(crashMs, () => this.#crash());
    this.#every(pauseMs, () => this.#pause());
    this.#every(clockJumpMs, () => this.#jump());
    this.#every(damageMs, () => this.#ruin());
    this.#every(membershipMs, () => this.#changeMembership());
    this.#every(transferMs, () => this.#transfer());
    this.#every(stallMs, () => this.#stall());
    // A failed disk ended its process: start it again.
    this.#every(2_000, () => this.#revive());
  }

  stop(): void {
    this.#stopped = true;
  }

  #every(meanMs: number, happen: () => void): void {
    if (meanMs === Infinity) return;
    const again = () => {
      if (this.#stopped) return;
      happen();
      this.#cluster.scheduler.schedule(this.#chance.exponential(meanMs), again);
    };
    this.#cluster.scheduler.schedule(this.#chance.exponential(meanMs), again);
  }

  #crash(): void {
    const { running } = this.#cluster;
    if (running.length === 0) return;
    if (this.#chance.happens(0.1)) {
      this.counts.allCrashes++;
      for (const member of running) this.#crashOne(member);
      return;
    }
    const { leader } = this.#cluster;
    this.#crashOne(leader && this.#chance.happens(0.5) ? leader : this.#chance.pick(running));
  }

  #crashOne(member: SimMember): void {
    this.counts.crashes++;
    if (this.#chance.happens(0.2)) member.disk.copy();
    member.crash();
    const { scheduler } = this.#cluster;
    const downMs = this.#chance.happens(0.3) ? this.#chance.between(0, 60_000) : this.#chance.between(0, 3_000);
    scheduler.schedule(downMs, () => {
      if (member.state === 'down') member.start();
    });
  }

  #revive(): void {
    for (const member of this.#cluster.members)
      if (member.state === 'down' && this.#chance.happens(0.1)) member.start();
  }

  #pause(): void {
    const { running, leader, scheduler } = this.#cluster;
    const member = leader && this.#chance.happens(0.5) ? leader : running[0];
    if (!member) return;
    this.counts.pauses++;
    this.#cluster.note(`${member.info.name} is paused`);
    const { clock } = member;
    clock.pause();
    scheduler.schedule(this.#chance.between(10, this.#most.pauseMs), () => clock.resume());
  }

  #jump(): void {
    const member = this.#chance.pick(this.#cluster.members);
    this.counts.clockJumps++;
    member.clock.wallOffset += this.#chance.between(-this.#most.jumpMs, this.#most.jumpMs);
  }

  /** Cuts links: one member off, two parts, one direction, or a bridge that alone sees both sides. */
  #partition(): void {
    const { network, members, scheduler, leader } = this.#cluster;
    const ids = this.#chance.shuffle(members.filter(({ state }) => state !== 'removed').map(({ info }) => info.id));
    // Cut off the leader: that hurts most.
    const at = leader ? ids.indexOf(leader.info.id) : -1;
    if (at > 0 && this.#chance.happens(0.75)) ids.unshift(...ids.splice(at, 1));
    const [first = 0, second = 0, ...others] = ids;
    const half = Math.ceil(ids.length / 2);
    const cutBoth = (a: number, b: number) => {
      network.cut(a, b);
      network.cut(b, a);
    };
    this.counts.partitions++;
    switch (this.#chance.pick([0, 0, 1, 1, 2, 3])) {
      case 0:
        for (const other of [second, ...others]) cutBoth(first, other);
        break;
      case 1: {
        // A leader may keep a few: enough to be answered, too few to lead.
        const part = this.#chance.between(1, Math.max(1, ids.length - 1));
        for (const a of ids.slice(0, part)) for (const b of ids.slice(part)) cutBoth(a, b);
        break;
      }
      case 2:
        for (const other of [second, ...others]) if (this.#chance.happens(0.6)) network.cut(first, other);
        break;
      default:
        // `first` reaches all members; the others are two halves.
        for (const a of ids.slice(1, half)) for (const b of ids.slice(half)) cutBoth(a, b);
    }
    this.#cluster.note('links are cut');
    scheduler.schedule(this.#chance.between(200, 15_000), () => {
      network.heal();
      this.#cluster.note('links are whole');
    });
  }

  /** Damages or wipes one disk, and replaces its member: no second one before the cluster is whole again. */
  #ruin(): void {
    const { members, leader } = this.#cluster;
    if (this.#operating || members.some(({ state }) => state === 'damaged')) return;
    const victims = members.filter(({ state, disk }) => state === 'running' && !disk.isBlank);
    const { voters = [] } = leader?.replica?.raftStatus().confState ?? {};
    const healthy = victims.filter(({ info }) => voters.includes(info.id));
    if (!leader || healthy.length < 3 || healthy.length <= voters.length / 2 + 1) return;
    const member = this.#chance.pick(healthy);
    member.crash();
    if (this.#chance.happens(0.3)) {
      this.#cluster.note(`${member.info.name} is wiped`);
      member.disk.wipe();
      member.state = 'damaged';
      this.counts.wipes++;
    } else {
      const kind = this.#chance.pick(damages);
      member.hasDamage = member.disk.damage(kind);
      if (member.hasDamage) this.#cluster.note(`${member.info.name} is damaged: ${kind}`);
      member.start();
    }
    if (member.hasDamage || member.state === 'damaged') this.#operate(() => this.#replace(member));
  }

  #operate(work: () => Promise<void>): void {
    if (this.#operating) return;
    this.#operating = true;
    work()
      .catch((error: unknown) => this.#cluster.fail(error))
      .finally(() => {
        this.#operating = false;
      });
  }

  #changeMembership(): void {
    const { replica } = this.#cluster.leader ?? {};
    // A second operator who does not know of the first: told again what is so already, which is harmless.
    const [known] = replica?.members() ?? [];
    if (replica && known && this.#chance.happens(0.5))
      this.#cluster.scheduler.schedule(this.#chance.between(0, 20), () => {
        replica.addMember(known).catch(() => undefined);
      });
    this.#operate(async () => {
      const { leader } = this.#cluster;
      const { voters = [] } = leader?.replica?.raftStatus().confState ?? {};
      const grow = voters.length <= membersMin || (voters.length < membersMax && this.#chance.happens(0.5));
      if (grow) await this.#add();
      else await this.#remove(this.#chance.pick(voters));
    });
  }

  async #replace(gone: SimMember): Promise<void> {
    await this.#remove(gone.info.id);
    await this.#add();
  }

  async #add(): Promise<void> {
    const member = this.#cluster.newMember();
    const added = await this.#onLeader(async (leader) => {
      await leader.replica?.addMember(member.info);
      member.seeds = leader.replica?.members() ?? [];
    });
    if (!added) return;
    this.counts.added++;
    this.#cluster.note(`${member.info.name} joins`);
    this.#cluster.members.push(member);
    member.start();
    await this.#until(() => member.replica?.isVoter === true || member.state === 'removed', 60_000);
  }

  async #remove(id: number): Promise<void> {
    const removed = await this.#onLeader(async (leader) => {
      if (leader.replica?.members().some((member) => member.id === id)) await leader.replica.removeMember(String(id));
    });
    if (!removed) return;
    this.counts.removed++;
    this.#cluster.note(`m${id} is removed`);
    const member = this.#cluster.members.find(({ info }) => info.id === id);
    if (!member) return;
    // The operator removes the machine, now or once the removal is known.
    this.#cluster.scheduler.schedule(this.#chance.between(0, 20_000), () => {
      member.crash();
      member.state = 'removed';
    });
  }

  /**
   * Makes one follower write for seconds, and cuts it off for a moment, while learners are added and removed. Its
   * leader compacts the log that it lacks, and sends a snapshot to a member that has committed changes still to apply.
   */
  #stall(): void {
    const { leader, running, network, scheduler } = this.#cluster;
    const followers = running.filter((member) => member !== leader);
    if (!leader || followers.length === 0 || this.#operating) return;
    const follower = this.#chance.pick(followers);
    this.counts.stalls++;
    const ms = this.#chance.between(1_000, 8_000);
    const [from, to] = [leader.info.id, follower.info.id];
    this.#cluster.note(`a write of ${follower.info.name} takes ${ms} ms`);
    follower.disk.stall(ms);
    scheduler.schedule(this.#chance.between(200, 600), () => network.cut(from, to));
    scheduler.schedule(this.#chance.between(600, 1_000), () => network.heal());
    this.#operate(async () => {
      for (let round = this.#chance.between(2, 12); round > 0; round--) {
        const { info } = this.#cluster.newMember();
        await this.#onLeader(async ({ replica }) => replica?.addMember(info));
        await this.#onLeader(async ({ replica }) => replica?.removeMember(String(info.id)));
      }
    });
  }

  #transfer(): void {
    const replica = this.#cluster.leader?.replica;
    if (!replica) return;
    this.counts.transfers++;
    replica.transferLeadership().catch(() => undefined);
  }

  /** Asks leader after leader until one has done it, for a minute. */
  async #onLeader(work: (leader: SimMember) => Promise<void>): Promise<boolean> {
    const { scheduler } = this.#cluster;
    const end = scheduler.now + 60_000;
    while (scheduler.now < end && !this.#stopped) {
      const { leader } = this.#cluster;
      if (leader) {
        const tried = work(leader).then(
          () => true,
          (error: unknown) => {
            this.#cluster.note(`the operator is refused: ${messageOf(error)}`);
            return false;
          },
        );
        const late = scheduler.sleep(5_000).then(() => false);
        if (await Promise.race([tried, late])) return true;
      }
      await scheduler.sleep(500);
    }
    return false;
  }

  async #until(holds: () => boolean, atMostMs: number): Promise<void> {
    const { scheduler } = this.#cluster;
    const end = scheduler.now + atMostMs;
    while (!holds() && scheduler.now < end && !this.#stopped) await scheduler.sleep(100);
  }
}
