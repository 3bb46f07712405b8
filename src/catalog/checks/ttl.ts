import type { Cancel, Clock } from '../../base/clock.js';
import type { CheckResult, TtlCheck } from './spec.js';

/** Counts the time since the last report, and says so when there was none for too long. */
export class TtlCountdown {
  readonly #spec: TtlCheck;
  readonly #clock: Clock;
  readonly #tell: (result: CheckResult) => void;
  #cancel: Cancel;

  constructor(spec: TtlCheck, clock: Clock, tell: (result: CheckResult) => void) {
    this.#spec = spec;
    this.#clock = clock;
    this.#tell = tell;
    this.#cancel = this.#begin();
  }

  report(result: CheckResult): void {
    this.#cancel();
    this.#cancel = this.#begin();
    this.#tell(result);
  }

  stop(): void {
    this.#cancel();
  }

  #begin(): Cancel {
    const { ttlMs } = this.#spec;
    return this.#clock.schedule(ttlMs, () => this.#tell({ status: 'critical', note: `no report for ${ttlMs} ms` }));
  }
}
