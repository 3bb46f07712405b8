import type { Clock } from '../base/clock.js';
import { newId } from '../base/ids.js';
import { refuseUnknown } from '../base/options.js';
import type { Random } from '../base/random.js';
import { isStoreError, StoreError } from '../base/store-error.js';
import { pause, settledWithin } from '../base/waiting.js';
import type { messages, WaitOptions } from '../client/index.js';
import { locks } from '../kinds/index.js';
import type { WatchableStore } from '../state/index.js';
import type { CoordinationClient } from './client-port.js';
import { type FencedTx, FencedWrites } from './fenced.js';
import { Lease } from './lease.js';

/** Ports of a lock. */
export interface LockPorts {
  /** Client of the cluster. */
  readonly client: CoordinationClient;
  /** Time. */
  readonly clock: Clock;
  /** Randomness for ids. */
  readonly random: Random;
  /** Name of this holder, for people. */
  readonly holder: string;
  /** A store of this cluster in this process: what `update` reads comes from there. */
  readonly store?: WatchableStore | undefined;
  /** Collects the ends of leases whose wait was given up, until each is over. */
  readonly ending?: Set<Promise<void>> | undefined;
}

/** Options of a lock. */
export interface LockOptions {
  /** Time that the others wait when this process dies, milliseconds. Default 10,000; from 500. */
  readonly ttlMs?: number;
  /**
   * Time from the abort of the signal until the lock can be another's, milliseconds: what it protects must have stopped
   * by then. At most half of `ttlMs`; default a tenth.
   */
  readonly marginMs?: number;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
  /** Limit for waiting while another holds the lock, milliseconds; with 0, `BUSY` names the holder. Default: no limit. */
  readonly waitMs?: number;
  /** Receives the holder of the lock, whenever waiting for it begins. */
  readonly onHeld?: (holder: string) => void;
}

export const lockOptions: readonly string[] = ['ttlMs', 'marginMs', 'signal', 'waitMs', 'onHeld'];

/** TTL of a lock that is given none, milliseconds. */
export const lockTtlDefaultMs = 10_000;

/** A lock that is held. */
export class Lock {
  /** Name of the lock. */
  readonly name: string;
  /** Grows with every holder of the lock. Your own store can compare it, and refuse a late holder. */
  readonly epoch: number;
  readonly #lease: Lease;
  readonly #writes: FencedWrites;

  constructor(name: string, fence: messages.Condition & { readonly version: number }, lease: Lease, ports: LockPorts) {
    this.name = name;
    this.epoch = fence.version;
    this.#lease = lease;
    this.#writes = new FencedWrites(ports, fence);
  }

  /** Aborts before another process can hold the lock. Stop your work then; no clock of your own is needed. */
  get signal(): AbortSignal {
    return this.#lease.signal;
  }

  /**
   * Writes as one transaction that the store refuses when the lock is not held any more, however late it comes: two
   * holders can never both write. Resolves with the version. `write` may run more than once; see {@link FencedTx}.
   * @throws {StoreError} `LEASE_LOST`: it was not written; and as the API's `Apply`.
   */
  update(write: (tx: FencedTx) => void, options: WaitOptions = {}): Promise<number> {
    return this.#writes.update(write, options);
  }

  /** Gives the lock back. Harmless when repeated. */
  release(options: WaitOptions = {}): Promise<void> {
    return this.#lease.revoke(options);
  }

