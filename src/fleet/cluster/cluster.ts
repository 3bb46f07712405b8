import { messageOf } from '../../base/errors.js';
import type { Entry, Watcher } from '../../discovery/index.js';
import { MemoryStore } from '../../state/index.js';
import { DockerClient } from '../engine/docker-client.js';
import { Engine } from '../engine/engine.js';
import type { CreateContainerBody, EngineEvent, VolumeInfo } from '../engine/types.js';
import {
  type ClusterEvent,
  type Container,
  type CreateOptions,
  type EngineHandle,
  type Fleet,
  FleetError,
  type Image,
} from '../fleet.js';
import { ContainerIndex } from './container-index.js';
import { Creating } from './creating.js';
import { Deploying, type Made } from './deploying.js';
import { EngineSet } from './engine-set.js';
import { expectHealthy, healthyOf } from './everywhere.js';
import { Images } from './images.js';
import { Networks, type PlacedNetwork } from './networks.js';
import { type ClusterOptions, type ClusterSettings, clusterSettings } from './options.js';
import { Placing } from './placing.js';
import { StoreRecords } from './record-stores.js';
import { notLeading, RecordBook, type RecordStore } from './records.js';
import { type PlacedVolume, Volumes } from './volumes.js';
import { Watchdog } from './watchdog.js';

/** Receiver of the events of a cluster. */
export type ClusterHandler = (event: ClusterEvent) => void;

/** The time in which this manager acts. */
interface Tenure {
  readonly over: AbortController;
  readonly acting: Promise<Acting>;
}

/** The part of a cluster that only the manager that acts has. */
interface Acting {
  readonly book: RecordBook;
  readonly deploying: Deploying;
  readonly creating: Creating;
  readonly watchdog: Watchdog;
}

/**
 * Many Docker engines as one.
 *
 * Give it the addresses of engines ({@link updateNodes}, or {@link follow} of a discovery backend). It connects, follows
 * what happens there, and makes containers where its scheduler says. Several of them may follow the same engines; one acts at
 * a time ({@link lead}).
 */
export class Cluster implements Fleet, AsyncDisposable {
  readonly #settings: ClusterSettings;
  readonly #engines: EngineSet;
  readonly #index = new ContainerIndex();
  readonly #placing: Placing;
  readonly #images: Images;
  readonly #volumes: Volumes;
  readonly #networks: Networks;
  readonly #handlers = new Set<ClusterHandler>();
  readonly #stop = new AbortController();
  #tenure: Tenure | undefined;

