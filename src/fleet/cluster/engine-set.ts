import type { Cancel } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { Limiter } from '../../base/limiter.js';
import type { Entry } from '../../discovery/index.js';
import type { Engine } from '../engine/engine.js';
import type { EngineSettings } from '../engine/options.js';
import { FleetError } from '../fleet.js';

/** Engines that are asked for the first time at once. */
const connectsMax = 64;
/** Longest wait before a pending engine is tried again, milliseconds. */
const retryMaxMs = 30_000;

/** Failures of an engine that has not answered since the start, after which it counts as lost. */
const failuresOfLost = 3;

/** Ports of an {@link EngineSet}. */
export interface EngineSetPorts extends Pick<EngineSettings, 'clock' | 'logger'> {
  /** Makes the engine of an address, without asking it anything. */
  readonly make: (addr: string) => Engine;
  /** Told of an engine before it connects, so that nothing of it is missed. */
  readonly added: (engine: Engine) => void;
  /** Told of an engine that has failed so often since the start that it counts as lost. */
  readonly unreachable: (engine: Engine) => void;
}

interface Pending {
  readonly engine: Engine;
  failures: number;
  retry: Cancel | undefined;
  error: string;
}

/** Engines of a cluster: those that answer under an id of their own, and those that have not answered yet. */
export class EngineSet {
  readonly #ports: EngineSetPorts;
  readonly #limiter = new Limiter(connectsMax);
  readonly #pending = new Map<string, Pending>();
  /** By the id that they give themselves. */
  readonly #registered = new Map<string, Engine>();
  /** Engines that are connecting, by the same id. */
  readonly #admitted = new Map<string, Engine>();
  /** A list of addresses has come: what is not among the engines is not in discovery. */
  #listed = false;
  #closed = false;

  constructor(ports: EngineSetPorts) {
    this.#ports = ports;
  }

