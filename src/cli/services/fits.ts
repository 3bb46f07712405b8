import type { PlannedChange } from '../../compose/index.js';
import { builtInKinds, canonicalObject, type Service, type Task } from '../../kinds/index.js';
import { isDirty, isOver, isWanted } from '../../orchestrate/index.js';
import { TaskNodes, tryPlacing } from '../../schedule/index.js';
import { openNodes, wantedSlots } from './progress.js';
import type { ClusterView } from './view.js';

/** Tasks of one service that no node would take. */
export interface Unplaced {
  readonly service: string;
  readonly tasks: number;
  /** Number of tasks that the service would have. */
  readonly of: number;
  /** Reason for the first of them. */
  readonly text: string;
}

/** Tells which tasks would not fit if these changes were made now: old tasks make room, new ones are placed together. */
export function unplacedAfter(view: ClusterView, changes: readonly PlannedChange[], now: number): Unplaced[] {
  const nodes = TaskNodes.of(view.nodes.values(), view.tasks.values());
  const services: Service[] = [];
  for (const change of changes) {
    if (change.kind !== 'service') continue;
    if (change.op === 'remove') for (const { id } of view.tasksOf(change.id)) nodes.removeTask(id);
    else services.push(change.object as Service);
  }
  const missing = services.map((service) => ({ service, tasks: missingTasks(view, service, nodes) }));
  const { pending } = tryPlacing({ tasks: missing.flatMap(({ tasks }) => tasks), view: nodes, now });
  const texts = new Map(pending.map(({ taskId, text }) => [taskId, text]));
  return missing.flatMap(({ service, tasks }) => {
    const left = tasks.flatMap(({ id }) => texts.get(id) ?? []);
    const [text] = left;
    const name = service.spec.annotations.name;
    return text === undefined ? [] : [{ service: name, tasks: left.length, of: wantedSlots(view, service), text }];
  });
}

/** Makes the tasks that the service would be given, and takes those that they replace off their nodes. */
function missingTasks(view: ClusterView, service: Service, nodes: TaskNodes): Task[] {
  const next = { ...service, specVersion: -1 }; // no task has it, so specs are compared
  const kept: Task[] = [];
  for (const task of view.tasksOf(service.id)) {
    const stays = isWanted(task) && !isOver(task) && task.nodeId !== undefined && !isDirty(view, next, task);
    if (stays) kept.push(task);
    else nodes.removeTask(task.id);
  }
  const { mode } = service.spec;
  if ('global' in mode || 'globalJob' in mode) {
    const served = new Set(kept.map(({ nodeId }) => nodeId));
    return openNodes(view, service)
      .filter(({ id }) => !served.has(id))
      .map(({ id }) => taskOf(service, id, { slot: 0, nodeId: id }));
  }
  const atOnce = 'replicatedJob' in mode ? mode.replicatedJob.maxConcurrent || Infinity : Infinity;
  const count = Math.max(0, Math.min(atOnce, wantedSlots(view, service)) - kept.length);
  return Array.from({ length: count }, (_, i) => taskOf(service, String(i), { slot: i + 1 }));
}

function taskOf(
  { id: serviceId, spec }: Service,
  suffix: string,
  place: { readonly slot: number; readonly nodeId?: string },
): Task {
  const id = `${serviceId}.${suffix}`;
  const task = {
    id,
    serviceId,
    spec: spec.task,
    ...place,
    ...(spec.endpoint && { endpoint: { spec: spec.endpoint } }),
  };
  return canonicalObject(builtInKinds.tasks, task, id, { version: 0, createdAt: 0, updatedAt: 0 });
}
