import type { World } from './world.js';

/** One acceptance check: what a person who uses skep relies on. */
export interface Check {
  readonly number: number;
  /** Sentence that holds when the check is ok. */
  readonly says: string;
  /** Needs no engines and managers of the world. */
  readonly alone?: true;
  /** Tries it. Resolves with what was seen; rejects when the sentence does not hold. */
  readonly run: (world: World) => Promise<string>;
}

/** Fails when something that a check stands for does not hold. */
export function expectThat(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Fails with both values unless they are the same as JSON. */
export function expectSame(seen: unknown, wanted: unknown, what: string): void {
  const [one, other] = [JSON.stringify(seen), JSON.stringify(wanted)];
  expectThat(one === other, `${what}: ${one}, wanted ${other}`);
}

/** Time for which a check waits for something that takes seconds, on a busy machine. */
export const patienceMs = 90_000;

/**
 * Judges a time. The limit is that of a quiet machine with two cores; only a clear multiple of it fails. Says both.
 */
export function within(what: string, tookMs: number, limitMs: number): string {
  const failsMs = Math.max(limitMs * 3, limitMs + 10_000);
  const text = `${what} after ${seconds(tookMs)} (limit ${seconds(limitMs)})`;
  expectThat(tookMs <= failsMs, `${text}, fails above ${seconds(failsMs)}`);
  return text;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
