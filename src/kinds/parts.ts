import {
  flag,
  float,
  type Infer,
  int,
  list,
  object,
  oneOfWords,
  optional,
  stringMap,
  text,
  uint,
  uint32,
} from './schema.js';

/** Parts that more than one kind is made of. Words are SwarmKit's. */

export const annotations = object({
  /** Empty means unnamed: not indexed, never in conflict. */
  name: text(),
  labels: stringMap(),
  /** Entries for `byCustom`. */
  indices: list(object({ key: text(), val: text() })),
});
/** Name, labels and index entries of an object. */
export interface Annotations extends Infer<typeof annotations> {}

export const driver = object({ name: text(), options: stringMap() });
/** A plug-in by name, with its options. */
export interface Driver extends Infer<typeof driver> {}

export const genericResource = object({
  kind: text(),
  /** One particular piece, e.g. a GPU's id. */
  named: optional(text()),
  /** A number of pieces that are all alike. */
  discrete: optional(int()),
});

export const resources = object({
  /** Billionths of a CPU. */
  nanoCpus: int(),
  memoryBytes: int(),
  generic: list(genericResource),
});
/** Amounts of processor, memory and other resources. */
export interface Resources extends Infer<typeof resources> {}

export const portConfig = object({
  name: text(),
  protocol: oneOfWords(['tcp', 'udp', 'sctp']),
  targetPort: uint32(),
  /** 0 lets the cluster choose. */
  publishedPort: uint32(),
  publishMode: oneOfWords(['ingress', 'host']),
});
/** One port of a service, and how it is published. */
export interface PortConfig extends Infer<typeof portConfig> {}

export const endpointSpec = object({
  mode: oneOfWords(['vip', 'dnsrr']),
  ports: list(portConfig),
});
/** Endpoints at which the tasks of a service are reached. */
export interface EndpointSpec extends Infer<typeof endpointSpec> {}

export const endpoint = object({
  spec: optional(endpointSpec),
  ports: list(portConfig),
  virtualIps: list(object({ networkId: text(), addr: text() })),
});
/** The addresses and ports that a service has received. */
export interface Endpoint extends Infer<typeof endpoint> {}

export const networkAttachment = object({ target: text(), aliases: list(text()) });

export const ipam = object({
  driver: optional(driver),
  configs: list(
    object({
      family: oneOfWords(['unknown', 'ipv4', 'ipv6']),
      subnet: text(),
      range: text(),
      gateway: text(),
      reserved: stringMap(),
    }),
  ),
});
/** Management of the addresses of a network. */
export interface Ipam extends Infer<typeof ipam> {}

const mount = object({
  type: oneOfWords(['bind', 'volume', 'tmpfs', 'npipe']),
  source: text(),
  target: text(),
  readOnly: flag(),
  bind: optional(object({ propagation: text() })),
  volume: optional(object({ noCopy: flag(), labels: stringMap(), driver: optional(driver) })),
  tmpfs: optional(object({ sizeBytes: int(), mode: uint32() })),
});
/** One file system that is mounted into a container. */
export interface Mount extends Infer<typeof mount> {}

const healthcheck = object({
  /** As Docker has it: `['CMD', …]`, `['CMD-SHELL', …]` or `['NONE']`. */
  test: list(text()),
  intervalMs: optional(uint()),
  timeoutMs: optional(uint()),
  retries: optional(uint32()),
  startPeriodMs: optional(uint()),
  startIntervalMs: optional(uint()),
});
/** The command that tells whether a container is healthy. */
export interface Healthcheck extends Infer<typeof healthcheck> {}

const fileTarget = object({ name: text(), uid: text(), gid: text(), mode: uint32(0o444) });

export const secretReference = object({
  secretId: text(),
  /** As the user wrote it. */
  secretName: text(),
  /** The file that the container gets. */
  file: optional(fileTarget),
});
export interface SecretReference extends Infer<typeof secretReference> {}

export const configReference = object({
  configId: text(),
  /** As the user wrote it. */
  configName: text(),
  /** The file that the container gets. */
  file: optional(fileTarget),
});
export interface ConfigReference extends Infer<typeof configReference> {}

export const containerSpec = object({
  image: text(),
  /** Replaces the image's entry point. */
  command: list(text()),
  args: list(text()),
  /** `NAME=value`. */
  env: list(text()),
  labels: stringMap(),
  mounts: list(mount),
  healthcheck: optional(healthcheck),
  hostname: optional(text()),
  /** Working directory. */
  dir: optional(text()),
  user: optional(text()),
  groups: list(text()),
  tty: flag(),
  openStdin: flag(),
  readOnly: flag(),
  init: optional(flag()),
  stopSignal: optional(text()),
  stopGracePeriodMs: optional(uint()),
  /** `address name`, as in /etc/hosts. */
  hosts: list(text()),
  dns: optional(object({ nameservers: list(text()), search: list(text()), options: list(text()) })),
  capabilityAdd: list(text()),
  capabilityDrop: list(text()),
  sysctls: stringMap(),
  secrets: list(secretReference),
  configs: list(configReference),
});
/** Settings of the container of a task. */
export interface ContainerSpec extends Infer<typeof containerSpec> {}

export const restartPolicy = object({
  condition: oneOfWords(['none', 'onFailure', 'any'], 'any'),
  delayMs: uint(5_000),
  /** 0 is no limit. */
  maxAttempts: uint32(),
  /** Time that a task must run to count as restarted, milliseconds. */
  windowMs: uint(),
});

export const placement = object({
  /** `node.labels.disk == ssd` */
  constraints: list(text()),
  preferences: list(object({ spread: text() })),
  /** Most tasks of the service on one node; 0 is no limit. */
  maxReplicas: uint32(),
  platforms: list(object({ architecture: text(), os: text() })),
});

export const taskSpec = object({
  container: optional(containerSpec),
  resources: optional(
    object({
      limits: optional(resources),
      reservations: optional(resources),
    }),
  ),
  restart: optional(restartPolicy),
  placement: optional(placement),
  networks: list(networkAttachment),
  /** Counts restarts that the user asks for without changing anything else. */
  forceUpdate: uint(),
  logDriver: optional(driver),
});
/** Everything that a task runs with: container, resources, restarts, placement. */
export interface TaskSpec extends Infer<typeof taskSpec> {}

export const updateConfig = object({
  /** Tasks updated at a time; 0 is all. */
  parallelism: uint32(1),
  delayMs: uint(),
  failureAction: oneOfWords(['pause', 'continue', 'rollback']),
  monitorMs: uint(5_000),
  /** 0…1 */
  maxFailureRatio: float(),
  order: oneOfWords(['stopFirst', 'startFirst']),
});
/** Speed at which tasks are replaced, and the action after failures. */
export interface UpdateConfig extends Infer<typeof updateConfig> {}
