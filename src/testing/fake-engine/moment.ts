import type { Clock } from '../../base/clock.js';
import type { Random } from '../../base/random.js';

/** A moment in nanoseconds since the epoch: more digits than a number holds. */
export type Nano = bigint;

/** Time of an engine, which may differ from that of its surroundings, and its random ids. */
export class Moments {
  readonly clock: Clock;
  readonly random: Random;
  /** Distance to the true time, milliseconds. */
  skewMs = 0;
  #last: Nano = 0n;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Milliseconds since the epoch, as this engine has them. */
  nowMs(): number {
    return this.clock.now() + this.skewMs;
  }

  /** The present moment. No two are equal, and none is divisible by 1,000: a reader that rounds is noticed. */
  next(): Nano {
    const read = BigInt(Math.floor(this.nowMs())) * 1_000_000n + BigInt(this.random(999_000));
    // A clock that was set back may repeat times, as the real one does; a clock that stands still may not.
    const steps = read <= this.#last && this.#last - read < 1_000_000n;
    let nano = steps ? this.#last + 1n + BigInt(this.random(900)) : read;
    if (nano % 1_000n === 0n) nano += 1n;
    this.#last = nano;
    return nano;
  }

  /** An id of 64 hexadecimal digits. */
  id(): string {
    let id = '';
    for (let words = 0; words < 8; words++) id += this.random(0x1_0000_0000).toString(16).padStart(8, '0');
    return id;
  }
}

/** The moment that Docker shows for "never". */
export const zeroTime = '0001-01-01T00:00:00Z';

/** RFC 3339 with as many digits of the second as there are, as Go writes it. */
export function rfc3339(nano: Nano | undefined): string {
  if (nano === undefined) return zeroTime;
  const seconds = new Date(Number(nano / 1_000_000n)).toISOString().slice(0, 19);
  const digits = (nano % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? `${seconds}Z` : `${seconds}.${digits}Z`;
}

/** Whole seconds since the epoch. */
export const secondsOf = (nano: Nano): number => Number(nano / 1_000_000_000n);

/** Reads `1796020788.191195627` or whole seconds; a time of RFC 3339 too. `undefined` for none. */
export function parseMoment(text: string | undefined): Nano | undefined {
  if (text === undefined || text === '' || text === '0') return undefined;
  const [, seconds, digits = ''] = /^(-?\d+)(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  return BigInt(seconds) * 1_000_000_000n + BigInt(digits.padEnd(9, '0'));
}

/** A time span in the words of Docker's `ps`. */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1_000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(ms / 3_600_000 + 0.5);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(ms / 3_600_000 / 24 / 365)} years`;
}
