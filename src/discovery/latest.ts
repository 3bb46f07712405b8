import type { Observable, Subscription } from '../base/observable.js';
import type { Sighting } from './watch.js';

interface Waiter {
  resolve(result: IteratorResult<Sighting, undefined>): void;
  reject(error: unknown): void;
}

/**
 * Reads a watch with backpressure. Keeps the newest list and the newest error that have not been read, and nothing
 * else: an older list says nothing that the newer one does not.
 */
export class LatestSightings implements AsyncIterableIterator<Sighting, undefined> {
  readonly #subscription: Subscription;
  readonly #waiters: Waiter[] = [];
  #kept: Sighting[] = [];
  #end: { readonly error: unknown } | 'done' | undefined;

  constructor(watch: Observable<Sighting>, signal: AbortSignal | undefined) {
    this.#subscription = watch.subscribe({
      next: (sighting) => this.#keep(sighting),
      error: (error: unknown) => this.#finish({ error }),
      complete: () => {
        // Stopped is stopped: what was not read yet is not wanted any more.
        if (signal?.aborted) this.#kept = [];
        this.#finish('done');
      },
    });
  }

  next(): Promise<IteratorResult<Sighting, undefined>> {
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#serve();
    });
  }

  return(): Promise<IteratorResult<Sighting, undefined>> {
    this.#kept = [];
    this.#subscription.unsubscribe();
    this.#finish('done');
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #keep(sighting: Sighting): void {
    const isList = sighting.entries !== undefined;
    this.#kept = [...this.#kept.filter(({ entries }) => (entries !== undefined) !== isList), sighting];
    this.#serve();
  }

  #finish(end: { readonly error: unknown } | 'done'): void {
    this.#end ??= end;
    this.#serve();
  }

  #serve(): void {
    while (this.#waiters.length > 0) {
      const value = this.#kept.shift();
      if (value) this.#waiters.shift()?.resolve({ done: false, value });
      else if (this.#end !== undefined) this.#answerEnd(this.#waiters.shift());
      else return;
    }
  }

  #answerEnd(waiter: Waiter | undefined): void {
    const end = this.#end;
    this.#end = 'done';
    if (typeof end === 'object') waiter?.reject(end.error);
    else waiter?.resolve({ done: true, value: undefined });
  }
}
