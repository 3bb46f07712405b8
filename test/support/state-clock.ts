import type { Clock } from '../../src/base/clock.js';

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

/** A clock that stands still until it is told to go. Timers run inside `advance`, in order. */
export class FakeClock implements Clock {
  readonly delays: number[] = [];
  #wall: number;
  #elapsed = 0;
  readonly #timers = new Set<Timer>();

  constructor(wall = 1_000_000) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const timer = { at: this.#elapsed + delayMs, run };
    this.delays.push(delayMs);
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are armed. */
  get armed(): number {
    return this.#timers.size;
  }

  /** Moves the wall clock alone, as a correction of the time does. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
      if (!next || next.at > end) break;
      this.#timers.delete(next);
      this.#pass(next.at - this.#elapsed);
      next.run();
    }
    this.#pass(end - this.#elapsed);
  }

  #pass(ms: number): void {
    this.#elapsed += ms;
    this.#wall += ms;
  }
}
