import type { Clock } from '../base/clock.js';
import type { Observable } from '../base/observable.js';
import { StoreError } from '../base/store-error.js';
import type { ReadTx } from '../kinds/index.js';
import type { Leadership, LocalStatus, Replica, ReplicaSettings } from '../replica/index.js';
import type { MemoryStore } from '../state/index.js';
import { calmDisk, calmNetwork, type FaultPlan } from './faults.js';
import { Violation } from './raft-invariants.js';
import { SimCluster } from './sim-cluster.js';
import type { SimMember } from './sim-member.js';

/** Options of a cluster for tests. */
export interface TestClusterOptions {
  /** `real`: time passes as it does outside, and plain `await` works. `virtual`: only {@link TestCluster.advance} and {@link TestCluster.wait} let it pass. Default `real`. */
  readonly time?: 'real' | 'virtual';
  /** Seed of all chance in it. Default 1. */
  readonly seed?: number;
  /** Settings of every member; by default as in production, with elections that are ten times as fast in real time. */
  readonly settings?: Partial<ReplicaSettings>;
}

const noFaults: FaultPlan = {
  network: calmNetwork,
  disk: calmDisk,
  partitionMs: Infinity,
  crashMs: Infinity,
  pauseMs: Infinity,
  clockJumpMs: Infinity,
  damageMs: Infinity,
  membershipMs: Infinity,
  transferMs: Infinity,
  stallMs: Infinity,
  drift: 0,
};

/** Interval at which real time is handed on, milliseconds. */
const stepMs = 2;

/** One member of a {@link TestCluster}. It keeps its disk when it crashes. */
export class TestClusterMember {
  readonly #member: SimMember;

  constructor(member: SimMember) {
    this.#member = member;
  }

  /** Name of the member. */
  get name(): string {
    return this.#member.info.name;
  }

  /** True unless it was killed. */
  get running(): boolean {
    return this.#member.state === 'running';
  }

  /** Its store. */
  get store(): MemoryStore {
    return this.#replica.store;
  }

  /** True while it leads. */
  get isLeader(): boolean {
    return this.#member.replica?.isLeader ?? false;
  }

  /** Role of the member, now and after each change. */
  get leadership(): Observable<Leadership> {
    return this.#replica.leadership;
  }

  /** The time of this member's process: take timers from here. */
  get clock(): Clock {
    return this.#member.clock;
  }

  /** Returns the status of the member, as far as it knows itself. */
  status(): LocalStatus {
    return this.#replica.status();
  }

  /** Reads what is committed in the whole cluster at this moment or later. */
  linearizable<T>(read: (tx: ReadTx) => T, options?: { timeoutMs?: number }): Promise<T> {
    return this.#replica.linearizable(read, options);
  }

  get #replica(): Replica {
    const { replica } = this.#member;
    if (!replica) throw new StoreError('CLOSED', `${this.name} does not run: restart it first`);
    return replica;
  }
}

/** Replicas in this process, without sockets and files, whose network and processes are yours to break. */
export class TestCluster implements AsyncDisposable {
  /** All members, those that are stopped included. */
  readonly members: readonly TestClusterMember[];
  readonly #cluster: SimCluster;
  readonly #real: boolean;
  #closed = false;
  #driving: Promise<void> = Promise.resolve();

  private constructor(cluster: SimCluster, real: boolean) {
    this.#cluster = cluster;
    this.#real = real;
    this.members = cluster.members.map((member) => new TestClusterMember(member));
  }

  /** Starts a cluster and resolves when it has a leader. */
  static async open(count: number, options: TestClusterOptions): Promise<TestCluster> {
    if (!(Number.isSafeInteger(count) && count > 0)) throw new TypeError('testCluster takes how many members: 3');
    const { time = 'real', seed = 1, settings } = options;
    if (time !== 'real' && time !== 'virtual') throw new TypeError("time is 'real' or 'virtual'");
    const real = time === 'real';
    const quick = real ? { heartbeatMs: 10, electionTimeoutMs: 100 } : {};
    const cluster = new SimCluster({ seed, members: count, faults: noFaults, settings: { ...quick, ...settings } });
    await cluster.begin();
    await cluster.scheduler.run(60_000, () => cluster.leader !== undefined);
    const opened = new TestCluster(cluster, real);
    opened.#check();
    if (real) opened.#driving = opened.#drive().catch((error: unknown) => cluster.fail(error));
    return opened;
  }

