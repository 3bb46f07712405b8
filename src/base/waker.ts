import type { Clock } from './clock.js';
import { pause } from './waiting.js';

/** Wait of a loop that something else can end early. */
export class Waker {
  readonly #clock: Clock;
  #woken = false;
  #waiting: AbortController | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait under way, or the next one at once. */
  wake(): void {
    this.#woken = true;
    this.#waiting?.abort();
  }

  /** Waits for `delayMs`, or until {@link wake}. Resolves with true when woken. */
  async wait(delayMs: number): Promise<boolean> {
    if (!this.#woken) {
      this.#waiting = new AbortController();
      await pause(this.#clock, delayMs, this.#waiting.signal);
      this.#waiting = undefined;
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }
}
