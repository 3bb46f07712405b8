import { aborted, settledWithin } from '../../base/waiting.js';
import { FleetError } from '../fleet.js';
import { type DriverOptions, type DriverTimes, timesFrom } from './options.js';
import { DriverRun } from './run.js';

/**
 * Makes one Docker engine run the tasks of its node, and reports how they are.
 *
 * The rules are those of docs/design/driver.md. It decides from what the store wants and what the engine has, so it can
 * end at any moment and be followed by another one elsewhere.
 */
export class EngineDriver {
  readonly #options: DriverOptions;
  readonly #times: DriverTimes;
  #runs = false;

  /** @throws {RangeError} for times that cannot be right. */
  constructor(options: DriverOptions) {
    this.#options = options;
    this.#times = timesFrom(options.times);
  }

  /**
   * Drives the engine until `signal` aborts: its lock was lost, or another manager is to have it. No change is sent after
   * that, and calls under way are aborted. Resolves within `times.endMs` of it.
   * @throws {FleetError} `CONFLICT` when it runs already.
   * @throws {EngineError} `CLOSED` when the client was closed before the signal aborted.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#runs) throw new FleetError('CONFLICT', 'the driver of this engine runs already; wait for its end');
    this.#runs = true;
    const run = new DriverRun(this.#options, this.#times, signal).run();
    try {
      await Promise.race([run, aborted(signal)]);
      await settledWithin(this.#options.clock, this.#times.endMs, run);
    } finally {
      this.#runs = false;
    }
  }
}
