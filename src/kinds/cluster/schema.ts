import type { StoredObject } from '../definition.js';
import { annotations, driver } from '../parts.js';
import { flag, type Infer, object, optional, uint, uint32 } from '../schema.js';

export const clusterBody = object({
  spec: object({
    annotations,
    orchestration: object({
      /** Finished tasks kept for each slot. */
      taskHistoryRetentionLimit: uint(5),
    }),
    raft: object({
      /** Log entries between snapshots. */
      snapshotInterval: uint(10_000),
      keepOldSnapshots: uint(),
      /** Log entries kept behind a snapshot so that a slow follower needs no snapshot. */
      logEntriesForSlowFollowers: uint(500),
      heartbeatTick: uint32(1),
      electionTick: uint32(10),
    }),
    dispatcher: object({ heartbeatPeriodMs: uint(5_000) }),
    taskDefaults: object({ logDriver: optional(driver) }),
    encryptionConfig: object({ autoLockManagers: flag() }),
  }),
});

/** Settings of the whole cluster. */
export interface Cluster extends StoredObject, Infer<typeof clusterBody> {}
