export { ComposeError } from './errors.js';
export { parseStack, stackNameOf } from './stack.js';
export type { Stack } from './stack.js';
export { planStack, stackLabel } from './plan.js';
export type { Current, PlannedChange } from './plan.js';
