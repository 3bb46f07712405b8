import type { Service } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { openNodes, settleSlot } from './global.js';
import { mayRestart, restartSlot, startReplacements } from './restart.js';
import { newestOf, type Slot, slotsOf, wantedOf } from './slot.js';
import { createTask, isDirty, isOver, setDesired } from './task.js';

/** Limits of a job with numbered slots. */
export interface JobLimits {
  /** Most tasks at a time; 0 is all at once. */
  readonly maxConcurrent: number;
  readonly totalCompletions: number;
}

/**
 * Runs tasks until each slot has one that is complete. A run is the tasks that equal the spec: another image or a raised
 * `forceUpdate` begins a new run, a higher total goes on with the old one.
 */
export function reconcileReplicatedJob(draft: Draft, service: Service, limits: JobLimits): void {
  for (const slot of slotsOf(draft, service)) {
    if (Number(slot.key) > limits.totalCompletions) for (const task of slot.tasks) setDesired(draft, task, 'remove');
    else restartSlot(draft, service, stopOldRun(draft, service, slot));
  }
  const keys = Array.from({ length: limits.totalCompletions }, (_, i) => i + 1);
  fillSlots(draft, service, keys, limits.maxConcurrent);
}

/** Runs one task to completion on every node that fits. */
export function reconcileGlobalJob(draft: Draft, service: Service): void {
  for (const slot of slotsOf(draft, service)) settleSlot(draft, service, stopOldRun(draft, service, slot));
  const keys = openNodes(draft, service).map(({ id }) => id);
  fillSlots(draft, service, keys, 0);
}

/** Shuts down the tasks of earlier runs, and returns the tasks of this one. */
function stopOldRun(draft: Draft, service: Service, slot: Slot): Slot {
  const old = wantedOf(slot).filter((task) => isDirty(draft, service, task));
  for (const task of old) setDesired(draft, task, 'shutdown');
  return { ...slot, tasks: slot.tasks.filter((task) => !old.includes(task)) };
}

function fillSlots(draft: Draft, service: Service, keys: readonly (number | string)[], maxConcurrent: number): void {
  const slots = new Map(slotsOf(draft, service).map((slot) => [slot.key, slot]));
  const isRunning = (slot: Slot) => wantedOf(slot).some((task) => !isOver(task));
  let free = (maxConcurrent === 0 ? Infinity : maxConcurrent) - [...slots.values()].filter(isRunning).length;
  for (const key of keys) {
    if (free <= 0) break;
    const slot = slots.get(key);
    if (slot && (wantedOf(slot).length > 0 || isExhausted(draft, service, slot))) continue;
    if (!draft.mayCreate()) break;
    const place = typeof key === 'number' ? { slot: key } : { slot: 0, nodeId: key };
    createTask(draft, service, { ...place, desiredState: 'complete' });
    free--;
  }
  for (const slot of slotsOf(draft, service)) startReplacements(draft, service, slot);
}

/** Tells whether the last task of this run failed for good. */
function isExhausted(draft: Draft, service: Service, slot: Slot): boolean {
  const newest = newestOf(slot);
  if (newest === undefined || newest.desiredState === 'remove' || isDirty(draft, service, newest)) return false;
  return isOver(newest) && !mayRestart(service, slot, newest);
}
