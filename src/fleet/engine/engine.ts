import { messageOf } from '../../base/errors.js';
import { type Container, type EngineHandle, type EngineState, FleetError, type Image } from '../fleet.js';
import { ContainerCache, type OnContainer } from './container-cache.js';
import { refreshAll, refreshOne, type RefreshSource } from './container-refresh.js';
import { createOn, type CreateOnOptions } from './create.js';
import type { DockerClient } from './docker-client.js';
import { type EngineErrorCode, isEngineError } from './errors.js';
import { EventQueue } from './event-queue.js';
import { type Followed, Following } from './following.js';
import { Health } from './health.js';
import { type EngineOptions, type EngineSettings, engineSettings } from './options.js';
import { reactionTo } from './reaction.js';
import { resolveHost } from './resolve.js';
import { keepSame, sameJson } from './same-json.js';
import { type Specs, specsOf } from './specs.js';
import type { CreateContainerBody, EngineEvent, EngineInfo, NetworkInfo, VolumeInfo } from './types.js';

/** Receiver of the events of an engine: its own, and those about it (`from: 'swarm'`). */
export type EngineHandler = (event: EngineEvent, engine: Engine) => void;

/** Observer of an engine: what an owner that keeps an index of many engines must hear. */
export interface EngineObserver {
  /** Called with a container before and after a change; one of the two is absent when it appears or disappears. */
  readonly containerChanged: OnContainer;
  /** Another engine answers at this address now. */
  readonly replaced: (engine: Engine) => void;
}

/** Changes of state that are told as events, in the words of Docker Swarm's last and first version. */
const swarmEvents = {
  connect: { Action: 'engine_connect', status: 'node_connect' },
  disconnect: { Action: 'engine_disconnect', status: 'node_disconnect' },
  reconnect: { Action: 'engine_reconnect', status: 'node_reconnect' },
} as const;

/** Failures after which an engine may be gone. The others are answers of an engine that lives. */
const silences = new Set<EngineErrorCode>(['UNREACHABLE', 'TIMEOUT', 'TLS', 'BAD_ANSWER']);

/**
 * One Docker engine that is followed: its containers, images, volumes and networks are known without asking, and its
 * death and return are noticed.
 *
 * It is `pending` until {@link connect} has read everything once, then `healthy`. Failures in a row make it `unhealthy`; it
 * comes back by itself. {@link disconnect} ends it for good.
 */
export class Engine implements EngineHandle, Followed {
  readonly addr: string;
  readonly client: DockerClient;
  /** Failures of its pings and lists. */
  readonly health: Health;
  readonly #settings: EngineSettings;
  readonly #containers: ContainerCache;
  readonly #queue: EventQueue;
  readonly #following: Following;
  #observer: EngineObserver | undefined;
  #handler: EngineHandler | undefined;
  #state: EngineState = 'pending';
  #specs: Specs | undefined;
  /** Monotonic time, milliseconds. */
  #specsAt = -Infinity;
  #heardAt = -Infinity;
  /** A connection broke since its id was read: another engine may answer now. */
  #doubtful = false;
  #info: EngineInfo | undefined;
  #images: readonly Image[] = [];
  #volumes: readonly VolumeInfo[] = [];
  #networks: readonly NetworkInfo[] = [];
  #ip = '';
  #lastError = '';
  #updatedAt = 0;

