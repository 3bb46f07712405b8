// The store: typed transactions in memory, watches, forks.
export * from './base/store-error.js';
export * from './kinds/index.js';
export * from './state/index.js';

// A member of a cluster: the store, replicated. Loads level and gRPC only when it is called.
export { openReplica } from './daemon/open-replica.js';
export type { OpenReplica, OpenReplicaOptions } from './daemon/open-replica.js';
export type { Leadership, LocalStatus, MemberInfo, ReplicaSettings } from './replica/index.js';

// What the store and replicas take as arguments.
export type { Cancel, Clock } from './base/clock.js';
export type { Logger } from './base/log.js';
export type { Random } from './base/random.js';
