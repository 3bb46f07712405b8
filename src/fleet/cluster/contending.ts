import type { Cancel, Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { aborted, pause } from '../../base/waiting.js';
import type { Client } from '../../client/index.js';
import { Coordination, type Lead } from '../../coordination/index.js';
import { locks, type StoredObject } from '../../kinds/index.js';
import type { Cluster } from './cluster.js';
import { LeadRecords } from './record-stores.js';

/** Wait before a failed election, or a failed look for the primary, is tried again, milliseconds. */
const retryMs = 10_000;

/** Part that a manager has: the primary acts; a replica hands requests to the primary, if one is known. */
export type ManagerRole =
  { readonly is: 'primary' } | { readonly is: 'replica'; /** Its address. */ readonly primary: string | undefined };

/** Options of {@link Contending}. */
export interface ContendingOptions {
  /** A cluster that was made with `follows`. */
  readonly cluster: Cluster;
  /** Client of the skep managers that keep the records and decide who leads. */
  readonly client: Client;
  /** Name of the election: the same for all managers of one fleet. */
  readonly name: string;
  /** Address at which the others reach this manager. */
  readonly address: string;
  /** Time after which another one leads when this process dies, milliseconds. */
  readonly ttlMs: number;
  /** Clock of its waits and of the election. */
  readonly clock: Clock;
  /** Receives changes of the leader, and failed elections. */
  readonly logger: Logger;
}

/** Lets one of several managers of the same engines act, and tells the others who it is. */
export class Contending {
  readonly #options: ContendingOptions;
  readonly #coordination: Coordination;
  readonly #listeners = new Set<() => void>();
  #lead: Lead | undefined;
  #holder: string | undefined;

  constructor(options: ContendingOptions) {
    this.#options = options;
    const { client, clock, address } = options;
    this.#coordination = new Coordination({ client, clock, holder: address });
  }

  /** Role of this manager now. */
  role(): ManagerRole {
    if (this.#lead && !this.#lead.signal.aborted) return { is: 'primary' };
    // Between two leads the lock may still name this manager, which does not act.
    const primary = this.#holder === this.#options.address ? undefined : this.#holder;
    return { is: 'replica', primary };
  }

  /** Calls `run` after each change of the role until the returned function is called. */
  onChange(run: () => void): Cancel {
    this.#listeners.add(run);
    return () => void this.#listeners.delete(run);
  }

  /** Stands for election, again and again, until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#forEver(signal, () => this.#stand(signal), 'Leader Election'),
      this.#forEver(signal, () => this.#watchHolder(signal), 'Leader Election: watch of the leader'),
    ]);
  }

  async #forEver(signal: AbortSignal, run: () => Promise<void>, name: string): Promise<void> {
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        await run();
      } catch (error) {
        if (signal.aborted) return;
        logger.error(`${name}: ${messageOf(error)}; trying again in ${retryMs / 1_000} s`);
      }
      await pause(clock, retryMs, signal);
    }
  }

  async #stand(signal: AbortSignal): Promise<void> {
    const { name, ttlMs } = this.#options;
    await this.#coordination.elect(name, (lead) => this.#act(lead), { ttlMs, signal });
  }

  async #act(lead: Lead): Promise<void> {
    const { cluster, client, logger } = this.#options;
    try {
      await cluster.lead(new LeadRecords(client, lead));
      if (!lead.signal.aborted) {
        logger.info('Leader Election: Cluster leadership acquired');
        this.#set(() => (this.#lead = lead));
      }
      await aborted(lead.signal);
    } finally {
      this.#set(() => (this.#lead = undefined));
      await cluster.resign();
      logger.info('Leader Election: Cluster leadership lost');
    }
  }

  async #watchHolder(signal: AbortSignal): Promise<void> {
    const { client, name } = this.#options;
    const selectors = [{ kind: locks.name, indexes: [{ index: 'lock', is: name }] }];
    for await (const message of client.messages({ selectors, snapshot: true, signal })) {
      if (message.type === 'resync') this.#holds(undefined);
      if (message.type === 'snapshot') for (const { object } of message.objects) this.#holds(object);
      if (message.type === 'transaction')
        for (const { action, object } of message.events) this.#holds(action === 'delete' ? undefined : object);
    }
  }

  #holds(lock: StoredObject | undefined): void {
    const holder = (lock as { readonly holder?: string } | undefined)?.holder;
    if (holder === this.#holder) return;
    if (holder !== undefined) this.#options.logger.info(`New leader elected: ${holder}`);
    this.#set(() => (this.#holder = holder));
  }

  #set(change: () => void): void {
    change();
    for (const listener of this.#listeners) listener();
  }
}
