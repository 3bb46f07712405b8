import { onAbort } from '../../base/abort.js';
import { type Clock, systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { consoleLogger, type Logger } from '../../base/log.js';
import { refuseUnknown } from '../../base/options.js';
import { isStoreErrorOf, StoreError } from '../../base/store-error.js';
import type { ReadTx, Tx } from '../../kinds/index.js';
import type { Sync, UpdateOptions, WatchableStore } from '../../state/index.js';
import { type BackOff, backOffOf } from '../back-off.js';
import type { SingletonRun } from '../singleton.js';
import {
  type AlsoWatched,
  type KeyOf,
  KeySource,
  type ReconcileKind,
  type ReconcileObject,
  type ReconcileReplica,
} from './source.js';
import { Term, type TermCounts } from './term.js';

/** Writes of a controller that runs where a replica leads: refused when it leads no more. */
export type LeaderUpdate = <T>(write: (tx: Tx) => T & Sync<T>, options?: UpdateOptions) => Promise<T>;

/** One key that is to be made right, as the function of a controller receives it. */
export interface Reconciling<Update = LeaderUpdate> {
  /** Key to look at: its objects may have changed in any way, or be gone. */
  readonly key: string;
  /** Number of this attempt, from 1: greater than 1 when those before threw. */
  readonly attempt: number;
  /** Aborts when this process may not act any more. */
  readonly signal: AbortSignal;
  /** Reads what is committed here. */
  view<T>(this: void, read: (tx: ReadTx) => T & Sync<T>): T;
  /** Writes that are refused when this process may not act any more. */
  readonly update: Update;
}

/** Wish of a controller for a key: to look at it again. */
export interface ReconcileAgain {
  /** Time until then, milliseconds. */
  readonly afterMs: number;
}

/** Makes one key right. What it throws is tried again after a back-off. */
export type Reconcile<Update = LeaderUpdate> = (
  one: Reconciling<Update>,
) => ReconcileAgain | void | Promise<ReconcileAgain | void>;

/** Options of a controller, wherever it runs. */
export interface ReconcileSettings<T> {
  /** Keys that an object concerns. Default: its id. */
  readonly key?: KeyOf<T>;
  /** Other kinds whose changes concern it, made by `watching`. */
  readonly also?: readonly AlsoWatched[];
  /** Number of keys that are worked on at a time. Default 1. */
  readonly workers?: number;
  /** Waits after an attempt that threw, for each key. Default: from 100 ms to 60 s. */
  readonly backoff?: Partial<BackOff>;
  /** Interval at which all keys are looked at again, milliseconds. Default: never. */
  readonly resyncMs?: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
  /** Receives what was thrown. Default: a warning in the log. */
  readonly onError?: (error: unknown, key: string) => void;
  /** Time; default the clock of the system. */
  readonly clock?: Clock;
  /** Log for errors; default warnings on stderr. */
  readonly logger?: Logger;
}

/** Options of a controller that runs where a replica leads. */
export interface ReconcileOptions<T> extends ReconcileSettings<T> {
  /** The replica in this process. */
  readonly replica: ReconcileReplica;
}

/** Options of a controller that runs in a singleton. */
export interface SingletonReconcileOptions<T> extends ReconcileSettings<T> {
  /** Store of the cluster in this process, to read from. */
  readonly store: WatchableStore;
  /** The run of the singleton: what its start received. */
  readonly run: SingletonRun;
}

/** Counts of a controller, for metrics. */
export interface ReconcileCounts extends TermCounts {
  /** 1 while it runs in this process, 0 while it waits for its turn. */
  readonly active: number;
  /** Keys that can be worked on now. */
  readonly ready: number;
  /** Keys that are worked on. */
  readonly running: number;
  /** Keys that wait for their time: after a failure, or by wish. */
  readonly delayed: number;
}

const settings = ['key', 'also', 'workers', 'backoff', 'resyncMs', 'signal', 'onError', 'clock', 'logger'];
const places = ['replica', 'store', 'run'];

/** A controller at work, or waiting for its turn. Made by {@link reconcile}. */
export class Reconciler implements AsyncDisposable {
  /** Resolves when it has stopped and nothing is under way. Never rejects. */
  readonly stopped: Promise<void>;
  readonly #stop = new AbortController();
  readonly #counts = { runs: 0, failures: 0, conflicts: 0, resyncs: 0, terms: 0 };
  #term: Term | undefined;

  /** @internal */
  constructor(
    run: (signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>) => Promise<void>,
    term: TermMaker,
  ) {
    const lead = async (signal: AbortSignal) => {
      if (signal.aborted) return;
      this.#counts.terms++;
      const one = (this.#term = term(signal, this.#counts));
      await one.run();
      this.#term = undefined;
    };
    this.stopped = run(this.#stop.signal, lead);
  }

  /** Counts since it began, and the keys of this moment. */
  get counts(): ReconcileCounts {
    const { ready = 0, running = 0, delayed = 0 } = this.#term?.keys ?? {};
    return { ...this.#counts, active: this.#term ? 1 : 0, ready, running, delayed };
  }

  /** Begins nothing more, and waits for what is under way. */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.stopped;
  }

  /** Stops it: `await using controller = reconcile(…)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}

type TermMaker = (signal: AbortSignal, counts: ConstructorParameters<typeof Term>[0]['counts']) => Term;

/**
 * Runs a controller: `fn` is called for every key when it begins, and for the keys of each object that changes. Several
 * changes of a key are one call, two calls of one key never overlap, and what throws is tried again. It runs only where
 * this process may act: where its replica leads, or in a singleton.
 * @see docs/controllers.md
 */
export function reconcile<K extends ReconcileKind>(
  kind: K,
  options: ReconcileOptions<ReconcileObject<K>>,
  fn: Reconcile,
): Reconciler;
export function reconcile<K extends ReconcileKind>(
  kind: K,
  options: SingletonReconcileOptions<ReconcileObject<K>>,
  fn: Reconcile<SingletonRun['update']>,
): Reconciler;
export function reconcile(
  kind: ReconcileKind,
  options: ReconcileOptions<never> | SingletonReconcileOptions<never>,
  fn: Reconcile<never>,
): Reconciler {
  refuseUnknown('reconcile', options, [...settings, ...places]);
  const {
    key = ({ id }: { readonly id: string }) => id,
    also = [],
    workers = 1,
    resyncMs,
    clock = systemClock,
  } = options;
  if (!(Number.isSafeInteger(workers) && workers >= 1)) throw new TypeError('workers must be a whole number from 1');
  if (resyncMs !== undefined && !(resyncMs > 0)) throw new TypeError('resyncMs must be above 0');
  if (typeof fn !== 'function') throw new TypeError('reconcile(kind, options, fn) takes a function of one key');
  const backOff = backOffOf(options.backoff, { firstMs: 100, mostMs: 60_000 });
  const store = 'replica' in options ? options.replica.store : options.store;
  const source = new KeySource(store, [{ kind, key: key }, ...also]);
  const report = (error: unknown, failed: string) => {
    const { onError, logger = consoleLogger } = options;
    if (onError) onError(error, failed);
    else if (!isStoreErrorOf(error, ['NOT_LEADER', 'LEASE_LOST']))
      logger.warn('a controller failed; the key is tried again', { key: failed, error: messageOf(error) });
  };
  const common = { source, clock, workers, backOff, resyncMs, report, closed: () => store.queue.closed };
  const term: TermMaker = (signal, counts) => {
    const update = 'replica' in options ? fencedBy(signal, store) : options.run.update.bind(options.run);
    const call = (one: { readonly key: string; readonly attempt: number }) =>
      fn({
        ...one,
        signal,
        view: <T>(read: (tx: ReadTx) => T & Sync<T>) => store.view<T>(read),
        update: update as never,
      });
    const begin = async () => {
      // What this member has proposed before is certain then.
      if ('replica' in options) await store.update(() => undefined, { signal });
    };
    return new Term({ ...common, signal, counts, call, begin });
  };
  const either = (stop: AbortSignal) => (options.signal ? AbortSignal.any([stop, options.signal]) : stop);
  return 'replica' in options
    ? new Reconciler((stop, lead) => whileLeading(options.replica, either(stop), lead), term)
    : new Reconciler((stop, lead) => lead(AbortSignal.any([either(stop), options.run.signal])), term);
}

/** Writes of one term: a callback that is late for its term never runs in another. */
function fencedBy(signal: AbortSignal, store: WatchableStore): LeaderUpdate {
  const update = (write: (tx: Tx) => unknown, options: UpdateOptions = {}) =>
    signal.aborted
      ? Promise.reject(new StoreError('NOT_LEADER', 'this process leads no more; nothing was written'))
      : store.update<unknown>(write, { signal, ...options });
  return update as LeaderUpdate;
}

/** Calls `lead` for each time that the replica leads, one after the other, until the signal aborts. */
async function whileLeading(
  replica: ReconcileReplica,
  stop: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let term: AbortController | undefined;
  let last: Promise<void> = Promise.resolve();
  const lose = () => {
    term?.abort();
    term = undefined;
  };
  const gain = () => {
    if (term || stop.aborted) return;
    const { signal } = (term = new AbortController());
    last = last.then(() => lead(signal));
  };
  await new Promise<void>((resolve) => {
    const subscription = replica.leadership.subscribe({
      next: (role) => (role === 'leader' ? gain() : lose()),
      error: () => resolve(),
      complete: () => resolve(),
    });
    onAbort(stop, () => {
      subscription.unsubscribe();
      resolve();
    });
  });
  lose();
  await last;
}
