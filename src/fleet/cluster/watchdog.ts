import { onAbort } from '../../base/abort.js';
import { type Clock, Slicer } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import type { Logger } from '../../base/log.js';
import { Waker } from '../../base/waker.js';
import type { Engine } from '../engine/engine.js';
import type { Container } from '../fleet.js';
import type { ContainerIndex } from './container-index.js';
import type { Deploying } from './deploying.js';
import type { EngineSet } from './engine-set.js';
import type { ContainerRecord, RecordBook } from './records.js';

/** Time between two looks at all records, milliseconds. */
const lookMs = 10_000;
/** Time that an engine has to show a container whose creation it did not answer, milliseconds. */
const latePatienceMs = 60_000;

/** Ports of a {@link Watchdog}. */
export interface WatchdogPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly engines: EngineSet;
  readonly index: ContainerIndex;
  readonly book: RecordBook;
  readonly deploying: Deploying;
  /** Chooses where a container goes, and keeps the place until it is released. */
  readonly place: (record: ContainerRecord) => { readonly engine: Engine; readonly release: () => void };
}

/**
 * Keeps containers and records together while this manager acts: what is gone loses its record, what was made without
 * our hearing of it is taken in, what must not stay on a lost engine moves, and what a lost engine brings back twice is
 * removed there.
 */
export class Watchdog {
  readonly #ports: WatchdogPorts;
  /** Monotonic time since which a record has had no container, milliseconds; by Swarm id. */
  readonly #missingSince = new Map<string, number>();
  /** Swarm ids to look at, in order. */
  readonly #due = new Set<string>();
  readonly #waker: Waker;
  #run: Promise<void> | undefined;

  constructor(ports: WatchdogPorts) {
    this.#ports = ports;
    this.#waker = new Waker(ports.clock);
  }

  /** Looks at all records now and from time to time, and at some when {@link look} says so, while this manager acts. */
  start(): void {
    onAbort(this.#ports.book.signal, () => this.#waker.wake());
    this.#run = this.#loop();
  }

  /** Resolves when it has stopped, after the signal of the records. */
  async ended(): Promise<void> {
    await this.#run;
  }

  get #stopped(): boolean {
    return this.#ports.book.signal.aborted;
  }

  /** Looks at one record soon: something has happened to its container. */
  look(id: string): void {
    if (!this.#ports.book.get(id)) return; // a record is there before its container is
    this.#due.add(id);
    this.#waker.wake();
  }

  /** Looks at all records of an engine, and of what is on it, soon: its state has changed. */
  lookAtEngine({ engineId, addr, containers }: Engine): void {
    const { book } = this.#ports;
    for (const record of book.all) if (record.engine === engineId || record.addr === addr) this.#due.add(record.id);
    for (const { swarmId } of containers) if (book.get(swarmId)) this.#due.add(swarmId);
    this.#waker.wake();
  }

  async #loop(): Promise<void> {
    let woken = false;
    while (!this.#stopped) {
      if (!woken) for (const { id } of this.#ports.book.all) this.#due.add(id);
      await this.#lookAtDue();
      woken = !this.#stopped && (await this.#waker.wait(lookMs));
    }
  }

  async #lookAtDue(): Promise<void> {
    const { book, deploying, clock, logger } = this.#ports;
    const slicer = new Slicer(clock);
    for (const id of this.#due) {
      if (this.#stopped) return;
      this.#due.delete(id);
      const record = book.get(id);
      if (!record || deploying.isBusy(id)) continue;
      try {
        await this.#lookAt(record);
      } catch (error) {
        if (this.#stopped) return;
        logger.error(`Container ${record.name || id}: ${messageOf(error)}`, { addr: record.addr });
      }
      if (slicer.due) await slicer.pause();
    }
  }

  async #lookAt(record: ContainerRecord): Promise<void> {
    const { engines } = this.#ports;
    const engine = engines.get(record.engine);
    if (engine?.state === 'healthy') await this.#compare(record, engine);
    else if (!record.moves && engines.isReplaced(record.engine, record.addr)) await this.#ports.book.remove(record.id);
    else if (record.moves && engines.isLost(record.engine, record.addr)) await this.#move(record, engine);
  }

  /** Makes the record say what the engine has, and takes doubles away from other engines. */
  async #compare(record: ContainerRecord, engine: Engine): Promise<void> {
    const { book, index } = this.#ports;
    const all = index.ofSwarmId(record.id);
    // An image that was made of a container has its labels, and so has every container of that image: the label alone says little.
    const here = all.find(
      ({ id, engine: on }) => on === engine && (record.container === '' || id === record.container),
    );
    if (!here) {
      if (this.#mayStillCome(record)) return;
      this.#missingSince.delete(record.id);
      await engine.refreshSpecs(); // or it is another engine that does not have it
      if (engine.state === 'healthy') await this.#miss(record);
      return;
    }
    this.#missingSince.delete(record.id);
    if (record.moves && record.running && here.state.status === 'created') {
      // It was moved, and its start was lost.
      book.expectLead();
      await engine.client.startContainer(here.id, { signal: book.signal });
      await engine.refreshContainer(here.id, { full: true });
      return;
    }
    const running = isRunning(here);
    if (here.id !== record.container || here.name !== record.name || (record.moves && running !== record.running))
      await book.update(record.id, { container: here.id, name: here.name, running });
    if (!record.moves) return;
    for (const double of all)
      if (double.engine !== engine && double.name === here.name) await this.#removeDouble(double);
  }

  /** Decides about a record whose engine does not have the container. */
  async #miss(record: ContainerRecord): Promise<void> {
    const elsewhere = this.#onHealthyEngine(record);
    if (elsewhere) await this.#adopt(record, elsewhere);
    // One that ran was made before: a manager that is gone now had begun to move it.
    else if (record.container === '' && record.running) await this.#move(record, undefined);
    else await this.#ports.book.remove(record.id);
  }

