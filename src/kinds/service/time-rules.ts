import { refuse } from '../rules.js';

/** Longest time that an engine can be given: it counts nanoseconds in 63 bits. About 292 years. */
const msMax = Math.floor(2 ** 63 / 1e6) - 1;

/** Refuses a time that an engine cannot be given. */
export function checkTime(path: string, ms: number | undefined): void {
  if (ms !== undefined && ms > msMax) refuse('service', path, `must be at most ${msMax} ms, is ${ms}`);
}
