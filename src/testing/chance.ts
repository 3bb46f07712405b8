import { type Random, seededRandom } from '../base/random.js';

/** Draws of one part of a run. Each part has its own, so that turning one off leaves the draws of the others alone. */
export class Chance {
  readonly random: Random;

  constructor(seed: number, part: string) {
    let mixed = seed >>> 0;
    for (let i = 0; i < part.length; i++) mixed = Math.imul(mixed ^ part.charCodeAt(i), 0x01000193) >>> 0;
    this.random = seededRandom(mixed);
  }

  /** True with this probability. */
  happens(probability: number): boolean {
    return probability > 0 && this.random(1_000_000) < probability * 1_000_000;
  }

  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number {
    return low + this.random(high - low + 1);
  }

  /** An exponentially distributed time: many are short, few are long. */
  exponential(mean: number): number {
    return -Math.log((1 + this.random(1_000_000)) / 1_000_001) * mean;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random(items.length)] as T;
  }

  shuffle<T>(items: readonly T[]): T[] {
    const left = [...items];
    return items.map(() => left.splice(this.random(left.length), 1)[0] as T);
  }
}
