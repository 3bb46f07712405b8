import { plainEqual } from '../base/plain.js';
import type { Service, Task } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { isJob, type Slot, wantedOf } from './slot.js';
import { createTask, isDirty, isDisplaced, isOver, isUnassigned, isWanted, setDesired } from './task.js';

/** Pause before a restart when the spec says nothing, ms. */
export const delayDefaultMs = 5_000;
/** Longest wait for an old task to end before its replacement starts, ms. */
export const stopTimeoutMs = 60_000;

/**
 * Tells whether the policy of an ended task allows a restart. The attempts are the stored tasks of its slot and spec
 * version, without the first; with a window, those that were made within it before the end.
 */
export function mayRestart(service: Service, slot: Slot, task: Task): boolean {
  const { restart } = task.spec;
  const condition = restart?.condition ?? 'any';
  if (condition === 'none') return false;
  if (task.status.state === 'complete' && (condition === 'onFailure' || isJob(service))) return false;
  if (!restart || restart.maxAttempts === 0) return true;
  const since = restart.windowMs > 0 ? task.status.timestamp - restart.windowMs : -Infinity;
  const restarts = slot.tasks.filter(({ specVersion }) => specVersion === task.specVersion).slice(1);
  return restarts.filter(({ meta }) => meta.createdAt >= since).length < restart.maxAttempts;
}

/** Gives up the tasks of a slot that ended or lost their node, and makes a replacement where the policy allows it. */
export function restartSlot(draft: Draft, service: Service, slot: Slot): void {
  let replaced = false;
  for (const task of wantedOf(slot)) {
    const over = isOver(task);
    const displaced = isDisplaced(draft, task);
    if (!over && !displaced) continue;
    if (isJob(service) && task.status.state === 'complete') continue;
    if (!displaced && task.desiredState === 'ready' && !draft.due(startTime(draft, slot, task))) continue;
    setDesired(draft, task, 'shutdown');
    if (replaced || !mayRestart(service, slot, task) || hasStandIn(draft, service, slot, task)) continue;
    replaced = true;
    const nodeId = typeof slot.key === 'string' ? slot.key : undefined;
    createTask(draft, service, { slot: task.slot, ...(nodeId !== undefined && { nodeId }), desiredState: 'ready' });
  }
}

/** Tells whether another live task of the slot already does what a replacement would do. */
function hasStandIn(draft: Draft, service: Service, slot: Slot, task: Task): boolean {
  const live = wantedOf(slot).filter((mate) => mate !== task && !isOver(mate) && !isDisplaced(draft, mate));
  return live.some((mate) => !isDirty(draft, service, mate)) || (live.length > 0 && isDirty(draft, service, task));
}

/** Starts replacements whose delay is over and whose predecessors have ended, or had a minute to do so. */
export function startReplacements(draft: Draft, service: Service, slot: Slot): void {
  for (const task of wantedOf(slot)) {
    if (task.desiredState !== 'ready' || isOver(task)) continue;
    const start = startTime(draft, slot, task);
    if (!draft.due(start)) continue;
    const blocked = slot.tasks.some((mate) => mate !== task && isStopping(draft, mate));
    if (blocked && !draft.due(Math.max(start, task.meta.createdAt + stopTimeoutMs))) continue;
    setDesired(draft, task, isJob(service) ? 'complete' : 'running');
  }
}

/**
 * Earliest start of a replacement. Its delay counts from its own creation, by the clock of the leaders: the end of the
 * old task was stamped by another machine.
 */
function startTime(draft: Draft, slot: Slot, task: Task): number {
  const delay = isRestart(draft, slot, task) ? (task.spec.restart?.delayMs ?? delayDefaultMs) : 0;
  return task.meta.createdAt + delay;
}

/**
 * Tells a restart from an update and from a move: those did not fail, so they need no pause. Of several tasks that were
 * made in one millisecond, their order is not known: one that calls for the pause is enough.
 */
function isRestart(draft: Draft, slot: Slot, task: Task): boolean {
  const old = slot.tasks.slice(0, slot.tasks.indexOf(task)).filter((mate) => !isWanted(mate));
  const last = old.at(-1)?.meta.createdAt;
  if (last === undefined) return true;
  const latest = old.filter(({ meta }) => meta.createdAt === last);
  return latest.some((mate) => isSameSpec(mate, task) && !isDisplaced(draft, mate));
}

function isSameSpec(a: Task, b: Task): boolean {
  if (a.specVersion === b.specVersion) return true;
  return plainEqual(a.spec, b.spec) && plainEqual(a.endpoint?.spec, b.endpoint?.spec);
}

/** Tells whether a task still has to end. On a lost node it is unknown, and unassigned tasks never began. */
function isStopping(draft: Draft, task: Task): boolean {
  if (isWanted(task) || isOver(task) || isUnassigned(task)) return false;
  const node = draft.node(task.nodeId);
  return node !== undefined && node.status.state !== 'down';
}
