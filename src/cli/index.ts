export { discoveryOptions, openBackend } from './discovery-flags.js';
export { isPrivate, isServed, runtimeDir } from './control-sockets.js';
export { exitCodeOf, UsageError } from './exit-codes.js';
export { run } from './run.js';
export { type Screen, screenOf } from './screen.js';
export type { DevSettings } from './dev-settings.js';
export type { ManageSettings, ReplicationSettings, TlsFiles } from './manage-settings.js';
export type { BackupSummary, BackupTools, Context, DiagnosedPart, Diagnosis } from './context.js';
export type { ManagerFlags } from '../settings/table.js';
