import type { Clock } from '../base/clock.js';
import { pause } from '../base/waiting.js';
import type { Entries } from './entries.js';
import type { Look } from './watch.js';

/** Polls at once and then every `everyMs`; what fails is an error beside the lists, and tried again the next time. */
export function polling(clock: Clock, everyMs: number, fetch: (signal: AbortSignal) => Promise<Entries>): Look {
  return async (tell, signal) => {
    while (!signal.aborted) {
      await fetch(signal).then(tell.entries, tell.error);
      await pause(clock, everyMs, signal);
    }
  };
}
