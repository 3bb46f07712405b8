import { type Deferred, deferred } from '../base/deferred.js';
import { type CatalogEvent, Diff } from './diff.js';
import { watcherClosed } from './errors.js';
import type { Instance } from './instance.js';

/** Tells `told` each state of a service from now on, the present one at once if it is known. Returns how to stop. */
export type FollowStates = (told: (state: readonly Instance[]) => void, closed: () => void) => () => void;

/**
 * Watcher of a service with backpressure.
 *
 * Keeps the newest state and the last delivered one, and no queue. A slow reader blocks no other, is never
 * behind, and may miss an instance that came and went in between.
 */
export class Watcher implements Disposable {
  readonly #diff = new Diff();
  readonly #waiters: Deferred<CatalogEvent[]>[] = [];
  readonly #stop: () => void;
  #newest: readonly Instance[] | undefined;
  #begun = false;
  #closed = false;

  constructor(follow: FollowStates) {
    this.#stop = follow(
      (state) => this.#take(state),
      () => this.close(),
    );
    if (this.#closed) this.#stop();
  }

  /**
   * The first time all instances, as adds (at once also when there are none); then what has changed since, as soon as
   * something has. Outages are waited out.
   * @throws {CatalogError} `WATCHER_CLOSED`, also when it is closed during the wait.
   */
  next(): Promise<CatalogEvent[]> {
    if (this.#closed) return Promise.reject(watcherClosed());
    const waiter = deferred<CatalogEvent[]>();
    this.#waiters.push(waiter);
    this.#serve();
    return waiter.promise;
  }

  /** Closes the watcher and rejects a waiting `next()`. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    // Undefined when the agent has left already: then the constructor does it.
    (this.#stop as (() => void) | undefined)?.();
    this.#newest = undefined;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(watcherClosed());
  }

  /** Closes it: `using watcher = …`, or `await using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** The answers of {@link next}, until it is closed, which is no error here. Leaving the loop closes it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<CatalogEvent[], void> {
    try {
      while (!this.#closed) {
        const events = await this.next().catch((error: unknown) => {
          if (!this.#closed) throw error;
          return undefined;
        });
        if (events) yield events;
      }
    } finally {
      this.close();
    }
  }

  #take(state: readonly Instance[]): void {
    if (this.#closed) return;
    this.#newest = state;
    this.#serve();
  }

  #serve(): void {
    if (this.#newest === undefined || this.#waiters.length === 0) return;
    const events = this.#diff.apply(this.#newest);
    this.#newest = undefined;
    if (events.length === 0 && this.#begun) return;
    this.#begun = true;
    this.#waiters.shift()?.resolve(events);
  }
}
