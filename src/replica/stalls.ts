import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Logger } from '../base/log.js';
import { Repeats } from '../base/repeats.js';

/** Arguments of a {@link StallLog}. */
export interface StallOptions {
  readonly logger: Logger;
  readonly clock: Clock;
  /** Time after which others elect a leader, milliseconds: a shorter stall has no consequence. */
  readonly electionTimeoutMs: number;
}

/**
 * Says what keeps a member from its work for longer than an election timeout: an event loop that is blocked, and a disk
 * that does not answer. The member cannot prevent either, and the log of the others only says that it was silent.
 */
export class StallLog {
  readonly #options: StallOptions;
  readonly #repeats = new Repeats();
  /** Moment of the last look; `undefined` before the first: a start takes as long as it takes. */
  #lookedAt: number | undefined;
  /** Begin of the disk write that is under way. */
  #writingSince: number | undefined;
  /** True when it was said that this write takes long. */
  #said = false;

  constructor(options: StallOptions) {
    this.#options = options;
  }

  /** Notes that a disk write begins. */
  writing(): void {
    this.#writingSince = this.#options.clock.monotonic();
  }

  /** Notes that the disk has answered. */
  written(): void {
    const { clock, logger } = this.#options;
    const since = this.#writingSince;
    this.#writingSince = undefined;
    if (!this.#said || since === undefined) return;
    this.#said = false;
    logger.warn(`the disk answered after ${lasted(clock.monotonic() - since)}`);
  }

  /** Asked at every tick. `alone` is true when no other member could lead. */
  look({ alone }: { readonly alone: boolean }): void {
    const { clock, electionTimeoutMs } = this.#options;
    const now = clock.monotonic();
    const sinceLook = now - (this.#lookedAt ?? now);
    this.#lookedAt = now;
    // After a stall of the loop the disk may have answered, and the answer is not read yet.
    if (sinceLook >= electionTimeoutMs) this.#sayBlocked(sinceLook, alone, now);
    else this.#lookAtDisk(now);
  }

  #sayBlocked(blockedMs: number, alone: boolean, now: number): void {
    if (alone || !this.#repeats.isNews('loop', now)) return;
    this.#options.logger.warn(
      `the event loop was blocked for ${lasted(blockedMs)}, and the others elect a leader meanwhile: compute in another thread or process`,
      { blockedMs: Math.round(blockedMs), electionTimeoutMs: this.#options.electionTimeoutMs },
    );
  }

  #lookAtDisk(now: number): void {
    const { logger, electionTimeoutMs } = this.#options;
    const waitedMs = this.#writingSince === undefined ? 0 : now - this.#writingSince;
    if (this.#said || waitedMs < electionTimeoutMs || !this.#repeats.isNews('disk', now)) return;
    this.#said = true;
    logger.warn(
      `the disk has not answered for ${lasted(waitedMs)}, and writes wait: look at the disk, and at the thread pool of Node (UV_THREADPOOL_SIZE)`,
      { waitedMs: Math.round(waitedMs) },
    );
  }
}

/** Tenths of a second: no reader needs more. */
const lasted = (ms: number) => formatDuration(Math.round(ms / 100) * 100);
