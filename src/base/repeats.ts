/** Time without something after which it is news again, milliseconds. */
const quietDefaultMs = 60_000;

/** Tells news from what happens again and again: that is news once, however long it goes on. */
export class Repeats {
  readonly #quietMs: number;
  /** By what happened, the moment when it did last; the longest ago is first. */
  readonly #last = new Map<string, number>();

  constructor(quietMs = quietDefaultMs) {
    this.#quietMs = quietMs;
  }

  /** Notes that this happens. True unless it has happened within the last minute. */
  isNews(what: string, nowMs: number): boolean {
    const before = this.#last.get(what);
    this.#last.delete(what);
    this.#last.set(what, nowMs);
    for (const [old, atMs] of this.#last) {
      if (nowMs - atMs < this.#quietMs) break;
      this.#last.delete(old);
    }
    return before === undefined || nowMs - before >= this.#quietMs;
  }
}
