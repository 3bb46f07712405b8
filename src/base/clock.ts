/** Stops what it belongs to; harmless when called again. */
export type Cancel = () => void;

/** The longest that a timer of Node can wait, milliseconds: a longer one fires at once. */
export const timerMaxMs = 2 ** 31 - 1;

/** The only time that anything below the adapters sees. The simulator has its own. */
export interface Clock {
  /** Wall time in milliseconds since the epoch. May jump. */
  now(): number;
  /** Milliseconds since some fixed moment. Never goes back. */
  monotonic(): number;
  /** Calls `run` once, `delayMs` from now; 0 means after pending input and output. */
  schedule(delayMs: number, run: () => void): Cancel;
}

/** The clock of this computer. A pending timer keeps the process alive, so callers cancel timers that they no longer need. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, run) {
    if (delayMs <= 0) {
      const immediate = setImmediate(run);
      return () => clearImmediate(immediate);
    }
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Waits on `clock`; 0 lets pending input and output go first. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.schedule(delayMs, resolve);
  });
}

/** The longest our own work may keep the event loop, in milliseconds: heartbeats wait behind it. */
export const sliceMs = 5;

/** Gives the event loop back whenever the work since the last pause has taken {@link sliceMs}. */
export class Slicer {
  readonly #clock: Clock;
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.monotonic();
  }

  /** True when it is time to `await` {@link pause}; cheap enough to ask after every small piece of work. */
  get due(): boolean {
    return this.#clock.monotonic() - this.#since >= sliceMs;
  }

  async pause(): Promise<void> {
    await sleep(this.#clock, 0);
    this.#since = this.#clock.monotonic();
  }
}
