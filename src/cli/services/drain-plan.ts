import type { Node, Task } from '../../kinds/index.js';
import { isOver, isPerNode, isWanted, mayRestart, slotKey } from '../../orchestrate/index.js';
import { TaskNodes, tryPlacing } from '../../schedule/index.js';
import type { ClusterView } from './view.js';

/** A task of a node that will be drained. */
export interface DrainedTask {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  /** Node that would take its replacement now; absent when there is none. */
  readonly to?: string;
  /** Reason for which nothing takes its place; absent when something does, or nothing has to. */
  readonly stuck?: string;
  /** Data that stays on the node, such as `volume db`. */
  readonly leaves: readonly string[];
}

/** Tells where the tasks of nodes would go, if these were drained now. The tasks come as `ps` orders them. */
export function drainPlan(view: ClusterView, drained: readonly Node[], now: number): DrainedTask[] {
  const ids = new Set(drained.map(({ id }) => id));
  const held = [...view.tasks.values()].filter(
    (task) => task.nodeId !== undefined && ids.has(task.nodeId) && isWanted(task) && !isOver(task),
  );
  const reasons = new Map(held.map((task) => [task.id, reasonToStay(view, task)]));
  const nodes = TaskNodes.of(view.nodes.values(), view.tasks.values());
  for (const node of drained) nodes.setNode({ ...node, spec: { ...node.spec, availability: 'drain' } });
  const moving = held.filter(({ id }) => reasons.get(id) === undefined);
  for (const { id } of held) nodes.removeTask(id);
  const tasks = moving.map(({ nodeId: _node, ...task }): Task => task);
  const { assigned, pending } = tryPlacing({ tasks, view: nodes, now });
  const targets = new Map(assigned.map(({ taskId, nodeId }) => [taskId, nodeId]));
  const texts = new Map(pending.map(({ taskId, text }) => [taskId, text]));
  return held.map((task) => {
    const to = targets.get(task.id);
    const stuck = texts.get(task.id) ?? (reasons.get(task.id) || undefined);
    return {
      id: task.id,
      name: view.taskName(task),
      node: view.nodeName(task.nodeId),
      ...(to !== undefined && { to: view.nodeName(to) }),
      ...(stuck !== undefined && { stuck }),
      leaves: dataOf(task),
    };
  });
}

/** Reason for which the task is not replaced elsewhere; empty where that is how the service is. */
function reasonToStay(view: ClusterView, task: Task): string | undefined {
  const service = view.services.get(task.serviceId ?? '');
  if (!service) return 'it belongs to no service';
  if (isPerNode(service)) return '';
  const key = slotKey(service, task);
  const slot = { key, tasks: view.tasksOf(service.id).filter((mate) => slotKey(service, mate) === key) };
  return mayRestart(service, slot, task) ? undefined : 'its restart policy allows no replacement';
}

/** Names what the replacement will not find: local volumes, and folders of the node. */
function dataOf({ spec }: Task): string[] {
  return (spec.container?.mounts ?? []).flatMap(({ type, source, volume }) => {
    const driver = volume?.driver?.name ?? '';
    if (type === 'volume' && (driver === '' || driver === 'local')) return source === '' ? [] : [`volume ${source}`];
    return type === 'bind' ? [`folder ${source}`] : [];
  });
}
