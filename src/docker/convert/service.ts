import type {
  EndpointSpec,
  NetworkAttachment,
  PortConfig,
  Resources,
  ServiceSpec,
  TaskSpec,
  UpdateConfig,
} from '../../kinds/index.js';
import { containerSpecJson } from './container-spec.js';
import { type Json, nanoseconds, withoutEmpty } from './object.js';

const failureOrder = { stopFirst: 'stop-first', startFirst: 'start-first' } as const;
const conditions = { none: 'none', onFailure: 'on-failure', any: 'any' } as const;

/** Spec of a service in Docker's JSON. */
export function serviceSpecJson(spec: ServiceSpec): Json {
  return {
    Name: spec.annotations.name,
    Labels: spec.annotations.labels,
    TaskTemplate: taskSpecJson(spec.task),
    Mode: modeJson(spec.mode),
    ...(spec.update && { UpdateConfig: updateJson(spec.update) }),
    ...(spec.rollback && { RollbackConfig: updateJson(spec.rollback) }),
    ...(spec.networks.length > 0 && { Networks: spec.networks.map(attachmentJson) }),
    EndpointSpec: spec.endpoint ? endpointJson(spec.endpoint) : {},
  };
}

/** Spec of a task in Docker's JSON. */
export function taskSpecJson(task: TaskSpec): Json {
  const { container, resources, restart, placement, logDriver } = task;
  return {
    ...(container && { ContainerSpec: containerSpecJson(container) }),
    Resources: withoutEmpty({
      Limits: resources?.limits && amountsJson(resources.limits),
      Reservations: resources?.reservations && amountsJson(resources.reservations),
    }),
    ...(restart && {
      RestartPolicy: {
        Condition: conditions[restart.condition],
        Delay: nanoseconds(restart.delayMs),
        ...withoutEmpty({ MaxAttempts: restart.maxAttempts, Window: nanoseconds(restart.windowMs) }),
      },
    }),
    Placement: withoutEmpty({
      Constraints: placement?.constraints,
      Preferences: placement?.preferences.map(({ spread }) => ({ Spread: { SpreadDescriptor: spread } })),
      MaxReplicas: placement?.maxReplicas,
      Platforms: placement?.platforms.map(({ architecture, os }) => ({ Architecture: architecture, OS: os })),
    }),
    ...withoutEmpty({ Networks: task.networks.map(attachmentJson) }),
    ...(logDriver && { LogDriver: withoutEmpty({ Name: logDriver.name, Options: logDriver.options }) }),
    ForceUpdate: task.forceUpdate,
  };
}

function attachmentJson({ target, aliases }: NetworkAttachment): Json {
  return { Target: target, ...withoutEmpty({ Aliases: aliases }) };
}

function amountsJson({ nanoCpus, memoryBytes, pids, generic }: Resources): Json {
  return withoutEmpty({
    NanoCPUs: nanoCpus,
    MemoryBytes: memoryBytes,
    Pids: pids,
    GenericResources: generic.map(({ kind, named, discrete }) =>
      named === undefined
        ? { DiscreteResourceSpec: { Kind: kind, Value: discrete ?? 0 } }
        : { NamedResourceSpec: { Kind: kind, Value: named } },
    ),
  });
}

function modeJson(mode: ServiceSpec['mode']): Json {
  if ('replicated' in mode) return { Replicated: { Replicas: mode.replicated.replicas } };
  if ('global' in mode) return { Global: {} };
  if ('globalJob' in mode) return { GlobalJob: {} };
  const { maxConcurrent, totalCompletions } = mode.replicatedJob;
  return { ReplicatedJob: { MaxConcurrent: maxConcurrent, TotalCompletions: totalCompletions } };
}

function updateJson(config: UpdateConfig): Json {
  return {
    Parallelism: config.parallelism,
    ...withoutEmpty({ Delay: nanoseconds(config.delayMs) }),
    FailureAction: config.failureAction,
    Monitor: nanoseconds(config.monitorMs),
    MaxFailureRatio: config.maxFailureRatio,
    Order: failureOrder[config.order],
  };
}

/** Spec of an endpoint in Docker's JSON. */
export function endpointJson({ mode, ports }: EndpointSpec): Json {
  return { Mode: mode, ...withoutEmpty({ Ports: ports.map(portJson) }) };
}

/** Port in Docker's JSON. */
export function portJson(port: PortConfig): Json {
  return {
    ...withoutEmpty({ Name: port.name }),
    Protocol: port.protocol,
    TargetPort: port.targetPort,
    ...withoutEmpty({ PublishedPort: port.publishedPort }),
    PublishMode: port.publishMode,
  };
}
