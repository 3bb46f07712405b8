import { type Clock, sleep } from '../base/clock.js';
import type { Random } from '../base/random.js';
import type { ReadTx, Tx } from '../kinds/index.js';
import type { Replica } from '../replica/index.js';
import type { MemoryStore } from '../state/index.js';
import type { Chance } from './chance.js';
import { Violation } from './raft-invariants.js';
import { noLoad, SimClient } from './sim-client.js';
import type { SimCluster } from './sim-cluster.js';
import type { SimMember } from './sim-member.js';

/** One process of a member, as a controller that runs in it sees it. */
export interface ProcessView {
  /** Name of the member. */
  readonly name: string;
  /** Its store. */
  readonly store: MemoryStore;
  /** True while it leads. */
  readonly isLeader: boolean;
  /** Role of the member, now and after each change. */
  readonly leadership: Replica['leadership'];
  /** Virtual time, as this process has it: take timers from here. */
  readonly clock: Clock;
  /** Waits on that clock; never resolves when the process dies meanwhile. */
  sleep(ms: number): Promise<void>;
  /** Reads what is committed in the whole cluster at this moment or later. */
  linearizable<T>(read: (tx: ReadTx) => T): Promise<T>;
  /** Begins a lease and resolves with its id; on the leader only. */
  grantLease(ttlMs: number): Promise<string>;
  /** Lets leases count in full again; resolves with those that are over. On the leader only. */
  keepAlive(ids: readonly string[]): Promise<readonly string[]>;
}

/** A controller: runs in every process of every member, until `signal` says that the process is gone. */
export type Controller = (member: ProcessView, signal: AbortSignal) => void | Promise<void>;

/** Cluster as a scenario sees it. Time is virtual: wait with {@link sleep}, draw with {@link random}. */
export class World {
  /** Source of chance, from the seed. */
  readonly random: Random;
  readonly #cluster: SimCluster;
  readonly #client: SimClient;
  readonly #controllers: Controller[] = [];
  readonly #running = new Map<SimMember, AbortController>();
  readonly #always: { readonly name: string; readonly check: (tx: ReadTx) => void }[] = [];
  #troubled = true;
  /** The newest version that is in the trace. */
  #noted = 0;

  constructor(cluster: SimCluster, chance: Chance) {
    this.#cluster = cluster;
    this.random = chance.random;
    this.#client = new SimClient('scenario', cluster, chance, { counts: noLoad(), givesUp: 0 });
    cluster.onRunning = (member, replica) => this.#begin(member, replica);
    cluster.onGone = (member) => {
      this.#running.get(member)?.abort();
      this.#running.delete(member);
    };
    cluster.onTransaction = (member, replica) => {
      this.#note(member, replica);
      this.#check(member, replica);
    };
    for (const member of cluster.running) if (member.replica) this.#begin(member, member.replica);
  }

  /** Simulated milliseconds since the beginning. */
  get now(): number {
    return this.#cluster.scheduler.now;
  }

  /** True while faults still happen. */
  get troubled(): boolean {
    return this.#troubled;
  }

  /** Resolves after simulated milliseconds. */
  sleep(ms: number): Promise<void> {
    return this.#cluster.scheduler.sleep(ms);
  }

  /** Runs `controller` in every process that runs now or will. One that throws breaks the run. */
  onEveryMember(controller: Controller): void {
    this.#controllers.push(controller);
    for (const member of this.#cluster.running) if (member.replica) this.#control(controller, member, member.replica);
  }

  /**
   * Writes through the leader, and asks again with a request id.
   * @returns the version (of what it saw, when it changed nothing), or `undefined` when it was refused or is not known: look
   *   before you write again.
   */
  update(write: (tx: Tx) => unknown): Promise<number | undefined> {
    return this.#client.write(write);
  }

  /** Adds a check of every state that any member goes through; it throws when the state is wrong. */
  always(name: string, check: (tx: ReadTx) => void): void {
    this.#always.push({ name, check });
  }

  /** Waits until `holds` of what the leader has committed; breaks the run when it does not within simulated `withinMs`. */
  async eventually(name: string, holds: (tx: ReadTx) => boolean, withinMs = 60_000): Promise<void> {
    const { scheduler } = this.#cluster;
    const end = scheduler.now + withinMs;
    for (;;) {
      const replica = this.#cluster.leader?.replica;
      if (replica && replica.store.view((tx) => holds(tx))) return;
      if (scheduler.now >= end) {
        this.#cluster.fail(new Violation(name, `does not hold after ${withinMs} ms`));
        return;
      }
      await scheduler.sleep(50);
    }
  }

  /** The trouble is over: what should come right in the end may be asked for now. */
  endTrouble(): void {
    this.#troubled = false;
    this.#cluster.calm();
  }

  /** Resolves when the trouble is over. */
  async peace(): Promise<void> {
    while (this.#troubled) await this.sleep(100);
  }

  #begin(member: SimMember, replica: Replica): void {
    this.#running.set(member, new AbortController());
    for (const controller of this.#controllers) this.#control(controller, member, replica);
    this.#check(member, replica);
  }

  #control(controller: Controller, member: SimMember, replica: Replica): void {
    const running = this.#running.get(member);
    if (!running) return;
    const { info, clock } = member;
    const view: ProcessView = {
      name: info.name,
      store: replica.store,
      get isLeader() {
        return replica.isLeader;
      },
      leadership: replica.leadership,
      clock,
      sleep: (ms) => sleep(clock, ms),
      linearizable: (read) => replica.linearizable(read),
      grantLease: async (ttlMs) => {
        const granted = await replica.grantLease({ ttlMs, holder: info.name, guarded: false }, {});
        return granted?.id ?? '';
      },
      keepAlive: (ids) => replica.keepAlive(ids),
    };
    const run = async () => {
      await controller(view, running.signal);
    };
    run().catch((error: unknown) => {
      if (!running.signal.aborted) this.#cluster.fail(error);
    });
  }

  /** Notes a transaction in the trace, when the first member has it. */
  #note({ info }: SimMember, { store }: Replica): void {
    if (store.version <= this.#noted) return;
    this.#noted = store.version;
    const { events = [] } = store.transaction(store.version) ?? {};
    const some = events.slice(0, 3).map(({ action, kind, object }) => `${action} ${kind} ${object.id}`);
    const others = events.length > some.length ? ` and ${events.length - some.length} more` : '';
    this.#cluster.note(`version ${store.version} on ${info.name}: ${some.join(', ')}${others}`);
  }

  #check(member: SimMember, replica: Replica): void {
    for (const { name, check } of this.#always) {
      try {
        replica.store.view((tx) => {
          check(tx);
        });
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#cluster.fail(
          new Violation(name, `does not hold on ${member.info.name} at version ${replica.store.version}: ${why}`),
        );
      }
    }
  }
}
