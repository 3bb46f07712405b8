import { onAbort as listen } from './abort.js';
import type { Cancel } from './clock.js';
import { type Deferred, deferred } from './deferred.js';

/**
 * Iterator that ends within a turn, whatever it waits for: on `return`, `throw`, `break`, and when `signal` aborts.
 *
 * A generator that waits inside `next` handles a `return` only after that wait, which may never end. Here pending calls
 * settle at once, and the signal of `run` aborts so that it can release its resources.
 *
 * @param run Makes the items. Its signal aborts when the iterator ends early; later items and errors are ignored.
 * @param signal Ends the iterator. `onAbort: 'throw'`: pending calls reject with its reason, instead of ending quietly.
 */
export function endable<T>(
  run: (signal: AbortSignal) => AsyncGenerator<T, void>,
  signal?: AbortSignal,
  { onAbort = 'end' }: { readonly onAbort?: 'end' | 'throw' } = {},
): AsyncGenerator<T, void> {
  return new Endable(run, signal, onAbort);
}

type Result<T> = IteratorResult<T, void>;

class Endable<T> implements AsyncGenerator<T, void> {
  readonly #stop = new AbortController();
  readonly #items: AsyncGenerator<T, void>;
  readonly #forget: Cancel | undefined;
  readonly #onAbort: () => void;
  /** Pending calls, settled in order. */
  readonly #waiting = new Set<Deferred<Result<T>>>();
  #ended = false;
  /** Error for the next `next` call to reject with, once. */
  #failure: { readonly error: unknown } | undefined;

  constructor(
    run: (signal: AbortSignal) => AsyncGenerator<T, void>,
    signal: AbortSignal | undefined,
    onAbort: 'end' | 'throw',
  ) {
    this.#items = run(this.#stop.signal);
    this.#onAbort = () => this.#end(onAbort === 'throw' ? { error: signal?.reason as unknown } : undefined);
    if (signal?.aborted) this.#onAbort();
    else this.#forget = signal && listen(signal, this.#onAbort);
  }

  next(): Promise<Result<T>> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) return Promise.reject(failure.error);
    if (this.#ended) return Promise.resolve(done);
    const waiter = deferred<Result<T>>();
    this.#waiting.add(waiter);
    this.#items.next().then(
      (result) => {
        if (!this.#waiting.delete(waiter)) return;
        if (result.done) this.#end();
        waiter.resolve(result);
      },
      (error: unknown) => {
        if (!this.#waiting.delete(waiter)) return;
        this.#end();
        waiter.reject(error);
      },
    );
    return waiter.promise;
  }

  return(): Promise<Result<T>> {
    this.#failure = undefined;
    this.#end();
    return Promise.resolve(done);
  }

  throw(error: unknown): Promise<Result<T>> {
    this.#end();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(failure?: { readonly error: unknown }): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#forget?.();
    if (this.#waiting.size === 0) this.#failure = failure;
    for (const { resolve, reject } of this.#waiting) {
      if (failure) reject(failure.error);
      else resolve(done);
    }
    this.#waiting.clear();
    this.#stop.abort();
    this.#items.return().catch(() => undefined);
  }
}

const done: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });
