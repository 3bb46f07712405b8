/** Queries over UDP that one source may ask in a second, and how many sources are counted: what is beyond is not answered. */
export const queriesMax = 1_000;
const sourcesMax = 10_000;

/**
 * Counts queries by where they come from, second by second. The source of a packet can be forged: without a bound a little
 * that is sent to us becomes much that we send to somebody who asked nothing.
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
