import type { Service, Task, UpdateConfig } from '../kinds/index.js';
import type { Draft } from './draft.js';
import { moveOf } from './move.js';
import { newestOf, type Slot, wantedOf } from './slot.js';
import { createTask, isDirty, isOver, setDesired } from './task.js';
import { completeUpdate, currentStatus, isPaused, isRollingBack, onFailures, startUpdate } from './update-status.js';

export { isRollingBack } from './update-status.js';

const configDefault: UpdateConfig = {
  parallelism: 1,
  delayMs: 0,
  failureAction: 'pause',
  monitorMs: 5_000,
  maxFailureRatio: 0,
  order: 'stopFirst',
};

/** A slot as an update sees it. */
interface Work {
  readonly slot: Slot;
  /** Wanted tasks that equal the spec. */
  readonly clean: readonly Task[];
  /** Tasks to be replaced: wanted ones, else the resting one. */
  readonly dirty: readonly Task[];
  /** The first task that the slot was given for this spec in place of another; absent before that. */
  readonly first?: Task;
}

/**
 * Goes on with the update of a service: replaces outdated tasks, at most `parallelism` at a time. What is in flight, what
 * failed and what is left follow from the tasks and from `updateStatus`, so any leader goes on where another was.
 */
export function updateSlots(draft: Draft, given: Service, slots: readonly Slot[]): void {
  let service = given;
  if (isPaused(service)) return;
  const works = slots.map((slot) => inspect(draft, service, slot));
  for (const { slot, clean } of works) {
    const surplus = moveOf(draft, service, slot) ? [] : byUse(clean).slice(1); // a move has two tasks for a while
    for (const task of surplus) setDesired(draft, task, 'shutdown');
  }
  const dirty = works.filter((work) => work.dirty.length > 0);
  if (dirty.length > 0) service = startUpdate(draft, service, dirty.length);
  const status = currentStatus(service);
  if (status === undefined) return;
  const config = (isRollingBack(service) ? service.spec.rollback : service.spec.update) ?? configDefault;
  const failed = works.flatMap(({ first }) => (first && isFailure(first, config, status.startedAt) ? [first] : []));
  if (onFailures(draft, service, config, failed)) return;
  for (const work of dirty) finishSwap(draft, config, work);
  const open = dirty.filter(({ clean }) => clean.length === 0);
  const busy = works.filter(({ first }) => first && !draft.due(settledAt(first, config.delayMs))).length;
  const room = config.parallelism === 0 ? open.length : Math.max(0, config.parallelism - busy);
  for (const work of open.slice(0, room)) beginSwap(draft, service, config, work);
  if (dirty.length > 0) return;
  const quiet = works.every(({ first }) => !first || draft.due(settledAt(first, watchMs(config))));
  if (quiet) completeUpdate(draft, service);
}

function inspect(draft: Draft, service: Service, slot: Slot): Work {
  const wanted = wantedOf(slot);
  const newest = newestOf(slot);
  const current = wanted.length > 0 || newest === undefined ? wanted : [newest];
  const first = firstOfSpec(draft, service, slot);
  return {
    slot,
    clean: wanted.filter((task) => !isDirty(draft, service, task)),
    dirty: current.filter((task) => isDirty(draft, service, task)),
    ...(first && { first }),
  };
}

/**
 * The first task of a slot under the current spec, when it took the place of an outdated one. Later ones are restarts:
 * neither the pace nor the failures of an update depend on them. A new replica is no part of the update either.
 */
export function firstOfSpec(draft: Draft, service: Service, { tasks }: Slot): Task | undefined {
  const at = tasks.findIndex(({ specVersion }) => specVersion === service.specVersion);
  if (at === -1) return undefined;
  return tasks.some((task) => isDirty(draft, service, task)) ? tasks[at] : undefined;
}

/** Tells whether a task of the update ended by itself before it had run for long enough. */
function isFailure({ status }: Task, { monitorMs }: UpdateConfig, startedAt = 0): boolean {
  if (!['failed', 'rejected', 'complete'].includes(status.state) || status.timestamp < startedAt) return false;
  return status.runningAt === undefined || status.timestamp - status.runningAt <= monitorMs;
}

/** Time at which a slot has settled: its new task has run, or has been over, for so long. Never before it runs. */
function settledAt(task: Task, afterMs: number): number {
  if (task.status.state === 'running') return (task.status.runningAt ?? task.status.timestamp) + afterMs;
  return isOver(task) ? task.status.timestamp + afterMs : Infinity;
}

/** Time for which the last slots are watched before an update is complete. */
function watchMs({ failureAction, monitorMs, delayMs }: UpdateConfig): number {
  if (failureAction === 'continue') return delayMs;
  return monitorMs > delayMs ? monitorMs : delayMs + 1_000;
}

/** Wanted tasks in the order in which they are worth keeping. */
function byUse(tasks: readonly Task[]): Task[] {
  const worth = (task: Task) => Number(task.desiredState === 'running') + 2 * Number(task.status.state === 'running');
  return [...tasks].sort((a, b) => worth(b) - worth(a));
}

/** Stops the outdated tasks of a slot that has its new one: at once, or when that one runs. */
function finishSwap(draft: Draft, { order }: UpdateConfig, { clean, dirty }: Work): void {
  const [kept] = byUse(clean);
  if (kept === undefined || (order === 'startFirst' && kept.status.state !== 'running')) return;
  for (const task of dirty) setDesired(draft, task, 'shutdown');
}

function beginSwap(draft: Draft, service: Service, { order }: UpdateConfig, { slot, dirty }: Work): void {
  const [old] = dirty;
  if (old === undefined) return;
  const startFirst = order === 'startFirst';
  if (!startFirst) for (const task of dirty) setDesired(draft, task, 'shutdown');
  const nodeId = typeof slot.key === 'string' ? slot.key : undefined;
  createTask(draft, service, {
    slot: old.slot,
    ...(nodeId !== undefined && { nodeId }),
    desiredState: startFirst ? 'running' : 'ready',
  });
}
