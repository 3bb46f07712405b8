import type { Clock } from './clock.js';

/** Wait of a loop that something else can end early. */
export class Waker {
  readonly #clock: Clock;
  #woken = false;
  #endWait: () => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the wait under way, or the next one at once. */
  wake(): void {
    this.#woken = true;
    this.#endWait();
  }

  /** Waits for `delayMs`, or until {@link wake}. Resolves with true when woken. */
  async wait(delayMs: number): Promise<boolean> {
    if (!this.#woken) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.schedule(delayMs, resolve);
        this.#endWait = () => {
          cancel();
          resolve();
        };
      });
    }
    const woken = this.#woken;
    this.#woken = false;
    return woken;
  }
}
