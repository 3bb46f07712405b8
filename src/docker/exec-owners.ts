import type { EngineHandle, Fleet } from '../fleet/index.js';
import { notFound } from './answers.js';
import { requestTo } from './engine-calls.js';

/** Owners that are remembered; an older one is found by asking the engines. */
const rememberedMax = 10_000;

/** Limit for an engine to say whether it knows an exec, milliseconds. */
const askMs = 5_000;

/** An exec's engine, and the container that it runs in. */
export interface ExecOwner {
  readonly engine: EngineHandle;
  readonly containerId: string;
}

/** Engines of execs: an exec has an id that nothing else tells the engine of. */
export class ExecOwners {
  readonly #fleet: Fleet;
  readonly #known = new Map<string, ExecOwner>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  remember(id: string, owner: ExecOwner): void {
    this.#known.set(id, owner);
    if (this.#known.size > rememberedMax) this.#known.delete(this.#known.keys().next().value ?? '');
  }

  /** Finds the engine of an exec; asks all engines when another manager made it. @throws {ApiError} 404 */
  async find(id: string, signal: AbortSignal): Promise<ExecOwner> {
    const known = this.#known.get(id);
    if (known && known.engine.state !== 'disconnected') return known;
    const healthy = this.#fleet.engines().filter(({ state }) => state === 'healthy');
    const owners = await Promise.all(healthy.map((engine) => ownerAt(engine, id, signal)));
    const owner = owners.find((one) => one !== undefined);
    if (!owner) throw notFound('exec instance', id);
    this.remember(id, owner);
    return owner;
  }
}

async function ownerAt(engine: EngineHandle, id: string, signal: AbortSignal): Promise<ExecOwner | undefined> {
  try {
    const path = `/exec/${encodeURIComponent(id)}/json`;
    const answer = await requestTo(engine, 'GET', path, { signal, timeoutMs: askMs });
    const parts: Buffer[] = [];
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part);
    if (answer.statusCode !== 200) return undefined;
    const { ContainerID: containerId } = JSON.parse(Buffer.concat(parts).toString()) as { ContainerID?: unknown };
    return typeof containerId === 'string' ? { engine, containerId } : undefined;
  } catch {
    return undefined; // an engine that does not answer does not own it, as far as we can tell
  }
}
