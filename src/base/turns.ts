import { type Clock, sliceMs } from './clock.js';

/**
 * Runs pieces of work in order, as many in one turn of the event loop as fit into {@link sliceMs}. The rest waits for the
 * next turn: timers, heartbeats and input come in between, however many pieces there are.
 */
export class Turns {
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  /** Position of the first piece that waits; the array is cut when it has been worked off. */
  #first = 0;
  /** Moment of the first piece of this turn; `undefined` when there was none. */
  #begun: number | undefined;
  #scheduled = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Pieces that wait for another turn. */
  get waiting(): number {
    return this.#waiting.length - this.#first;
  }

  /** Runs `work` now when this turn has time for it, else in a later one. It must not throw. */
  run(work: () => void): void {
    if (this.waiting > 0 || this.#spent) this.#waiting.push(work);
    else work();
    this.#schedule();
  }

  /** Resolves with what `work` returns. Rejects with what it throws. */
  do<T>(work: () => T | PromiseLike<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.run(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Counts everything since the first piece, so also what others did in between. */
  get #spent(): boolean {
    const now = this.#clock.monotonic();
    return now - (this.#begun ??= now) >= sliceMs;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.schedule(0, () => this.#next());
  }

  #next(): void {
    this.#scheduled = false;
    this.#begun = undefined;
    while (this.waiting > 0 && !this.#spent) {
      const work = this.#waiting[this.#first] as () => void;
      this.#waiting[this.#first++] = () => undefined; // lets go of it
      work();
    }
    if (this.waiting > 0) this.#schedule();
    else {
      this.#waiting = [];
      this.#first = 0;
      this.#begun = undefined;
    }
  }
}