  /** @throws SchedulingError, RangeError or TypeError when an option cannot be right. */
  constructor(options: ClusterOptions = {}) {
    this.#settings = clusterSettings(options);
    const { engine, filters, strategy, follows } = this.#settings;
    const { clock, logger, random } = engine;
    const registered = () => this.#engines.registered;
    this.#engines = new EngineSet({
      clock,
      logger,
      make: (addr) => this.#makeEngine(addr),
      added: (added) => this.#observe(added),
      unreachable: (lost) => this.#watch((watchdog) => watchdog.lookAtEngine(lost)),
    });
    this.#placing = new Placing({ filters, strategy, random, index: this.#index, engines: registered });
    this.#images = new Images(registered);
    this.#volumes = new Volumes(registered);
    this.#networks = new Networks(registered, random);
    if (!follows) this.#tenure = this.#begin(new StoreRecords(new MemoryStore()));
  }

  /** Name of the strategy. */
  get strategy(): string {
    return this.#settings.strategy.name;
  }

  /** Names of the filters. */
  get filters(): readonly string[] {
    return this.#settings.filters.map(({ name }) => name);
  }

  /** True while this manager acts. */
  get leads(): boolean {
    return this.#tenure !== undefined;
  }

  /** Takes the newest list of engines: connects to new ones in the background, and lets go of those that are gone. */
  updateNodes(entries: Iterable<Entry | string>): void {
    this.#engines.update(entries);
  }

  /** Takes the lists of a discovery backend until the signal aborts, or the cluster is closed. Never rejects. */
  async follow(discovery: Watcher, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { logger } = this.#settings.engine;
    const ended = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal;
    try {
      for await (const { entries, error } of discovery.watch({ signal: ended }))
        if (error) logger.error(`Discovery error: ${error.message}`);
        else this.updateNodes(entries);
    } catch (error) {
      logger.error(`Discovery ended: ${messageOf(error)}; the engines that are known stay`);
    }
  }

  /**
   * Adds an engine that has connected.
   * @throws FleetError `CONFLICT` when it has not, or when it is there already.
   */
  addNode(engine: Engine): void {
    this.#engines.add(engine);
  }

  /** Takes the lead: acts from now on, with these records. Resolves when it does. @see resign */
  async lead(records: RecordStore): Promise<void> {
    await this.resign();
    const tenure = this.#begin(records);
    this.#tenure = tenure;
    try {
      await tenure.acting;
    } catch (error) {
      if (this.#tenure === tenure) this.#tenure = undefined;
      throw error;
    }
  }

  /** Gives the lead away: follows the engines, ends what is under way, and changes nothing any more. */
  async resign(): Promise<void> {
    const tenure = this.#tenure;
    this.#tenure = undefined;
    tenure?.over.abort(notLeading());
    const before = await tenure?.acting.catch(() => undefined);
    await before?.watchdog.ended();
  }

  /**
   * Calls `handler` with every event until the returned function is called.
   * @throws FleetError `CONFLICT` when the handler is set already.
   */
  events(handler: ClusterHandler): () => void {
    if (this.#handlers.has(handler)) throw new FleetError('CONFLICT', 'event handler already set');
    this.#handlers.add(handler);
    return () => void this.#handlers.delete(handler);
  }

  engines(): readonly Engine[] {
    return [...this.#engines.all].sort((a, b) => byName.compare(a.name || a.addr, b.name || b.addr));
  }

  anyEngine(): EngineHandle {
    const healthy = healthyOf(this.#engines.registered);
    return healthy[this.#settings.engine.random(healthy.length)] as EngineHandle;
  }

  /** Error of an engine that has not connected yet; empty for any other. */
  pendingError(addr: string): string {
    return this.#engines.errorAt(addr);
  }

  containers(): Iterable<Container> {
    return this.#index.all;
  }

  container(idOrName: string): Container | undefined {
    return this.#index.find(idOrName);
  }

  async createContainer(body: CreateContainerBody, name: string, options: CreateOptions = {}): Promise<Made> {
    return (await this.#actor()).creating.anywhere(body, name, options);
  }

  /** Creates a container on this engine; pulls its image where it is missing. */
  async deployContainer(
    engine: Engine,
    body: CreateContainerBody,
    name: string,
    options: CreateOptions = {},
  ): Promise<Container> {
    const { container } = await (await this.#actor()).creating.on(engine, body, name, options);
    return container;
  }

  /** Removes a container by force, and what skep knows of it. */
  async destroyContainer(container: Container): Promise<void> {
    await this.removeContainer(container, { force: true });
  }

  async removeContainer(
    container: Container,
    options: { readonly force?: boolean; readonly volumes?: boolean } = {},
  ): Promise<void> {
    const { deploying } = await this.#actor();
    const engine = this.#engineOf(container);
    await deploying.remove(container, engine, options);
    await engine.refreshVolumes().catch(() => undefined); // its anonymous volumes; the next refresh sees them
  }

  async renameContainer(container: Container, name: string): Promise<void> {
    const { book } = await this.#actor();
    const engine = this.#engineOf(container);
    const release = this.#placing.reserveName(name);
    try {
      book.expectLead();
      await engine.client.renameContainer(container.id, name);
      await engine.refreshContainer(container.id, { full: true });
      await book.update(container.swarmId, { name });
    } finally {
      release();
    }
  }

  findImages(name: string): readonly Image[] {
    return this.#images.find(name);
  }

  async pullImage(reference: string, options: Parameters<Fleet['pullImage']>[1]): Promise<void> {
    await this.#images.pull(reference, options);
  }

  async loadImages(...[archive, { onProgress }]: Parameters<Fleet['loadImages']>): Promise<void> {
    await this.#images.load(archive, onProgress);
  }

  async importImage(...[archive, options]: Parameters<Fleet['importImage']>): Promise<void> {
    await this.#images.import(archive, options);
  }

  async removeImage(...[name, options]: Parameters<Fleet['removeImage']>): ReturnType<Fleet['removeImage']> {
    return this.#images.remove(name, options);
  }

  async tagImage(...[name, target]: Parameters<Fleet['tagImage']>): Promise<void> {
    await this.#images.tag(name, target);
  }

  findVolumes(name: string): readonly PlacedVolume[] {
    return this.#volumes.find(name);
  }

  async createVolume(...[body]: Parameters<Fleet['createVolume']>): Promise<VolumeInfo> {
    return this.#volumes.create(body);
  }

  async removeVolume(...[name, options]: Parameters<Fleet['removeVolume']>): Promise<void> {
    await this.#volumes.remove(name, options);
  }

  findNetwork(idOrName: string): PlacedNetwork | undefined {
    return this.#networks.find(idOrName);
  }

  async createNetwork(...[body]: Parameters<Fleet['createNetwork']>): ReturnType<Fleet['createNetwork']> {
    return this.#networks.create(body);
  }

  async removeNetwork(...[idOrName]: Parameters<Fleet['removeNetwork']>): Promise<void> {
    await this.#networks.remove(idOrName);
  }

  /** Lets go of all engines. Their containers run on. */
  async close(): Promise<void> {
    this.#stop.abort();
    const resigned = this.resign();
    this.#engines.close(); // ends their calls: one that hangs must not be waited for
    await resigned;
    this.#handlers.clear();
  }

  /** Closes it: `await using cluster = …`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(records: RecordStore): Tenure {
    const over = new AbortController();
    return { over, acting: this.#act(records, over.signal) };
  }

  async #act(records: RecordStore, over: AbortSignal): Promise<Acting> {
    const { engine, createRetry } = this.#settings;
    const { clock, logger, random } = engine;
    const book = await RecordBook.open(records, over);
    const deploying = new Deploying(book, ({ engine: id, addr }) => this.#engines.isGone(id, addr), logger);
    const havingImage = (name: string) => this.#images.find(name).length;
    const engineOf = (engineId: string) => this.#engines.get(engineId);
    const network = (idOrName: string) => this.#networks.find(idOrName);
    const found = { engine: engineOf, network, havingImage };
    const creating = new Creating({ placing: this.#placing, deploying, random, createRetry, ...found });
    const watchdog = new Watchdog({
      clock,
      logger,
      book,
      deploying,
      engines: this.#engines,
      index: this.#index,
      place: (record) => creating.placeAgain(record),
    });
    watchdog.start();
    return { book, deploying, creating, watchdog };
  }

  /** @throws FleetError `NOT_LEADER` while another manager acts. */
  async #actor(): Promise<Acting> {
    if (!this.#tenure) throw notLeading();
    return this.#tenure.acting;
  }

  /** @throws FleetError `UNHEALTHY`, `NOT_FOUND` */
  #engineOf({ name, engine }: Container): Engine {
    const registered = this.#engines.get(engine.engineId);
    if (!registered)
      throw new FleetError('NOT_FOUND', `the engine of container ${name} is not in the cluster any more`);
    expectHealthy(registered, `Container ${name}`);
    return registered;
  }

  #makeEngine(addr: string): Engine {
    return new Engine(addr, new DockerClient({ ...this.#settings.client, address: addr }), this.#settings.engine);
  }

  #observe(engine: Engine): void {
    engine.observe({
      containerChanged: (before, after) => {
        this.#index.change(before, after);
        const swarmId = (after ?? before)?.swarmId ?? '';
        if (swarmId !== '') this.#watch((watchdog) => watchdog.look(swarmId));
      },
      replaced: (replaced) => this.#engines.replace(replaced),
    });
    engine.events((event) => this.#passOn(engine, event));
  }

  #passOn(engine: Engine, event: EngineEvent): void {
    if (event.Type === 'swarm') this.#watch((watchdog) => watchdog.lookAtEngine(engine));
    for (const handler of this.#handlers)
      try {
        handler({ engine, event });
      } catch (error) {
        this.#settings.engine.logger.error(`a handler of events failed: ${messageOf(error)}`);
      }
  }

  /** Tells the watchdog, when this manager acts. */
  #watch(tell: (watchdog: Watchdog) => void): void {
    this.#tenure?.acting.then(
      ({ watchdog }) => tell(watchdog),
      () => undefined,
    );
  }
}

/** Natural order: `node-2` before `node-10`. */
const byName = new Intl.Collator('en', { numeric: true });
