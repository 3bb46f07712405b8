import { messageOf } from '../../base/errors.js';
import { Waker } from '../../base/waker.js';
import type { EngineState } from '../fleet.js';
import type { Health } from './health.js';
import type { EngineSettings } from './options.js';

/** An engine, as the loops that follow it see it. */
export interface Followed {
  readonly state: EngineState;
  readonly health: Health;
  /** Monotonic time of its newest answer, milliseconds. */
  readonly heardAt: number;
  /** Name and address, for the log. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** Asks whether it lives. Failures are counted in `health`. */
  ping(): Promise<void>;
  /** Reads everything again, and more of it when the engine is not healthy. */
  refresh(): Promise<void>;
}

/** Longest wait between two refreshes, milliseconds. */
const longestMs = 3_600_000;
/** Shortest time between two pings, milliseconds: broken connections come in crowds, and each asks for one. */
const pingGapMs = 1_000;

/** Pings an engine, and reads its lists again from time to time. */
export class Following {
  readonly #engine: Followed;
  readonly #settings: EngineSettings;
  readonly #pinger: Waker;
  readonly #lister: Waker;
  #stopped = false;

  constructor(engine: Followed, settings: EngineSettings) {
    this.#engine = engine;
    this.#settings = settings;
    this.#pinger = new Waker(settings.clock);
    this.#lister = new Waker(settings.clock);
  }

  /** Follows it until {@link stop}. Never rejects. */
  async run(): Promise<void> {
    await Promise.all([this.#pings(), this.#lists()]);
  }

  stop(): void {
    this.#stopped = true;
    this.#pinger.wake();
    this.#lister.wake();
  }

  /** Pings soon: a call has failed. */
  pingSoon(): void {
    this.#pinger.wake();
  }

  /** Reads the lists soon: something may have happened that no event tells. */
  listSoon(): void {
    this.#lister.wake();
  }

  async #pings(): Promise<void> {
    const { clock, random, pingMs } = this.#settings;
    // Engines that were found together must not be asked together for ever.
    let asked = await this.#pinger.wait(random(Math.ceil(pingMs)));
    while (!this.#stopped) {
      const { state, heardAt } = this.#engine;
      const due = asked || state !== 'healthy' || clock.monotonic() - heardAt >= pingMs;
      // After a broken connection, what happened meanwhile was not seen.
      if (due && (await this.#answered()) && (asked || this.#engine.state === 'unhealthy')) this.#lister.wake();
      asked = await this.#untilNextPing();
    }
  }

  async #answered(): Promise<boolean> {
    try {
      await this.#engine.ping();
      return true;
    } catch {
      return false; // counted
    }
  }

  /** After a failure, the next ping is a whole interval away, whatever asks for one: failures measure time. */
  async #untilNextPing(): Promise<boolean> {
    const { pingMs } = this.#settings;
    const gapMs = this.#engine.health.failures > 0 ? pingMs : Math.min(pingGapMs, pingMs);
    const asked = await this.#pinger.wait(pingMs);
    if (!asked || this.#stopped) return asked;
    await this.#pinger.wait(gapMs);
    return true;
  }

  async #lists(): Promise<void> {
    let failed = false;
    while (!this.#stopped) {
      await this.#lister.wait(this.#untilNextList(failed));
      if (this.#stopped) return;
      failed = !(await this.#refreshed());
    }
  }

  async #refreshed(): Promise<boolean> {
    try {
      await this.#engine.refresh();
      return true;
    } catch (error) {
      this.#settings.logger.debug(`Engine refresh failed: ${messageOf(error)}`, this.#engine.facts);
      return false;
    }
  }

  /** Milliseconds to the next refresh: longer the longer it fails, soon after a first failure. */
  #untilNextList(failed: boolean): number {
    const { refreshMinMs, refreshMaxMs, pingMs, random } = this.#settings;
    const { excess } = this.#engine.health;
    if (failed && excess === 0) return Math.min(pingMs, refreshMinMs);
    const spread = random(Math.floor(refreshMaxMs - refreshMinMs) + 1);
    return Math.min(refreshMinMs * (1 + excess) + spread, longestMs);
  }
}