  get registered(): readonly Engine[] {
    return [...this.#registered.values()];
  }

  /** All of them, registered ones first. */
  get all(): readonly Engine[] {
    return [...this.#registered.values(), ...[...this.#pending.values()].map(({ engine }) => engine)];
  }

  /** Finds a registered engine by the id that it gives itself. */
  get(engineId: string): Engine | undefined {
    return this.#registered.get(engineId);
  }

  /**
   * Tells whether the engine of an id is lost that was last at `addr`: it is unhealthy, gone, or does not answer there. One
   * that was not asked yet is not: it may be about to answer.
   */
  isLost(engineId: string, addr: string): boolean {
    const engine = this.#registered.get(engineId);
    if (engine) return engine.state !== 'healthy';
    return this.isGone(engineId, addr) || (this.#pending.get(addr)?.failures ?? 0) >= failuresOfLost;
  }

  /** Tells whether that engine will not come back by itself: discovery does not name it, or another one answers there. */
  isGone(engineId: string, addr: string): boolean {
    if (this.#registered.has(engineId) || !this.#listed) return false;
    return !this.all.some((engine) => engine.addr === addr) || this.isReplaced(engineId, addr);
  }

  /** Tells whether another engine than that of the id answers at `addr`. */
  isReplaced(engineId: string, addr: string): boolean {
    return this.all.some((engine) => engine.addr === addr && engine.engineId !== '' && engine.engineId !== engineId);
  }

  /** Newest error of an engine that is pending; empty for any other. */
  errorAt(addr: string): string {
    return this.#pending.get(addr)?.error ?? '';
  }

  /**
   * Takes the newest list of addresses: connects to those that are new, and lets go of those that are gone. An empty list
   * changes nothing: discovery itself is the likelier thing to be lost.
   */
  update(entries: Iterable<Entry | string>): void {
    const wanted = new Set([...entries].map(String));
    const known = new Map(this.all.map((engine) => [engine.addr, engine]));
    if (wanted.size === 0) {
      if (known.size > 0) this.#ports.logger.warn('Discovery names no engine; those that are known stay');
      return;
    }
    this.#listed = true;
    for (const [addr, engine] of known) {
      if (!wanted.has(addr)) this.remove(engine);
    }
    for (const addr of wanted) {
      if (!known.has(addr)) this.#connectTo(addr);
    }
  }

  /**
   * Adds an engine that has connected.
   * @throws FleetError `CONFLICT` when it has not, or when an engine of its id is there already.
   */
  add(engine: Engine): void {
    if (engine.state !== 'healthy') throw new FleetError('CONFLICT', "node is not connected to docker's REST API");
    const other = this.#registered.get(engine.engineId);
    if (other) {
      if (other.addr !== engine.addr) this.#ports.logger.error(duplicate(engine, other));
      throw new FleetError('CONFLICT', 'node was already added to the cluster');
    }
    this.#ports.added(engine);
    this.#register(engine);
  }

  /** Lets go of an engine. */
  remove(engine: Engine): void {
    this.#pending.get(engine.addr)?.retry?.();
    this.#pending.delete(engine.addr);
    const registered = this.#registered.get(engine.engineId) === engine;
    if (registered) this.#registered.delete(engine.engineId);
    if (this.#admitted.get(engine.engineId) === engine) this.#admitted.delete(engine.engineId);
    engine.disconnect();
    if (registered) this.#ports.logger.info(`Removed Engine ${engine.name}`, { addr: engine.addr });
  }

  /** Replaces an engine whose address another one answers at now. */
  replace(engine: Engine): void {
    this.remove(engine);
    if (!this.#closed) this.#connectTo(engine.addr);
  }

  close(): void {
    this.#closed = true;
    for (const engine of this.all) this.remove(engine);
  }

  #connectTo(addr: string): void {
    const engine = this.#ports.make(addr);
    this.#ports.added(engine);
    const pending: Pending = { engine, failures: 0, retry: undefined, error: '' };
    this.#pending.set(addr, pending);
    void this.#try(pending);
  }

  /** Connects; never rejects. */
  async #try(pending: Pending): Promise<void> {
    const { engine } = pending;
    const isWanted = () => this.#pending.get(engine.addr) === pending;
    try {
      await this.#limiter.run(async () => {
        if (isWanted()) await engine.connect((known) => this.#admit(known));
      });
      if (!isWanted()) return;
      this.#pending.delete(engine.addr);
      this.#register(engine);
    } catch (error) {
      if (this.#admitted.get(engine.engineId) === engine) this.#admitted.delete(engine.engineId);
      if (!isWanted()) return;
      pending.failures++;
      pending.error = messageOf(error);
      if (pending.failures === failuresOfLost) this.#ports.unreachable(engine);
      const { clock, logger } = this.#ports;
      const facts = { addr: engine.addr, failures: pending.failures };
      logger[pending.failures === 1 ? 'error' : 'debug'](`Failed to validate pending node: ${pending.error}`, facts);
      const delayMs = Math.min(retryMaxMs, 1_000 * 2 ** Math.min(pending.failures - 1, 10));
      pending.retry = clock.schedule(delayMs, () => void this.#try(pending));
    }
  }

  #register(engine: Engine): void {
    this.#admitted.delete(engine.engineId);
    this.#registered.set(engine.engineId, engine);
    this.#ports.logger.info(`Registered Engine ${engine.name} at ${engine.addr}`);
    void engine.refreshLoop();
  }

  /** Keeps an id for an engine while it connects; refuses it when the id is taken. It stays pending, and is tried again. */
  #admit(engine: Engine): void {
    const other = this.#registered.get(engine.engineId) ?? this.#admitted.get(engine.engineId);
    if (other && other !== engine) throw new FleetError('CONFLICT', duplicate(engine, other));
    this.#admitted.set(engine.engineId, engine);
  }
}

function duplicate(engine: Engine, other: Engine): string {
  return `ID duplicated. ${engine.engineId} shared by this node ${engine.addr} and another node ${other.addr}`;
}
