export type {
  Cluster,
  ClusterSpec,
  DispatcherConfig,
  EncryptionConfig,
  OrchestrationConfig,
  RaftConfig,
  TaskDefaults,
} from './schema.js';
export {
  EventCreateCluster,
  EventDeleteCluster,
  EventUpdateCluster,
  clusterCheckCustom,
  clusterCheckCustomPrefix,
  clusterCheckId,
  clusterCheckIdPrefix,
  clusterCheckName,
  clusterCheckNamePrefix,
  type ClusterCheckFunc,
} from './watch.js';
