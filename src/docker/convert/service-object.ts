import {
  type Node,
  type Service,
  type ServiceSpec,
  specVersionOf,
  type Task,
  type UpdateStatus,
} from '../../kinds/index.js';
import { type Json, nanoseconds, timeText, withoutEmpty } from './object.js';
import { endpointJson, portJson, serviceSpecJson } from './service.js';

/** Identity, version and times of an object in Docker's JSON. */
export function metaJson({ id, meta }: Pick<Service, 'id' | 'meta'>): Json {
  return {
    ID: id,
    Version: { Index: meta.version },
    CreatedAt: timeText(meta.createdAt),
    UpdatedAt: timeText(meta.updatedAt),
  };
}

const states = {
  updating: 'updating',
  paused: 'paused',
  completed: 'completed',
  rollbackStarted: 'rollback_started',
  rollbackPaused: 'rollback_paused',
  rollbackCompleted: 'rollback_completed',
} as const;

/** Spec with the field that engines add to what was posted. */
function shownSpecJson(spec: ServiceSpec): Json {
  const json = serviceSpecJson(spec);
  return { ...json, TaskTemplate: { ...(json.TaskTemplate as Json), Runtime: 'container' } };
}

const isJob = ({ mode }: ServiceSpec) => 'replicatedJob' in mode || 'globalJob' in mode;

/** Service in Docker's JSON; with `insertDefaults` the values that hold where its spec is silent. */
export function serviceJson(service: Service, { insertDefaults }: { readonly insertDefaults: boolean }): Json {
  const { spec, previousSpec, endpoint, updateStatus } = service;
  return {
    ...metaJson(service),
    Spec: insertDefaults ? withDefaults(spec) : shownSpecJson(spec),
    ...(previousSpec && { PreviousSpec: shownSpecJson(previousSpec) }),
    Endpoint: {
      Spec: endpoint?.spec ? endpointJson(endpoint.spec) : {},
      ...withoutEmpty({ Ports: endpoint?.ports.map(portJson) }),
    },
    ...(updateStatus && updateStatus.state !== 'unknown' && { UpdateStatus: updateStatusJson(updateStatus) }),
    ...(isJob(spec) && {
      JobStatus: { JobIteration: { Index: jobIteration(service) }, LastExecution: timeText(service.meta.createdAt) },
    }),
  };
}

function updateStatusJson({ state, startedAt, completedAt, message }: UpdateStatus): Json {
  return {
    State: state === 'unknown' ? '' : states[state],
    ...(startedAt !== undefined && { StartedAt: timeText(startedAt) }),
    ...(completedAt !== undefined && { CompletedAt: timeText(completedAt) }),
    Message: message,
  };
}

/** Number of the run of a job. Every new spec may begin one; tasks of an equal spec are part of it, too. */
export function jobIteration(service: Service): number {
  return service.specVersion === 0 ? specVersionOf(service) : service.specVersion;
}

const updateDefault = {
  Parallelism: 1,
  FailureAction: 'pause',
  Monitor: nanoseconds(5_000),
  MaxFailureRatio: 0,
  Order: 'stop-first',
};

function withDefaults(spec: ServiceSpec): Json {
  const json = shownSpecJson(spec);
  const task = json.TaskTemplate as Json;
  return {
    ...json,
    TaskTemplate: {
      ...task,
      ...(task.ContainerSpec !== undefined && {
        ContainerSpec: { StopGracePeriod: nanoseconds(10_000), DNSConfig: {}, ...(task.ContainerSpec as Json) },
      }),
      RestartPolicy: { Condition: 'any', Delay: nanoseconds(5_000), MaxAttempts: 0, ...(task.RestartPolicy as Json) },
    },
    UpdateConfig: { ...updateDefault, ...(json.UpdateConfig as Json | undefined) },
    RollbackConfig: { ...updateDefault, ...(json.RollbackConfig as Json | undefined) },
    EndpointSpec: { Mode: 'vip', ...(json.EndpointSpec as Json) },
  };
}

/**
 * Numbers of tasks of a service: `GET /services?status=true`. A task counts as running unless its node is down.
 * @param isCurrent Tells whether a task equals the spec: a job completes only those.
 */
export function serviceStatusJson(
  { spec: { mode } }: Service,
  tasks: readonly Task[],
  context: { readonly node: (id: string) => Node | undefined; readonly isCurrent: (task: Task) => boolean },
): Json {
  const onLiveNode = ({ nodeId }: Task) => context.node(nodeId ?? '')?.status.state !== 'down';
  const count = (test: (task: Task) => boolean) => tasks.filter(test).length;
  const wanted = (state: Task['desiredState']) => count(({ desiredState }) => desiredState === state);
  const desired =
    'replicated' in mode
      ? mode.replicated.replicas
      : 'replicatedJob' in mode
        ? mode.replicatedJob.maxConcurrent
        : wanted('global' in mode ? 'running' : 'complete');
  const job = 'replicatedJob' in mode || 'globalJob' in mode;
  return {
    RunningTasks: count((task) => task.status.state === 'running' && onLiveNode(task)),
    DesiredTasks: desired,
    CompletedTasks: job ? count((task) => task.status.state === 'complete' && context.isCurrent(task)) : 0,
  };
}
