import { plainEqual } from '../base/plain.js';
import { type Node, type Service, type Task, type TaskSpec, type TaskState, taskStateOrder } from '../kinds/index.js';
import type { Draft } from './draft.js';
import type { Ports } from './ports.js';

/** The nodes of a cluster, and the rule that tells for which of them a placement is. */
export interface NodeRules {
  readonly node: (id: string | undefined) => Node | undefined;
  readonly ports: Pick<Ports, 'meets'>;
}

/** Place of a new task, and how far it should go. */
export interface NewTask {
  /** Number of the replica; 0 on a service with one task a node. */
  readonly slot: number;
  /** Node that is given before, on a service with one task a node. */
  readonly nodeId?: string;
  readonly desiredState: TaskState;
}

/** Adds a task of the service as its spec is now: a copy of everything that the task will need. */
export function createTask(draft: Draft, service: Service, { slot, nodeId, desiredState }: NewTask): Task {
  const { now } = draft;
  const { spec, specVersion, endpoint } = service;
  const attachments = spec.task.networks.length > 0 ? spec.task.networks : spec.networks;
  const logDriver = spec.task.logDriver ?? draft.cluster?.spec.taskDefaults.logDriver;
  return draft.create({
    id: draft.ports.newId(),
    meta: { version: 0, createdAt: now, updatedAt: now },
    spec: spec.task,
    specVersion,
    serviceId: service.id,
    slot,
    ...(nodeId !== undefined && { nodeId }),
    annotations: { name: '', labels: {}, indices: [] },
    serviceAnnotations: spec.annotations,
    status: { timestamp: now, state: 'new', message: 'created', err: '', ports: [] },
    desiredState,
    networks: attachments.map(({ target }) => ({ networkId: target, addresses: [] })),
    ...(endpoint && isAllocated(service) && { endpoint }),
    ...(logDriver && { logDriver }),
    assignedGeneric: [],
  });
}

/** Tells whether the service has the ports that its spec asks for. */
export function isAllocated({ spec, endpoint }: Service): boolean {
  return plainEqual(spec.endpoint, endpoint?.spec);
}

/**
 * Tells whether a task differs from what the service would make now. A task stays clean when only the placement differs
 * and its node meets the new one, and when only the credentials for its image differ, which it has already.
 */
export function isDirty(nodes: NodeRules, { spec, specVersion }: Service, task: Task): boolean {
  if (task.specVersion === specVersion) return false;
  if (!plainEqual(spec.endpoint, task.endpoint?.spec)) return true;
  const current = hasImage(task) ? withAuthOf(task.spec, spec.task) : task.spec;
  if (plainEqual(spec.task, current)) return false;
  const { placement: _wanted, ...wanted } = spec.task;
  const { placement: _given, ...given } = current;
  if (!plainEqual(wanted, given)) return true;
  const node = nodes.node(task.nodeId);
  return node === undefined || !nodes.ports.meets(node, spec.task.placement);
}

/** Tells whether the image of the task is on its node, and the task has not ended. */
function hasImage({ status }: Task): boolean {
  const order = taskStateOrder(status.state);
  return order >= taskStateOrder('ready') && order <= taskStateOrder('running');
}

/** Returns the spec with the credentials of another one. */
function withAuthOf(spec: TaskSpec, { container }: TaskSpec): TaskSpec {
  if (!spec.container || !container || spec.container.registryAuth === container.registryAuth) return spec;
  return { ...spec, container: { ...spec.container, registryAuth: container.registryAuth } };
}

/** Sets how far a task should go: never back. */
export function setDesired(draft: Draft, given: Task, desiredState: TaskState): Task {
  const task = draft.task(given.id) ?? given;
  if (taskStateOrder(task.desiredState) >= taskStateOrder(desiredState)) return task;
  return draft.update({ ...task, desiredState });
}

/** Tells whether the task has ended, however it did. */
export function isOver({ status }: Task): boolean {
  return taskStateOrder(status.state) > taskStateOrder('running');
}

/** Tells whether the task is to run, or to run to its end, and not to be stopped. */
export function isWanted({ desiredState }: Task): boolean {
  return taskStateOrder(desiredState) <= taskStateOrder('complete');
}

/** Tells whether the task has not begun: no node knows it. */
export function isUnassigned({ status }: Task): boolean {
  return taskStateOrder(status.state) < taskStateOrder('assigned');
}

/** Tells whether a node is lost for its tasks, or gives them up. Nodes `unknown` or paused keep theirs. */
export function isInvalid(node: Node | undefined): boolean {
  return node === undefined || node.status.state === 'down' || node.spec.availability === 'drain';
}

/** Tells whether the task has a node, and that node is lost or gives its tasks up. */
export function isDisplaced(draft: Draft, { nodeId }: Task): boolean {
  return nodeId !== undefined && isInvalid(draft.node(nodeId));
}
