import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { isStoreError } from '../base/store-error.js';
import { simpleConfState } from '../raft/index.js';
import { type Disk, loadReplica, type MemberInfo, type Replica, type ReplicaSettings } from '../replica/index.js';
import type { Chance } from './chance.js';
import { OpenDisk } from './open-disk.js';
import { type RaftInvariants, Violation } from './raft-invariants.js';
import type { Scheduler } from './scheduler.js';
import type { SharedTransactions } from './shared-transactions.js';
import { SimClock } from './sim-clock.js';
import type { SimDisk } from './sim-disk.js';
import type { SimNetwork } from './sim-network.js';

/** Run that a member is in, as the member sees it. */
export interface MemberWorld {
  readonly scheduler: Scheduler;
  readonly network: SimNetwork;
  readonly invariants: RaftInvariants;
  readonly settings: ReplicaSettings;
  readonly transactions: SharedTransactions;
  readonly chance: Chance;
  /** Rate of its clock: 1.1 gains a tenth. */
  readonly rate: number;
  note(what: string): void;
  fail(error: unknown): void;
  /** A process of this member runs, and has read its disk. */
  onRunning(member: SimMember, replica: Replica): void;
  /** Called when it runs no longer. */
  onGone(member: SimMember): void;
}

export type MemberState = 'down' | 'starting' | 'running' | 'damaged' | 'removed';

/** One member: a disk that stays, and at most one process. */
export class SimMember {
  readonly info: MemberInfo;
  readonly disk: SimDisk;
  readonly #world: MemberWorld;
  state: MemberState = 'down';
  replica: Replica | undefined;
  clock: SimClock;
  /** Counts its processes. */
  life = 0;
  /** Members that the join told it of. */
  seeds: readonly MemberInfo[] = [];
  /** Damaged since its last start: the next one must notice. */
  hasDamage = false;

  constructor(info: MemberInfo, disk: SimDisk, world: MemberWorld) {
    this.info = info;
    this.disk = disk;
    this.#world = world;
    this.clock = new SimClock(world.scheduler, world.rate);
  }

  get running(): boolean {
    return this.state === 'running' && !this.clock.paused;
  }

  start(): void {
    const { scheduler, network, settings, transactions, chance, rate, invariants } = this.#world;
    const wallOffset = this.clock.wallOffset;
    const clock = new SimClock(scheduler, rate);
    clock.wallOffset = wallOffset;
    this.clock = clock;
    this.state = 'starting';
    const life = ++this.life;
    const { id } = this.info;
    let started: Replica | undefined;
    const disk = this.#observed(new OpenDisk(this.disk, clock));
    loadReplica({
      identity: { id, name: this.info.name },
      disk,
      network: network.open(id, clock),
      settings,
      world: { clock, random: chance.random, logger: this.#logger() },
      seeds: this.seeds,
      decode: transactions.decode,
      observe: (ready) =>
        this.#guard(() =>
          invariants.onReady(id, ready, () => (started ?? this.replica)?.raftStatus().confState ?? simpleConfState([])),
        ),
    }).then(
      (replica) => {
        if (clock.dead || life !== this.life) return;
        started = replica;
        this.replica = replica;
        this.state = 'running';
        this.#guard(() => {
          if (this.hasDamage) throw new Violation('NoSilentDamage', `${this.info.name} starts from a damaged disk`);
        });
        replica.stopped.then(
          (reason) => this.#ended(clock, reason),
          (error: unknown) => this.#world.fail(error),
        );
        this.#world.onRunning(this, replica);
      },
      (error: unknown) => {
        if (clock.dead) return;
        this.#refused(clock, error);
      },
    );
  }

  /** The process is gone, at this instant. */
  crash(): void {
    if (this.state !== 'running' && this.state !== 'starting') return;
    this.#world.note(`${this.info.name} crashes`);
    this.#gone();
    this.disk.crash();
  }

  #gone(): void {
    this.clock.kill();
    this.#world.network.unplug(this.info.id);
    this.replica = undefined;
    this.state = 'down';
    this.#world.onGone(this);
  }

  /** The process ended by itself: a failed disk, a removal, or a broken invariant of its own. */
  #ended(clock: SimClock, reason: Error | undefined): void {
    if (clock.dead || clock !== this.clock) return;
    const why = reason?.message ?? 'closed';
    this.#world.note(`${this.info.name} ends: ${why}`);
    this.#gone();
    this.disk.crash();
    if (isStoreError(reason, 'REMOVED')) this.state = 'removed';
    else if (!isStoreError(reason, 'DISK_FAILED'))
      this.#world.fail(new Violation('ProcessInvariant', `${this.info.name} stopped: ${reason?.stack ?? why}`));
  }

  #refused(clock: SimClock, error: unknown): void {
    if (clock !== this.clock) return;
    this.#gone();
    const damaged = (error as { code?: unknown }).code === 'DAMAGED';
    this.#world.note(`${this.info.name} does not start: ${messageOf(error)}`);
    if (damaged && this.hasDamage) {
      this.state = 'damaged';
      this.disk.counts.noticed++;
    } else if (!isStoreError(error, 'DISK_FAILED')) {
      this.#world.fail(new Violation('NoSilentDamage', `${this.info.name} does not start: ${messageOf(error)}`));
    }
  }

  /** The disk as the process has it, with eyes on what it reads and writes. */
  #observed(disk: Disk): Disk {
    const { id } = this.info;
    const load = disk.load.bind(disk);
    disk.load = async () => {
      const stored = await load();
      this.#guard(() => this.#world.invariants.onLoad(id, stored));
      return stored;
    };
    return disk;
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#world.fail(error);
    }
  }

  #logger(): Logger {
    const nothing = () => undefined;
    // Without stacks: they differ from run to run, and what is noted must not.
    const say = (message: string, facts: Record<string, unknown> = {}) => {
      const { error, ...others } = facts;
      const why = typeof error === 'string' ? error.split('\n')[0] : error;
      this.#world.note(
        `${this.info.name}: ${message} ${JSON.stringify({ ...others, ...(why !== undefined && { why }) })}`,
      );
    };
    return { debug: nothing, info: nothing, warn: say, error: say };
  }
}
