export { Replica } from './replica.js';
export type { LocalStatus } from './replica.js';
export type { Leadership, ReplicaIdentity } from './raft-loop.js';
export { noNetwork } from './ports.js';
export type { Disk, DiskWrite, MemberInfo, Network, NetworkHandler, StagedSnapshot, StoredState } from './ports.js';
export { replicaSettings, settingsDefaults } from './settings.js';
export type { ReplicaSettings, ReplicaWorld } from './settings.js';
export { bootstrap, loadReplica } from './start.js';
