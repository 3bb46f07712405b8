import type { Node, Placement, Task } from '../../kinds/index.js';
import { rulesOf, rulesPassed } from '../judge.js';
import { taskConstraintFilter } from './filters/constraint.js';
import { platformFilter } from './filters/platform.js';
import { factsOf } from './node-facts.js';
import { type Placements, placeTasks } from './place.js';
import { TaskNodes } from './task-nodes.js';

/** A node with its tasks, in whatever state they are. */
export interface NodeTasks {
  readonly node: Node;
  readonly tasks: readonly Task[];
}

/**
 * Places tasks on nodes as they are at one moment, for callers that keep no {@link TaskNodes}. It reads every task once.
 * Failures of tasks that no longer exist are not known to it.
 */
export function placeOnNodes(tasks: readonly Task[], nodes: readonly NodeTasks[], now: number): Placements {
  const view = TaskNodes.of(
    nodes.map(({ node }) => node),
    nodes.flatMap((one) => one.tasks),
  );
  return placeTasks({ tasks, view, now });
}

/** Does a node meet the constraints and platforms of a placement, whatever its state and load? */
export function meetsPlacement(node: Node, placement: Placement | undefined): boolean {
  if (!placement || (placement.constraints.length === 0 && placement.platforms.length === 0)) return true;
  const facts = factsOf(node);
  const one = { name: facts.name, facts };
  const rules = rulesOf(placement, [one], [taskConstraintFilter, platformFilter]);
  return rulesPassed(rules, one, false) === rules.length;
}
