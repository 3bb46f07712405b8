import type { Clock } from '../../base/clock.js';
import { Limiter } from '../../base/limiter.js';
import { settledWithin } from '../../base/waiting.js';

/** Reactions of one engine at a time. */
const reactionsMax = 4;
/** Longest time that an event waits for its reaction, milliseconds: a slow engine must not keep its news back. */
const patienceMs = 1_000;

/** Reacts to the events of an engine, several at a time, and passes them on in their order. */
export class EventQueue {
  readonly #clock: Clock;
  readonly #limiter = new Limiter(reactionsMax);
  #passed: Promise<void> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Starts `react`, and calls `pass` when it and everything before it is done, or has taken too long. */
  add(react: () => Promise<void>, pass: () => void): void {
    const reacted = this.#limiter.run(react);
    this.#passed = this.#passed.then(() => settledWithin(this.#clock, patienceMs, reacted)).then(pass);
  }
}
