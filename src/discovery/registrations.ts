import { type Cancel, type Clock, timerMaxMs } from '../base/clock.js';

interface Registration {
  readonly ttlMs: number;
  /** Time on the monotonic clock, so that a corrected wall clock ends no registration. */
  readonly expiresAt: number;
}

/**
 * Addresses that count for as long as they are renewed, in the order in which they came.
 *
 * An expired registration is left out of every answer at once; watchers are notified by a timer, which runs only while
 * there is a listener.
 */
export class Registrations {
  readonly #clock: Clock;
  readonly #registrations = new Map<string, Registration>();
  readonly #listeners = new Set<() => void>();
  #cancel: Cancel | undefined;
  /** Moment at which the armed timer goes off. */
  #armedFor = Infinity;
  /** Lower bound of the next expiry. Saves a look at all registrations for each renewal. */
  #earliest = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds or renews; `ttlMs` 0 is for good. True when the list, or for how long an address is in it, became another. */
  put(address: string, ttlMs: number): boolean {
    this.#dropExpired();
    const before = this.#registrations.get(address);
    const expiresAt = ttlMs === 0 ? Infinity : this.#clock.monotonic() + ttlMs;
    this.#registrations.set(address, { ttlMs, expiresAt });
    this.#earliest = Math.min(this.#earliest, expiresAt);
    this.#arm();
    if (!before) this.#tell();
    return before?.ttlMs !== ttlMs;
  }

  /** True when it was there. */
  delete(address: string): boolean {
    this.#dropExpired();
    const had = this.#registrations.delete(address);
    if (had) this.#tell();
    return had;
  }

  /** Tells whether an address is registered now. */
  has(address: string): boolean {
    return (this.#registrations.get(address)?.expiresAt ?? -Infinity) > this.#clock.monotonic();
  }

  /** Number of registrations. */
  get size(): number {
    this.#dropExpired();
    return this.#registrations.size;
  }

  /** Lists the registered addresses. */
  addresses(): string[] {
    return this.ttls().map(({ address }) => address);
  }

  /** Lists the registered addresses with their TTLs. */
  ttls(): { address: string; ttlMs: number }[] {
    this.#dropExpired();
    return [...this.#registrations].map(([address, { ttlMs }]) => ({ address, ttlMs }));
  }

  /** Calls `listener` after each change of the list, also after an expiry. */
  onChange(listener: () => void): Cancel {
    const own = () => listener();
    this.#listeners.add(own);
    this.#arm();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#disarm();
    };
  }

  #dropExpired(): void {
    const now = this.#clock.monotonic();
    if (now < this.#earliest) return;
    let dropped = false;
    this.#earliest = Infinity;
    for (const [address, { expiresAt }] of this.#registrations) {
      if (expiresAt <= now) dropped = this.#registrations.delete(address);
      else this.#earliest = Math.min(this.#earliest, expiresAt);
    }
    if (dropped) this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  /** Waits for the first that may expire. Renewals only make that later, so a timer that is there is early enough. */
  #arm(): void {
    const next = this.#earliest;
    if (this.#listeners.size === 0 || next === Infinity) return;
    if (this.#cancel && this.#armedFor <= next) return;
    this.#disarm();
    this.#armedFor = next;
    const delayMs = Math.min(timerMaxMs, Math.max(1, next - this.#clock.monotonic()));
    this.#cancel = this.#clock.schedule(delayMs, () => {
      this.#cancel = undefined;
      this.#dropExpired();
      this.#arm();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
