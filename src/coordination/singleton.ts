import { messageOf } from '../base/errors.js';
import { consoleLogger, type Logger } from '../base/log.js';
import { refuseUnknown } from '../base/options.js';
import { aborted, pause } from '../base/waiting.js';
import type { WaitOptions } from '../client/index.js';
import { type BackOff, backOffMs, backOffOf } from './back-off.js';
import type { FencedTx } from './fenced.js';
import { acquire, type Lock, type LockOptions, type LockPorts } from './lock.js';
import { releaseWithin } from './release.js';

/** The one run of a singleton, as `start` receives it. */
export interface SingletonRun {
  /**
   * Aborts before another process can start, and when the singleton is stopped. Read it again before what cannot be undone:
   * a process that was paused then learns that its turn is over.
   */
  readonly signal: AbortSignal;
  /** Grows with every run, in whichever process. Send it with requests to other systems: they refuse an older one. */
  readonly token: number;
  /** Writes that the store refuses when this run is over. @see Lock.update */
  readonly update: (write: (tx: FencedTx) => void, options?: WaitOptions) => Promise<number>;
}

/** Stops what `start` started: a function, or an object that can be disposed of. */
export type Stopper = (() => unknown) | AsyncDisposable | Disposable;

/**
 * Starts the work, or does it. It may return at once: the run goes on until its signal aborts, and a {@link Stopper} that it
 * returned is called then. It may as well work until the signal aborts, and return.
 */
export type SingletonStart = (run: SingletonRun) => Stopper | void | Promise<Stopper | void>;

/**
 * State of a singleton in this process. `waiting`: another process runs it, or the cluster is away. `pausing`: `start` threw,
 * and is tried again after the back-off.
 */
export type SingletonState = 'waiting' | 'starting' | 'running' | 'stopping' | 'pausing' | 'stopped';

/** Options of a singleton. */
export interface SingletonOptions extends Pick<LockOptions, 'ttlMs' | 'marginMs' | 'signal'> {
  /** Waits after `start` threw. Default: from 1 s to 60 s. */
  readonly backoff?: Partial<BackOff>;
  /** Receives what `start` or its stopper threw. Default: a warning in the log. */
  readonly onError?: (error: unknown) => void;
  /** Receives each change of the state. */
  readonly onChange?: (state: SingletonState) => void;
  /** Log for errors; default warnings on stderr. */
  readonly logger?: Logger;
}

const singletonOptions = ['ttlMs', 'marginMs', 'signal', 'backoff', 'onError', 'onChange', 'logger'];
const backOffDefault: BackOff = { firstMs: 1_000, mostMs: 60_000 };

/** Work that runs in exactly one of all processes that ask for it. Made by `coordination.singleton`. */
export class Singleton implements AsyncDisposable {
  /** Name of the singleton. */
  readonly name: string;
  /** Resolves when it has stopped here: by {@link stop}, or by the signal of its options. Never rejects. */
  readonly stopped: Promise<void>;
  readonly #start: SingletonStart;
  readonly #ports: LockPorts;
  readonly #options: SingletonOptions;
  readonly #backOff: BackOff;
  readonly #ending = new AbortController();
  readonly #stop: AbortSignal;
  #state: SingletonState = 'waiting';
  #token: number | undefined;

  constructor(name: string, start: SingletonStart, ports: LockPorts, options: SingletonOptions = {}) {
    refuseUnknown('singleton', options, singletonOptions);
    if (name === '') throw new TypeError('a singleton needs a name');
    if (typeof start !== 'function')
      throw new TypeError('singleton(name, start) takes a function that starts the work');
    this.name = name;
    this.#start = start;
    this.#ports = ports;
    this.#options = options;
    this.#backOff = backOffOf(options.backoff, backOffDefault);
    const { signal: ended } = this.#ending;
    this.#stop = options.signal ? AbortSignal.any([ended, options.signal]) : ended;
    this.stopped = this.#run();
  }

  /** State in this process now. */
  get state(): SingletonState {
    return this.#state;
  }

  /** Token of the run in this process; `undefined` while it runs elsewhere, or nowhere. */
  get token(): number | undefined {
    return this.#token;
  }

  /** Ends it in this process: aborts the signal, waits for the work to end, and lets another process start at once. */
  stop(): Promise<void> {
    this.#ending.abort();
    return this.stopped;
  }

  /** Stops it: `await using reports = coordination.singleton(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const { clock } = this.#ports;
    const { ttlMs, marginMs } = this.#options;
    const ofLock = { ...(ttlMs !== undefined && { ttlMs }), ...(marginMs !== undefined && { marginMs }) };
    for (let failures = 0; !this.#stop.aborted;) {
      const begun = clock.monotonic();
      try {
        this.#become('waiting');
        const lock = await acquire(this.name, this.#ports, { ...ofLock, signal: this.#stop }, { patient: true });
        await this.#hold(lock);
        failures = 0;
      } catch (error) {
        if (this.#stop.aborted) break;
        this.#report(error);
        const wasWell = clock.monotonic() - begun > this.#backOff.mostMs;
        failures = wasWell ? 1 : failures + 1;
        this.#become('pausing');
        await pause(clock, backOffMs(this.#backOff, failures), this.#stop);
      }
    }
    this.#become('stopped');
  }

  /** Runs the work while the lock is held. @throws what the work threw while it could run. */
  async #hold(lock: Lock): Promise<void> {
    const signal = AbortSignal.any([lock.signal, this.#stop]);
    this.#token = lock.epoch;
    this.#become('starting');
    try {
      const stopper = await this.#start(runOf(lock, signal));
      if (!signal.aborted) {
        this.#become('running');
        await aborted(signal);
      }
      this.#become('stopping');
      await callStopper(stopper);
    } catch (error) {
      if (!signal.aborted) throw error; // another process may be luckier: the lock is given back meanwhile
      if (!isReasonOf(signal, error)) this.#report(error);
    } finally {
      this.#token = undefined;
      await releaseWithin(lock, this.#ports.clock, signal.aborted);
    }
  }

  #become(state: SingletonState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onChange?.(state);
  }

  #report(error: unknown): void {
    const { onError, logger = consoleLogger } = this.#options;
    if (onError) onError(error);
    else logger.warn(`the singleton "${this.name}" failed; it is started again`, { error: messageOf(error) });
  }
}

function runOf(lock: Lock, signal: AbortSignal): SingletonRun {
  return {
    // Reading the signal of the lock compares its lease with the clock.
    get signal() {
      return lock.signal.aborted ? lock.signal : signal;
    },
    token: lock.epoch,
    update: (write, options) => lock.update(write, options),
  };
}

/** Work that ends because its signal aborted says so by the reason, or by an `AbortError`: neither is news. */
function isReasonOf(signal: AbortSignal, error: unknown): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

async function callStopper(stopper: Stopper | void): Promise<void> {
  if (typeof stopper === 'function') await stopper();
  else if (stopper && Symbol.asyncDispose in stopper) await stopper[Symbol.asyncDispose]();
  else if (stopper && Symbol.dispose in stopper) stopper[Symbol.dispose]();
}
