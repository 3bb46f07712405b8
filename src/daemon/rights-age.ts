import type { Cancel, Clock } from '../base/clock.js';

/**
 * Age of this member's copy of the rights: the time since it last knew a leader. It hears of no revocation meanwhile, so a
 * copy that is too old counts for members and the control socket alone.
 */
export class RightsAge {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #changed: () => void;
  /** Since when there is no leader; `undefined` while there is one. */
  #since: number | undefined;
  #cancel: Cancel = () => undefined;

  /** Calls `changed` when the copy becomes too old. */
  constructor(clock: Clock, limitMs: number, changed: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#changed = changed;
    this.#since = clock.monotonic();
    this.#schedule();
  }

  /** Hears which member leads; 0 for none. */
  led(leader: number): void {
    if (leader !== 0) {
      this.#since = undefined;
      this.#cancel();
    } else if (this.#since === undefined) {
      this.#since = this.#clock.monotonic();
      this.#schedule();
    }
  }

  /** Says why the copy is too old to let users in; `undefined` when it is not. */
  get problem(): string | undefined {
    if (this.#since === undefined) return undefined;
    const age = this.#clock.monotonic() - this.#since;
    if (age < this.#limitMs) return undefined;
    const seconds = Math.floor(age / 1_000);
    return `this member has heard no leader for ${seconds} s, so it does not know which rights were taken away: ask another member`;
  }

  close(): void {
    this.#cancel();
  }

  #schedule(): void {
    this.#cancel = this.#clock.schedule(this.#limitMs, () => this.#changed());
  }
}
