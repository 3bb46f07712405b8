export type { BackOff } from './back-off.js';
export type { CoordinationClient } from './client-port.js';
export { Coordination } from './coordination.js';
export type { CoordinationOptions, LocalReplica } from './coordination.js';
export { elect } from './election.js';
export type { ElectOptions, Lead } from './election.js';
export type { FencedTable, FencedTx } from './fenced.js';
export { entries, locks } from '../kinds/index.js';
export type { EntryBody, EntryIndexes, IndexesOf, LockBody, LockIndexes, SystemKind } from '../kinds/index.js';
export { Lease } from './lease.js';
export type { LeaseClient, LeaseOptions } from './lease.js';
export { acquire, Lock, lockTtlDefaultMs } from './lock.js';
export type { LockOptions, LockPorts } from './lock.js';
export { acquireOn, SharedLock } from './shared-lock.js';
export type { SharedLockPorts } from './shared-lock.js';
export { SkepBackend } from './discovery-backend.js';
export type { SkepBackendOptions } from './discovery-backend.js';
export { Singleton } from './singleton.js';
export type { SingletonOptions, SingletonRun, SingletonStart, SingletonState, Stopper } from './singleton.js';
export { Claim } from './queue/claim.js';
export type { FinishOptions, GiveBackOptions } from './queue/claim.js';
export { Queue } from './queue/queue.js';
export type { DeadItem, PutOptions, QueueOptions } from './queue/queue.js';
export { QueueWorker } from './queue/worker.js';
export type { WorkerOptions } from './queue/worker.js';
export { queued } from '../kinds/index.js';
export type { QueuedBody, QueuedIndexes, QueuedState } from '../kinds/index.js';
export { reconcile, Reconciler } from './reconcile/reconcile.js';
export type {
  LeaderUpdate,
  Reconcile,
  ReconcileAgain,
  ReconcileCounts,
  ReconcileOptions,
  ReconcileSettings,
  Reconciling,
  SingletonReconcileOptions,
} from './reconcile/reconcile.js';
export { watching } from './reconcile/source.js';
export type { AlsoWatched, KeyOf, ReconcileKind, ReconcileObject, ReconcileReplica } from './reconcile/source.js';
export type { TermCounts } from './reconcile/term.js';
