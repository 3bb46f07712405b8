import { isStoreError } from '../../base/store-error.js';
import type { Client } from '../../client/index.js';
import type { Lead } from '../../coordination/index.js';
import { containers, type Stored } from '../../kinds/index.js';
import type { Store } from '../../state/index.js';
import { type ContainerRecord, notLeading, type RecordStore } from './records.js';

/** Keeps the records in a store of this process: one in memory, or a replica. */
export class StoreRecords implements RecordStore {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  load(): Promise<readonly ContainerRecord[]> {
    return Promise.resolve(this.#store.view((tx) => tx.kind(containers).find().map(recordOf)));
  }

  async create(record: ContainerRecord): Promise<void> {
    await this.#store.update((tx) => void tx.kind(containers).create(record));
  }

  async update(record: ContainerRecord): Promise<void> {
    await this.#store.update((tx) => void tx.kind(containers).update(record));
  }

  async remove(id: string): Promise<void> {
    await this.#store.update((tx) => {
      if (tx.kind(containers).get(id)) tx.kind(containers).delete(id);
    });
  }
}

/**
 * Keeps the records in a cluster of skep managers. Every write is fenced: the store refuses it once another manager has
 * the lead.
 */
export class LeadRecords implements RecordStore {
  readonly #client: Client;
  readonly #lead: Lead;

  constructor(client: Client, lead: Lead) {
    this.#client = client;
    this.#lead = lead;
  }

  get signal(): AbortSignal {
    return this.#lead.signal;
  }

  async load(): Promise<readonly ContainerRecord[]> {
    const records: ContainerRecord[] = [];
    for await (const page of this.#client.pages(containers, {}, { signal: this.#lead.signal }))
      records.push(...page.objects.map(recordOf));
    return records;
  }

  async create(record: ContainerRecord): Promise<void> {
    await this.#write((tx) => void tx.kind(containers).create(record));
  }

  async update(record: ContainerRecord): Promise<void> {
    await this.#write((tx) => tx.kind(containers).update(record));
  }

  async remove(id: string): Promise<void> {
    try {
      await this.#write((tx) => tx.kind(containers).delete(id));
    } catch (error) {
      if (!isStoreError(error, 'NOT_FOUND')) throw error;
    }
  }

  async #write(write: Parameters<Lead['update']>[0]): Promise<void> {
    try {
      await this.#lead.update(write);
    } catch (error) {
      throw isStoreError(error, 'LEASE_LOST') ? notLeading({ cause: error }) : error;
    }
  }
}

function recordOf(stored: Stored<Omit<ContainerRecord, 'id'>>): ContainerRecord {
  const { id, name, engine, addr, container, running, moves, body } = stored;
  return { id, name, engine, addr, container, running, moves, body: body };
}
