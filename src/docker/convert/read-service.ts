import type {
  DeepPartial,
  EndpointSpec,
  NetworkAttachment,
  Placement,
  ResourceRequirements,
  Resources,
  RestartPolicy,
  ServiceMode,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../kinds/index.js';
import { type Fields, readFields } from './fields.js';
import { readContainerSpec } from './read-container.js';
import { readAnnotations, readDriver } from './read-parts.js';

/** Parts of a spec that Docker's JSON names in other words. */
export interface ServiceContext {
  /** Finds the id of the network that a service names by id or name. @throws {ApiError} when there is none. */
  readonly networkId: (name: string) => string;
  /** Spec that is replaced. */
  readonly old?: ServiceSpec;
}

/** Reads the spec of a service, whole. @throws {ApiError} 400 that names the first field that does not fit. */
export function readServiceSpec(body: unknown, { networkId, old }: ServiceContext): DeepPartial<ServiceSpec> {
  const networks = (fields: Fields) => fields.list('Networks', (one) => readAttachment(one, networkId));
  return readFields(body, '', (fields) => ({
    annotations: readAnnotations(fields, old?.annotations),
    task: fields.object('TaskTemplate', (task) => readTask(task, networks)) ?? {},
    mode: fields.object('Mode', readMode),
    update: fields.object('UpdateConfig', readUpdate),
    rollback: fields.object('RollbackConfig', readUpdate),
    networks: networks(fields),
    endpoint: fields.object('EndpointSpec', readEndpoint),
  }));
}

function readTask(fields: Fields, networks: (fields: Fields) => DeepPartial<NetworkAttachment>[]) {
  const runtime = fields.text('Runtime');
  if (runtime !== '' && runtime !== 'container') fields.refuse('Runtime', `must be container, is "${runtime}"`);
  const task: DeepPartial<TaskSpec> = {
    container: fields.object('ContainerSpec', readContainerSpec),
    resources: fields.object('Resources', readRequirements),
    restart: fields.object('RestartPolicy', readRestart),
    placement: fields.object('Placement', readPlacement),
    networks: networks(fields),
    logDriver: fields.object('LogDriver', readDriver),
    forceUpdate: fields.count('ForceUpdate'),
  };
  return task;
}

function readAttachment(fields: Fields, networkId: (name: string) => string): DeepPartial<NetworkAttachment> {
  const target = fields.text('Target');
  if (target === '') fields.refuse('Target', 'must name a network');
  return { target: networkId(target), aliases: fields.texts('Aliases') };
}

function readRequirements(fields: Fields): DeepPartial<ResourceRequirements> | undefined {
  const limits = fields.object('Limits', readResources);
  const reservations = fields.object('Reservations', readResources);
  return limits || reservations ? { limits, reservations } : undefined;
}

function readResources(fields: Fields): DeepPartial<Resources> | undefined {
  const resources = {
    nanoCpus: fields.whole('NanoCPUs') ?? 0,
    memoryBytes: fields.whole('MemoryBytes') ?? 0,
    pids: fields.whole('Pids') ?? 0,
    generic: fields.list('GenericResources', readGeneric),
  };
  const { nanoCpus, memoryBytes, pids, generic } = resources;
  return nanoCpus || memoryBytes || pids || generic.length > 0 ? resources : undefined;
}

function readGeneric(fields: Fields) {
  const discrete = fields.object('DiscreteResourceSpec', (one) => ({
    kind: one.text('Kind'),
    discrete: one.whole('Value') ?? 0,
  }));
  const named = fields.object('NamedResourceSpec', (one) => ({ kind: one.text('Kind'), named: one.text('Value') }));
  return named ?? discrete ?? fields.refuse('', 'must have DiscreteResourceSpec or NamedResourceSpec');
}

const conditions = { none: 'none', 'on-failure': 'onFailure', any: 'any' } as const;

function readRestart(fields: Fields): DeepPartial<RestartPolicy> {
  return {
    condition: fields.word('Condition', conditions),
    delayMs: fields.duration('Delay'),
    maxAttempts: fields.count('MaxAttempts'),
    windowMs: fields.duration('Window'),
  };
}

function readPlacement(fields: Fields): DeepPartial<Placement> | undefined {
  const placement = {
    constraints: fields.texts('Constraints'),
    preferences: fields.list('Preferences', (one) => ({
      spread:
        one.object('Spread', (spread) => spread.text('SpreadDescriptor')) ?? one.refuse('Spread', 'must be there'),
    })),
    maxReplicas: fields.count('MaxReplicas') ?? 0,
    platforms: fields.list('Platforms', (one) => ({ architecture: one.text('Architecture'), os: one.text('OS') })),
  };
  const { constraints, preferences, maxReplicas, platforms } = placement;
  return maxReplicas + constraints.length + preferences.length + platforms.length > 0 ? placement : undefined;
}

/** Reads the mode: one replica when there is none. A job completes as many tasks as it runs at a time, if it does not say. */
function readMode(fields: Fields): DeepPartial<ServiceMode> | undefined {
  const modes = [
    fields.object('Replicated', (one) => ({ replicated: { replicas: one.count('Replicas') } })),
    fields.object('Global', () => ({ global: {} })),
    fields.object('ReplicatedJob', (one) => {
      const maxConcurrent = one.count('MaxConcurrent') ?? 1;
      return { replicatedJob: { maxConcurrent, totalCompletions: one.count('TotalCompletions') ?? maxConcurrent } };
    }),
    fields.object('GlobalJob', () => ({ globalJob: {} })),
  ].filter((mode) => mode !== undefined);
  if (modes.length > 1) fields.refuse('', 'must specify only one service mode');
  return modes[0];
}

const actions = { pause: 'pause', continue: 'continue', rollback: 'rollback' } as const;
const orders = { 'stop-first': 'stopFirst', 'start-first': 'startFirst' } as const;

/** Reads how tasks are replaced. An absent number of tasks at a time is all of them, and an absent time to watch is the default. */
function readUpdate(fields: Fields): DeepPartial<UpdateConfig> {
  return {
    parallelism: fields.count('Parallelism') ?? 0,
    delayMs: fields.duration('Delay'),
    failureAction: fields.word('FailureAction', actions),
    monitorMs: fields.duration('Monitor'),
    maxFailureRatio: fields.number('MaxFailureRatio'),
    order: fields.word('Order', orders),
  };
}

const protocols = { tcp: 'tcp', udp: 'udp', sctp: 'sctp' } as const;
const publishModes = { ingress: 'ingress', host: 'host' } as const;

function readEndpoint(fields: Fields): DeepPartial<EndpointSpec> | undefined {
  const mode = fields.word('Mode', { vip: 'vip', dnsrr: 'dnsrr' } as const);
  const ports = fields.list('Ports', (port) => ({
    name: port.text('Name'),
    protocol: port.word('Protocol', protocols),
    targetPort: port.count('TargetPort'),
    publishedPort: port.count('PublishedPort'),
    publishMode: port.word('PublishMode', publishModes),
  }));
  return mode === undefined && ports.length === 0 ? undefined : { mode, ports };
}
