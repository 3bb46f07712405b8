import { type Clock, systemClock } from '../base/clock.js';
import { newId } from '../base/ids.js';
import { consoleLogger, type Logger } from '../base/log.js';
import { type Random, systemRandom } from '../base/random.js';
import type { CatalogBackend, PublishedInstance } from './backend.js';
import { type AskGrpcHealth, askGrpcHealth } from './checks/grpc.js';
import { CatalogError } from './errors.js';
import { Follow } from './follow.js';
import type { CheckStatus } from './health.js';
import { hasTags, Instance } from './instance.js';
import { Publisher } from './publisher.js';
import type { Registration } from './record.js';
import { Registered, type RegisteredHealth } from './registered.js';
import { Service } from './service.js';

/** Options of an agent. */
export interface AgentOptions {
  /** Place where the catalogue is kept. */
  readonly backend: CatalogBackend;
  /** Id of this agent, as others see it; default a fresh one. */
  readonly agentId?: string;
  /** TTL of its instances, milliseconds; default 30 000. 0: until they are taken back. */
  readonly ttlMs?: number;
  /** Interval of renewals, one request for all, milliseconds; below half of the TTL, default a third of it. */
  readonly heartbeatMs?: number;
  /** Put before the tags of each registration. */
  readonly defaultTags?: readonly string[];
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
  /** Source of chance, for ids. Default: the system's. */
  readonly random?: Random;
  /** Receives what happens, for people. */
  readonly logger?: Logger;
  /** Client of gRPC checks; the default does not encrypt. */
  readonly askGrpcHealth?: AskGrpcHealth;
}

export const ttlMsDefault = 30_000;

/** Registers the services of this process, keeps them registered, and looks up all services. */
export class CatalogAgent {
  /** Identity of the agent. */
  readonly id: string;
  readonly #backend: CatalogBackend;
  readonly #publisher: Publisher;
  readonly #follow: Follow;
  readonly #registered = new Map<string, Registered>();
  readonly #instances = new WeakMap<PublishedInstance, Instance>();
  readonly #defaultTags: readonly string[];
  readonly #ports;
  readonly #logger: Logger;
  #left: Promise<void> | undefined;

  constructor(options: AgentOptions) {
    if (!(options as Partial<AgentOptions>).backend)
      throw new TypeError('CatalogAgent needs a backend: where services are kept');
    const { backend, clock = systemClock, random = systemRandom, logger = consoleLogger } = options;
    const { agentId = newId(random), ttlMs = ttlMsDefault, heartbeatMs = Math.floor(ttlMs / 3) } = options;
    this.id = agentId;
    this.#backend = backend;
    this.#logger = logger;
    this.#defaultTags = options.defaultTags ?? [];
    this.#ports = { clock, random, askGrpcHealth: options.askGrpcHealth ?? askGrpcHealth };
    this.#publisher = new Publisher({ backend, agentId, ttlMs, heartbeatMs, clock, random, logger });
    this.#follow = new Follow(backend, logger);
  }

