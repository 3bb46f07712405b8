import { Allowances } from '../base/allowances.js';
import type { Clock } from '../base/clock.js';
import { StoreError } from '../base/store-error.js';
import { type Caller, callerText, rateOf } from '../identity/index.js';

/** Calls that a user may make at once after a rest: those of so many seconds, and at least so many. */
const burstSeconds = 2;
const burstMin = 10;
/** Rates whose users are remembered; a cluster has few. */
const ratesMax = 100;

/** Limits the calls of users whose roles have a rate. Members and the control socket have none. */
export class UserRates {
  /** By rate: each user has an allowance of its own. */
  readonly #allowances = new Map<number, Allowances>();
  readonly #now: () => number;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#now = () => clock.monotonic();
  }

  /** Counts one call. Throws `LIMIT_EXCEEDED` for one too many. */
  count(caller: Caller): void {
    if (caller.as !== 'user') return;
    const limit = rateOf(caller.roles);
    if (!limit) return;
    const { rate, role } = limit;
    const { name } = caller.identity;
    const allowances = this.#allowancesOf(rate);
    if (allowances.take(name)) return;
    const seconds = Math.max(1, Math.ceil(allowances.waitMs(name) / 1_000));
    throw new StoreError(
      'LIMIT_EXCEEDED',
      `${callerText(caller)} makes more than ${rate} calls a second, the rate of the role ${role}: try again in ${seconds} s`,
    );
  }

  #allowancesOf(rate: number): Allowances {
    let known = this.#allowances.get(rate);
    if (!known) {
      if (this.#allowances.size >= ratesMax) this.#allowances.clear();
      const burst = Math.max(burstMin, burstSeconds * rate);
      this.#allowances.set(rate, (known = new Allowances({ each: { perSecond: rate, burst } }, this.#now)));
    }
    return known;
  }
}
