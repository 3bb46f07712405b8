import type { Clock } from '../base/clock.js';
import { settledWithin } from '../base/waiting.js';
import type { Lock } from './lock.js';

/** Limit for giving a lock back when its work was stopped, milliseconds. */
const releaseMs = 1_000;

/**
 * Gives a lock back. Its lease expires by itself, so an unreachable cluster is no error. With `hurry` the wait for it has a
 * limit.
 */
export async function releaseWithin(lock: Lock, clock: Clock, hurry: boolean): Promise<void> {
  const given = new AbortController();
  const released = lock.release({ signal: given.signal }).catch(() => undefined);
  await (hurry ? settledWithin(clock, releaseMs, released) : released);
  given.abort();
}