  /**
   * Registers an instance, and keeps it registered until it is deregistered or the agent leaves. The same id again
   * replaces it; its checks go on where they are the same.
   *
   * Resolves with the id when the catalogue has it, or cannot be reached: then the agent goes on trying.
   * @throws {CatalogError} `INVALID_REGISTRATION`, `REFUSED`, `LEFT`
   */
  async register(registration: Registration): Promise<string> {
    this.#refuseLeft();
    const id = registration.id === undefined || registration.id === '' ? newId(this.#ports.random) : registration.id;
    const tags = [...this.#defaultTags, ...(registration.tags ?? [])];
    const before = this.#registered.get(id);
    const registered = new Registered({ ...registration, id, tags }, before, this.#ports, {
      changed: (record) => {
        void this.#publisher.put(record).catch((error: unknown) => this.#drop(id, registered, error));
      },
      hopeless: (why) => {
        this.#logger.warn('deregistered: it was critical for too long', { id, why });
        void this.deregister(id);
      },
    });
    this.#registered.set(id, registered);
    try {
      await this.#publisher.put(registered.record);
    } catch (error) {
      this.#drop(id, registered, error);
      throw error;
    }
    return id;
  }

  /** Takes an instance back. Harmless for one that this agent does not have. */
  async deregister(id: string): Promise<void> {
    this.#registered.get(id)?.stop();
    this.#registered.delete(id);
    await this.#publisher.remove(id);
  }

  /**
   * All services that have an instance with each of these tags, by name.
   * @throws {CatalogError} `UNAVAILABLE`: the catalogue cannot be read now.
   */
  async services(...tags: string[]): Promise<ReadonlyMap<string, Service>> {
    this.#refuseLeft();
    const found = (await this.#backend.list()).filter((instance) => hasTags(instance, tags));
    const names = [...new Set(found.map(({ name }) => name))].sort();
    return new Map(names.map((name) => [name, this.service(name, ...tags)]));
  }

  /** Returns the service of that name: the instances with each of these tags, of any agent. Sends no request yet. */
  service(name: string, ...tags: string[]): Service {
    const select = (found: readonly PublishedInstance[]) =>
      found.filter((instance) => hasTags(instance, tags)).map((instance) => this.#shown(instance));
    return new Service(name, tags, {
      find: async () => {
        this.#refuseLeft();
        return select((await this.#backend.list()).filter((instance) => instance.name === name));
      },
      follow: (told, closed) => this.#follow.add(name, (found) => told(select(found)), closed),
    });
  }

  /**
   * Reports the status of an instance to its ttl check of that name, or to all of them.
   * @throws {CatalogError} `NOT_FOUND`: this agent has no such instance, or it has no such check.
   */
  report(id: string, status: CheckStatus, note = '', check?: string): void {
    this.#get(id).report(status, note, check);
  }

  /**
   * Takes an instance out of use without deregistering it, or back. Stays when it is registered again.
   * @throws {CatalogError} `NOT_FOUND`
   */
  async maintenance(id: string, on: boolean, reason = ''): Promise<void> {
    const registered = this.#get(id);
    registered.maintain(on ? reason : undefined);
    await this.#publisher.put(registered.record);
  }

  /**
   * The health of an instance of this agent, and where it comes from.
   * @throws {CatalogError} `NOT_FOUND`
   */
  health(id: string): RegisteredHealth {
    return this.#get(id).health;
  }

  /**
   * Deregisters everything and closes all watchers. Resolves soon, also when the catalogue does not answer: then what was
   * registered expires. Harmless when it has left.
   */
  leave(): Promise<void> {
    this.#left ??= this.#leave();
    return this.#left;
  }

  /** True once it leaves. */
  get hasLeft(): boolean {
    return this.#left !== undefined;
  }

  async #leave(): Promise<void> {
    for (const registered of this.#registered.values()) registered.stop();
    this.#registered.clear();
    this.#follow.end();
    await this.#publisher.close();
  }

  #get(id: string): Registered {
    this.#refuseLeft();
    const registered = this.#registered.get(id);
    if (!registered) throw new CatalogError('NOT_FOUND', `${id} is not registered by this agent`);
    return registered;
  }

  /** Shows what did not change as the same object: a watcher then need not compare it. */
  #shown(published: PublishedInstance): Instance {
    const instance = this.#instances.get(published) ?? new Instance(published, this.id);
    this.#instances.set(published, instance);
    return instance;
  }

  #drop(id: string, registered: Registered, error: unknown): void {
    this.#logger.error('the catalogue refuses an instance', { id, error: String(error) });
    registered.stop();
    if (this.#registered.get(id) === registered) this.#registered.delete(id);
  }

  #refuseLeft(): void {
    if (this.#left) throw new CatalogError('LEFT', 'this agent has left');
  }
}
