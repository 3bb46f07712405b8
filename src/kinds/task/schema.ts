import type { NamedParts } from '../annotated.js';
import type { StoredObject } from '../definition.js';
import { annotations, endpoint, taskSpec } from '../parts.js';
import { type Infer, int, list, object, oneOfWords, optional, text, uint } from '../schema.js';

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

export const taskBody = object({
  spec: taskSpec,
  /** The `specVersion` of the service that the spec came from. */
  specVersion: uint(),
  serviceId: optional(text()),
  /** Number of the replica within its service, counted from 1; 0 for none. */
  slot: uint(),
  /** Absent until a scheduler has chosen a node. */
  nodeId: optional(text()),
  annotations,
  serviceAnnotations: annotations,
  status: object({
    /** Time at which the state was reached, milliseconds since the epoch. */
    timestamp: int(),
    state: oneOfWords(taskStates),
    message: text(),
    err: text(),
    container: optional(object({ containerId: text(), pid: int(), exitCode: int() })),
  }),
  desiredState: oneOfWords(taskStates),
  networks: list(object({ networkId: text(), addresses: list(text()) })),
  endpoint: optional(endpoint),
});

/** One container's worth of work, owned by a service and placed on at most one node. */
export interface Task extends StoredObject, Infer<typeof taskBody> {}

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
