import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import type { Logger } from '../base/log.js';
import { plainEqual } from '../base/plain.js';
import type { Random } from '../base/random.js';
import { pause, settledWithin } from '../base/waiting.js';
import type { CatalogBackend, CatalogSession } from './backend.js';
import { jittered } from './checks/repeat.js';
import { hasCode } from './errors.js';
import type { InstanceRecord } from './record.js';

export interface PublisherOptions {
  readonly backend: CatalogBackend;
  readonly agentId: string;
  readonly ttlMs: number;
  readonly heartbeatMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Limit for a backend that does not answer while the agent leaves, milliseconds. */
const graceMs = 5_000;

/**
 * Makes the catalogue have what an agent wants it to have, and keeps it so: one request at a time, everything that came
 * up meanwhile in the next one, one renewal for all of it, and all of it again when the session was lost.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #wanted = new Map<string, InstanceRecord>();
  /** Ids that the session may not have yet, and those that it may still have. */
  readonly #unsent = new Set<string>();
  readonly #unwanted = new Set<string>();
  readonly #stop = new AbortController();
  #session: CatalogSession | undefined;
  #renewalDue = false;
  #trouble = false;
  #beating = false;
  #busy: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the catalogue has it, or cannot be reached: then it gets it as soon as it can be.
   * @throws {CatalogError} `REFUSED`: it is not wanted there, and not tried again.
   */
  async put(record: InstanceRecord): Promise<void> {
    this.#unwanted.delete(record.id);
    if (!plainEqual(this.#wanted.get(record.id), record)) this.#unsent.add(record.id);
    this.#wanted.set(record.id, record);
    this.#beat();
    await this.#sync().catch((error: unknown) => {
      if (!hasCode(error, 'REFUSED')) return;
      if (this.#wanted.get(record.id) === record) this.#forget(record.id);
      throw error;
    });
  }

  /** Resolves when the catalogue has it no more, or cannot be reached. */
  async remove(id: string): Promise<void> {
    if (!this.#forget(id)) return;
    await this.#sync().catch(() => undefined);
  }

  /** Takes back everything. Resolves soon, also when the catalogue does not answer: then the TTL does the rest. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wanted.clear();
    const { clock, logger } = this.#options;
    const closing = this.#busy
      .then(() => this.#session?.close())
      .catch((error: unknown) =>
        logger.warn('what was registered could not be taken back; it expires', { error: messageOf(error) }),
      );
    await settledWithin(clock, graceMs, closing);
  }

  #forget(id: string): boolean {
    this.#unsent.delete(id);
    if (!this.#wanted.delete(id)) return false;
    this.#unwanted.add(id);
    return true;
  }

  /** Begins the heartbeats, with the first instance. */
  #beat(): void {
    if (this.#beating || this.#options.heartbeatMs <= 0) return;
    this.#beating = true;
    void this.#heartbeats();
  }

  async #heartbeats(): Promise<void> {
    const { clock, heartbeatMs, random } = this.#options;
    const { signal } = this.#stop;
    for (;;) {
      await pause(clock, jittered(heartbeatMs, random), signal);
      if (signal.aborted) return;
      this.#renewalDue = true;
      await this.#sync().catch(() => undefined);
    }
  }

  /** Makes one pass after the present one; all changes before it begins are part of it. */
  #sync(): Promise<void> {
    if (this.#waiting) return this.#waiting;
    const pass = this.#busy.then(() => {
      this.#waiting = undefined;
      return this.#pass();
    });
    this.#waiting = pass;
    this.#busy = pass.catch(() => undefined);
    return pass;
  }

  async #pass(): Promise<void> {
    try {
      await this.#attempt().catch(async (error: unknown) => {
        if (!hasCode(error, 'SESSION_LOST')) throw error;
        this.#options.logger.warn('the session was lost; everything is registered again');
        this.#session = undefined;
        await this.#attempt();
      });
      if (this.#trouble) this.#options.logger.info('the catalogue takes registrations again');
      this.#trouble = false;
    } catch (error) {
      if (hasCode(error, 'SESSION_LOST')) this.#session = undefined;
      const say = this.#trouble ? 'debug' : 'warn';
      this.#options.logger[say]('the catalogue cannot be brought up to date', { error: messageOf(error) });
      this.#trouble = true;
      throw error;
    }
  }

  async #attempt(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    const session = this.#session;
    if (!session) {
      await this.#open();
    } else if (this.#renewalDue) {
      await session.renew();
    }
    this.#renewalDue = false;
    await this.#send();
  }

  /** A new session has nothing yet. */
  async #open(): Promise<void> {
    this.#unwanted.clear();
    if (this.#wanted.size === 0) return;
    const { backend, agentId, ttlMs } = this.#options;
    this.#session = await backend.open(agentId, ttlMs);
    for (const id of this.#wanted.keys()) this.#unsent.add(id);
  }

  async #send(): Promise<void> {
    const session = this.#session;
    if (!session) return;
    const removed = [...this.#unwanted];
    if (removed.length > 0) await session.remove(removed);
    for (const id of removed) if (!this.#wanted.has(id)) this.#unwanted.delete(id);
    const records = [...this.#unsent].flatMap((id) => this.#wanted.get(id) ?? []);
    if (records.length > 0) await session.put(records);
    for (const record of records) if (this.#wanted.get(record.id) === record) this.#unsent.delete(record.id);
  }
}
