// The service catalogue: an agent registers the services of this process, and finds all others.
export { CatalogAgent } from './agent.js';
export type { AgentOptions } from './agent.js';
export { agentFromContext, withAgent } from './context.js';
export type { Agent } from './context.js';
export { localAgent } from './local.js';
export { Service } from './service.js';
export { Watcher } from './watcher.js';
export { hasTags, Instance } from './instance.js';
export type { InstanceRecord, Registration } from './record.js';
export { Diff } from './diff.js';
export type { CatalogEvent, DiffOptions } from './diff.js';

// Health, and what it is made of.
export { healths, worst } from './health.js';
export type { CheckStatus, Health } from './health.js';
export type { CheckState } from './checks/checkup.js';
export type { CheckSpec, GrpcCheck, HttpCheck, TcpCheck, TtlCheck } from './checks/spec.js';
export { askGrpcHealth } from './checks/grpc.js';
export type { AskGrpcHealth, ServingStatus } from './checks/grpc.js';
export type { RegisteredHealth } from './registered.js';

// Backends of the catalogue, and the port for custom ones.
export { MemoryCatalogBackend } from './backends/memory.js';
export type { MemoryCatalogOptions } from './backends/memory.js';
export { EtcdCatalogBackend, etcdCatalogPath } from './backends/etcd.js';
export type { EtcdCatalogOptions } from './backends/etcd.js';
export { SkepCatalogBackend } from './backends/skep.js';
export type { SkepCatalogOptions } from './backends/skep.js';
export type { CatalogBackend, CatalogSession, CatalogSnapshot, CatalogTell, PublishedInstance } from './backend.js';
export { readRecord } from './record.js';
export { isMassExpiry, massExpiryDefaults } from '../base/mass-expiry.js';
export type { MassExpiryPolicy, SessionAge } from '../base/mass-expiry.js';

// Errors.
export { CatalogError } from './errors.js';
export type { CatalogErrorCode } from './errors.js';

// Arguments of agents.
export { systemClock } from '../base/clock.js';
export type { Cancel, Clock } from '../base/clock.js';
export type { Logger } from '../base/log.js';
export type { Random } from '../base/random.js';
