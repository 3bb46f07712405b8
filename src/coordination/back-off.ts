/** Waits between attempts: each twice the one before, up to a limit. */
export interface BackOff {
  /** First wait, milliseconds. */
  readonly firstMs: number;
  /** Longest wait, milliseconds. */
  readonly mostMs: number;
}

/** Completes and checks a back-off. @throws {TypeError} for a wait below 1 ms, or a first one above the longest. */
export function backOffOf(given: Partial<BackOff> | undefined, defaults: BackOff): BackOff {
  const { firstMs = defaults.firstMs, mostMs = Math.max(firstMs, defaults.mostMs) } = given ?? {};
  if (!(firstMs >= 1 && mostMs >= firstMs && Number.isFinite(mostMs)))
    throw new TypeError('backoff: firstMs must be from 1, and mostMs at least as much');
  return { firstMs, mostMs };
}

/** Wait after the `failures`-th failure in a row, milliseconds. */
export function backOffMs({ firstMs, mostMs }: BackOff, failures: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 30));
}
