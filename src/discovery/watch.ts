import { onAbort } from '../base/abort.js';
import { asError } from '../base/errors.js';
import { Observable, type Subscriber } from '../base/observable.js';
import { type Entries, sameMembers } from './entries.js';
import { LatestSightings } from './latest.js';

/** One report of a watch: the full list, or what is wrong at the moment. The list before an error still stands. */
export type Sighting =
  { readonly entries: Entries; readonly error?: undefined } | { readonly error: Error; readonly entries?: undefined };

/** Receiver of what a backend sees. A list that differs from the one before in its order only is not passed on. */
export interface Tell {
  /** Delivers the full list. */
  readonly entries: (entries: Entries) => void;
  /** Delivers an error; the watch goes on. */
  readonly error: (error: unknown) => void;
}

/**
 * Follows a service for one subscriber. May return or resolve early, when its list is final: the watch stays open. Must stop
 * when `signal` is aborted; what it tells or throws after that is ignored.
 */
export type Look = (tell: Tell, signal: AbortSignal) => void | Promise<void>;

/**
 * The list of a backend, as an rxjs Observable and as an async iterable of {@link Sighting}s.
 *
 * The first list comes as soon as it is known, even when it is empty; then one whenever entries come or go. Each is the
 * full list. Errors come beside the lists and end nothing. It ends when the signal is aborted, at `unsubscribe` or
 * `break`: at once, freeing everything.
 *
 * A subscriber gets everything. An iterator may be slower and gets the newest list, not each one in between, so
 * that a slow reader holds nothing up and is never behind.
 */
export class DiscoveryWatch extends Observable<Sighting> {
  readonly #signal: AbortSignal | undefined;

  constructor(look: Look, signal?: AbortSignal) {
    super((subscriber) => start(look, subscriber, signal));
    this.#signal = signal;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Sighting, undefined> {
    return new LatestSightings(this, this.#signal);
  }
}

/** Begins to look for one subscriber. Returns how to stop. */
function start(look: Look, subscriber: Subscriber<Sighting>, signal: AbortSignal | undefined): () => void {
  const looking = new AbortController();
  if (signal?.aborted) {
    subscriber.complete();
    return () => undefined;
  }
  const forget = signal && onAbort(signal, () => subscriber.complete());
  const failed = (error: unknown) => subscriber.error(asError(error));
  try {
    Promise.resolve(look(tellTo(subscriber), looking.signal)).catch(failed);
  } catch (error) {
    failed(error);
  }
  return () => {
    forget?.();
    looking.abort();
  };
}

function tellTo(subscriber: Subscriber<Sighting>): Tell {
  let last: Entries | undefined;
  return {
    entries: (entries) => {
      if (last && sameMembers(last, entries)) return;
      last = entries;
      subscriber.next({ entries });
    },
    error: (error) => subscriber.next({ error: asError(error) }),
  };
}
