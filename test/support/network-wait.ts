import { until as wait } from '../../scripts/waiting.js';

/** Waits until `holds` says so; fails with `what` when that takes too long. */
export const until = (
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
  everyMs = 5,
): Promise<void> => wait(what, holds, timeoutMs, everyMs);

/** Waits a moment: for tests that must see that something does *not* happen. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
