import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { isStoreError } from '../../base/store-error.js';
import { swarmIdLabel } from '../engine/container-cache.js';
import type { Engine } from '../engine/engine.js';
import { isEngineError } from '../engine/errors.js';
import { type Container, type CreateOptions, FleetError, isFleetError } from '../fleet.js';
import { nameTaken } from './placing.js';
import type { ContainerRecord, RecordBook } from './records.js';

/** A container that was made. */
export interface Made {
  /** The container, as its engine lists it now. */
  readonly container: Container;
  /** Warnings of the engine. */
  readonly warnings: readonly string[];
}

/** A container to be made: its record without its place. */
export type Order = Pick<ContainerRecord, 'id' | 'name' | 'body' | 'moves'>;

/** Makes containers on engines, and keeps the records true whatever happens in between. */
export class Deploying {
  readonly #book: RecordBook;
  readonly #isGone: (record: ContainerRecord) => boolean;
  readonly #logger: Logger;
  /** Swarm ids that are being worked on: nothing else may judge their records. */
  readonly #busy = new Set<string>();

  /** @param isGone Tells whether the engine of a record will not come back. */
  constructor(book: RecordBook, isGone: (record: ContainerRecord) => boolean, logger: Logger) {
    this.#book = book;
    this.#isGone = isGone;
    this.#logger = logger;
  }

  isBusy(id: string): boolean {
    return this.#busy.has(id);
  }

  /** Record of a name whose engine has not said whether it made the container, and is not being asked now. */
  unanswered(name: string): ContainerRecord | undefined {
    const record = name === '' ? undefined : this.#book.named(name);
    return record?.container === '' && !this.isBusy(record.id) ? record : undefined;
  }

  /**
   * Records and makes a container. An order whose record is there already is one that is tried again.
   * @throws FleetError `CONFLICT` when the name is taken; `OUTCOME_UNKNOWN` when the engine does not say whether it was
   *   made: its record stays, and the truth is found when the engine answers again. EngineError in the engine's words.
   */
  async deploy(engine: Engine, order: Order, options: CreateOptions = {}): Promise<Made> {
    return this.#working(order.id, async () => {
      const again = this.#book.get(order.id) !== undefined;
      if (!again) await this.#record(engine, order);
      try {
        return await this.#make(engine, order, options);
      } catch (error) {
        // What was begun before may still take the name.
        const mayCome = isUnknown(error) || (again && isEngineError(error, 'CONFLICT'));
        if (!mayCome) await this.#unrecord(order.id);
        throw error;
      }
    });
  }

  /** Makes a container anew on another engine; its record moves along first, so that no other manager does the same. */
  async move(record: ContainerRecord, engine: Engine): Promise<Made> {
    return this.#working(record.id, async () => {
      await this.#book.update(record.id, { engine: engine.engineId, addr: engine.addr, container: '' });
      try {
        const made = await this.#make(engine, record, {});
        this.#book.expectLead();
        const { signal } = this.#book;
        if (record.running) await engine.client.startContainer(made.container.id, { signal });
        await engine.refreshContainer(made.container.id, { full: true });
        return made;
      } catch (error) {
        // Back to where it was lost: it is tried again when that engine, or another one, changes its state.
        const { engine: before, addr, container } = record;
        if (!isUnknown(error) && this.#book.get(record.id)?.container === '')
          await this.#book.update(record.id, { engine: before, addr, container });
        throw error;
      }
    });
  }

  /** Removes a container and its record. */
  async remove(
    container: Container,
    engine: Engine,
    options: { readonly force?: boolean; readonly volumes?: boolean },
  ): Promise<void> {
    await this.#working(container.swarmId, async () => {
      this.#book.expectLead();
      await engine.destroy(container, options);
      if (container.swarmId !== '') await this.#unrecord(container.swarmId);
    });
  }

  async #make(engine: Engine, order: Order, { auth, signal }: CreateOptions): Promise<Made> {
    const labels = { ...order.body.Labels, [swarmIdLabel]: order.id };
    try {
      const made = await engine.create({ ...order.body, Labels: labels }, order.name, {
        pull: true,
        auth,
        signal: signal ? AbortSignal.any([signal, this.#book.signal]) : this.#book.signal,
        expectLead: () => this.#book.expectLead(),
      });
      await this.#made(order.id, made.container);
      return made;
    } catch (error) {
      const isTaken = isEngineError(error, 'CONFLICT'); // by itself, when it was begun before
      if (!isUnknown(error) && !isTaken) throw error;
      const container = await this.#lookFor(engine, order.id);
      if (!container && isTaken) throw error;
      if (!container)
        throw new FleetError(
          'OUTCOME_UNKNOWN',
          `${engine.name} did not say whether it made the container; ${adviceFor(order)}`,
          { cause: error },
        );
      await this.#made(order.id, container);
      return { container, warnings: [] };
    }
  }

  async #lookFor(engine: Engine, id: string): Promise<Container | undefined> {
    try {
      this.#book.expectLead(); // or the next manager looks for it
      await engine.refreshContainers();
    } catch {
      return undefined;
    }
    return engine.containers.find(({ swarmId }) => swarmId === id);
  }

  async #made(id: string, { id: container, name }: Container): Promise<void> {
    await this.#book.update(id, { container, name });
  }

  async #record(engine: Engine, order: Order): Promise<void> {
    const { engineId, addr } = engine;
    const record = { ...order, engine: engineId, addr, container: '', running: false };
    await this.#freeName(order.name);
    try {
      await this.#book.create(record);
    } catch (error) {
      throw isStoreError(error, 'NAME_CONFLICT') ? nameTaken(order.name) : error;
    }
  }

  /** Takes a name from the record of a container whose engine is gone for good: it cannot be removed there. */
  async #freeName(name: string): Promise<void> {
    const owner = name === '' ? undefined : this.#book.named(name);
    if (owner && !owner.moves && this.#isGone(owner)) await this.#unrecord(owner.id);
  }

  /** Removes a record. One that stays is found by the next reconciliation. */
  async #unrecord(id: string): Promise<void> {
    try {
      await this.#book.remove(id);
    } catch (error) {
      this.#logger.warn(`The record of a container could not be removed: ${messageOf(error)}`, { id });
    }
  }

  async #working<T>(id: string, work: () => Promise<T>): Promise<T> {
    if (this.#busy.has(id)) throw new FleetError('CONFLICT', `container ${id} is being worked on; try again`);
    if (id !== '') this.#busy.add(id);
    try {
      return await work();
    } finally {
      this.#busy.delete(id);
    }
  }
}

/** A name is given once, so that its container can be asked for again. */
function adviceFor({ name }: Order): string {
  return name === '' ? 'look with docker ps before you try again' : 'try again, it will not be made twice';
}

function isUnknown(error: unknown): boolean {
  return (isEngineError(error) && error.outcomeUnknown) || isFleetError(error, 'OUTCOME_UNKNOWN');
}