  #onHealthyEngine({ id, name: wanted }: ContainerRecord): Container | undefined {
    return this.#ports.index.ofSwarmId(id).find(({ engine, name }) => engine.state === 'healthy' && name === wanted);
  }

  /** Makes the record name the engine that has the container: it came back after it had been moved away from there. */
  async #adopt(record: ContainerRecord, { id, engine }: Container): Promise<void> {
    await this.#ports.book.update(record.id, { engine: engine.engineId, addr: engine.addr, container: id });
  }

  /** A container that was never seen may still be in the making, begun by a manager that is gone. */
  #mayStillCome({ id, container }: ContainerRecord): boolean {
    const now = this.#ports.clock.monotonic();
    const since = this.#missingSince.get(id) ?? now;
    this.#missingSince.set(id, since);
    return container === '' && now - since < latePatienceMs;
  }

  /** Removes a container that came back with a lost engine after it had been made elsewhere. */
  async #removeDouble(double: Container): Promise<void> {
    const engine = this.#ports.engines.registered.find((one) => one === double.engine);
    if (engine?.state !== 'healthy') {
      engine?.forget(double); // or two would have its name; the engine shows it again when it is back
      return;
    }
    this.#ports.book.expectLead();
    await engine.destroy(double, { force: true, volumes: true });
    this.#ports.logger.info(`Removed the container ${double.name} that was rescheduled from ${engine.name}`, {
      id: double.id,
    });
  }

  async #move(record: ContainerRecord, lost: Engine | undefined): Promise<void> {
    const { book, index, deploying, place, logger } = this.#ports;
    const back = this.#onHealthyEngine(record);
    if (back) {
      await this.#adopt(record, back);
      return;
    }
    const left = index.ofSwarmId(record.id).find((container) => container.engine === lost);
    if (left) lost?.forget(left); // or its name and ports would be taken
    try {
      const { engine, release } = place(record);
      try {
        const { container } = await deploying.move(record, engine);
        const from = lost?.name ?? record.addr;
        logger.info(`Rescheduled container ${record.container} from ${from} to ${engine.name} as ${container.id}`);
      } finally {
        release();
      }
    } catch (error) {
      const made = book.get(record.id)?.container ?? '';
      const isMade = made !== '' && made !== record.container; // whatever failed then
      if (!isMade && left && lost && lost.state !== 'disconnected') lost.remember(left);
      throw error;
    }
  }
}

function isRunning({ state }: Container): boolean {
  return state.status === 'running' || state.status === 'paused' || state.status === 'restarting';
}
