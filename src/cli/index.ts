export { run } from './run.js';
export type { BackupSummary, BackupTools, Context, DiagnosedPart, Diagnosis, ManagerFlags } from './context.js';
