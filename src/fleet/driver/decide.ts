import { type Task, type TaskState, taskStateOrder } from '../../kinds/index.js';
import type { Observed } from './observed.js';
import { isOver, isWanted } from './task-state.js';

/** Next step for one task. Each is safe to repeat. */
export type Action =
  /** Nothing: desired and observed agree, or an event will come. */
  | 'nothing'
  /** Create the container, with everything that it needs. */
  | 'prepare'
  /** Complete a container that was created, and report `ready`. */
  | 'finish'
  /** Start a container that was never started. */
  | 'start'
  /** Stop a container that should not run. */
  | 'stop'
  /** Stop a container whose check fails. */
  | 'stop-unhealthy'
  /** Report that the container was started, and its check has not succeeded yet. */
  | 'report-starting'
  | 'report-running'
  /** Report how the container ended. */
  | 'report-ended'
  | 'report-shutdown'
  /** Make sure that the container is gone, and report it. */
  | 'report-gone'
  /** Find out whether the task exists no more; then stop and remove the container. */
  | 'ask'
  /** Stop and remove a container whose task is on another node. */
  | 'remove';

/** A task as its driver sees it. */
export interface TaskFacts {
  readonly desiredState: TaskState;
  /** The furthest state of the task, whether it is stored or only reported. */
  readonly reached: TaskState;
  /** False: the task is on another node, which never changes. */
  readonly here: boolean;
}

/** Returns the facts of a task for the driver of this node. */
export function taskFacts(task: Task, nodeId: string, reported: TaskState | undefined): TaskFacts {
  const stored = task.status.state;
  const reached = reported && taskStateOrder(reported) > taskStateOrder(stored) ? reported : stored;
  return { desiredState: task.desiredState, reached, here: task.nodeId === nodeId };
}

/**
 * Returns what to do about one task and its container. Either may be absent: a task without a container, or a container
 * whose task the store does not have.
 */
export function decide(task: TaskFacts | undefined, container: Observed | undefined): Action {
  if (!task) return container ? 'ask' : 'nothing';
  if (!task.here) return container ? 'remove' : 'nothing';
  // The rest of a task that is over stays, with its log, until the task is removed. It must not run.
  if (isOver(task.reached)) return isAlive(container) ? 'stop' : 'nothing';
  return isWanted(task) ? ofWanted(task, container) : ofUnwanted(container);
}

function ofWanted({ desiredState, reached }: TaskFacts, container: Observed | undefined): Action {
  const before = (state: TaskState) => taskStateOrder(reached) < taskStateOrder(state);
  if (!container) return before('ready') ? 'prepare' : 'report-gone';
  switch (container.state) {
    case 'created':
      if (before('ready')) return 'finish';
      // One that ran is not created: this is another one, and no task gets two.
      if (!before('running')) return 'report-gone';
      return taskStateOrder(desiredState) >= taskStateOrder('running') ? 'start' : 'nothing';
    case 'running':
      if (container.health === 'unhealthy') return 'stop-unhealthy';
      if (container.health === 'starting') return before('starting') ? 'report-starting' : 'nothing';
      return before('running') ? 'report-running' : 'nothing';
    case 'exited':
    case 'dead':
      return 'report-ended';
    case 'paused':
      return before('running') ? 'report-running' : 'nothing';
    case 'restarting':
    case 'removing':
      return 'nothing';
  }
}

function ofUnwanted(container: Observed | undefined): Action {
  if (isAlive(container)) return 'stop';
  return container?.state === 'removing' ? 'nothing' : 'report-shutdown';
}

function isAlive(container: Observed | undefined): boolean {
  return container !== undefined && ['running', 'paused', 'restarting'].includes(container.state);
}
