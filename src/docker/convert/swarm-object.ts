import type { Cluster } from '../../kinds/index.js';
import { type Json, nanoseconds, timeText, withoutEmpty } from './object.js';

/** Settings of a cluster; without `meta` they are the defaults, which no object holds yet. */
export type SwarmSettings = Pick<Cluster, 'spec'> & { readonly meta?: Cluster['meta'] };

/** Facts of the cluster as `GET /info` has them. */
export function clusterJson(id: string, { spec, meta }: SwarmSettings): Json {
  return {
    ID: id,
    Version: { Index: meta?.version ?? 0 },
    CreatedAt: timeText(meta?.createdAt),
    UpdatedAt: timeText(meta?.updatedAt),
    Spec: {
      Name: 'default',
      Labels: spec.annotations.labels,
      Orchestration: { TaskHistoryRetentionLimit: spec.orchestration.taskHistoryRetentionLimit },
      Raft: {
        SnapshotInterval: spec.raft.snapshotInterval,
        KeepOldSnapshots: spec.raft.keepOldSnapshots,
        LogEntriesForSlowFollowers: spec.raft.logEntriesForSlowFollowers,
        ElectionTick: spec.raft.electionTick,
        HeartbeatTick: spec.raft.heartbeatTick,
      },
      Dispatcher: { HeartbeatPeriod: nanoseconds(spec.dispatcher.heartbeatPeriodMs) },
      CAConfig: {},
      TaskDefaults: withoutEmpty({
        LogDriver:
          spec.taskDefaults.logDriver &&
          withoutEmpty({ Name: spec.taskDefaults.logDriver.name, Options: spec.taskDefaults.logDriver.options }),
      }),
      EncryptionConfig: { AutoLockManagers: spec.encryptionConfig.autoLockManagers },
    },
    TLSInfo: {},
    RootRotationInProgress: false,
    DefaultAddrPool: null,
    SubnetSize: 0,
    DataPathPort: 0,
  };
}
