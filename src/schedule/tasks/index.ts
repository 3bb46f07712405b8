// Where a task of a service may run, where it runs best, and why it waits.
export { constraintKeys } from '../../kinds/index.js';
export { type Constraint, meetsConstraints, parseConstraints } from './constraints.js';
export { explainTask, type TaskExplanation } from './explain.js';
export { failuresMax, failureWindowMs } from './failures.js';
export { taskFilters } from './filters/index.js';
export type { NodeFacts } from './node-facts.js';
export type { TaskNodeView } from './node-view.js';
export { type Placements, placeTasks, type PlaceTasks, tryPlacing } from './place.js';
export { type PlannedMove, planMoves, type Rebalance } from './rebalance.js';
export { meetsPlacement, type NodeTasks, placeOnNodes } from './snapshot.js';
export { TaskNodes } from './task-nodes.js';
export { type DriverOfNetwork, type Load, loadOf, type WantedTask, wantedOf } from './wanted.js';
