import { hostname } from 'node:os';
import process from 'node:process';
import { type Clock, systemClock } from '../base/clock.js';
import { refuseUnknown } from '../base/options.js';
import { type Random, systemRandom } from '../base/random.js';
import { Client, type ClientReplica, type WaitOptions } from '../client/index.js';
import type { CustomKind } from '../kinds/index.js';
import type { WatchableStore } from '../state/index.js';
import type { CoordinationClient } from './client-port.js';
import { elect, type ElectOptions, type Lead } from './election.js';
import { Lease } from './lease.js';
import { acquire, type Lock, type LockOptions, type LockPorts } from './lock.js';
import { Queue, type QueueOptions } from './queue/queue.js';
import { Singleton, type SingletonOptions, type SingletonStart } from './singleton.js';

/** Member of a cluster in this process, as far as coordination needs it. An `OpenReplica` is one. */
export interface LocalReplica extends ClientReplica {
  /** Store of the member: what `update` reads comes from there. */
  readonly store: WatchableStore;
}

/** Options of {@link Coordination}: a replica in this process, or a client. */
export interface CoordinationOptions {
  /** A replica in this process: it is asked without a network hop, and `update` reads from its store. */
  readonly replica?: LocalReplica;
  /** Instead of a replica: a client, or the addresses of members. */
  readonly client?: CoordinationClient | { readonly hosts: readonly string[] };
  /** A store of the same cluster in this process, for what `update` reads. Default: that of the replica. */
  readonly store?: WatchableStore;
  /** Name of this holder, for people. Default: this computer and process. */
  readonly holder?: string;
  /** Time; default the clock of the system. */
  readonly clock?: Clock;
  /** Randomness for ids; default that of the system. */
  readonly random?: Random;
}

const coordinationOptions = ['replica', 'client', 'store', 'holder', 'clock', 'random'];

/** Leases, locks, elections and singletons on a cluster. */
export class Coordination implements AsyncDisposable {
  readonly #ports: LockPorts;
  /** A client that was made here. */
  readonly #own: { close(): void } | undefined;
  readonly #ending = new Set<Promise<void>>();
  readonly #singletons = new Set<Singleton>();
  readonly #queues = new Set<Queue<object, unknown>>();

  constructor(options: CoordinationOptions) {
    refuseUnknown('Coordination', options, coordinationOptions);
    const { replica, store = replica?.store, clock = systemClock, random = systemRandom } = options;
    const { client, own } = clientOf(options, clock);
    this.#own = own;
    this.#ports = {
      client,
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

  /**
   * Keeps `start` running in exactly one of all processes that ask for it under this name, until {@link Singleton.stop}: it is
   * stopped here when its lease is lost, and started elsewhere. Waits for a cluster that is away.
   * @see docs/singletons.md
   */
  singleton(name: string, start: SingletonStart, options: SingletonOptions = {}): Singleton {
    const singleton = new Singleton(name, start, this.#ports, options);
    this.#singletons.add(singleton);
    void singleton.stopped.then(() => this.#singletons.delete(singleton));
    return singleton;
  }

  /**
   * A work queue of objects of a custom kind, shared by all processes that use its name: each object is claimed by one of them
   * at a time, and comes back when that one dies.
   * @see docs/queues.md
   */
  queue<Body extends object, I, D>(kind: CustomKind<Body, I, D>, options: QueueOptions = {}): Queue<Body, D> {
    const queue = new Queue<Body, D>(kind, this.#ports, options);
    this.#queues.add(queue as unknown as Queue<object, unknown>);
    return queue;
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
   * Stops the singletons and queues, ends the leases of waits that were given up, within a second, and closes the client if it was made
   * here. The leases of held locks run out by themselves: release locks before.
   */
  async close(): Promise<void> {
    await Promise.all([...this.#singletons].map((singleton) => singleton.stop()));
    await Promise.all([...this.#queues].map((queue) => queue.close()));
    await Promise.all(this.#ending);
    this.#own?.close();
  }

  /** Closes it: `await using coordination = new Coordination(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The client to ask, and that which is to be closed at the end. */
function clientOf(
  { replica, client }: CoordinationOptions,
  clock: Clock,
): { readonly client: CoordinationClient; readonly own: { close(): void } | undefined } {
  if ((replica === undefined) === (client === undefined))
    throw new TypeError('new Coordination(…) takes either a replica of this process, or a client');
  if (client && !('hosts' in client)) return { client, own: undefined };
  const made = client ? new Client({ hosts: client.hosts, clock }) : new Client({ ...(replica && { replica }), clock });
  return { client: made, own: made };
}
