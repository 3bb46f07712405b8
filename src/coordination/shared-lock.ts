import { onAbort } from '../base/abort.js';
import type { Clock } from '../base/clock.js';
import { deferred } from '../base/deferred.js';
import { newId } from '../base/ids.js';
import type { Random } from '../base/random.js';
import { isStoreError, isStoreErrorOf, StoreError } from '../base/store-error.js';
import { pause } from '../base/waiting.js';
import type { Client, WaitOptions } from '../client/index.js';
import { locks } from '../kinds/index.js';
import type { WatchableStore } from '../state/index.js';
import type { Lease } from './lease.js';

/** Wait between two attempts while the cluster is away, or the store of this process is behind, milliseconds. */
const retryMs = 200;

/** Ports of a lock on a lease that has others. */
export interface SharedLockPorts {
  /** Client of the cluster. */
  readonly client: Pick<Client, 'create' | 'apply'>;
  /** Store of the same cluster in this process: waiting costs no stream. */
  readonly store: WatchableStore;
  /** Time. */
  readonly clock: Clock;
  /** Randomness for ids. */
  readonly random: Random;
  /** Name of this holder, for people. */
  readonly holder: string;
}

/** A lock on a lease that holds more than it. */
export class SharedLock implements AsyncDisposable {
  /** Name of the lock. */
  readonly name: string;
  /** Id of the object that stands for the lock: with {@link epoch}, a server refuses late holders by it. */
  readonly id: string;
  /** Version that made that object: grows with every holder. */
  readonly epoch: number;
  readonly #client: Pick<Client, 'apply'>;

  constructor(
    name: string,
    { id, version }: { readonly id: string; readonly version: number },
    client: Pick<Client, 'apply'>,
  ) {
    this.name = name;
    this.id = id;
    this.epoch = version;
    this.#client = client;
  }

  /** Gives the lock back and keeps its lease. What it protects must have stopped. A lock that is over is no error. */
  async release({ signal }: WaitOptions = {}): Promise<void> {
    const fence = { kind: locks.name, id: this.id, version: this.epoch };
    try {
      await this.#client.apply([{ op: 'remove', kind: locks.name, id: this.id }], { fence, signal });
    } catch (error) {
      if (!isStoreError(error, 'LEASE_LOST')) throw error;
    }
  }

  /** Releases the lock: `await using lock = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/**
 * Waits for a lock and takes it on a lease that is kept alive elsewhere: one lease then holds many locks, and one renewal keeps
 * them. Waits on while the cluster is unavailable. The signal of the lease says when all of them are over. A lock may stand on
 * the lease after a wait that was given up: its creation was under way. The caller gives it back when the store shows it.
 * @throws the signal's reason, at once; {@link StoreError} `LEASE_LOST` when the lease ends before.
 */
export async function acquireOn(
  lease: Pick<Lease, 'id' | 'signal'>,
  name: string,
  ports: SharedLockPorts,
  { signal }: WaitOptions = {},
): Promise<SharedLock> {
  const { client, store, clock, random, holder } = ports;
  const stop = signal ? AbortSignal.any([signal, lease.signal]) : lease.signal;
  for (;;) {
    signal?.throwIfAborted();
    if (lease.signal.aborted) throw new StoreError('LEASE_LOST', `the lease ended before the lock "${name}" was free`);
    const held = heldIn(store, name);
    // An own one stands when the answer to its creation was lost.
    if (held?.lease === lease.id) return new SharedLock(name, { id: held.id, version: held.meta.version }, client);
    try {
      if (held) await untilFree(store, name, stop);
      else {
        const draft = { id: newId(random), lock: name, holder, lease: lease.id };
        const { id, meta } = await client.create(locks, draft, { signal: stop });
        return new SharedLock(name, { id, version: meta.version }, client);
      }
    } catch (error) {
      if (stop.aborted) continue; // the beginning of the loop says which
      if (!isStoreErrorOf(error, ['NAME_CONFLICT', 'NOT_LEADER', 'OUTCOME_UNKNOWN'])) throw error;
      await pause(clock, retryMs, stop);
    }
  }
}

function heldIn(store: WatchableStore, name: string) {
  return store.view((tx) => tx.kind(locks).find(locks.by('lock', name))[0]);
}

/** Resolves when the store has no such lock, or the signal aborts. */
function untilFree(store: WatchableStore, name: string, signal: AbortSignal): Promise<void> {
  const wanted = locks.deleted({ lock: name }, (literal, changed) => literal.lock === changed.lock);
  const { value: held, watch } = store.viewAndWatch(
    (tx) => tx.kind(locks).find(locks.by('lock', name)).length > 0,
    wanted,
  );
  if (!held || signal.aborted) return Promise.resolve();
  const free = deferred<void>();
  const end = () => free.resolve();
  // A watch that ends with an error has missed something: the caller looks again.
  const subscription = watch.subscribe({ next: end, error: end, complete: end });
  const forget = onAbort(signal, end);
  return free.promise.finally(() => {
    forget();
    subscription.unsubscribe();
  });
}