  /** Resolves with the leader, as soon as there is one. */
  async leader(): Promise<TestClusterMember> {
    await this.until(() => this.#cluster.leader !== undefined);
    return this.#of(this.#cluster.leader?.info.name ?? '');
  }

  /** Lets virtual milliseconds pass. */
  async advance(ms: number): Promise<void> {
    if (this.#real) throw new TypeError("advance is for time: 'virtual'; here time passes by itself");
    await this.#cluster.scheduler.run(ms, () => this.#cluster.failure !== undefined);
    this.#check();
  }

  /** Lets time pass until `promise` has settled. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    if (this.#real) return promise;
    const value = await this.#cluster.wait(promise);
    this.#check();
    return value;
  }

  /** Lets time pass until `holds`; at most a minute of it. */
  async until(holds: () => boolean): Promise<void> {
    const { scheduler } = this.#cluster;
    const end = scheduler.now + 60_000;
    while (!holds()) {
      if (scheduler.now >= end) throw new Violation('Liveness', 'this did not come about within a minute');
      if (this.#real) await new Promise((resolve) => setTimeout(resolve, stepMs));
      else await scheduler.run(10);
      this.#check();
    }
  }

  /** Waits until every running member has applied everything. */
  async converge(): Promise<void> {
    const running = () => this.#cluster.members.filter(({ state }) => state === 'running');
    await this.until(() => running().every(({ replica }) => replica?.store.version === this.#cluster.store.version));
  }

  /** Nothing passes between these two any more, in either direction. */
  cut(a: string, b: string): void {
    const [idA, idB] = [this.#member(a).info.id, this.#member(b).info.id];
    this.#cluster.network.cut(idA, idB);
    this.#cluster.network.cut(idB, idA);
  }

  /** Cuts one member off from all others. */
  isolate(name: string): void {
    for (const { info } of this.#cluster.members) if (info.name !== name) this.cut(name, info.name);
  }

  /** Makes all links whole. */
  heal(): void {
    this.#cluster.network.heal();
  }

  /** Ends a member's process at this instant; what it had not synced is lost, or not. */
  crash(name: string): void {
    this.#member(name).crash();
  }

  /** Starts a member that does not run, from its disk. */
  async restart(name: string): Promise<void> {
    const member = this.#member(name);
    if (member.state === 'down') member.start();
    await this.until(() => member.state !== 'starting');
  }

  /** Stops a process, as SIGSTOP does. */
  pause(name: string): void {
    this.#member(name).clock.pause();
  }

  /** Lets a paused member go on. */
  resume(name: string): void {
    this.#member(name).clock.resume();
  }

  /** Ends all members. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#driving;
    for (const member of this.#cluster.members) member.crash();
  }

  /** Closes it: `await using cluster = await testCluster(3)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Hands real time on. */
  async #drive(): Promise<void> {
    const { scheduler } = this.#cluster;
    let last = performance.now();
    while (!this.#closed) {
      await new Promise((resolve) => setTimeout(resolve, stepMs));
      const now = performance.now();
      await scheduler.run(now - last);
      last = now;
    }
  }

  /** The cluster keeps its own promises in tests too. */
  #check(): void {
    if (this.#closed) throw new StoreError('CLOSED', 'the cluster is closed');
    if (this.#cluster.failure) throw this.#cluster.failure;
  }

  #member(name: string): SimMember {
    const member = this.#cluster.members.find(({ info }) => info.name === name);
    if (!member)
      throw new TypeError(`there is no member ${name}: they are ${this.members.map((one) => one.name).join(', ')}`);
    return member;
  }

  #of(name: string): TestClusterMember {
    const member = this.members.find((one) => one.name === name);
    if (!member) throw new TypeError(`there is no member ${name}`);
    return member;
  }
}

/**
 * Opens `count` replicas in this process: real raft and real stores over a model of network and disks. Resolves when one
 * of them leads.
 * @example const cluster = await testCluster(3); cluster.isolate((await cluster.leader()).name);
 * @see docs/testing.md
 */
export function testCluster(count: number, options: TestClusterOptions = {}): Promise<TestCluster> {
  return TestCluster.open(count, options);
}
