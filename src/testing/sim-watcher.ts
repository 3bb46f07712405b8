import { isStoreError } from '../base/store-error.js';
import type { Event, ObjectEvent } from '../kinds/index.js';
import { type Watch, watch } from '../state/index.js';
import type { Chance } from './chance.js';
import type { SimCluster } from './sim-cluster.js';
import type { SimMember } from './sim-member.js';

export interface WatchCounts {
  transactions: number;
  resumed: number;
  compacted: number;
  overflowed: number;
  resynced: number;
}

/** Silence after which a watcher looks for another member, milliseconds. */
const patienceMs = 4_000;

/**
 * One who watches through whichever member lives: reads a state once, follows it from there, goes on elsewhere from where
 * it was, and begins anew only when it receives a resync.
 */
export class SimWatcher {
  readonly name: string;
  readonly #cluster: SimCluster;
  readonly #chance: Chance;
  readonly #counts: WatchCounts;
  /** Events that its buffer may hold, and how long it takes to read one. */
  readonly #limit: number;
  readonly #readMs: number;
  #stopped = false;
  /** The last version that it has seen whole; `undefined`: it must read the state first. */
  #position: number | undefined;
  /** Since when it waits for something to happen; absent while it does not. */
  #asked: { readonly at: number; readonly silent: () => void } | undefined;
  #alarmed = false;

  constructor(
    name: string,
    cluster: SimCluster,
    chance: Chance,
    options: { readonly counts: WatchCounts; readonly limit: number; readonly readMs: number },
  ) {
    this.name = name;
    this.#cluster = cluster;
    this.#chance = chance;
    this.#counts = options.counts;
    this.#limit = options.limit;
    this.#readMs = options.readMs;
  }

  start(): void {
    this.#live().catch((error: unknown) => this.#cluster.fail(error));
  }

  stop(): void {
    this.#stopped = true;
  }

  async #live(): Promise<void> {
    while (!this.#stopped && !this.#cluster.failure) {
      const { running } = this.#cluster;
      if (running.length > 0) await this.#follow(this.#chance.pick(running));
      await this.#cluster.scheduler.sleep(this.#chance.between(10, 500));
    }
  }

  /** Follows one member until it dies, is silent for long, or says that this cannot go on. */
  async #follow(member: SimMember): Promise<void> {
    const { replica } = member;
    if (!replica) return;
    const { store } = replica;
    if (this.#position === undefined) {
      const { value, version, watch: begun } = store.viewAndWatch((tx) => tx.nodes().find());
      this.#cluster.guard(() => this.#cluster.store.checkState(this.name, version, value));
      this.#position = version;
      await this.#cluster.scheduler.sleep(this.#chance.between(0, 50));
      await this.#use(member, begun);
      return;
    } else if (this.#position > 0) this.#counts.resumed++;
    await this.#use(member, watch(store.queue, { after: this.#position, limit: this.#limit }));
  }

  async #use(member: SimMember, watched: Watch): Promise<void> {
    const events = watched[Symbol.asyncIterator]();
    try {
      await this.#read(member, events);
    } catch (error) {
      this.#lost(error);
    } finally {
      await events.return?.();
    }
  }

  async #read(member: SimMember, events: AsyncIterator<Event>): Promise<void> {
    const { scheduler } = this.#cluster;
    const { life } = member;
    let collected: ObjectEvent[] = [];
    let pending: Promise<IteratorResult<Event>> | undefined;
    while (!this.#stopped && member.life === life && member.state === 'running') {
      pending ??= events.next();
      const next = await this.#within(pending);
      if (next === 'silent') {
        if (collected.length === 0 && this.#chance.happens(0.5)) continue; // it may be quiet everywhere
        return;
      }
      pending = undefined;
      if (next.done) return;
      if (this.#readMs > 0) await scheduler.sleep(this.#chance.exponential(this.#readMs));
      if (next.value.action !== 'commit') {
        collected.push(next.value);
        continue;
      }
      const { version } = next.value;
      const previous = this.#position ?? 0;
      const transaction = collected;
      this.#cluster.guard(() => this.#cluster.store.onWatched(this.name, previous, version, transaction));
      this.#position = version;
      this.#counts.transactions++;
      collected = [];
    }
  }

  #lost(error: unknown): void {
    if (isStoreError(error, 'VERSION_AHEAD')) return; // a member that is behind: another, or later
    if (isStoreError(error, 'CLOSED')) return; // one that has ended by itself: another
    if (isStoreError(error, 'VERSION_COMPACTED')) this.#counts.compacted++;
    else if (isStoreError(error, 'WATCH_OVERFLOW')) this.#counts.overflowed++;
    else if (isStoreError(error, 'RESYNC')) this.#counts.resynced++;
    else throw error;
    this.#position = undefined;
  }

  /** Returns the outcome of a promise, or that there was none for so long. One alarm serves many promises: most have something to say. */
  #within<T>(promise: Promise<T>): Promise<T | 'silent'> {
    return new Promise((resolve, reject) => {
      const asked = { at: this.#cluster.scheduler.now, silent: () => resolve('silent') };
      const settled = () => {
        if (this.#asked === asked) this.#asked = undefined;
      };
      this.#asked = asked;
      this.#watchSilence();
      promise.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  #watchSilence(): void {
    if (this.#alarmed || !this.#asked) return;
    const { scheduler } = this.#cluster;
    this.#alarmed = true;
    scheduler.schedule(Math.max(1, this.#asked.at + patienceMs - scheduler.now), () => {
      this.#alarmed = false;
      if (!this.#asked || scheduler.now - this.#asked.at < patienceMs) {
        this.#watchSilence();
        return;
      }
      const { silent } = this.#asked;
      this.#asked = undefined;
      silent();
    });
  }
}
