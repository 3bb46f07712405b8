import { isStoreError } from '../../base/store-error.js';
import { stackLabel } from '../../compose/index.js';
import { hasOutput } from '../../fleet/index.js';
import type { Task } from '../../kinds/index.js';
import { isOver } from '../../orchestrate/index.js';
import { findNode, findService, findTask, selectTasks, servicesOfStack } from './find.js';
import type { ClusterView } from './view.js';

/** Tasks whose output a command shows, now and later. */
export interface LogScope {
  /** Tasks of the scope that have written, oldest first. */
  readonly tasks: (view: ClusterView) => readonly Task[];
  /** Tells whether no task of the scope can come any more. */
  readonly isGone: (view: ClusterView) => boolean;
}

/**
 * Finds the tasks of a service, stack, node or task. The name of a task (`web.3`) means its slot: a replacement belongs to
 * it. The id of a task means this task alone.
 * @throws {StoreError} `NOT_FOUND`; `INVALID_OBJECT` when the name has several meanings.
 */
export function logScope(view: ClusterView, given: string): LogScope {
  try {
    const { kind, name } = selectTasks(view, given);
    if (kind === 'stack') return ofStack(name);
    const word = given.replace(/^(?:service|node)\//, '');
    if (kind === 'node') return ofNode(findNode(view, word)?.id ?? word);
    return ofService(findService(view, word)?.id ?? word);
  } catch (error) {
    const task = isStoreError(error, 'NOT_FOUND') ? findTask(view, given) : undefined;
    if (!task) throw error;
    return task.id.startsWith(given) ? ofTask(task.id) : ofSlot(task);
  }
}

const among = (isMember: (task: Task) => boolean) => (view: ClusterView) =>
  [...view.tasks.values()].filter((task) => isMember(task) && hasOutput(task)).sort(byCreation);

const byCreation = (a: Task, b: Task) => a.meta.createdAt - b.meta.createdAt || (a.id < b.id ? -1 : 1);

function ofStack(name: string): LogScope {
  return {
    tasks: among(({ serviceAnnotations }) => serviceAnnotations.labels[stackLabel] === name),
    isGone: (view) => servicesOfStack(view, name).length === 0,
  };
}

function ofService(id: string): LogScope {
  return { tasks: among(({ serviceId }) => serviceId === id), isGone: (view) => !view.services.has(id) };
}

function ofNode(id: string): LogScope {
  return { tasks: among(({ nodeId }) => nodeId === id), isGone: (view) => !view.nodes.has(id) };
}

function ofSlot({ serviceId, slot, nodeId, id }: Task): LogScope {
  if (serviceId === undefined) return ofTask(id);
  const isMate = (task: Task) =>
    task.serviceId === serviceId && task.slot === slot && (slot !== 0 || task.nodeId === nodeId);
  return { tasks: among(isMate), isGone: (view) => !view.services.has(serviceId) };
}

function ofTask(id: string): LogScope {
  const isGone = (view: ClusterView) => {
    const task = view.tasks.get(id);
    return task === undefined || isOver(task);
  };
  return { tasks: among((task) => task.id === id), isGone };
}
