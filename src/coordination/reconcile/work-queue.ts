import type { Cancel, Clock } from '../../base/clock.js';

/** A key that waits for its time. */
interface Delayed {
  readonly at: number;
  readonly cancel: Cancel;
}

/**
 * Keys to be worked on. A key is in it once, however often it is added. A key that is added while it is worked on comes again
 * afterwards: two workers never have the same one.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #onReady: () => void;
  /** In the order in which they were added. */
  readonly #ready = new Set<string>();
  readonly #running = new Set<string>();
  /** Keys that were added while they were worked on. */
  readonly #again = new Set<string>();
  readonly #delayed = new Map<string, Delayed>();

  /** @param onReady Called whenever a key can be taken. */
  constructor(clock: Clock, onReady: () => void) {
    this.#clock = clock;
    this.#onReady = onReady;
  }

  /** Keys that can be taken now. */
  get ready(): number {
    return this.#ready.size;
  }

  /** Keys that are worked on. */
  get running(): number {
    return this.#running.size;
  }

  /** Keys that wait for their time. */
  get delayed(): number {
    return this.#delayed.size;
  }

  add(key: string): void {
    this.#forget(key);
    if (this.#running.has(key)) this.#again.add(key);
    else {
      this.#ready.add(key);
      this.#onReady();
    }
  }

  /** Adds a key later. Of two times the earlier one counts; one that is there already needs none. */
  addAfter(key: string, delayMs: number): void {
    if (this.#ready.has(key) || this.#again.has(key)) return;
    const at = this.#clock.monotonic() + delayMs;
    const before = this.#delayed.get(key);
    if (before && before.at <= at) return;
    this.#forget(key);
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#delayed.delete(key);
      this.add(key);
    });
    this.#delayed.set(key, { at, cancel });
  }

  /** Takes the key that has waited longest. {@link done} gives it back. */
  take(): string | undefined {
    const [key] = this.#ready;
    if (key === undefined) return undefined;
    this.#ready.delete(key);
    this.#running.add(key);
    return key;
  }

  done(key: string): void {
    this.#running.delete(key);
    if (this.#again.delete(key)) this.add(key);
  }

  /** Forgets everything that waits. */
  clear(): void {
    for (const { cancel } of this.#delayed.values()) cancel();
    this.#delayed.clear();
    this.#ready.clear();
    this.#again.clear();
  }

  #forget(key: string): void {
    this.#delayed.get(key)?.cancel();
    this.#delayed.delete(key);
  }
}
