export { MemoryStore, viewAndWatch, watch } from './store.js';
export type { PreparedSnapshot, Store, StoreOptions, Sync, WatchableStore } from './store.js';
export { applyEvent, fork } from './fork.js';
export { rowsOf, snapshotOfRows } from './snapshot.js';
export type { StoreSnapshot } from './snapshot.js';
export type { Limits, UpdateOptions } from './writer.js';
export { limitDefaults, refuseAsync } from './writer.js';
export type { Batch, BatchOptions } from './batch.js';
export type { ReadTable, ReadTx, Tx, WriteTable } from './transaction.js';
export { tableOf, Tables } from './transaction.js';
export { markCanonical } from './actions.js';
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
export type {
  AnyObject,
  Cluster,
  Config,
  Kind,
  Network,
  Node,
  ObjectOf,
  ObjectTypes,
  Secret,
  Service,
  Task,
  Volume,
} from './tables/index.js';
export { secretBytesMax } from './tables/secret.js';
export { configBytesMax } from './tables/config.js';
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
export { canonicalObject, foldName, isKindName, plainObject } from './kind.js';
export type {
  BuiltInKind,
  Draft,
  KindDefinition,
  KindDescription,
  KindLimits,
  Meta,
  Replacement,
  StoredObject,
} from './kind.js';
export { isStateStamp, specVersionOf, storedMeta } from './meta.js';
export { defineKind, typeOf } from './own-kind.js';
export type { KindOptions, OwnDraft, OwnEvent, OwnKind, OwnReplacement, Stored, TypeOnly } from './own-kind.js';
export type { StandardSchema } from './standard-schema.js';
export { KindSet } from './kind-set.js';
export { StagedState } from './staged-state.js';
export { indexLookup, valueOfKey } from './index-key.js';
export { fitsBy } from './find.js';
export type { FindOptions } from './find.js';
export { fieldChanges } from './difference.js';
export type { FieldChange } from './difference.js';
export { historyEntries } from './object-history.js';
export type { HistoryEntry } from './object-history.js';
export type { Plan, PlannedChange } from './plan.js';
export type { KindUse, StoreUse } from './use.js';
export type { AnyOwnKind } from './store.js';
export * as schema from './schemas.js';
export { Misfit, nestingMax, plainCopy } from './schema.js';
export type { DeepPartial } from './schema.js';
