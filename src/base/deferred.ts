/** A promise with its handles outside, for answers that arrive in another call. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a {@link Deferred}. With `quiet`, a rejection without a listener is no unhandled rejection. */
export function deferred<T>(options?: { quiet?: boolean }): Deferred<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  if (options?.quiet) promise.catch(() => undefined);
  return { promise, resolve, reject };
}
