import { plainEqual } from '../../base/plain.js';
import { type Node, type Service, type Task, taskStateOrder } from '../../kinds/index.js';
import { meetsPlacement, TaskNodes } from '../../schedule/index.js';
import { PortClaims } from '../port-claims.js';

/** Change in what a task takes of its node. */
export type Load = 'more' | 'less' | 'same';

/**
 * The part of the store that every decision may need: all nodes with what their tasks take, and the ports that services
 * have. It follows the store by events, and is ahead of it by the changes that are being written.
 */
export class Picture {
  readonly taskNodes = new TaskNodes();
  readonly claims = new PortClaims();
  readonly #nodes = new Map<string, Node>();
  #list: readonly Node[] | undefined;

  node(id: string): Node | undefined {
    return this.#nodes.get(id);
  }

  nodes(): readonly Node[] {
    return (this.#list ??= [...this.#nodes.values()]);
  }

  setNode(node: Node): void {
    this.#nodes.set(node.id, node);
    this.#list = undefined;
    this.taskNodes.setNode(node);
  }

  removeNode(id: string): void {
    this.#nodes.delete(id);
    this.#list = undefined;
    this.taskNodes.removeNode(id);
  }

  setTask(task: Task): void {
    this.taskNodes.setTask(task);
  }

  removeTask(id: string): void {
    this.taskNodes.removeTask(id);
  }

  /** Takes over what the store has of a task, after a change of it that was not written. */
  restoreTask(id: string, stored: Task | undefined): void {
    if (stored) this.setTask(stored);
    else this.removeTask(id);
  }

  restoreService(id: string, stored: Service | undefined): void {
    if (stored) this.claims.set(stored);
    else this.claims.remove(id);
  }

  /**
   * Tells whether a task that has just come to a node may be too much for it, or in the wrong place: the node was changed
   * while the task was on its way.
   */
  isSuspect({ nodeId = '', spec }: Task): boolean {
    const [node, view] = [this.#nodes.get(nodeId), this.taskNodes.get(nodeId)];
    if (node === undefined || view === undefined) return true;
    if ((spec.resources?.reservations?.generic.length ?? 0) > 0) return true;
    const full = view.usedCpus > view.cpus || view.usedMemoryBytes > view.memoryBytes;
    return full || !meetsPlacement(node, spec.placement);
  }
}

/** Compares what a task takes of its node before and after a change. */
export function loadChange(before: Task | undefined, after: Task | undefined): Load {
  const [was, is] = [loadOf(before), loadOf(after)];
  return is > was ? 'more' : is < was ? 'less' : 'same';
}

/** A task that is to stop holds its resources until it ended, but no longer counts as one of its service. */
function loadOf(task: Task | undefined): number {
  if (task?.nodeId === undefined) return 0;
  const order = taskStateOrder(task.status.state);
  if (order < taskStateOrder('assigned') || order > taskStateOrder('running')) return 0;
  return taskStateOrder(task.desiredState) <= taskStateOrder('complete') ? 2 : 1;
}

/** Tells whether a change of a node says nothing to its tasks, or to those that look for a node. */
export function isSameForTasks(a: Node, b: Node): boolean {
  const status = a.status.state === b.status.state && a.status.addr === b.status.addr;
  if (!status || a.status.timestamp !== b.status.timestamp || a.role !== b.role) return false;
  return plainEqual(a.spec, b.spec) && plainEqual(a.description, b.description);
}
