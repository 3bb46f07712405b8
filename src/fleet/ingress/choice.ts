import type { Target } from './targets.js';

/** Facts on which the choice of a target rests. */
export interface Choice {
  /** Returns the number of open connections of a task. */
  readonly open: (taskId: string) => number;
  /** Tells whether the last connection to a task failed a short time ago. */
  readonly failed: (taskId: string) => boolean;
  /** Number of the connection: equal targets take turns. */
  readonly turn: number;
}

/** Orders targets for one connection: those that failed come last, then those with fewer connections come first. */
export function inOrder(targets: readonly Target[], { open, failed, turn }: Choice): Target[] {
  const { length } = targets;
  const rotated = targets.map((_, i) => targets[(i + turn) % length] as Target);
  return rotated.sort((a, b) => Number(failed(a.taskId)) - Number(failed(b.taskId)) || open(a.taskId) - open(b.taskId));
}
