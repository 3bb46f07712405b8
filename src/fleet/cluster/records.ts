import { assert } from '../../base/assert.js';
import type { CreateContainerBody } from '../engine/types.js';
import { FleetError } from '../fleet.js';

/** Request for a container, kept until the container is removed. @see src/kinds/container/kind.ts */
export interface ContainerRecord {
  /** Swarm id. */
  readonly id: string;
  /** Name of the container; empty when the engine chose it and has not said it yet. */
  readonly name: string;
  /** Id that the engine gives itself. */
  readonly engine: string;
  /** Address of that engine, `host:port`. */
  readonly addr: string;
  /** Id that the engine gave the container; empty until it is made. */
  readonly container: string;
  /** True when it was running when its engine last answered: it is started again where it moves to. */
  readonly running: boolean;
  /** True when it moves to another engine once its own is lost. */
  readonly moves: boolean;
  /** Body of `POST /containers/create`, as it was placed. */
  readonly body: CreateContainerBody;
}

/** A place that outlives the process, or is shared by several. */
export interface RecordStore {
  /** Aborts when another manager has the records. A process that was paused learns it from a fresh look at the signal. */
  readonly signal?: AbortSignal;
  /** Reads all records. */
  load(): Promise<readonly ContainerRecord[]>;
  /** @throws StoreError `NAME_CONFLICT` when another record has the name. */
  create(record: ContainerRecord): Promise<void>;
  /** Replaces the record of the same id. */
  update(record: ContainerRecord): Promise<void>;
  /** Removes a record; one that is gone already is fine. */
  remove(id: string): Promise<void>;
}

/** The records of a cluster, in memory and in their store. Its one writer is the manager that acts. */
export class RecordBook {
  /** Aborts when this manager does not act any more. */
  readonly signal: AbortSignal;
  readonly #store: RecordStore;
  readonly #byId = new Map<string, ContainerRecord>();

  private constructor(store: RecordStore, records: readonly ContainerRecord[], over: AbortSignal) {
    this.#store = store;
    this.signal = store.signal ? AbortSignal.any([store.signal, over]) : over;
    for (const record of records) this.#byId.set(record.id, record);
  }

  /** @param over Aborts when this manager is to act no more. */
  static async open(store: RecordStore, over: AbortSignal): Promise<RecordBook> {
    return new RecordBook(store, await store.load(), over);
  }

  /** Checks that this manager acts; call it right before an engine changes something. @throws FleetError `NOT_LEADER` */
  expectLead(): void {
    if (this.#store.signal?.aborted || this.signal.aborted) throw notLeading();
  }

  get(id: string): ContainerRecord | undefined {
    return this.#byId.get(id);
  }

  get all(): readonly ContainerRecord[] {
    return [...this.#byId.values()];
  }

  /** Finds the record of a name; rare, so that no index is kept. */
  named(name: string): ContainerRecord | undefined {
    for (const record of this.#byId.values()) if (record.name === name) return record;
    return undefined;
  }

  async create(record: ContainerRecord): Promise<void> {
    await this.#store.create(record);
    this.#byId.set(record.id, record);
  }

  /** Changes a record; one that is gone meanwhile stays gone. */
  async update(id: string, change: Partial<Omit<ContainerRecord, 'id'>>): Promise<void> {
    const before = this.#byId.get(id);
    if (!before) return;
    const after = { ...before, ...change };
    assert(after.id === id, 'a record keeps its id');
    // Seen at once: what is decided meanwhile must rest on it. A write that fails is seen by its caller, which decides.
    this.#byId.set(id, after);
    try {
      await this.#store.update(after);
    } catch (error) {
      if (this.#byId.get(id) === after) this.#byId.set(id, before);
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    if (!this.#byId.has(id)) return;
    await this.#store.remove(id);
    this.#byId.delete(id);
  }
}

/** Error for work that another manager does now. */
export function notLeading(options?: ErrorOptions): FleetError {
  return new FleetError('NOT_LEADER', 'this manager does not act now; ask the primary', options);
}
