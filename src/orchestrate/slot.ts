import type { Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { isWanted } from './task.js';

/** One place of a service: a replica with a number, or a node of a service with one task a node. */
export interface Slot {
  /** Number of the replica, or id of the node. */
  readonly key: number | string;
  /** All its tasks, oldest first: the history, then the wanted ones. */
  readonly tasks: readonly Task[];
}

export function isPerNode({ spec: { mode } }: Service): boolean {
  return 'global' in mode || 'globalJob' in mode;
}

export function isJob({ spec: { mode } }: Service): boolean {
  return 'replicatedJob' in mode || 'globalJob' in mode;
}

export function slotKey(service: Service, task: Task): number | string {
  return isPerNode(service) ? (task.nodeId ?? '') : task.slot;
}

/** The slots of a service that have tasks, in the order of their keys. */
export function slotsOf(draft: Draft, service: Service): readonly Slot[] {
  return draft.derived(service.id, () => makeSlots(draft, service));
}

function makeSlots(draft: Draft, service: Service): Slot[] {
  const slots = new Map<number | string, Task[]>();
  for (const task of draft.tasksOf(service.id)) {
    const key = slotKey(service, task);
    const mates = slots.get(key);
    if (mates) mates.push(task);
    else slots.set(key, [task]);
  }
  return [...slots].map(([key, tasks]) => ({ key, tasks: tasks.sort(byAge) })).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * Orders tasks by age. Within one millisecond a task of an older spec is the older, and one that is no longer wanted is
 * older than its replacement.
 */
export function byAge(a: Task, b: Task): number {
  const created = a.meta.createdAt - b.meta.createdAt;
  const wanted = Number(isWanted(a)) - Number(isWanted(b));
  return created || a.specVersion - b.specVersion || wanted || (a.id < b.id ? -1 : 1);
}

/** The newest task of a slot, wanted or not. */
export function newestOf({ tasks }: Slot): Task | undefined {
  return tasks.at(-1);
}

/** The tasks of a slot that are to run. */
export function wantedOf({ tasks }: Slot): Task[] {
  return tasks.filter(isWanted);
}
