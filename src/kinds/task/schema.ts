import type { NamedParts } from '../annotated.js';
import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { type Endpoint, endpoint, type PortConfig, portConfig } from '../parts/endpoint.js';
import { type GenericResource, genericResource } from '../parts/resources.js';
import { type TaskSpec, taskSpec } from '../parts/task-spec.js';
import { int, list, oneOfWords, optional, text, uint } from '../schema.js';

/** In the order a task lives through them. */
export const taskStates = [
  'new',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const;
/** State of a task; the order is that of {@link taskStates}. */
export type TaskState = (typeof taskStates)[number];

/** 0 for `new`, and up. A task never goes back. */
export function taskStateOrder(state: TaskState): number {
  return taskStates.indexOf(state);
}

/** The container that runs a task. */
export interface ContainerStatus {
  /** Identifier that the engine gave the container. */
  readonly containerId: string;
  /** Process id on the node. Default 0: none yet. */
  readonly pid: number;
  /** Exit code of the process; means something once the task has ended. Default 0. */
  readonly exitCode: number;
}
const containerStatus = objectOf<ContainerStatus>()({ containerId: text(), pid: int(), exitCode: int() });

/** Current state of a task. */
export interface TaskStatus {
  /** Time at which the state was reached, ms since the epoch. Default 0. */
  readonly timestamp: number;
  /** State that the task has reached. Default `new`. */
  readonly state: TaskState;
  /** Comment on the state, for people; empty when there is none. */
  readonly message: string;
  /** Error that led to the state; empty when there is none. */
  readonly err: string;
  /** Container of the task, once there is one. */
  readonly container?: ContainerStatus;
  /** Time at which the task reached `running`, ms since the epoch; absent when it never did. */
  readonly runningAt?: number;
  /** Ports that the engine published for the task in `host` mode, with the numbers that it chose. */
  readonly ports: readonly PortConfig[];
}
const taskStatus = objectOf<TaskStatus>()({
  timestamp: int(),
  state: oneOfWords(taskStates),
  message: text(),
  err: text(),
  container: optional(containerStatus),
  runningAt: optional(int()),
  ports: list(portConfig),
});

/** Addresses of a task on one network. */
export interface TaskNetwork {
  /** Id of the network. */
  readonly networkId: string;
  /** Addresses with their prefix lengths, such as `10.0.0.7/24`. */
  readonly addresses: readonly string[];
}
const taskNetwork = objectOf<TaskNetwork>()({ networkId: text(), addresses: list(text()) });

/** One container's worth of work, owned by a service and placed on at most one node. */
export interface Task extends StoredObject {
  /** Everything that the task runs with. */
  readonly spec: TaskSpec;
  /** The `specVersion` of the service that the spec came from. Default 0. */
  readonly specVersion: number;
  /** Id of the service that owns the task; absent for a task by itself. */
  readonly serviceId?: string;
  /** Number of the replica within its service, counted from 1. Default 0: none. */
  readonly slot: number;
  /** Id of the node on which the task runs; absent until a scheduler has chosen one. */
  readonly nodeId?: string;
  /** Name, labels and index entries of the task itself. */
  readonly annotations: Annotations;
  /** Copy of the service's annotations: its name is part of the task's. */
  readonly serviceAnnotations: Annotations;
  /** Current state of the task. */
  readonly status: TaskStatus;
  /** State that the task should reach, such as `running` or `shutdown`. Default `new`. */
  readonly desiredState: TaskState;
  /** Addresses that the task has received, one entry for each network. */
  readonly networks: readonly TaskNetwork[];
  /** Copy of the service's addresses and ports. */
  readonly endpoint?: Endpoint;
  /** Driver that receives the container's output: that of the spec, else the cluster's default; absent when both are. */
  readonly logDriver?: Driver;
  /** Pieces of the resources that users define which the task holds on its node: named ones, and numbers of others. */
  readonly assignedGeneric: readonly GenericResource[];
}
export const taskBody = objectOf<BodyOf<Task>>()({
  spec: taskSpec,
  specVersion: uint(),
  serviceId: optional(text()),
  slot: uint(),
  nodeId: optional(text()),
  annotations,
  serviceAnnotations: annotations,
  status: taskStatus,
  desiredState: oneOfWords(taskStates),
  networks: list(taskNetwork),
  endpoint: optional(endpoint),
  logDriver: optional(driver),
  assignedGeneric: list(genericResource),
});

/** The task's own name, else `<service>.<slot, or node id when 0>.<task id>`. */
export function taskName(task: Task): string {
  if (task.annotations.name !== '') return task.annotations.name;
  return `${task.serviceAnnotations.name}.${task.slot === 0 ? (task.nodeId ?? '') : task.slot}.${task.id}`;
}

export const taskParts: NamedParts<Task> = {
  nameOf: taskName,
  wantedName: ({ annotations: wanted }) => wanted?.name,
  annotationsOf: (task) => task.annotations,
};

const ended: ReadonlySet<TaskState> = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned']);

/** Tells whether a task in this state holds nothing any more: no port, network, secret or config. */
export function hasEnded(state: TaskState): boolean {
  return ended.has(state);
}
