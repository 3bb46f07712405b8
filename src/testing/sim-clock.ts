import type { Cancel, Clock } from '../base/clock.js';
import type { Scheduler } from './scheduler.js';

/** Beginning of the wall clocks of a run, milliseconds since the epoch. */
export const beginning = Date.UTC(2026, 0, 1);

/**
 * The clock of one process: drifts, jumps (the wall clock only), stands still while the process is paused, and is gone
 * when it has crashed.
 */
export class SimClock implements Clock {
  readonly #scheduler: Scheduler;
  /** Rate of the clock: 1.1 gains a tenth. */
  readonly #rate: number;
  /** The wall clock minus the true time, milliseconds. */
  wallOffset = 0;
  #dead = false;
  #paused = false;
  #late: (() => void)[] = [];

  constructor(scheduler: Scheduler, rate = 1) {
    this.#scheduler = scheduler;
    this.#rate = rate;
  }

  now(): number {
    return Math.floor(beginning + this.#scheduler.now + this.wallOffset);
  }

  monotonic(): number {
    return this.#scheduler.now * this.#rate;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    let cancelled = false;
    const cancel = this.#scheduler.schedule(delayMs / this.#rate, () => {
      if (!cancelled) this.deliver(run);
    });
    return () => {
      cancelled = true;
      cancel();
    };
  }

  /** Runs something of this process: now, when it goes on, or never. */
  deliver(run: () => void): void {
    if (this.#dead) return;
    if (this.#paused) this.#late.push(() => this.deliver(run));
    else run();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#paused = true;
  }

  /** SIGCONT: everything that waited happens, one thing after another. */
  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    for (const run of this.#late.splice(0)) this.#scheduler.schedule(0, run);
  }

  /** The process is gone, and whatever it had in mind with it. */
  kill(): void {
    this.#dead = true;
    this.#late = [];
  }

  get dead(): boolean {
    return this.#dead;
  }

  get paused(): boolean {
    return this.#paused;
  }
}
