import { messageOf } from '../../base/errors.js';
import { Limiter } from '../../base/limiter.js';
import { plainEqual } from '../../base/plain.js';
import type { Client } from '../../client/index.js';
import { engines, type Task } from '../../kinds/index.js';
import type { EngineAccess } from '../access.js';
import { clusterLabel, taskLabel } from '../driver/labels.js';
import type { DockerClient } from '../engine/docker-client.js';
import { EngineError, isEngineError } from '../engine/errors.js';
import { compareEngine, type Drift, type EngineContent } from './compare.js';

/** Engines that are read at a time. */
const atATime = 8;

/** Cluster whose engines are compared with its store. */
export interface DriftSource {
  /** Client of the cluster. */
  readonly client: Client;
  /** Ways to its engines. */
  readonly access: EngineAccess;
  /** Ends the comparison, or the repair before its next step. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compares all engines of a cluster with its store. Changes nothing. Tasks that change meanwhile are left out: their
 * drivers are at work. An engine that cannot be read is a difference of its own.
 */
export async function findDrift({ client, access, signal }: DriftSource): Promise<Drift[]> {
  const { clusterId } = await client.status({ signal });
  const { objects: all } = await client.list(engines, undefined, { signal });
  const before = await readStore(client, signal);
  const limiter = new Limiter(atATime);
  const read = all
    .filter(({ nodeId }) => nodeId !== '')
    .map(({ nodeId }) => limiter.run(() => readEngine(access, nodeId, clusterId, signal)));
  const contents = await Promise.all(read);
  signal?.throwIfAborted();
  const after = await readStore(client, signal);
  const isSettled = (id: string) => sameState(before.tasks.get(id), after.tasks.get(id));
  return contents.flatMap(({ node, content, error }) =>
    content ? compareEngine({ ...after, node, clusterId, isSettled }, content) : [unreachable(node, error)],
  );
}

/** True while the task stays as it is; also for one that is absent both times. */
function sameState(before: Task | undefined, after: Task | undefined): boolean {
  if (!before || !after) return before === after;
  return before.desiredState === after.desiredState && plainEqual(before.status, after.status);
}

async function readStore(client: Client, signal: AbortSignal | undefined) {
  const { objects: tasks } = await client.list('task', undefined, { signal });
  const { objects: networks } = await client.list('network', undefined, { signal });
  return { tasks: new Map(tasks.map((task) => [task.id, task])), networks: new Set(networks.map(({ id }) => id)) };
}

async function readEngine(
  access: EngineAccess,
  node: string,
  clusterId: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly node: string; readonly content?: EngineContent; readonly error?: unknown }> {
  let docker: DockerClient | undefined;
  try {
    docker = await access.open(node, signal);
    const ours = { filters: { label: [`${clusterLabel}=${clusterId}`] }, signal };
    const [containers, networks, volumes, images] = await Promise.all([
      docker.listContainers({ all: true, ...ours }),
      docker.listNetworks(ours),
      docker.listVolumes(ours),
      docker.listImages({ signal }),
    ]);
    return { node, content: { containers, networks, volumes, images } };
  } catch (error) {
    return { node, error };
  } finally {
    docker?.close();
  }
}

function unreachable(node: string, error: unknown): Drift {
  return { kind: 'unreachable', node, name: '', id: '', task: '', detail: messageOf(error), fix: 'none' };
}

/** Result of one repair. */
export interface Fixed {
  /** Difference that was to be undone. */
  readonly drift: Drift;
  /** Error of the repair; absent when it is done. */
  readonly error?: unknown;
}

/**
 * Undoes differences that {@link findDrift} found, one after another. Each container is looked at again first: only one that
 * still has the label of the cluster and of the same task is touched.
 */
export async function fixDrift(
  { client, access, signal }: DriftSource,
  found: readonly Drift[],
  onFixed: (fixed: Fixed) => void,
): Promise<void> {
  const { clusterId } = await client.status({ signal });
  for (const drift of found) {
    if (drift.fix === 'none') continue;
    signal?.throwIfAborted();
    let docker: DockerClient | undefined;
    try {
      docker = await access.open(drift.node, signal);
      await fixOne(docker, drift, clusterId, signal);
      onFixed({ drift });
    } catch (error) {
      onFixed({ drift, error });
    } finally {
      docker?.close();
    }
  }
}

async function fixOne(
  docker: DockerClient,
  { fix, id, task }: Drift,
  clusterId: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    if (fix === 'remove-network') return await docker.removeNetwork(id, { signal });
    if (fix === 'remove-volume') return await docker.removeVolume(id, { signal });
    const { Config: config } = await docker.inspectContainer(id, { signal });
    const labels = config.Labels ?? {};
    if (labels[clusterLabel] !== clusterId || (labels[taskLabel] ?? '') !== task)
      throw new EngineError('CONFLICT', `container ${id} is another one by now; look again`);
    if (fix === 'unpause-container') return await docker.unpauseContainer(id, { signal });
    await docker.stopContainer(id, { signal });
    await docker.removeContainer(id, { force: true, volumes: true, signal });
  } catch (error) {
    if (!isEngineError(error, 'NOT_FOUND')) throw error;
  }
}
