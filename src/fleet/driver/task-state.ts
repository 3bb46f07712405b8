import { type TaskState, taskStateOrder } from '../../kinds/index.js';

/** Tells whether a task of this desired state should have a container that runs, now or soon. */
export function isWanted({ desiredState }: { readonly desiredState: TaskState }): boolean {
  return taskStateOrder(desiredState) <= taskStateOrder('complete');
}

/** Tells whether a task in this state will never run again. */
export function isOver(state: TaskState): boolean {
  return taskStateOrder(state) > taskStateOrder('running');
}
