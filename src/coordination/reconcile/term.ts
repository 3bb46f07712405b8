import { onAbort } from '../../base/abort.js';
import type { Cancel, Clock } from '../../base/clock.js';
import { isStoreErrorOf } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import { type BackOff, backOffMs } from '../back-off.js';
import type { KeySource } from './source.js';
import { WorkQueue } from './work-queue.js';

/** Counts of all times for which a controller was active. */
export interface TermCounts {
  /** Number of calls of its function. */
  readonly runs: number;
  /** Number of calls that threw. */
  readonly failures: number;
  /** Failures for the reason that another writer was quicker. */
  readonly conflicts: number;
  /** Number of times that all keys were looked at: by interval, or because changes were missed. */
  readonly resyncs: number;
  /** Number of times that it became active. */
  readonly terms: number;
}

/** Circumstances of one time for which a controller is active. */
export interface TermOptions {
  readonly source: KeySource;
  readonly clock: Clock;
  readonly workers: number;
  readonly backOff: BackOff;
  readonly resyncMs: number | undefined;
  /** Ends it. */
  readonly signal: AbortSignal;
  readonly counts: { -readonly [P in keyof TermCounts]: TermCounts[P] };
  /** Resolves when what this process wrote before is certain. */
  readonly begin: () => Promise<void>;
  /** Makes one key right. */
  readonly call: (one: {
    readonly key: string;
    readonly attempt: number;
  }) => { readonly afterMs: number } | void | Promise<{ readonly afterMs: number } | void>;
  readonly report: (error: unknown, key: string) => void;
  /** True when the store has ended. */
  readonly closed: () => boolean;
}

const againMs = 100;
const conflicts = ['SEQUENCE_CONFLICT', 'CONDITION_FAILED', 'ALREADY_EXISTS'] as const;

/** One time for which a controller is active: from all keys of the state on. */
export class Term {
  readonly #options: TermOptions;
  readonly #queue: WorkQueue;
  /** Failed attempts in a row, by key. */
  readonly #failures = new Map<string, number>();
  #idle: (() => void)[] = [];
  #unfollow: Cancel = () => undefined;

  constructor(options: TermOptions) {
    this.#options = options;
    this.#queue = new WorkQueue(options.clock, () => this.#idle.shift()?.());
  }

  /** The keys of this moment. */
  get keys(): { readonly ready: number; readonly running: number; readonly delayed: number } {
    const { ready, running, delayed } = this.#queue;
    return { ready, running, delayed };
  }

  /** Works until the signal aborts. Resolves when nothing is under way; never rejects. */
  async run(): Promise<void> {
    const { signal, workers } = this.#options;
    if (!(await this.#begun())) return;
    const forget = onAbort(signal, () => this.#end());
    this.#follow();
    this.#resyncLater();
    await Promise.all(Array.from({ length: workers }, () => this.#work()));
    forget();
    this.#end();
  }

  async #begun(): Promise<boolean> {
    const { signal, begin, clock, closed } = this.#options;
    while (!signal.aborted && !closed()) {
      try {
        await begin();
        return !signal.aborted;
      } catch {
        await pause(clock, againMs, signal); // this member may not write yet, or never: then the signal aborts
      }
    }
    return false;
  }

  /** Follows the store. When changes were missed, everything is looked at again. */
  #follow(): void {
    const { source, signal, counts, closed } = this.#options;
    const missed = () => {
      if (signal.aborted || closed()) return;
      counts.resyncs++;
      this.#follow();
    };
    this.#unfollow();
    this.#unfollow = source.follow((key) => this.#queue.add(key), missed);
  }

  #resyncLater(): void {
    const { source, signal, counts, clock, resyncMs } = this.#options;
    if (resyncMs === undefined) return;
    const resync = async () => {
      for (;;) {
        await pause(clock, resyncMs, signal);
        if (signal.aborted) return;
        counts.resyncs++;
        source.addAll((key) => this.#queue.add(key));
      }
    };
    void resync();
  }

  async #work(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const key = this.#queue.take();
      if (key === undefined) await new Promise<void>((resolve) => this.#idle.push(resolve));
      else await this.#call(key);
    }
  }

  async #call(key: string): Promise<void> {
    const { call, counts, backOff, signal, report } = this.#options;
    const failed = this.#failures.get(key) ?? 0;
    try {
      counts.runs++;
      const again = await call({ key, attempt: failed + 1 });
      this.#failures.delete(key);
      this.#queue.done(key);
      if (again && !signal.aborted) this.#queue.addAfter(key, again.afterMs);
    } catch (error) {
      this.#queue.done(key);
      if (signal.aborted) return;
      counts.failures++;
      if (isStoreErrorOf(error, conflicts)) counts.conflicts++;
      else report(error, key);
      this.#failures.set(key, failed + 1);
      this.#queue.addAfter(key, backOffMs(backOff, failed + 1));
    }
  }

  #end(): void {
    this.#unfollow();
    this.#queue.clear();
    for (const wake of this.#idle.splice(0)) wake();
  }
}
