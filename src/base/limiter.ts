/** Runs work with at most so many pieces at a time; the rest waits in order. */
export class Limiter {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param max Most pieces that run at a time; at least 1. */
  constructor(max: number) {
    this.#max = max;
  }

  /** Runs `work` when its turn comes, and settles as it does. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    // A piece that ends hands its place on: no piece that comes later may take it first.
    if (this.#running < this.#max) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