  /** Releases the lock: `await using lock = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}

/**
 * Waits for a lock and takes it. Waiting processes get it in no guaranteed order, and wait on while the cluster is unavailable.
 * @param patience `patient`: waits for a cluster that is away also to begin with.
 * @throws the signal's reason, at once; {@link StoreError} `BUSY` when another holds it for `waitMs`, `NOT_LEADER` when no
 *   member answers to begin with, `OUTCOME_UNKNOWN`.
 */
export async function acquire(
  name: string,
  ports: LockPorts,
  options: LockOptions = {},
  { patient = false }: { readonly patient?: boolean } = {},
): Promise<Lock> {
  refuseUnknown('lock', options, lockOptions);
  const { ttlMs = lockTtlDefaultMs, marginMs, signal } = options;
  const { client, holder, clock } = ports;
  if (name === '') throw new TypeError('a lock needs a name');
  if (marginMs !== undefined && !(marginMs >= 0 && marginMs <= ttlMs / 2))
    throw new TypeError('marginMs must be at most half of ttlMs');
  const end = clock.monotonic() + (options.waitMs ?? Infinity);
  const late = () => signal?.aborted || clock.monotonic() >= end;
  for (let waiting = patient; ; waiting = true) {
    signal?.throwIfAborted();
    const lease = await Lease.grant(client, { ttlMs, marginMs, holder, clock, signal }).catch((error: unknown) => {
      if (waiting && isAway(error) && !late()) return undefined;
      throw error;
    });
    if (!lease) {
      await pause(clock, retryMs, signal);
      continue;
    }
    try {
      const lock = await take(name, ports, lease, { ...options, end });
      if (lock) return lock;
    } catch (error) {
      if (isAway(error) && !late()) {
        lease.abandon(); // with a lock attached to it, if there is one
        continue;
      }
      giveUp(lease, ports); // a lock may be attached to it without our knowing
      throw error;
    }
  }
}

/** Limit for ending the lease of a wait that was given up, milliseconds. */
const revokeMs = 1_000;

/** Ends a lease in the background: its caller has an answer at once. It expires by itself when no member answers. */
function giveUp(lease: Lease, { clock, ending }: LockPorts): void {
  const limit = new AbortController();
  const ended = settledWithin(clock, revokeMs, lease.revoke({ signal: limit.signal })).finally(() => {
    limit.abort();
    ending?.delete(ended);
  });
  ending?.add(ended);
}

/** Wait between two attempts while the cluster is away, milliseconds. */
const retryMs = 500;

/** Tells whether the cluster is unavailable or the outcome unknown: a wait for a lock then continues. */
const isAway = (error: unknown) => isStoreError(error, 'NOT_LEADER') || isStoreError(error, 'OUTCOME_UNKNOWN');

/** Tries whenever the lock is free. `undefined` when the lease was lost while we waited: begin anew. */
async function take(
  name: string,
  ports: LockPorts,
  lease: Lease,
  { signal, end, onHeld }: LockOptions & { readonly end: number },
): Promise<Lock | undefined> {
  const { client, clock } = ports;
  for (;;) {
    signal?.throwIfAborted();
    if (lease.signal.aborted) return undefined;
    try {
      const draft = { id: newId(ports.random), lock: name, holder: ports.holder, lease: lease.id };
      const { id, meta } = await client.create(locks, draft, { signal });
      return new Lock(name, { kind: locks.name, id, version: meta.version }, lease, ports);
    } catch (error) {
      if (isStoreError(error, 'LEASE_LOST')) return undefined;
      if (!isStoreError(error, 'NAME_CONFLICT')) throw error;
    }
    const left = end - clock.monotonic();
    const holder = left <= 0 || onHeld ? await holderOf(name, client, signal) : undefined;
    if (left <= 0)
      throw new StoreError('BUSY', `the lock "${name}" is held by ${holder ?? 'another'}: try again later`);
    if (holder !== undefined) onHeld?.(holder);
    const over = new AbortController();
    const cancel = left < Infinity ? clock.schedule(left, () => over.abort()) : undefined;
    await untilFree(name, client, [signal, lease.signal, over.signal]).finally(cancel);
  }
}

/** Reads the holder of the lock. */
async function holderOf(
  name: string,
  client: CoordinationClient,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { objects } = await client.list(locks, { indexes: [{ index: 'lock', is: name }] }, { signal });
  return objects[0]?.holder;
}

/** Resolves when the lock is free, or one of the signals aborts. */
async function untilFree(
  name: string,
  client: CoordinationClient,
  signals: readonly (AbortSignal | undefined)[],
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...signals.filter((one) => one !== undefined)]);
  const selectors = [{ kind: locks.name, indexes: [{ index: 'lock', is: name }] }];
  let held = false;
  try {
    for await (const message of client.messages({ selectors, snapshot: true, signal })) {
      if (message.type === 'snapshot') held ||= message.objects.length > 0;
      else if (message.type === 'resync') held = false;
      else if (message.type === 'transaction') held = message.events.at(-1)?.action !== 'delete';
      if (!held && message.type !== 'snapshot' && message.type !== 'resync') return;
    }
  } finally {
    stop.abort();
  }
}
