import { onAbort } from '../../base/abort.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { Observable, type Observer, Subscriber, type Subscription } from '../../base/observable.js';
import type { Event } from '../../kinds/events.js';
import type { MatchMode } from '../../kinds/specifiers.js';
import { eventsFor, type Listener } from './queue.js';
import { type IteratorOptions, WatchIterator } from './watch-iterator.js';
import { errorAfterFetch, lostError, startError, type WatchPlan } from './watch-plan.js';

/** Options of a watch. */
export interface WatchOptions {
  /** Most events that an iterator keeps for a slow reader; default 10,000. Beyond, the watch ends with `WATCH_OVERFLOW`. */
  readonly limit?: number;
  /** Most encoded bytes of events that an iterator keeps; no limit by default. Beyond, the same. */
  readonly limitBytes?: number;
  /** Ends the watch quietly. */
  readonly signal?: AbortSignal;
  /** `either` also reports an update whose old object matches, so that an object leaving the filter is seen. Default `new`. */
  readonly match?: MatchMode;
  /** Behaviour when `after` is not here yet: end with `VERSION_AHEAD`, or wait for it. Default `refuse`. */
  readonly ahead?: 'refuse' | 'wait';
  /** Begin with everything after this version, as `watchFrom` does. Default: with the next transaction. */
  readonly after?: number;
}

export const watchLimitDefault = 10_000;

/** An Observable whose handlers may throw: they are unsubscribed and reported without harm to others. So are its pipes'. */
class GuardedObservable<E> extends Observable<E> {
  readonly #logger: Logger;

  constructor(logger: Logger, subscribe?: (subscriber: Subscriber<E>) => () => void) {
    super(subscribe);
    this.#logger = logger;
  }

  override subscribe(observer?: Partial<Observer<E>> | ((event: E) => void)): Subscription;
  override subscribe(
    next?: ((event: E) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    first?: Partial<Observer<E>> | ((event: E) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (first instanceof Subscriber) return super.subscribe(first as Subscriber<E>);
    const observer: Partial<Observer<E>> =
      typeof first === 'function' || !first
        ? { ...(first && { next: first }), ...(error && { error }), ...(complete && { complete }) }
        : first;
    return super.subscribe(guarded(observer, this.#logger));
  }

  /** Guards the result of `pipe` like its source. */
  override lift<R>(operator?: unknown): Observable<R> {
    const lifted = new GuardedObservable<R>(this.#logger);
    Object.assign(lifted, { source: this, operator });
    return lifted;
  }
}

/** Reads a watch one transaction at a time. */
export let transactionsOf: (watch: Watch, options?: IteratorOptions) => WatchIterator;

/**
 * Changes, as an rxjs Observable and as an async iterable.
 *
 * Begins when it is subscribed to, or at `[Symbol.asyncIterator]()`; a watch from `viewAndWatch` or `watchFrom` begins at
 * its version whenever that is. Subscribers run as part of delivery, before the transaction's promise resolves; iterators
 * have a buffer. Ends with an error that says why, or completes when the store closes; it never skips silently.
 */
export class Watch<E = Event> extends GuardedObservable<E> {
  static {
    transactionsOf = (watch, options) => new WatchIterator(watch.#plan, options);
  }
  readonly #plan: WatchPlan;

  constructor(plan: WatchPlan) {
    super(plan.source.logger, (subscriber) => follow(plan, subscriber));
    this.#plan = plan;
  }

  /** Reads the events; leaving the loop ends the watch. */
  [Symbol.asyncIterator](): AsyncIterableIterator<E> {
    return new WatchIterator(this.#plan) as unknown as AsyncIterableIterator<E>;
  }
}

/** Keeps what a handler throws away from the others and from the process. */
function guarded<E>(observer: Partial<Observer<E>>, logger: Logger): Subscriber<E> {
  const report = (error: unknown) => {
    if (!observer.error) {
      logger.error('a watch ended with an error and has no error handler', { error: messageOf(error) });
      return;
    }
    try {
      observer.error(error);
    } catch (second) {
      logger.error('the error handler of a watch failed', { error: messageOf(second) });
    }
  };
  const subscriber: Subscriber<E> = new Subscriber<E>({
    next(event: E) {
      try {
        observer.next?.(event);
      } catch (error) {
        subscriber.unsubscribe();
        report(error);
      }
    },
    error: report,
    complete() {
      try {
        observer.complete?.();
      } catch (error) {
        report(error);
      }
    },
  });
  return subscriber;
}

/** Brings a subscriber what it missed, then what comes. Returns how to stop. */
function follow(plan: WatchPlan, subscriber: Subscriber<unknown>): () => void {
  const { source, specifiers, match, signal } = plan;
  if (signal?.aborted || source.queue.closed) {
    subscriber.complete();
    return () => undefined;
  }
  const give = (events: readonly Event[]) => {
    for (const event of events) {
      if (subscriber.closed) return;
      subscriber.next(event);
    }
  };
  const listener: Listener = {
    specifiers,
    match,
    onTransaction: (record, events) => {
      if (plan.after === undefined || record.version > plan.after) give(events);
    },
    onError: (error) => subscriber.error(error),
    onClose: () => subscriber.complete(),
  };
  const forget = signal && onAbort(signal, () => subscriber.complete());
  const stop = () => {
    forget?.();
    source.queue.detach(listener);
  };
  const goLive = (after: number | undefined) => {
    if (after !== undefined && !catchUp(plan, after, subscriber, give)) return;
    if (!subscriber.closed) source.queue.attach(listener);
  };
  begin(plan, goLive, give, subscriber);
  return stop;
}

/** Starts at `plan.after`, fetching from elsewhere first where history does not reach. */
function begin(
  plan: WatchPlan,
  goLive: (after: number | undefined) => void,
  give: (events: readonly Event[]) => void,
  subscriber: Subscriber<unknown>,
): void {
  const { source, after, specifiers, match } = plan;
  const refused = after === undefined ? undefined : startError(plan, after);
  if (refused) {
    subscriber.error(refused);
    return;
  }
  const older =
    after === undefined || after >= source.history.reachesBackTo(source.version()) ? undefined : source.older(after);
  if (!older) {
    goLive(after);
    return;
  }
  older
    .then((records) => {
      const gone = errorAfterFetch(plan, after as number);
      if (gone) throw gone;
      for (const record of records) give(eventsFor(specifiers, match, record));
      if (!subscriber.closed) goLive(records.at(-1)?.version ?? after);
    })
    .catch((error: unknown) => subscriber.error(error));
}

/** Replays history up to what the queue has delivered. False when it could not. */
function catchUp(
  plan: WatchPlan,
  after: number,
  subscriber: Subscriber<unknown>,
  give: (events: readonly Event[]) => void,
): boolean {
  const { source, specifiers, match } = plan;
  try {
    for (let version = after + 1; version <= source.queue.version && !subscriber.closed; version++) {
      const record = source.history.get(version);
      if (!record) throw lostError(source, version - 1);
      give(eventsFor(specifiers, match, record));
    }
    return true;
  } catch (error) {
    subscriber.error(error);
    return false;
  }
}
