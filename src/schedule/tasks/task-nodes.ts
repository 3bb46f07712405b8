import { type Node, type Task, taskStateOrder } from '../../kinds/index.js';
import { failureKey } from './failures.js';
import { factsOf } from './node-facts.js';
import type { TaskNodeView } from './node-view.js';
import { TaskNode } from './task-node.js';
import { type Load, loadOf } from './wanted.js';

/** A task that takes something of a node. */
interface Held {
  readonly nodeId: string;
  readonly load: Load;
  readonly active: boolean;
}

/**
 * The nodes of a cluster as their tasks fill them. Follow the store with the `set` and `remove` methods: each costs the
 * same however many tasks there are, except for a node that is new. Set nodes before tasks at the start.
 */
export class TaskNodes {
  readonly #nodes = new Map<string, TaskNode>();
  /** By id of the task; also those on nodes that are not known yet. */
  readonly #held = new Map<string, Held>();
  #ordered: readonly TaskNode[] | undefined;

  /** Makes the view of these nodes with these tasks. */
  static of(nodes: Iterable<Node>, tasks: Iterable<Task>): TaskNodes {
    const view = new TaskNodes();
    for (const node of nodes) view.setNode(node);
    for (const task of tasks) view.setTask(task);
    return view;
  }

  /** All nodes, in the order of their names. */
  get all(): readonly TaskNodeView[] {
    return this.#inOrder();
  }

  get(nodeId: string): TaskNodeView | undefined {
    return this.#nodes.get(nodeId);
  }

  /** Follows a node that was created or updated. */
  setNode(node: Node): void {
    const facts = factsOf(node);
    const known = this.#nodes.get(node.id);
    if (known?.facts.name !== facts.name) this.#ordered = undefined;
    if (known) {
      known.facts = facts;
      return;
    }
    const added = new TaskNode(facts);
    this.#nodes.set(node.id, added);
    for (const [taskId, { nodeId, load, active }] of this.#held) {
      if (nodeId === node.id) added.hold(taskId, load, active);
    }
  }

  /** Follows the removal of a node. What its tasks take is remembered, for the case that it comes back. */
  removeNode(nodeId: string): void {
    this.#nodes.delete(nodeId);
    this.#ordered = undefined;
  }

  /**
   * Follows a task that was created or updated. It takes what it reserves from `assigned` to `running`; a failure stays
   * noted for some minutes, also when the task is removed.
   */
  setTask(task: Task): void {
    const { id, nodeId, status, serviceId = '', specVersion } = task;
    this.removeTask(id);
    if (nodeId === undefined) return;
    if (status.state === 'failed' || status.state === 'rejected') {
      this.#nodes.get(nodeId)?.failures.add(failureKey(serviceId, specVersion), id, status.timestamp);
    }
    if (!holdsResources(task)) return;
    this.claim(id, nodeId, loadOf(task), taskStateOrder(task.desiredState) <= lastActive);
  }

  /** Follows the removal of a task. It also takes back a placement that was not written. */
  removeTask(taskId: string): void {
    const held = this.#held.get(taskId);
    if (!held) return;
    this.#held.delete(taskId);
    this.#nodes.get(held.nodeId)?.release(taskId, held.load, held.active);
  }

  /** Lets a task take something of a node, before the store says so. */
  claim(taskId: string, nodeId: string, load: Load, active = true): void {
    this.removeTask(taskId);
    this.#held.set(taskId, { nodeId, load, active });
    this.#nodes.get(nodeId)?.hold(taskId, load, active);
  }

  #inOrder(): readonly TaskNode[] {
    this.#ordered ??= [...this.#nodes.values()].sort(
      (a, b) => compareTexts(a.name, b.name) || compareTexts(a.facts.id, b.facts.id),
    );
    return this.#ordered;
  }
}

const lastActive = taskStateOrder('complete');
const firstHolding = taskStateOrder('assigned');
const lastHolding = taskStateOrder('running');

function holdsResources({ status }: Task): boolean {
  const order = taskStateOrder(status.state);
  return order >= firstHolding && order <= lastHolding;
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
