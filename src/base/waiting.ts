import { onAbort } from './abort.js';
import type { Clock } from './clock.js';

/**
 * Returns the same promise, or a rejection with the signal's reason as soon as it aborts. The late result is ignored.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const forget = onAbort(signal, () => reject(signal.reason as Error));
    promise.then(resolve, reject).finally(forget);
  });
}

/** Resolves when one of the signals is aborted. Leaves no listener on the others, which may live for long. */
export function aborted(...signals: readonly AbortSignal[]): Promise<void> {
  if (signals.some((signal) => signal.aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      for (const cancel of forget) cancel();
      resolve();
    };
    const forget = signals.map((signal) => onAbort(signal, end));
  });
}

/** Waits on `clock`; an abort ends the wait at once, and leaves no timer behind. */
export function pause(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      forget?.();
      resolve();
    };
    const cancel = clock.schedule(delayMs, end);
    const forget = signal && onAbort(signal, end);
  });
}

/** Returns the same promise, or a rejection with the result of `late` when it has not settled after `limitMs`. */
export function within<T>(clock: Clock, limitMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(limitMs, () => reject(late()));
    promise.then(resolve, reject).finally(cancel);
  });
}

/** Resolves when `promise` has settled, either way, or after `limitMs`. */
export function settledWithin(clock: Clock, limitMs: number, promise: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.schedule(limitMs, resolve);
    const end = () => {
      cancel();
      resolve();
    };
    promise.then(end, end);
  });
}
