// Services become tasks: which tasks there should be, and how far each should go.
export { applyChanges } from './apply.js';
export * from './loop/index.js';
export type { Change, NodeTasks, Placements, Ports, Step } from './ports.js';
export { step } from './step.js';
