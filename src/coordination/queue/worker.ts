import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { consoleLogger, type Logger } from '../../base/log.js';
import { isStoreError } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import { type BackOff, backOffMs } from '../back-off.js';
import type { Claim } from './claim.js';

/** Options of {@link Queue.work}. */
export interface WorkerOptions {
  /** Number of objects that are worked on at a time. Default 1. */
  readonly workers?: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Receives what the work threw, before the object is given back. Default: a warning in the log. */
  readonly onError?: (error: unknown, claim: Claim<{ readonly id: string }>) => void;
  /** Log for errors; default warnings on stderr. */
  readonly logger?: Logger;
}

type AnyClaim = Claim<{ readonly id: string }>;

/** Works on the objects of a queue until it is stopped. */
export class QueueWorker implements AsyncDisposable {
  /** Resolves when it has stopped and nothing is under way. Never rejects. */
  readonly stopped: Promise<void>;
  readonly #claim: (signal: AbortSignal) => Promise<AnyClaim>;
  readonly #work: (claim: AnyClaim) => unknown;
  readonly #options: WorkerOptions & { readonly backOff: BackOff; readonly clock: Clock };
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;

  constructor(
    claim: (signal: AbortSignal) => Promise<AnyClaim>,
    work: (claim: AnyClaim) => unknown,
    options: WorkerOptions & { readonly backOff: BackOff; readonly clock: Clock },
  ) {
    const { workers = 1, signal } = options;
    if (!(Number.isSafeInteger(workers) && workers >= 1)) throw new TypeError('workers must be a whole number from 1');
    this.#claim = claim;
    this.#work = work;
    this.#options = options;
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    this.stopped = Promise.all(Array.from({ length: workers }, () => this.#run())).then(() => undefined);
  }

  /** Claims nothing more, and waits for the work that is under way. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.stopped;
  }

  /** Stops it: `await using worker = queue.work(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #run(): Promise<void> {
    const { clock, backOff } = this.#options;
    for (let failures = 0; !this.#signal.aborted;) {
      try {
        const claim = await this.#claim(this.#signal);
        failures = 0;
        await this.#handle(claim);
      } catch (error) {
        if (this.#signal.aborted || isStoreError(error, 'CLOSED')) return;
        this.#options.logger?.warn('a queue cannot be read', { error: messageOf(error) });
        await pause(clock, backOffMs(backOff, ++failures), this.#signal);
      }
    }
  }

  /** Works on one object. Never rejects. */
  async #handle(claim: AnyClaim): Promise<void> {
    const { backOff, onError, logger = consoleLogger } = this.#options;
    try {
      await this.#work(claim);
      if (!claim.settled) await claim.finish();
    } catch (error) {
      if (isStoreError(error, 'LEASE_LOST') || claim.signal.aborted) return; // another process has it, or will
      if (onError) onError(error, claim);
      else logger.warn(`the work on ${claim.item.id} failed`, { attempt: claim.attempt, error: messageOf(error) });
      const delayMs = backOffMs(backOff, claim.attempt);
      await claim.giveBack({ delayMs, error: messageOf(error) }).catch(() => claim.abandon());
    }
  }
}
