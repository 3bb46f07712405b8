import { messageOf } from '../../base/errors.js';
import { pause } from '../../base/waiting.js';
import { type DriverBody, drivers, type Stored } from '../../kinds/index.js';
import type { SessionPorts } from './ports.js';

/** Wait before a write is tried again, ms. */
const againMs = 500;

type Ports = Pick<SessionPorts, 'client' | 'clock' | 'logger'>;

/** The engines that a manager cannot reach, as its `drivers` object tells the leader. */
export class Reach {
  readonly #ports: Ports;
  readonly #driver: Stored<DriverBody>;
  readonly #signal: AbortSignal;
  #unreached: ReadonlySet<string>;
  #writing: Promise<void> | undefined;
  #dirty = false;

  /** @param signal Aborts when the driver is over: nothing is written any more. */
  constructor(ports: Ports, driver: Stored<DriverBody>, signal: AbortSignal) {
    this.#ports = ports;
    this.#driver = driver;
    this.#signal = signal;
    this.#unreached = new Set(driver.cannotReach);
  }

  /** Tells whether an engine counts as unreachable from here. */
  isLost(engineId: string): boolean {
    return this.#unreached.has(engineId);
  }

  /** The engines that count as unreachable from here. */
  get lost(): readonly string[] {
    return [...this.#unreached];
  }

  /** Sets whether an engine can be reached. */
  set(engineId: string, reached: boolean): void {
    if (this.#unreached.has(engineId) !== reached) return;
    const next = new Set(this.#unreached);
    if (reached) next.delete(engineId);
    else next.add(engineId);
    this.#unreached = next;
    this.#dirty = true;
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Writes the newest set, and again while it changes meanwhile. No other process changes the object. */
  async #write(): Promise<void> {
    const { client, clock, logger } = this.#ports;
    while (this.#dirty && !this.#signal.aborted) {
      this.#dirty = false;
      try {
        const { meta: _meta, ...driver } = this.#driver;
        await client.update(drivers, { ...driver, cannotReach: this.lost }, { signal: this.#signal });
      } catch (error) {
        this.#dirty = true;
        logger.debug('the engines that cannot be reached were not written', { error: messageOf(error) });
        await pause(clock, againMs, this.#signal);
      }
    }
  }
}
