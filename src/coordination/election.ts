import type { Clock } from '../base/clock.js';
import { refuseUnknown } from '../base/options.js';
import type { WaitOptions } from '../client/index.js';
import type { FencedTx } from './fenced.js';
import { acquire, type Lock, type LockOptions, lockOptions, type LockPorts } from './lock.js';
import { releaseWithin } from './release.js';

/** Lead of an election, as `work` receives it. */
export interface Lead {
  /**
   * Aborts before another process can lead, and when the election is stopped. All work of the leader must end then. Read it
   * again before what cannot be undone: a process that was paused learns so that it leads no more.
   */
  readonly signal: AbortSignal;
  /** Grows with every leader. */
  readonly epoch: number;
  /** Writes that the store refuses when this lead is over. @see Lock.update */
  update(write: (tx: FencedTx) => void, options?: WaitOptions): Promise<number>;
}

/** Options of an election. */
export interface ElectOptions extends LockOptions {
  /** Told of every lead that was lost before its work was done. */
  readonly onLost?: (reason: unknown) => void;
}

/**
 * Runs `work` on exactly one of all processes that use this name, one after the other. Resolves with what `work` returned;
 * when the lead is lost meanwhile, its signal aborts, and it runs again from the start once this process leads
 * again. An error of `work` while it leads is an error of the election. Waits for a cluster that is away, also to begin with.
 * `waitMs` is for the first lead.
 * @throws the signal's reason when the election is stopped; `StoreError` `BUSY` when another leads for `waitMs`.
 */
export async function elect<T>(
  name: string,
  work: (lead: Lead) => Promise<T>,
  ports: LockPorts,
  options: ElectOptions = {},
): Promise<T> {
  if (typeof work !== 'function') throw new TypeError('elect(name, work) takes a function that does the work');
  refuseUnknown('elect', options, [...lockOptions, 'onLost']);
  const { onLost = () => undefined, ...ofLock } = options;
  const { waitMs: _ofFirst, ...always } = ofLock;
  const { signal } = always;
  for (let next = ofLock; ; next = always) {
    const lock = await acquire(name, ports, next, { patient: true });
    const outcome = await runOnce(lock, work, { stop: signal, clock: ports.clock });
    if ('value' in outcome) return outcome.value;
    signal?.throwIfAborted();
    if (!outcome.lost) throw outcome.error;
    onLost(outcome.error);
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown; readonly lost: boolean };

async function runOnce<T>(
  lock: Lock,
  work: (lead: Lead) => Promise<T>,
  { stop, clock }: { readonly stop: AbortSignal | undefined; readonly clock: Clock },
): Promise<Outcome<T>> {
  const signal = stop ? AbortSignal.any([lock.signal, stop]) : lock.signal;
  const lead: Lead = {
    get signal() {
      return lock.signal.aborted ? lock.signal : signal;
    },
    epoch: lock.epoch,
    update: (write, options) => lock.update(write, options),
  };
  try {
    const value = await work(lead);
    // Work after the end of the lead does not count: the next leader repeats it.
    return lock.signal.aborted ? { error: lock.signal.reason, lost: true } : { value };
  } catch (error) {
    return { error, lost: lock.signal.aborted };
  } finally {
    await releaseWithin(lock, clock, stop?.aborted ?? false);
  }
}
