import type { ClusterSpec, DeepPartial, NodeSpec } from '../../kinds/index.js';
import { readFields } from './fields.js';
import { readAnnotations, readDriver } from './read-parts.js';

/** Reads the settings of the cluster. The certificates and the locks of a swarm have no counterpart. */
export function readClusterSpec(body: unknown, old: ClusterSpec): DeepPartial<ClusterSpec> {
  return readFields(body, '', (fields) => {
    const { labels, indices } = readAnnotations(fields, old.annotations);
    fields.object('EncryptionConfig', (one) => {
      if (one.flag('AutoLockManagers')) one.refuse('AutoLockManagers', 'cannot be true: skep does not lock managers');
    });
    return {
      annotations: { name: old.annotations.name, labels, indices: indices ?? [] },
      orchestration:
        fields.object('Orchestration', (one) => ({
          taskHistoryRetentionLimit:
            one.count('TaskHistoryRetentionLimit') ?? old.orchestration.taskHistoryRetentionLimit,
        })) ?? old.orchestration,
      raft:
        fields.object('Raft', (one) => ({
          snapshotInterval: one.count('SnapshotInterval') || old.raft.snapshotInterval,
          keepOldSnapshots: one.count('KeepOldSnapshots') ?? old.raft.keepOldSnapshots,
          logEntriesForSlowFollowers: one.count('LogEntriesForSlowFollowers') ?? old.raft.logEntriesForSlowFollowers,
          electionTick: one.count('ElectionTick') || old.raft.electionTick,
          heartbeatTick: one.count('HeartbeatTick') || old.raft.heartbeatTick,
        })) ?? old.raft,
      dispatcher:
        fields.object('Dispatcher', (one) => ({
          heartbeatPeriodMs: one.duration('HeartbeatPeriod') || old.dispatcher.heartbeatPeriodMs,
        })) ?? old.dispatcher,
      taskDefaults:
        fields.object('TaskDefaults', (one) => ({ logDriver: one.object('LogDriver', readDriver) })) ??
        old.taskDefaults,
      encryptionConfig: old.encryptionConfig,
    };
  });
}

/** Reads the spec of a node. */
export function readNodeSpec(body: unknown, old: NodeSpec): DeepPartial<NodeSpec> {
  return readFields(body, '', (fields) => ({
    annotations: readAnnotations(fields, old.annotations),
    desiredRole: fields.word('Role', { worker: 'worker', manager: 'manager' } as const) ?? old.desiredRole,
    membership: old.membership,
    availability:
      fields.word('Availability', { active: 'active', pause: 'pause', drain: 'drain' } as const) ?? old.availability,
  }));
}
