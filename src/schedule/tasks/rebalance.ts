import type { Service, Task } from '../../kinds/index.js';
import type { TaskNodeView } from './node-view.js';
import { tryPlacing } from './place.js';
import type { TaskNodes } from './task-nodes.js';

/** A task that should go on on another node. */
export interface PlannedMove {
  readonly taskId: string;
  readonly serviceId: string;
  readonly from: string;
  readonly to: string;
  /** Active tasks of the service on both nodes before the move, and of all services. */
  readonly counts: {
    readonly service: readonly [from: number, to: number];
    readonly all: readonly [from: number, to: number];
  };
}

/** Tasks that may be moved, and the nodes as they fill them. */
export interface Rebalance {
  /** Services whose tasks may move, in the order in which they are looked at. */
  readonly services: readonly Service[];
  /** Tasks of a service that run, in the order in which they are looked at. */
  readonly tasksOf: (service: Service) => readonly Task[];
  /** View of all nodes; the moves are counted in it. */
  readonly view: TaskNodes;
  readonly now: number;
}

/**
 * Plans moves that even out nodes: a task moves when the scheduler, asked again, takes a better node for it. Better is one
 * in a branch with fewer tasks of the service, then with fewer tasks of it, then with fewer tasks in all. Each move makes
 * the whole more even, so the plan ends.
 */
export function planMoves({ services, tasksOf, view, now }: Rebalance): PlannedMove[] {
  const moves = new Map<string, PlannedMove>();
  for (let again = true; again;) {
    again = false;
    for (const service of services)
      for (const task of tasksOf(service)) {
        if (moves.has(task.id)) continue; // moves once
        const move = moveOf(task, service, view, now);
        if (!move) continue;
        moves.set(task.id, move);
        view.setTask({ ...task, nodeId: move.to });
        again = true;
      }
  }
  return [...moves.values()];
}

function moveOf(task: Task, service: Service, view: TaskNodes, now: number): PlannedMove | undefined {
  const from = view.get(task.nodeId ?? '');
  if (!from) return undefined;
  view.removeTask(task.id);
  const { nodeId: _node, ...waiting } = task;
  const [placed] = tryPlacing({ tasks: [{ ...waiting }], view, now }).assigned;
  const to = placed && view.get(placed.nodeId);
  const better = to && to !== from && isBetter(service, from, to, view);
  const counts = better && {
    service: [from.activeTasksOf(service.id) + 1, to.activeTasksOf(service.id)] as const,
    all: [from.activeTasks + 1, to.activeTasks] as const,
  };
  view.setTask(task);
  if (!counts || !placed) return undefined;
  return { taskId: task.id, serviceId: service.id, from: from.facts.id, to: placed.nodeId, counts };
}

/** Compares two nodes for a task that is counted on neither: branch by branch, then the nodes themselves. */
function isBetter(service: Service, from: TaskNodeView, to: TaskNodeView, view: TaskNodes): boolean {
  let mates = view.all;
  for (const { spread } of service.spec.task.placement?.preferences ?? []) {
    const [a, b] = [labelOf(from, spread), labelOf(to, spread)];
    const ofBranch = (value: string) => mates.filter((node) => labelOf(node, spread) === value);
    if (a !== b) return countIn(ofBranch(b), service) < countIn(ofBranch(a), service);
    mates = ofBranch(a);
  }
  const ofService = to.activeTasksOf(service.id) - from.activeTasksOf(service.id);
  return ofService < 0 || (ofService === 0 && to.activeTasks < from.activeTasks);
}

const countIn = (nodes: readonly TaskNodeView[], { id }: Service) =>
  nodes.reduce((sum, node) => sum + node.activeTasksOf(id), 0);

/** Value of `node.labels.zone` or `engine.labels.zone`; others are the same everywhere. */
function labelOf({ facts }: TaskNodeView, spread: string): string {
  const [, whose, name = ''] = /^(node|engine)\.labels\.(.+)$/.exec(spread) ?? [];
  if (whose === undefined) return '';
  return (whose === 'node' ? facts.labels : facts.engineLabels)[name] ?? '';
}
