export { MemoryStore, viewAndWatch, watch } from './store.js';
export type { PreparedSnapshot, Store, StoreOptions, Sync, WatchableStore } from './store.js';
export { applyEvent, fork } from './fork.js';
export type { StoreSnapshot } from './snapshot.js';
export type { Limits, UpdateOptions } from './writer.js';
export { limitDefaults } from './writer.js';
export type { Batch, BatchOptions } from './batch.js';
export type { ReadTable, ReadTx, Tx, WriteTable } from './transaction.js';
export { markCanonical, tableOf } from './transaction.js';
export type { Change, ProposedTransaction, Proposer, StoreAction, TransactionInfo } from './proposer.js';
export { isStoreError, StoreError, storeErrorCodes } from './errors.js';
export type { StoreErrorCode, StoreErrorDetails } from './errors.js';
export { Watch } from './watch.js';
export type { WatchOptions } from './watch.js';
export { WatchQueue } from './queue.js';
export { historyDefaults } from './history.js';
export type { HistoryLimits, TransactionRecord } from './history.js';
export * from './by.js';
export type { CommitEvent, CreateEvent, DeleteEvent, Event, EventAction, ObjectEvent, UpdateEvent } from './events.js';
export * from './specifiers.js';
export * from './checks/index.js';
export { isKind, kindNames, kindOf, kinds } from './tables/index.js';
export type { AnyObject, Cluster, Kind, Network, Node, ObjectOf, ObjectTypes, Service, Task } from './tables/index.js';
export { taskStateOrder, taskStates } from './tables/task.js';
export type { TaskState } from './tables/task.js';
export type { NodeMembership, NodeRole, NodeState } from './tables/node.js';
export type { ServiceSpec } from './tables/service.js';
export type {
  Annotations,
  ContainerSpec,
  Driver,
  Endpoint,
  EndpointSpec,
  Healthcheck,
  Ipam,
  Mount,
  PortConfig,
  Resources,
  TaskSpec,
  UpdateConfig,
} from './tables/common.js';
export { canonicalObject, foldName } from './kind.js';
export type { Draft, KindDefinition, Meta, Replacement, StoredObject } from './kind.js';
export { Misfit } from './schema.js';
export type { DeepPartial } from './schema.js';