  /**
   * @param addr `host:port`, as discovery names it.
   * @param client Client of that engine; the engine closes it at the end.
   */
  constructor(addr: string, client: DockerClient, options: EngineOptions = {}) {
    this.addr = addr;
    this.client = client;
    this.#settings = engineSettings(options);
    this.health = new Health(this.#settings.failureRetry);
    this.#containers = new ContainerCache((before, after) => this.#observer?.containerChanged(before, after));
    this.#queue = new EventQueue(this.#settings.clock);
    this.#following = new Following(this, this.#settings);
  }

  get id(): string {
    return this.#specs ? `${this.#specs.engineId}|${this.addr}` : this.addr;
  }

  /** Id that the engine gives itself; empty while it is pending. */
  get engineId(): string {
    return this.#specs?.engineId ?? '';
  }

  get name(): string {
    return this.#specs?.name ?? '';
  }

  get ip(): string {
    return this.#ip;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Tells whether it can take work. */
  get isHealthy(): boolean {
    return this.#state === 'healthy';
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#specs?.labels ?? {};
  }

  get healthPercent(): number {
    return this.isHealthy ? this.health.percent : 0;
  }

  get cpus(): number {
    return this.#withOvercommit(this.#specs?.cpus);
  }

  get memoryBytes(): number {
    return this.#withOvercommit(this.#specs?.memoryBytes);
  }

  get usedCpus(): number {
    return this.#containers.cpus;
  }

  get usedMemoryBytes(): number {
    return this.#containers.memoryBytes;
  }

  get info(): EngineInfo | undefined {
    return this.#info;
  }

  get serverVersion(): string {
    return this.#info?.ServerVersion ?? '';
  }

  get lastError(): string {
    return this.#lastError;
  }

  get updatedAt(): number {
    return this.#updatedAt;
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  get containers(): readonly Container[] {
    return this.#containers.all;
  }

  get images(): readonly Image[] {
    return this.#images;
  }

  get volumes(): readonly VolumeInfo[] {
    return this.#volumes;
  }

  get networks(): readonly NetworkInfo[] {
    return this.#networks;
  }

  /** Name and address, for the log. */
  get facts(): Readonly<Record<string, unknown>> {
    return { engine: this.name, addr: this.addr };
  }

  /** Finds one of its containers by its full id. */
  container(id: string): Container | undefined {
    return this.#containers.get(id);
  }

  /**
   * Passes every event to `handler`, once what it changes has been read again.
   * @throws FleetError `CONFLICT` when there is a handler already.
   */
  events(handler: EngineHandler): void {
    if (this.#handler) throw new FleetError('CONFLICT', 'event handler already set');
    this.#handler = handler;
  }

  /** Sets the one observer of its changes. */
  observe(observer: EngineObserver): void {
    this.#observer = observer;
  }

  /**
   * Reads all that is kept of the engine, and begins to follow its events. Resolves when it is `healthy`. The loop that
   * keeps it fresh is {@link refreshLoop}.
   * @param admit Called once its id is known, before its containers are: throws to refuse it.
   * @throws EngineError when it does not answer; RangeError when it cannot be used. It stays `pending`: try again.
   */
  async connect(admit: (engine: Engine) => void = () => undefined): Promise<void> {
    if (this.#state !== 'pending') throw new FleetError('CONFLICT', `engine ${this.addr} is connected already`);
    await this.refreshSpecs();
    this.#ip = await resolveHost(this.addr);
    this.#expectLive();
    admit(this);
    this.#monitor();
    try {
      await this.refreshContainers(true);
      await this.refreshImages();
    } catch (error) {
      this.client.stopAllMonitorEvents();
      throw error;
    }
    await Promise.allSettled([this.refreshVolumes(), this.refreshNetworks()]);
    this.#expectLive();
    this.#state = 'healthy';
    this.#announce('connect');
  }

  /** Pings it and reads its lists again until {@link disconnect}. Never rejects. */
  refreshLoop(): Promise<void> {
    return this.#following.run();
  }

  async ping(): Promise<void> {
    try {
      await this.client.ping();
      this.#heard();
      this.health.succeeded('ping');
    } catch (error) {
      this.#failed('ping', error);
      throw error;
    }
  }

  /** Reads everything again. An engine that was unhealthy and answers all of it is healthy again. */
  async refresh(): Promise<void> {
    const returning = this.#state === 'unhealthy';
    const { clock, specsMs } = this.#settings;
    if (this.#doubtful || clock.monotonic() - this.#specsAt >= specsMs) await this.refreshSpecs();
    await this.refreshContainers(returning);
    // One after the other: they are not urgent, and one connection is enough.
    for (const read of [() => this.refreshVolumes(), () => this.refreshNetworks(), () => this.refreshImages()])
      await read().catch(() => undefined);
    if (returning && this.#state === 'unhealthy' && !this.health.lost) this.#returned();
  }

  /**
   * Reads its resources and labels again.
   * @throws FleetError `CONFLICT` when another engine answers at this address; this one is unhealthy then.
   */
  async refreshSpecs(): Promise<void> {
    this.#doubtful = false;
    const info = await this.#called(this.client.info());
    const { clock, logger } = this.#settings;
    const specs = specsOf(info, this.addr, clock.now());
    if (this.#specs && this.#specs.engineId !== specs.engineId) this.#refuseIdentity(this.#specs, specs);
    if (!this.#specs) for (const warning of specs.warnings) logger.warn(warning);
    this.#info = info;
    this.#specs = specs;
    this.#specsAt = clock.monotonic();
  }

  /** Asks for all containers again. `full` inspects those too whose entry in the list is as before. */
  async refreshContainers(full = false): Promise<void> {
    try {
      await refreshAll(this.#containers, this.#source(), full);
      this.#heard();
      this.health.succeeded('list');
      this.#updatedAt = this.#settings.clock.now();
    } catch (error) {
      this.#failed('list', error);
      throw error;
    }
  }

  async refreshContainer(
    id: string,
    { full = false }: { readonly full?: boolean } = {},
  ): Promise<Container | undefined> {
    await this.#called(refreshOne(this.#containers, this.#source(), { id, full }));
    return this.#containers.get(id);
  }

  async refreshImages(): Promise<void> {
    const images = await this.#called(this.client.listImages({ all: true }));
    const before = this.#images.map(({ summary }) => summary);
    if (sameJson(before, images)) return;
    this.#images = images.map((summary) => ({
      engine: this,
      summary,
      id: summary.Id,
      tags: (summary.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
    }));
  }

  async refreshVolumes(): Promise<void> {
    const volumes = await this.#called(this.client.listVolumes());
    this.#volumes = keepSame(this.#volumes, volumes);
  }

  async refreshNetworks(): Promise<void> {
    const networks = await this.#called(this.client.listNetworks());
    this.#networks = keepSame(this.#networks, networks);
  }

  /**
   * Creates a container here; with `pull`, also its image where it is missing.
   * @throws EngineError in the engine's words; its `outcomeUnknown` tells that the container may be there.
   */
  async create(
    body: CreateContainerBody,
    name: string,
    options: Omit<CreateOnOptions, 'cpus'> = {},
  ): Promise<{ readonly container: Container; readonly warnings: readonly string[] }> {
    const { cpus } = this.#source();
    const made = await this.#called(createOn(this.client, body, name, { ...options, cpus }));
    if (made.pulled) await this.refreshImages().catch(() => undefined); // the next refresh sees it
    return { container: await this.#createdContainer(made.id), warnings: made.warnings };
  }

  /** Reads back a container that was made. It is there, whatever fails now. */
  async #createdContainer(id: string): Promise<Container> {
    let cause: unknown;
    try {
      const container = await this.refreshContainer(id, { full: true });
      if (container) return container;
    } catch (error) {
      cause = error;
    }
    throw new FleetError('OUTCOME_UNKNOWN', "Container created but refresh didn't report it back", { cause });
  }

  /** Removes a container; one that is gone already is no error. */
  async destroy(
    { id }: Pick<Container, 'id'>,
    options: { readonly force?: boolean; readonly volumes?: boolean } = {},
  ): Promise<void> {
    const turn = this.#containers.begin();
    try {
      await this.#called(this.client.removeContainer(id, options));
    } catch (error) {
      if (!isEngineError(error, 'NOT_FOUND')) throw error;
    }
    this.#containers.delete(id, turn);
  }

  /** Takes a container out of the cache: it is being made anew elsewhere, and this engine does not answer. */
  forget({ id }: Pick<Container, 'id'>): void {
    this.#containers.delete(id, this.#containers.begin());
  }

  /** Puts a container back into the cache. */
  remember(container: Container): void {
    this.#containers.set(container, this.#containers.begin());
  }

  /** Ends everything that follows the engine. It never comes back; harmless when called again. */
  disconnect(): void {
    if (this.#state === 'disconnected') return;
    const known = this.#state === 'healthy'; // of an unhealthy one it was announced
    this.#state = 'disconnected';
    this.#following.stop();
    this.client.close();
    if (known) this.#announce('disconnect');
    this.#containers.clear();
  }

  #source(): RefreshSource {
    const { cpus = 1, aheadMs = 0 } = this.#specs ?? {};
    return { client: this.client, engine: this, cpus, aheadMs };
  }

  /** Overcommitment comes in whole units, as Docker Swarm counts it: 5 % of two CPUs are none. */
  #withOvercommit(amount = 0): number {
    return amount + Math.trunc(amount * this.#settings.overcommit);
  }

  #refuseIdentity(before: Specs, after: Specs): never {
    this.#lastError = `Engine (ID: ${before.engineId}, Addr: ${this.addr}) shows up with another ID:${after.engineId}`;
    this.#settings.logger.warn(this.#lastError, this.facts);
    this.#doubtful = true;
    this.#lost();
    this.#observer?.replaced(this);
    throw new FleetError('CONFLICT', `${this.#lastError}. Please remove it from cluster, it can be added back.`);
  }

  #monitor(): void {
    this.client.stopAllMonitorEvents();
    let broken = false;
    const onError = (error: unknown) => {
      this.#settings.logger.debug(`error monitoring events, will restart: ${messageOf(error)}`, this.facts);
      broken = true;
      this.#doubt();
    };
    const onConnect = () => {
      // An engine that was restarted has forgotten its events.
      if (broken) this.#following.listSoon();
      broken = false;
    };
    this.client.startMonitorEvents((event) => this.#react(event), { onError, onConnect });
  }

  #react(event: EngineEvent): void {
    this.#queue.add(
      () => this.#refreshAfter(event),
      () => this.#tell(event),
    );
  }

  /** Reads again what an event has changed. What fails here is read at the next refresh. */
  async #refreshAfter(event: EngineEvent): Promise<void> {
    const reaction = reactionTo(event);
    if (reaction.refresh === 'container') await this.refreshContainer(reaction.id, reaction);
    if (reaction.refresh === 'images' || (reaction.refresh === 'container' && reaction.images))
      await this.refreshImages();
    if (reaction.refresh === 'volumes') await this.refreshVolumes();
    if (reaction.refresh === 'networks') await this.refreshNetworks();
    if (reaction.refresh === 'specs') await this.refreshSpecs();
  }

  #tell(event: EngineEvent): void {
    try {
      this.#handler?.(event, this);
    } catch (error) {
      this.#settings.logger.error(`a handler of events failed: ${messageOf(error)}`, this.facts);
    }
  }

  #announce(change: keyof typeof swarmEvents): void {
    const now = this.#settings.clock.now();
    this.#tell({
      Type: 'swarm',
      ...swarmEvents[change],
      from: 'swarm',
      Actor: { ID: '', Attributes: {} },
      time: Math.floor(now / 1_000),
      timeNano: `${now}000000`,
    });
  }

