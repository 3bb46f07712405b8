export { run } from './run.js';
export type { Context, DiagnosedPart, Diagnosis, ManagerFlags } from './context.js';
