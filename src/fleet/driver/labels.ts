import { createHash } from 'node:crypto';
import type { Task } from '../../kinds/index.js';

/** Label with the id of the cluster. It alone decides that something on an engine is ours. */
export const clusterLabel = 'skep.cluster';
/** Label with the id of the task that a container runs. */
export const taskLabel = 'skep.task';
/** Label with the hash of what the container was made of. */
export const specLabel = 'skep.spec';
/** Label of a volume with files, and of the container that filled it: the name of the volume. */
export const filesLabel = 'skep.files';
/** Label with the id of the network that a network of an engine stands for. */
export const networkLabel = 'skep.network';

/** Returns the name of the container of a task: it holds the id, so no two tasks share one. */
export function containerName(task: Task): string {
  return `${task.serviceAnnotations.name || 'task'}.${slotOf(task)}.${task.id}`;
}

/** Returns the labels of the container of a task: the user's, those that tools know from Docker, and ours. */
export function containerLabels(task: Task, clusterId: string): Readonly<Record<string, string>> {
  return {
    ...task.spec.container?.labels,
    'com.docker.swarm.node.id': task.nodeId ?? '',
    'com.docker.swarm.service.id': task.serviceId ?? '',
    'com.docker.swarm.service.name': task.serviceAnnotations.name,
    'com.docker.swarm.task': '',
    'com.docker.swarm.task.id': task.id,
    'com.docker.swarm.task.name': `${task.serviceAnnotations.name}.${slotOf(task)}.${task.id}`,
    [clusterLabel]: clusterId,
    [taskLabel]: task.id,
    [specLabel]: specHash(task),
  };
}

/** Returns the hash of everything that makes the container of a task. It differs when a container of it would differ. Credentials for a registry make no difference. */
export function specHash(task: Task): string {
  const {
    container: { registryAuth: _registryAuth, ...container } = { registryAuth: '' },
    resources,
    networks,
  } = task.spec;
  const made = { container, limits: resources?.limits, networks, ports: portsOf(task), logDriver: logDriverOf(task) };
  return hashOf(made).slice(0, 32);
}

/** Returns the ports of a task, with the numbers that the cluster chose. */
export function portsOf(task: Task) {
  return task.endpoint?.ports.length ? task.endpoint.ports : (task.endpoint?.spec?.ports ?? []);
}

/** Returns the log driver of a task: its own, else the default of the cluster that was copied to it. */
export function logDriverOf(task: Task) {
  return task.logDriver ?? task.spec.logDriver;
}

/** Returns the SHA-256 of a value as JSON with sorted keys, as hexadecimal digits. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('hex');
}

const slotOf = (task: Task) => (task.slot === 0 ? (task.nodeId ?? '') : String(task.slot));

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
