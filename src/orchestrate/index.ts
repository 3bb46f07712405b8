// Services become tasks: which tasks there should be, and how far each should go.
export { applyChanges } from './apply.js';
export { activeAtLabel } from './maintenance.js';
export { moveToLabel } from './move.js';
export type { Change, NodeTasks, Placements, Ports, Step } from './ports.js';
export { delayDefaultMs, mayRestart, stopTimeoutMs } from './restart.js';
export { byAge, isJob, isPerNode, type Slot, slotKey } from './slot.js';
export { step } from './step.js';
export { isDirty, isInvalid, isOver, isUnassigned, isWanted, type NodeRules } from './task.js';
export { currentStatus } from './update-status.js';
