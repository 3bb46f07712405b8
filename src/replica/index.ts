export { Replica } from './replica.js';
export type { LocalStatus } from './replica.js';
export type { Leadership } from './leadership.js';
export type { ReplicaIdentity } from './options.js';
export { noNetwork } from './ports.js';
export type {
  Acknowledged,
  Disk,
  DiskWrite,
  MemberInfo,
  Network,
  NetworkHandler,
  StagedSnapshot,
  StoredState,
} from './ports.js';
export { replicaSettings, settingsDefaults } from './settings.js';
export type { ReplicaSettings, ReplicaWorld } from './settings.js';
export { endLease } from './attached.js';
export { accept, bound, compareBallots, isFounder, majorityOf, normalPeers, promise } from './formation.js';
export type { FormationBallot, FormationRecord, Genesis } from './formation.js';
export { bootstrap, loadReplica } from './start.js';
export { decodeInSlices, encodeInSlices } from './snapshot-slices.js';
export { forceNewCluster } from './recover.js';
export type { Recovered } from './recover.js';
