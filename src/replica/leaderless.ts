import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Logger } from '../base/log.js';

/** Time without a leader that is worth a line, and time until the next line, milliseconds. */
const firstMs = 10_000;
const againMs = 60_000;

/** The cluster as a member sees it. */
export interface Sight {
  /** Name of the leader; `undefined` when none is known. */
  readonly leader: string | undefined;
  /** Names of the voters that have not answered lately. */
  readonly silent: () => readonly string[];
}

/** Says that no member leads, once a minute for as long as it lasts, and when it is over. Asked at every tick. */
export class LeaderlessLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  /** Begin of the time without a leader; `undefined` while there is one. */
  #since: number | undefined;
  #nextAt = Infinity;
  #said = false;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  look({ leader, silent }: Sight): void {
    const now = this.#clock.monotonic();
    if (leader !== undefined) {
      if (this.#said) this.#logger.warn(`${leader} leads after ${this.#lasted(now)} without a leader`, { leader });
      this.#since = undefined;
      this.#said = false;
      return;
    }
    if (this.#since === undefined) {
      this.#since = now;
      this.#nextAt = now + firstMs;
    }
    if (now < this.#nextAt) return;
    this.#nextAt = now + againMs;
    this.#said = true;
    const names = silent();
    const why = names.length > 0 ? `no answer from ${names.join(', ')}` : 'every voter answers, and none was elected';
    this.#logger.warn(`no member leads for ${this.#lasted(now)}: ${why}; writes wait`, { silent: names });
  }

  /** Whole seconds: no reader needs more. */
  #lasted(now: number): string {
    return formatDuration(Math.round((now - (this.#since ?? now)) / 1_000) * 1_000);
  }
}
