import type { Clock } from '../base/clock.js';
import { asError } from '../base/errors.js';
import { pause } from '../base/waiting.js';
import { DiscoveryError } from './errors.js';
import { DiscoveryWatch, type Tell } from './watch.js';

/**
 * A watch of a service with notifications. `follow` delivers the list, then each change of it, and ends by failing or at
 * the abort. It begins anew, a pause after each failure, while there is a listener.
 */
export function following(
  follow: (tell: Tell, signal: AbortSignal) => Promise<void>,
  {
    clock,
    pauseMs,
    signal,
  }: { readonly clock: Clock; readonly pauseMs: number; readonly signal?: AbortSignal | undefined },
): DiscoveryWatch {
  return new DiscoveryWatch(async (tell, stop) => {
    while (!stop.aborted) {
      await follow(tell, stop).catch((cause: unknown) => {
        if (stop.aborted) return;
        tell.error(new DiscoveryError('UNAVAILABLE', `Unexpected watch error: ${asError(cause).message}`, { cause }));
      });
      await pause(clock, pauseMs, stop);
    }
  }, signal);
}
