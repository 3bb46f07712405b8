import type { Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { byAge, newestOf, type Slot, slotsOf } from './slot.js';
import { isOver, isUnassigned, isWanted, setDesired } from './task.js';
import { firstOfSpec } from './update.js';
import { isUpdating } from './update-status.js';

/** Tasks kept for each slot when no cluster object says how many. */
const keptDefault = 5;
/** Time for which a removed task is still shown after it ended, ms: clients count the ends that they see. */
const removedShownMs = 1_000;

/** Deletes tasks that are of no use any more: removed ones that have ended, and the oldest of each slot's history. */
export function reap(draft: Draft): void {
  for (const task of draft.tasks()) if (task.desiredState === 'remove') reapRemoved(draft, task);
  for (const service of draft.services()) for (const slot of slotsOf(draft, service)) trimHistory(draft, service, slot);
}

/** Wants all tasks gone whose service is. */
export function removeOrphans(draft: Draft): void {
  for (const task of draft.tasks()) {
    if (task.serviceId !== undefined && draft.service(task.serviceId) === undefined) setDesired(draft, task, 'remove');
  }
}

function reapRemoved(draft: Draft, task: Task): void {
  if (isUnassigned(task)) draft.delete(task);
  else if (isOver(task) && draft.due(task.meta.updatedAt + removedShownMs)) draft.delete(task);
}

function trimHistory(draft: Draft, service: Service, slot: Slot): void {
  const surplus = slot.tasks.length - keptTasks(draft, slot);
  if (surplus <= 0) return;
  const needed = neededTasks(draft, service, slot);
  const old = slot.tasks.filter(
    (task) => !needed.has(task) && (isOver(task) || (isUnassigned(task) && !isWanted(task))),
  );
  for (const task of old.sort(byAge).slice(0, surplus)) draft.delete(task);
}

/** Number of tasks that a slot keeps, the current one included. Counting attempts takes one more than there may be. */
function keptTasks(draft: Draft, slot: Slot): number {
  const attempts = newestOf(slot)?.spec.restart?.maxAttempts ?? 0;
  if (attempts > 0) return attempts + 1;
  return draft.cluster?.spec.orchestration.taskHistoryRetentionLimit ?? keptDefault;
}

/**
 * Tasks that decisions rest on: the newest of the slot, wanted ones, the last one before a replacement that waits, and
 * during an update the first of the new spec with the last before it.
 */
function neededTasks(draft: Draft, service: Service, slot: Slot): Set<Task | undefined> {
  const needed = new Set<Task | undefined>([newestOf(slot), ...slot.tasks.filter(isWanted)]);
  const last = slot.tasks.findLast((task) => !isWanted(task))?.meta.createdAt;
  if (slot.tasks.some(({ desiredState }) => desiredState === 'ready'))
    for (const task of slot.tasks) if (task.meta.createdAt === last) needed.add(task);
  if (!isUpdating(service)) return needed;
  const first = firstOfSpec(draft, service, slot);
  if (first) needed.add(first).add(slot.tasks.findLast(({ specVersion }) => specVersion !== service.specVersion));
  return needed;
}
