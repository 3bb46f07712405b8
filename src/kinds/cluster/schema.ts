import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { flag, optional, uint, uint32 } from '../schema.js';

/** Settings for orchestrators. */
export interface OrchestrationConfig {
  /** Tasks kept for each slot, the current one included. Default 5. */
  readonly taskHistoryRetentionLimit: number;
}
const orchestrationConfig = objectOf<OrchestrationConfig>()({ taskHistoryRetentionLimit: uint(5) });

/** Raft settings in SwarmKit's words, kept for tools that read them: members take theirs from `openReplica`. */
export interface RaftConfig {
  /** Log entries between two snapshots. Default 10,000. */
  readonly snapshotInterval: number;
  /** Older snapshots kept beside the newest. Default 0. */
  readonly keepOldSnapshots: number;
  /** Log entries kept behind a snapshot, so that a slow follower needs no snapshot. Default 500. */
  readonly logEntriesForSlowFollowers: number;
  /** Ticks between two heartbeats of the leader. Default 1. */
  readonly heartbeatTick: number;
  /** Ticks without a leader after which a follower calls an election. Default 10. */
  readonly electionTick: number;
}
const raftConfig = objectOf<RaftConfig>()({
  snapshotInterval: uint(10_000),
  keepOldSnapshots: uint(),
  logEntriesForSlowFollowers: uint(500),
  heartbeatTick: uint32(1),
  electionTick: uint32(10),
});

/** Settings for what hands tasks to nodes. */
export interface DispatcherConfig {
  /** Time between two heartbeats of a node, ms. Default 5,000. */
  readonly heartbeatPeriodMs: number;
}
const dispatcherConfig = objectOf<DispatcherConfig>()({ heartbeatPeriodMs: uint(5_000) });

/** Values for tasks whose spec leaves them open. */
export interface TaskDefaults {
  /** Driver that receives the output of containers whose task names none. */
  readonly logDriver?: Driver;
}
const taskDefaults = objectOf<TaskDefaults>()({ logDriver: optional(driver) });

/** Settings for the encryption of managers' data. */
export interface EncryptionConfig {
  /** True: a restarted manager needs a key from a person before it can read its data. Default `false`. */
  readonly autoLockManagers: boolean;
}
const encryptionConfig = objectOf<EncryptionConfig>()({ autoLockManagers: flag() });

/** Desired settings of a cluster, set by users. */
export interface ClusterSpec {
  /** Name, labels and index entries of the cluster. */
  readonly annotations: Annotations;
  /** Settings for orchestrators. */
  readonly orchestration: OrchestrationConfig;
  /** Raft settings for tools that read them. */
  readonly raft: RaftConfig;
  /** Settings for what hands tasks to nodes. */
  readonly dispatcher: DispatcherConfig;
  /** Values for tasks whose spec leaves them open. */
  readonly taskDefaults: TaskDefaults;
  /** Settings for the encryption of managers' data. */
  readonly encryptionConfig: EncryptionConfig;
}
const clusterSpec = objectOf<ClusterSpec>()({
  annotations,
  orchestration: orchestrationConfig,
  raft: raftConfig,
  dispatcher: dispatcherConfig,
  taskDefaults,
  encryptionConfig,
});

/** Settings of the whole cluster. */
export interface Cluster extends StoredObject {
  /** Desired settings, set by users. */
  readonly spec: ClusterSpec;
}
export const clusterBody = objectOf<BodyOf<Cluster>>()({ spec: clusterSpec });
