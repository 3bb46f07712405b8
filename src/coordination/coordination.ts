import { hostname } from 'node:os';
import process from 'node:process';
import { type Clock, systemClock } from '../base/clock.js';
import { type Random, systemRandom } from '../base/random.js';
import { Client, type WaitOptions } from '../client/index.js';
import type { WatchableStore } from '../state/index.js';
import { elect, type ElectOptions, type Lead } from './election.js';
import { Lease } from './lease.js';
import { acquire, type Lock, type LockOptions, type LockPorts } from './lock.js';

/** Options of {@link Coordination}. */
export interface CoordinationOptions {
  /** A client, or the addresses of members. */
  readonly client: Client | { readonly hosts: readonly string[] };
  /** A store of the same cluster in this process (a replica's), for what `update` reads. */
  readonly store?: WatchableStore;
  /** Name of this holder, for people. Default: this computer and process. */
  readonly holder?: string;
  /** Time; default the clock of the system. */
  readonly clock?: Clock;
  /** Randomness for ids; default that of the system. */
  readonly random?: Random;
}

/** Leases, locks and elections on a cluster. */
export class Coordination {
  readonly #ports: LockPorts;
  readonly #own: Client | undefined;
  readonly #ending = new Set<Promise<void>>();

  constructor(options: CoordinationOptions) {
    const { client, store, clock = systemClock, random = systemRandom } = options;
    this.#own = client instanceof Client ? undefined : new Client({ hosts: client.hosts, clock });
    this.#ports = {
      client: client instanceof Client ? client : (this.#own as Client),
      store,
      clock,
      random,
      ending: this.#ending,
      holder: options.holder ?? `${hostname()}/${process.pid}`,
    };
  }

  /**
   * Begins a lease of `ttlMs` and keeps it alive. Objects attached to it are removed when this process dies. `signal`
   * cancels.
   */
  lease(ttlMs: number, { signal }: WaitOptions = {}): Promise<Lease> {
    const { client, clock, holder } = this.#ports;
    return Lease.grant(client, { ttlMs, holder, clock, signal });
  }

  /** Waits for a lock and takes it: no other process holds it until its release, or the end of its lease. */
  lock(name: string, options: LockOptions = {}): Promise<Lock> {
    return acquire(name, this.#ports, options);
  }

  /** Runs `work` on exactly one of all processes that use this name. @see docs/coordination.md */
  elect<T>(name: string, work: (lead: Lead) => Promise<T>, options: ElectOptions = {}): Promise<T> {
    return elect(name, work, this.#ports, options);
  }

  /**
   * Ends the leases of waits that were given up, within a second, and closes the client if it was made here. The leases of
   * held locks run out by themselves: release locks before.
   */
  async close(): Promise<void> {
    await Promise.all(this.#ending);
    this.#own?.close();
  }
}
