import type { Clock } from '../../base/clock.js';

/** Times between tries of a unit whose changes are refused, ms: the first, and the longest. */
export interface RetryTimes {
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Time after which a unit that could be tried again and was not is forgotten, ms. */
const forgetMs = 60_000;

interface Hold {
  readonly until: number;
  readonly delayMs: number;
}

/** Units of work that were refused and wait before they are tried again: each time longer. */
export class Holds {
  readonly #clock: Clock;
  readonly #held = new Map<string, Hold>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Puts a unit aside. */
  hold(unit: string, { firstMs, mostMs }: RetryTimes): void {
    this.#forgetOld();
    const before = this.#held.get(unit)?.delayMs;
    const delayMs = before === undefined ? firstMs : Math.min(Math.max(firstMs, 2 * before), Math.max(mostMs, firstMs));
    this.#held.set(unit, { until: this.#clock.monotonic() + delayMs, delayMs });
  }

  /** Takes a unit back that was written. */
  release(unit: string): void {
    this.#held.delete(unit);
  }

  /** Tells whether a unit must wait longer. */
  isHeld(unit: string): boolean {
    const held = this.#held.get(unit);
    return held !== undefined && held.until > this.#clock.monotonic();
  }

  /** Time until the first unit that waits may be tried, ms; `Infinity` when none waits. Units that may be tried have no say. */
  get waitMs(): number {
    const now = this.#clock.monotonic();
    let least = Infinity;
    for (const { until } of this.#held.values()) if (until > now) least = Math.min(least, until - now);
    return least;
  }

  /** Drops units that were not tried again for long. */
  #forgetOld(): void {
    const now = this.#clock.monotonic();
    for (const [unit, { until }] of this.#held) if (until + forgetMs < now) this.#held.delete(unit);
  }
}
