// The driver of one engine: tasks of its node become containers.
export { confirmGoneBy, type LinearizableReads } from './confirm-gone.js';
export { containerName, specHash } from './labels.js';
export { EngineDriver } from './driver.js';
export type { DriverOptions, DriverTimes, TaskReport } from './options.js';
export type { ReportedStatus } from './status.js';
