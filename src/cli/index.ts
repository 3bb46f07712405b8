export { run } from './run.js';
export type { Context, ManagerFlags } from './context.js';