  /** Passes a call on, and takes it as a sign of life, or as a reason to ask for one. */
  async #called<T>(call: Promise<T>): Promise<T> {
    try {
      const answer = await call;
      this.#heard();
      return answer;
    } catch (error) {
      this.#lastError = messageOf(error);
      if (isSilence(error)) this.#doubt();
      throw error;
    }
  }

  #doubt(): void {
    this.#doubtful = true;
    this.#following.pingSoon();
  }

  #heard(): void {
    this.#heardAt = this.#settings.clock.monotonic();
    this.#lastError = '';
  }

  #failed(sign: 'ping' | 'list', error: unknown): void {
    this.#lastError = messageOf(error);
    if (!isSilence(error)) return;
    this.#doubtful = true;
    this.health.failed(sign);
    if (!this.health.lost || this.#state !== 'healthy') return;
    const { logger } = this.#settings;
    logger.error(`Flagging engine as unhealthy. Connect failed ${this.health.failures} times`, this.facts);
    this.#lost();
  }

  #lost(): void {
    if (this.#state !== 'healthy') return;
    this.#state = 'unhealthy';
    this.#announce('disconnect');
  }

  #returned(): void {
    this.#state = 'healthy';
    this.#settings.logger.info('Engine came back to life. Hooray!', this.facts);
    this.#announce('reconnect');
  }

  #expectLive(): void {
    if (this.#state === 'disconnected') throw new FleetError('CONFLICT', `engine ${this.addr} was disconnected`);
  }
}

function isSilence(error: unknown): boolean {
  return isEngineError(error) && silences.has(error.code);
}
