import type { DockerClient } from '../engine/docker-client.js';
import { isEngineError } from '../engine/errors.js';
import type { CreateNetworkBody, NetworkInfo } from '../engine/types.js';
import { clusterLabel, networkLabel } from './labels.js';
import type { Mutations } from './mutations.js';
import { TaskRefused } from './refusal.js';

/** Settings of {@link EngineNetworks}. */
export interface EngineNetworksOptions {
  readonly client: DockerClient;
  readonly mutations: Mutations;
  readonly signal: AbortSignal;
  readonly clusterId: string;
  /** Tells whether a container of ours is connected to a network, or will be. */
  readonly isUsed: (name: string) => boolean;
}

/** Networks of an engine that stand for those of the store. */
export class EngineNetworks {
  readonly #options: EngineNetworksOptions;
  /** Work under way, by the name of the network. */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Number of tasks that are about to join a network, by its name. */
  readonly #held = new Map<string, number>();

  constructor(options: EngineNetworksOptions) {
    this.#options = options;
  }

  /** Runs `work` with the networks made and kept. */
  async with<T>(bodies: readonly CreateNetworkBody[], work: () => Promise<T>): Promise<T> {
    for (const { Name } of bodies) this.#held.set(Name, (this.#held.get(Name) ?? 0) + 1);
    try {
      for (const body of bodies) await this.ensure(body);
      return await work();
    } finally {
      for (const { Name } of bodies) {
        const left = (this.#held.get(Name) ?? 1) - 1;
        if (left === 0) this.#held.delete(Name);
        else this.#held.set(Name, left);
      }
    }
  }

  /**
   * Makes a network, unless it is there.
   * @throws {TaskRefused} when a network of that name is not ours.
   */
  ensure(body: CreateNetworkBody): Promise<void> {
    return this.#inTurn(body.Name, () => this.#make(body));
  }

  /** Networks of this cluster on the engine. */
  async list(): Promise<NetworkInfo[]> {
    const { client, clusterId, signal } = this.#options;
    const networks = await client.listNetworks({ filters: { label: [`${clusterLabel}=${clusterId}`] }, signal });
    return networks.filter(({ Labels }) => Labels?.[networkLabel] !== undefined);
  }

  /** Removes a network that nothing of ours uses. One that the engine finds in use stays. */
  remove({ Id, Name }: NetworkInfo): Promise<void> {
    return this.#inTurn(Name, async () => {
      if (this.#held.has(Name) || this.#options.isUsed(Name)) return;
      await this.#remove(Id);
    });
  }

  /** One piece of work at a time for each name. */
  async #inTurn(name: string, work: () => Promise<void>): Promise<void> {
    const before = this.#underWay.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#underWay.set(name, mine);
    try {
      await mine;
    } finally {
      if (this.#underWay.get(name) === mine) this.#underWay.delete(name);
    }
  }

  async #make(body: CreateNetworkBody): Promise<void> {
    let there = await this.#find(body.Name);
    if (there && this.#isOurs(there) && !sameNetwork(there, body)) {
      await this.#remove(there.Id); // it stands for a network of the same name that the store had before
      there = await this.#find(body.Name);
    }
    if (there) return this.#accept(there, body);
    try {
      await this.#options.mutations.change((client, options) => client.createNetwork(body, options));
    } catch (error) {
      if (!isEngineError(error, 'CONFLICT')) throw error;
      const other = await this.#find(body.Name); // another driver of the same swarm was faster
      if (!other) throw error;
      this.#accept(other, body);
    }
  }

  #accept(there: NetworkInfo, body: CreateNetworkBody): void {
    if (this.#isOurs(there) && sameNetwork(there, body)) return;
    const id = body.Labels?.[networkLabel] ?? '';
    const whose = this.#isOurs(there)
      ? `network ${there.Labels?.[networkLabel]} of this cluster`
      : 'not of this cluster';
    throw new TaskRefused(
      `network ${body.Name} (${id}) cannot be made: the engine has another one of that name, ${there.Id}, which is ${whose}`,
    );
  }

  async #find(name: string): Promise<NetworkInfo | undefined> {
    const { client, signal } = this.#options;
    try {
      const found = await client.inspectNetwork(name, { signal });
      return found.Name === name ? found : undefined; // an id may begin with the name
    } catch (error) {
      if (isEngineError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async #remove(id: string): Promise<void> {
    try {
      await this.#options.mutations.change((client, options) => client.removeNetwork(id, options));
    } catch (error) {
      const fine = ['NOT_FOUND', 'FORBIDDEN', 'CONFLICT', 'BAD_REQUEST'] as const;
      if (!fine.some((code) => isEngineError(error, code))) throw error;
    }
  }

  #isOurs({ Labels }: NetworkInfo): boolean {
    return Labels?.[clusterLabel] === this.#options.clusterId;
  }
}

function sameNetwork({ Labels }: NetworkInfo, body: CreateNetworkBody): boolean {
  return Labels?.[networkLabel] === body.Labels?.[networkLabel];
}
