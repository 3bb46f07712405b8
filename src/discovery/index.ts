// Discovery: lists of nodes, and the backends that keep them.
export { Entry, splitHostPort } from './entry.js';
export { isReachable, joinHostPort } from '../base/host-port.js';
export type { HostPort } from '../base/host-port.js';
export { createEntries, entriesOf } from './entries.js';
export type { Entries, EntriesDiff } from './entries.js';
export { DiscoveryWatch } from './watch.js';
export type { Look, Sighting, Tell } from './watch.js';
export { following } from './following.js';
export { pause } from '../base/waiting.js';
export { polling } from './polling.js';

// Backends, by the scheme of a URL.
export type { Backend, BackendOptions, BackendPorts, MakeBackend, Watcher, WatchOptions } from './backend.js';
export { BackendRegistry, createBackend, registerBackend } from './registry.js';
export type { BackendSettings } from './registry.js';
export { NodesBackend } from './backends/nodes.js';
export { FileBackend } from './backends/file.js';
export { MemoryBackend } from './backends/memory.js';
export { TokenBackend, createToken } from './backends/token.js';
export { EtcdBackend } from './backends/etcd.js';
export { ConsulBackend } from './backends/consul.js';
export { ZkBackend } from './backends/zk.js';
export { Registrations } from './registrations.js';
export { announce } from './announce.js';
export type { AnnounceOptions } from './announce.js';

// URLs and addresses.
export { parseUrl } from './url.js';
export type { DiscoveryUrl } from './url.js';
export { expandRange, expandRange as generate } from './ranges.js';
export { parseAdvertise } from './advertise.js';

// A hub for token://.
export { newToken } from './token-server/clusters.js';
export { openTokenServer } from './token-server/server.js';
export type { TokenServer, TokenServerOptions } from './token-server/server.js';

// Errors.
export { DiscoveryError, NotImplementedError, NotSupportedError } from './errors.js';
export type { DiscoveryErrorCode } from './errors.js';

// Arguments of backends.
export { systemClock } from '../base/clock.js';
export type { Cancel, Clock } from '../base/clock.js';
export type { Logger } from '../base/log.js';
export type { Random } from '../base/random.js';
