import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';

/** Interval of the news about a snapshot that arrives, milliseconds. One that is there sooner is not mentioned. */
const newsMs = 2_000;
const mebibyte = 1024 * 1024;

/** Says how much of a snapshot has arrived: a member that joins a large cluster is busy with it for a while. */
export class ArrivalNews {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #total: number;
  #received = 0;
  #saidAt: number;
  #said = false;

  /** `total`: bytes that are expected. */
  constructor(clock: Clock, logger: Logger, total: number) {
    this.#clock = clock;
    this.#logger = logger;
    this.#total = total;
    this.#saidAt = clock.monotonic();
  }

  /** Counts a part that has arrived. */
  count(bytes: number): void {
    this.#received += bytes;
    const now = this.#clock.monotonic();
    if (now - this.#saidAt < newsMs) return;
    this.#saidAt = now;
    this.#said = true;
    const percent = Math.floor((100 * this.#received) / Math.max(1, this.#total));
    const ofAll = `${inMebibytes(this.#received)} of ${inMebibytes(this.#total)} MiB`;
    this.#logger.info(`receiving the state of the cluster: ${percent} %`, { received: ofAll });
  }

  /** Says that everything is here, if there was news of it before. */
  end(): void {
    if (this.#said) this.#logger.info('the state of the cluster is here', { mib: inMebibytes(this.#received) });
  }
}

const inMebibytes = (bytes: number) => (bytes / mebibyte).toFixed(1);
