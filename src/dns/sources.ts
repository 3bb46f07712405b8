/** Most queries over UDP from one source in a second, and most sources that are counted; others get no answer. */
export const queriesMax = 1_000;
const sourcesMax = 10_000;

/**
 * Counts queries per source and second. The source of a packet can be forged: without a bound, an attacker could use
 * our larger responses to flood a victim.
 */
export class Sources {
  readonly #counts = new Map<string, number>();
  #second = -1;

  /** `now` is the time of the monotonic clock, milliseconds. */
  admits(source: string, now: number): boolean {
    const second = Math.floor(now / 1_000);
    if (second !== this.#second) this.#counts.clear();
    this.#second = second;
    const count = (this.#counts.get(source) ?? 0) + 1;
    if (count > queriesMax || (count === 1 && this.#counts.size >= sourcesMax)) return false;
    this.#counts.set(source, count);
    return true;
  }
}
