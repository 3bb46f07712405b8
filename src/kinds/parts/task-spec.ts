import { objectOf } from '../object-of.js';
import { list, oneOfWords, optional, text, uint, uint32 } from '../schema.js';
import { type ContainerSpec, containerSpec } from './container.js';
import { type Driver, driver } from './driver.js';
import { type Platform, platform, type Resources, resources } from './resources.js';

/** Attachment of tasks to a network. */
export interface NetworkAttachment {
  /** Id of the network. */
  readonly target: string;
  /** Further DNS names of the tasks on this network. */
  readonly aliases: readonly string[];
}
export const networkAttachment = objectOf<NetworkAttachment>()({ target: text(), aliases: list(text()) });

/** Resources that a task may use, and those set aside for it. */
export interface ResourceRequirements {
  /** Most that the task may use; absent is no limit. */
  readonly limits?: Resources;
  /** Amounts that a node must have free for the task; absent is nothing. */
  readonly reservations?: Resources;
}
const resourceRequirements = objectOf<ResourceRequirements>()({
  limits: optional(resources),
  reservations: optional(resources),
});

/** Restarts of a task that ended. */
export interface RestartPolicy {
  /** Endings after which a task is restarted: none, failures only, or any. Default `any`. */
  readonly condition: 'none' | 'onFailure' | 'any';
  /** Pause before a restart, ms. Default 5,000. */
  readonly delayMs: number;
  /** Most restarts within the window. Default 0: no limit. */
  readonly maxAttempts: number;
  /** Time span in which attempts are counted, ms. Default 0: all attempts count. */
  readonly windowMs: number;
}
const restartPolicy = objectOf<RestartPolicy>()({
  condition: oneOfWords(['none', 'onFailure', 'any'], 'any'),
  delayMs: uint(5_000),
  maxAttempts: uint32(),
  windowMs: uint(),
});

/** A wish about the nodes of a service that the scheduler follows if it can. */
export interface PlacementPreference {
  /** Property over whose values tasks are spread evenly, such as `node.labels.rack`. */
  readonly spread: string;
}
const placementPreference = objectOf<PlacementPreference>()({ spread: text() });

/** Nodes on which tasks may run. */
export interface Placement {
  /** Conditions that a node must meet, all of them, such as `node.labels.disk == ssd`. */
  readonly constraints: readonly string[];
  /** Wishes about the spread of tasks, the most important first. */
  readonly preferences: readonly PlacementPreference[];
  /** Most tasks of the service on one node. Default 0: no limit. */
  readonly maxReplicas: number;
  /** Platforms that the image runs on; an empty list means any. */
  readonly platforms: readonly Platform[];
}
const placement = objectOf<Placement>()({
  constraints: list(text()),
  preferences: list(placementPreference),
  maxReplicas: uint32(),
  platforms: list(platform),
});

/** Everything that a task runs with: container, resources, restarts, placement. */
export interface TaskSpec {
  /** Container to run. */
  readonly container?: ContainerSpec;
  /** Limits and reservations; absent is no limit and nothing reserved. */
  readonly resources?: ResourceRequirements;
  /** Rule for restarts; absent leaves it to the orchestrator. */
  readonly restart?: RestartPolicy;
  /** Rules about nodes; absent allows every node. */
  readonly placement?: Placement;
  /** Networks that the task is attached to. */
  readonly networks: readonly NetworkAttachment[];
  /** Counter of restarts that users ask for: raising it replaces tasks although nothing else changed. Default 0. */
  readonly forceUpdate: number;
  /** Driver that receives the container's output; absent takes the cluster's `taskDefaults.logDriver`. */
  readonly logDriver?: Driver;
}
export const taskSpec = objectOf<TaskSpec>()({
  container: optional(containerSpec),
  resources: optional(resourceRequirements),
  restart: optional(restartPolicy),
  placement: optional(placement),
  networks: list(networkAttachment),
  forceUpdate: uint(),
  logDriver: optional(driver),
});
