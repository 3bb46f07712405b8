import { type Deferred, deferred } from '../base/deferred.js';

/** Promises that resolve when an index has been applied. */
export class AppliedWaiters {
  #applied = 0;
  #waiting: { readonly index: number; readonly done: Deferred<void> }[] = [];

  /** Resolves when everything up to `index` has been applied here. */
  until(index: number): Promise<void> {
    if (index <= this.#applied) return Promise.resolve();
    const done = deferred<void>({ quiet: true });
    this.#waiting.push({ index, done });
    return done.promise;
  }

  reached(index: number): void {
    this.#applied = index;
    if (this.#waiting.length === 0) return;
    const ready = this.#waiting.filter((waiter) => waiter.index <= index);
    if (ready.length === 0) return;
    this.#waiting = this.#waiting.filter((waiter) => waiter.index > index);
    for (const { done } of ready) done.resolve();
  }

  failAll(error: unknown): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { done } of waiting) done.reject(error);
  }
}
