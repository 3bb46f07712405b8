import type { Service, Task } from '../../kinds/index.js';
import { isDirty, isJob, isOver, isWanted, mayRestart, type Slot } from '../../orchestrate/index.js';
import type { ClusterView } from './view.js';

/**
 * State of one slot for a person who waits: `done` as its service wants it, `waiting` for a node, `failed` for good, or
 * `moving` towards one of these.
 */
export interface SlotProgress {
  readonly key: number | string;
  readonly state: 'done' | 'moving' | 'waiting' | 'failed';
  /** The task that this is about; absent before there is one. */
  readonly task?: Task;
  /** Error or state that explains it; empty when done. */
  readonly because: string;
}

/** Judges one slot by the tasks that equal the spec of the service. */
export function slotProgress(view: ClusterView, service: Service, slot: Slot): SlotProgress {
  const { key } = slot;
  const clean = slot.tasks.filter((task) => !isDirty(view, service, task));
  const done = clean.find((task) => isDone(service, slot, task));
  if (done) return { key, state: 'done', task: done, because: '' };
  const newest = slot.tasks.at(-1);
  if (newest && clean.includes(newest) && hasFailed(newest) && !mayRestart(service, slot, newest))
    return { key, state: 'failed', task: newest, because: errorOf(newest) };
  const live = clean.filter((task) => isWanted(task) && !isOver(task)).at(-1);
  const stopping = slot.tasks.some((task) => !isWanted(task) && !isOver(task));
  if (live?.status.state === 'pending' && live.status.err !== '' && !stopping)
    return { key, state: 'waiting', task: live, because: live.status.err };
  const failure = clean.filter(hasFailed).at(-1);
  const task = failure ?? live ?? newest;
  const because = failure ? errorOf(failure) : (live?.status.state ?? (newest ? 'runs an older spec' : 'no task yet'));
  return { key, state: 'moving', ...(task && { task }), because };
}

/** A task runs; or it is complete, and that is its end. */
function isDone(service: Service, slot: Slot, task: Task): boolean {
  if (task.status.state === 'complete')
    return isJob(service) || (slot.tasks.at(-1) === task && !mayRestart(service, slot, task));
  return task.status.state === 'running' && isWanted(task) && !isJob(service);
}

const hasFailed = ({ status: { state } }: Task) => state === 'failed' || state === 'rejected';

/** Error of a task that ended, or what there is instead of one. */
export function errorOf({ status: { err, message, container, state } }: Task): string {
  if (err !== '') return err;
  if (container && container.exitCode !== 0) return `exit code ${container.exitCode}`;
  return message || state;
}
