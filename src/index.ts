// The store: typed transactions in memory.
export { MemoryStore } from './state/index.js';
export type {
  Batch,
  BatchOptions,
  Limits,
  Plan,
  PlannedChange,
  Store,
  StoreOptions,
  StoreSnapshot,
  StoreUse,
  KindUse,
  UpdateOptions,
  WatchableStore,
} from './state/index.js';
export { limitDefaults, tableOf } from './state/index.js';
export { nestingMax } from './kinds/index.js';
export type { FindOptions, ReadTable, ReadTx, Tx, WriteTable } from './kinds/index.js';

// Errors.
export { errorCodes, isStoreError, StoreError, storeErrorCodes } from './base/store-error.js';
export { spanContextOf } from './base/trace-context.js';
export type { RemoteSpan } from './base/trace-context.js';
export type { ErrorCodeRow, GrpcStatusName, StoreErrorRow } from './base/error-codes.js';
export type { ExitName } from './base/exits.js';
export type { StoreErrorCode, StoreErrorDetails } from './base/store-error.js';

// Watches, and copies of a store that follow it.
export { applyEvent, fork, viewAndWatch, Watch, watch, WatchQueue } from './state/index.js';
export type { WatchOptions } from './state/index.js';
export { EventCommit } from './kinds/index.js';
export type {
  CheckFunc,
  CommitEvent,
  CreateEvent,
  DeleteEvent,
  Event,
  EventAction,
  MatchMode,
  ObjectEvent,
  Specifier,
  UpdateEvent,
} from './kinds/index.js';

// History.
export { historyDefaults } from './state/index.js';
export type { FieldChange, HistoryEntry, HistoryLimits, TransactionRecord } from './state/index.js';

// Look-ups of every kind.
export {
  all,
  and,
  byCustom,
  byCustomPrefix,
  byCustomRange,
  byId,
  byIdPrefix,
  byIdRange,
  byName,
  byNamePrefix,
  byNameRange,
  or,
} from './kinds/index.js';
export type { By, Range } from './kinds/index.js';

// The built-in kinds: types, look-ups, checks and specifiers of each, by name in their folders.
export * from './kinds/public.js';
export { isKind, kindNames, specVersionOf } from './kinds/index.js';
export type {
  AnyObject,
  DeepPartial,
  Draft,
  Kind,
  Meta,
  ObjectOf,
  ObjectTypes,
  Replacement,
  StoredObject,
} from './kinds/index.js';

// Custom kinds.
export { defineKind, schema, typeOf } from './kinds/index.js';
export type {
  AnyCustomKind,
  CustomCheck,
  CustomDraft,
  CustomEvent,
  CustomKind,
  CustomReplacement,
  KindDescription,
  KindLimits,
  KindOptions,
  StandardSchema,
  Stored,
  TypeOnly,
} from './kinds/index.js';

// A member of a cluster: the store, replicated. Loads level and gRPC only when it is called.
export { openReplica } from './daemon/open-replica.js';
export type { OpenReplica, OpenReplicaOptions } from './daemon/open-replica.js';
export type { ReplicaSettings } from './replica/settings.js';
export type { Leadership, LocalStatus, MemberInfo } from './replica/status.js';

// The port of a store that is replicated by something else.
export type { Change, ProposedTransaction, Proposer, StoreAction, TransactionInfo } from './state/index.js';

// Arguments of the store and of replicas.
export type { Cancel, Clock } from './base/clock.js';
export type { Logger } from './base/log.js';
export type { Random } from './base/random.js';
