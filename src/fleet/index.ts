// Many Docker engines as one.
export { clientEngines, type EngineAccess } from './access.js';
export { taskLines, type TaskLine, type TaskLinesOptions } from './log-lines.js';
export { hasOutput, taskLogs, type TaskLogOptions, containerOf } from './task-log.js';
export { Cluster, type ClusterHandler } from './cluster/cluster.js';
export { Contending, type ContendingOptions, type ManagerRole } from './cluster/contending.js';
export type { Made } from './cluster/deploying.js';
export type { PlacedNetwork } from './cluster/networks.js';
export type { ClusterOptions } from './cluster/options.js';
export { LeadRecords, StoreRecords } from './cluster/record-stores.js';
export type { ContainerRecord, RecordStore } from './cluster/records.js';
export type { PlacedVolume } from './cluster/volumes.js';
export type { Drift, DriftFix, DriftKind } from './drift/compare.js';
export { type DriftSource, findDrift, fixDrift, type Fixed } from './drift/drift.js';
export { Engine, type EngineHandler, type EngineObserver } from './engine/engine.js';
export type { EngineOptions, EngineTimes } from './engine/options.js';
export { FleetError, isFleetError } from './fleet.js';
export type {
  ClusterEvent,
  Container,
  CreateOptions,
  EngineHandle,
  EngineState,
  Fleet,
  FleetErrorCode,
  Image,
  OnProgress,
  RunState,
} from './fleet.js';
export { type EngineAddress, parseEngineAddress } from './engine/address.js';
export type { ContainerArchive } from './engine/archive-calls.js';
export type { Body } from './engine/body.js';
export type { CallOptions, DockerClientOptions } from './engine/calls.js';
export type { ListContainersOptions, StopOptions } from './engine/container-calls.js';
export { DockerClient } from './engine/docker-client.js';
export {
  EngineError,
  type EngineErrorCode,
  engineErrorCodes,
  type EngineErrorDetails,
  isEngineError,
} from './engine/errors.js';
export type { EventHandler, EventMonitor, MonitorOptions } from './engine/events.js';
export type { DeadlineKind } from './engine/exchange.js';
export type { ExecOptions, ExecResult } from './engine/exec-calls.js';
export type { ImportOptions, ProgressOptions } from './engine/image-calls.js';
export { type ImageRef, parseImageRef } from './engine/image-ref.js';
export { demultiplex, type OutputFrame } from './engine/output.js';
export type { ProgressHandler } from './engine/progress.js';
export type { Query } from './engine/query.js';
export type { AttachOptions, LogsOptions } from './engine/stream-calls.js';
export { type ArchiveEntry, packArchive, readArchive } from './engine/tar.js';
export { type EngineTimeouts, engineTimeouts } from './engine/timeouts.js';
export type { EngineTls } from './engine/tls.js';
export {
  type Connect,
  type EngineConnection,
  EngineTransport,
  type TransportOptions,
  type TransportRequest,
  type Upgraded,
} from './engine/transport.js';
export type * from './engine/types.js';
