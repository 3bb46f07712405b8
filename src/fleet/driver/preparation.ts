import type { Logger } from '../../base/log.js';
import { expandContainer, type Node, type Task, templateFacts } from '../../kinds/index.js';
import type { WatchableStore } from '../../state/index.js';
import type { DockerClient } from '../engine/docker-client.js';
import { isEngineError, wordsOf } from '../engine/errors.js';
import type { CreateContainerBody, CreateNetworkBody } from '../engine/types.js';
import { containerBody } from './container.js';
import type { EngineNetworks } from './engine-networks.js';
import type { FileVolumes, HeldVolume } from './file-volumes.js';
import { credentialSpecOf, fileMounts, type FileSet, fileSet } from './files.js';
import type { Images } from './images.js';
import { containerName } from './labels.js';
import { volumesToMake } from './mounts.js';
import type { Mutations } from './mutations.js';
import { type NetworkPlace, networkPlaces, type SwarmPlace } from './networks.js';
import type { Observed } from './observed.js';
import type { Observer } from './observer.js';
import { TaskRefused } from './refusal.js';
import { unsupported } from './unsupported.js';

/** Settings of a {@link Preparation}. */
export interface PreparationOptions {
  readonly client: DockerClient;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly nodeId: string;
  readonly clusterId: string;
  readonly store: Pick<WatchableStore, 'view'>;
  readonly mutations: Mutations;
  readonly observer: Observer;
  readonly images: Images;
  readonly files: FileVolumes;
  readonly networks: EngineNetworks;
}

/** Needs of a task on its engine, worked out from one view of the store. */
interface Plan {
  readonly task: Task;
  readonly container: NonNullable<Task['spec']['container']>;
  readonly set: FileSet | undefined;
  readonly places: readonly NetworkPlace[];
  readonly credentialSpec: string | undefined;
}

/** Membership of a node's engine in a Docker swarm of its own. */
export function swarmPlace(node: Node | undefined): SwarmPlace {
  const { swarmNode = '', swarmControl = false } = node?.engine ?? {};
  return { member: swarmNode !== '', control: swarmNode !== '' && swarmControl };
}

/** Creates the containers of tasks, with everything that they need. Each step may run again after a failure. */
export class Preparation {
  readonly #options: PreparationOptions;

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /**
   * Creates the container of a task, connected to its networks; it does not run yet. One that is there is taken as it is.
   * @param cancelled Aborts when the task is not wanted any more: nothing more is begun then.
   */
  async prepare(task: Task, cancelled: AbortSignal): Promise<void> {
    const { client, signal, images, files, networks } = this.#options;
    const reason = unsupported(task, await client.apiVersion(signal));
    if (reason !== undefined) throw new TaskRefused(reason);
    const plan = this.#plan(task);
    const { container, set, places } = plan;
    await images.tryToHave(container, cancelled);
    cancelled.throwIfAborted();
    const held = set && (await files.hold(set, container.image));
    try {
      await this.#makeVolumes(plan);
      const bodies = places.flatMap(({ create }) => (create ? [create] : []));
      await networks.with(bodies, () => this.#make(plan, held, cancelled));
    } finally {
      await held?.release();
    }
  }

  /** Connects a created container to the networks that it does not have yet. */
  async finish(task: Task, container: Observed): Promise<void> {
    const { places } = this.#plan(task);
    const bodies: CreateNetworkBody[] = places.flatMap(({ create }) => (create ? [create] : []));
    await this.#options.networks.with(bodies, () => this.#connect(places, container));
  }

  #plan(task: Task): Plan {
    const { nodeId, clusterId, store } = this.#options;
    return store.view((tx) => {
      const { container: spec } = task.spec;
      if (!spec) throw new TaskRefused('the task has no container; only containers can be run');
      const node = tx.nodes().get(nodeId);
      if (!node) throw new TaskRefused(`node ${nodeId} of the task not found`);
      const facts = templateFacts(task, node);
      const container = expandContainer(spec, facts);
      const sources = {
        secret: (id: string) => tx.secrets().get(id),
        config: (id: string) => tx.configs().get(id),
      };
      return {
        task,
        container,
        set: fileSet(container, sources, facts, clusterId),
        places: networkPlaces(task, (id) => tx.networks().get(id), { clusterId, swarm: swarmPlace(node) }),
        credentialSpec: credentialSpecOf(container, sources),
      };
    });
  }

  async #makeVolumes({ container }: Plan): Promise<void> {
    for (const volume of volumesToMake(container.mounts))
      await this.#options.mutations.change((client, options) => client.createVolume(volume, options));
  }

  async #make(plan: Plan, held: HeldVolume | undefined, cancelled: AbortSignal): Promise<void> {
    const { task, container, set, places, credentialSpec } = plan;
    const { clusterId } = this.#options;
    const files = set && held && fileMounts(set, held.mountpoint);
    const body = containerBody({ task, container, clusterId, files, networks: places, credentialSpec });
    const created = await this.#create(task, body, cancelled, set);
    await this.#connect(places, created);
  }

  /** Creates the container. The name is unique on the engine, so however often this is asked for, there is one. */
  async #create(
    task: Task,
    body: CreateContainerBody,
    cancelled: AbortSignal,
    set: FileSet | undefined,
  ): Promise<Observed> {
    const { mutations, observer, logger } = this.#options;
    const name = containerName(task);
    try {
      const { Id, Warnings } = await mutations.change((client, options) => {
        cancelled.throwIfAborted();
        return client.createContainer(body, name, options);
      });
      // A setting that the engine cannot follow is no failure of the task, but the log tells.
      for (const warning of Warnings ?? []) logger.warn(`engine about a container: ${warning}`, { container: name });
      const created = createdContainer(Id, name, task, body, set);
      observer.created(created);
      return created;
    } catch (error) {
      const taken = isEngineError(error, 'CONFLICT');
      if (!taken && !(isEngineError(error) && error.outcomeUnknown)) throw error;
      const there = await observer.byName(name);
      if (there?.taskId === task.id) return there;
      throw taken && !there ? new TaskRefused(wordsOf(error)) : error;
    }
  }

  async #connect(places: readonly NetworkPlace[], container: Observed): Promise<void> {
    const missing = places.slice(1).filter(({ name }) => !container.networks.includes(name));
    for (const { name, endpoint } of missing) {
      try {
        await this.#options.mutations.change((client, options) =>
          client.connectNetwork(name, container.id, endpoint, options),
        );
      } catch (error) {
        // It runs already and is connected: an answer was lost.
        const now = isEngineError(error, 'FORBIDDEN') ? await this.#options.observer.refresh(container.id) : undefined;
        if (!now?.networks.includes(name)) throw error;
      }
    }
  }
}

function createdContainer(
  id: string,
  name: string,
  task: Task,
  { HostConfig }: CreateContainerBody,
  set: FileSet | undefined,
): Observed {
  const network = HostConfig?.NetworkMode;
  return {
    ...{ id, name, taskId: task.id, fills: '', state: 'created', exitCode: 0 },
    volumes: set ? [set.volume] : [],
    networks: network === undefined ? [] : [network],
  };
}
