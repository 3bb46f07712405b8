import type { Cancel, Clock } from '../../base/clock.js';

/** The longest that a timer of Node can wait: beyond, it fires at once. */
const delayMaxMs = 2 ** 31 - 1;

interface Deadline {
  readonly at: number;
  readonly expire: () => void;
}

/** Many deadlines on one timer. Nothing is armed while there are none, so an idle store keeps no process alive. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #open = new Set<Deadline>();
  #timer: { at: number; cancel: Cancel } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` once after `delayMs`, unless cancelled before. */
  add(delayMs: number, expire: () => void): Cancel {
    const deadline = { at: this.#clock.monotonic() + delayMs, expire };
    this.#open.add(deadline);
    if (!this.#timer || deadline.at < this.#timer.at) this.#arm(deadline.at);
    return () => {
      if (this.#open.delete(deadline) && this.#open.size === 0) this.#disarm();
    };
  }

  #arm(at: number): void {
    this.#disarm();
    const delayMs = Math.min(delayMaxMs, Math.max(1, Math.ceil(at - this.#clock.monotonic())));
    const cancel = this.#clock.schedule(delayMs, () => this.#fire());
    this.#timer = { at, cancel };
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #fire(): void {
    this.#timer = undefined;
    const now = this.#clock.monotonic();
    const late = [...this.#open].filter(({ at }) => at <= now);
    for (const deadline of late) this.#open.delete(deadline);
    let next = Infinity;
    for (const { at } of this.#open) next = Math.min(next, at);
    if (this.#open.size > 0) this.#arm(next);
    for (const deadline of late) deadline.expire();
  }
}
