import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Endpoint, endpoint, type EndpointSpec, endpointSpec } from '../parts/endpoint.js';
import { type NetworkAttachment, networkAttachment, type TaskSpec, taskSpec } from '../parts/task-spec.js';
import { float, int, list, oneOf, oneOfWords, optional, text, uint, uint32 } from '../schema.js';

/** Speed at which tasks are replaced, and the action after failures. */
export interface UpdateConfig {
  /** Tasks replaced at a time. Default 1; 0 is all at once. */
  readonly parallelism: number;
  /** Pause between two groups of tasks, ms. Default 0. */
  readonly delayMs: number;
  /** Action when more tasks fail than `maxFailureRatio` allows. Default `pause`. */
  readonly failureAction: 'pause' | 'continue' | 'rollback';
  /** Time after a start during which the end of a task counts as a failure, ms. Default 5,000. */
  readonly monitorMs: number;
  /** Share of tasks that may fail, from 0 to 1. Default 0: none. */
  readonly maxFailureRatio: number;
  /** `stopFirst` stops the old task before the new one starts, `startFirst` after. Default `stopFirst`. */
  readonly order: 'stopFirst' | 'startFirst';
}
const updateConfig = objectOf<UpdateConfig>()({
  parallelism: uint32(1),
  delayMs: uint(),
  failureAction: oneOfWords(['pause', 'continue', 'rollback']),
  monitorMs: uint(5_000),
  maxFailureRatio: float(),
  order: oneOfWords(['stopFirst', 'startFirst']),
});

/** A fixed number of tasks. */
export interface ReplicatedMode {
  /** Number of tasks. Default 1. */
  readonly replicas: number;
}
const replicatedMode = objectOf<ReplicatedMode>()({ replicas: uint(1) });

/** One task on every node: without settings. */
export type GlobalMode = Readonly<Record<never, never>>;
const globalMode = objectOf<GlobalMode>()({});

/** A number of tasks that run until they are complete. */
export interface ReplicatedJobMode {
  /** Most tasks that run at a time. Default 1; 0 is all at once. */
  readonly maxConcurrent: number;
  /** Number of tasks that must complete. Default 1. */
  readonly totalCompletions: number;
}
const replicatedJobMode = objectOf<ReplicatedJobMode>()({ maxConcurrent: uint(1), totalCompletions: uint(1) });

/** One task on every node that runs until it is complete: without settings. */
export type GlobalJobMode = Readonly<Record<never, never>>;
const globalJobMode = objectOf<GlobalJobMode>()({});

/** Number of tasks of a service: exactly one of the four. Default one replica. */
export type ServiceMode =
  | {
      /** A fixed number of tasks. */
      readonly replicated: ReplicatedMode;
    }
  | {
      /** One task on every node that fits. */
      readonly global: GlobalMode;
    }
  | {
      /** A number of tasks that run until they are complete. */
      readonly replicatedJob: ReplicatedJobMode;
    }
  | {
      /** One task on every node that fits, each until it is complete. */
      readonly globalJob: GlobalJobMode;
    };

/** Desired state of a service, set by users. */
export interface ServiceSpec {
  /** Name, labels and index entries of the service. */
  readonly annotations: Annotations;
  /** Template for each of its tasks. */
  readonly task: TaskSpec;
  /** Number of tasks: `replicated`, `global`, `replicatedJob` or `globalJob`. Default one replica. */
  readonly mode: ServiceMode;
  /** Rule for replacing tasks after a change; absent leaves it to the orchestrator. */
  readonly update?: UpdateConfig;
  /** Rule for going back to `previousSpec`; absent leaves it to the orchestrator. */
  readonly rollback?: UpdateConfig;
  /** Networks of the service, beside those of `task.networks`. */
  readonly networks: readonly NetworkAttachment[];
  /** Ports and the way to reach the tasks; absent publishes nothing. */
  readonly endpoint?: EndpointSpec;
}
const serviceSpec = objectOf<ServiceSpec>()({
  annotations,
  task: taskSpec,
  mode: oneOf(
    { replicated: replicatedMode, global: globalMode, replicatedJob: replicatedJobMode, globalJob: globalJobMode },
    'replicated',
  ),
  update: optional(updateConfig),
  rollback: optional(updateConfig),
  networks: list(networkAttachment),
  endpoint: optional(endpointSpec),
});

/** Progress of an update or rollback of a service. */
export interface UpdateStatus {
  /** Stage of the update or rollback. Default `unknown`. */
  readonly state:
    'unknown' | 'updating' | 'paused' | 'completed' | 'rollbackStarted' | 'rollbackPaused' | 'rollbackCompleted';
  /** Time of the start, ms since the epoch. */
  readonly startedAt?: number;
  /** Time of the end, ms since the epoch; absent while it goes on. */
  readonly completedAt?: number;
  /** Reason for the state, for people; empty when there is none. */
  readonly message: string;
  /** Number of slots with outdated tasks at the start; the share of failures refers to it. Default 0. */
  readonly slots: number;
  /** The `specVersion` of the service that the status is about: a newer spec begins anew. Default 0. */
  readonly specVersion: number;
}
const updateStatus = objectOf<UpdateStatus>()({
  state: oneOfWords([
    'unknown',
    'updating',
    'paused',
    'completed',
    'rollbackStarted',
    'rollbackPaused',
    'rollbackCompleted',
  ]),
  startedAt: optional(int()),
  completedAt: optional(int()),
  message: text(),
  slots: uint(),
  specVersion: uint(),
});

/** A number of tasks that all run the same thing. */
export interface Service extends StoredObject {
  /** Desired state, set by users. */
  readonly spec: ServiceSpec;
  /** Version of the transaction that last changed the spec over the API. Default 0: never. */
  readonly specVersion: number;
  /** Spec before the last change: a rollback returns to it. */
  readonly previousSpec?: ServiceSpec;
  /** Addresses and ports that the service has received. */
  readonly endpoint?: Endpoint;
  /** Progress of the last update or rollback; absent before the first. */
  readonly updateStatus?: UpdateStatus;
}
export const serviceBody = objectOf<BodyOf<Service>>()({
  spec: serviceSpec,
  specVersion: uint(),
  previousSpec: optional(serviceSpec),
  endpoint: optional(endpoint),
  updateStatus: optional(updateStatus),
});

/** Each of the values once; `''` names nothing. */
const once = (values: readonly string[]) =>
  [...new Set(values)].filter((value) => value !== '').map((value) => [value]);

/** Every network that one of the attachment lists names, once. */
export function referencedNetworks(...lists: readonly (readonly { readonly target: string }[])[]): string[][] {
  return once(lists.flatMap((attachments) => attachments.map(({ target }) => target)));
}

/** Every secret that the containers of a task are given. */
export function referencedSecrets({ container }: TaskSpec): string[][] {
  return container ? once(container.secrets.map(({ secretId }) => secretId)) : [];
}

/** Every config that the containers of a task are given. */
export function referencedConfigs({ container }: TaskSpec): string[][] {
  return container ? once(container.configs.map(({ configId }) => configId)) : [];
}
