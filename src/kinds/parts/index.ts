/** Parts that more than one kind is made of. Words are SwarmKit's. */
export type { Annotations, IndexEntry } from './annotations.js';
export type { ContainerSpec, DnsConfig, Healthcheck } from './container.js';
export type { Driver } from './driver.js';
export type { Endpoint, EndpointSpec, PortConfig, VirtualIp } from './endpoint.js';
export type { ConfigReference, FileTarget, SecretReference } from './file-reference.js';
export type { BindOptions, Mount, TmpfsOptions, VolumeOptions } from './mount.js';
export type { CredentialSpec, Privileges, Seccomp, Ulimit } from './privileges.js';
export type { GenericResource, Platform, Resources } from './resources.js';
export type {
  NetworkAttachment,
  Placement,
  PlacementPreference,
  ResourceRequirements,
  RestartPolicy,
  TaskSpec,
} from './task-spec.js';
