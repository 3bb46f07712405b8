import type { NamedParts } from '../annotated.js';
import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Platform, platform, type Resources, resources } from '../parts/resources.js';
import { flag, int, list, oneOfWords, optional, stringMap, text } from '../schema.js';

export const nodeRoles = ['worker', 'manager'] as const;
/** Role of a node. */
export type NodeRole = (typeof nodeRoles)[number];
export const nodeMemberships = ['pending', 'accepted'] as const;
/** Tells whether a node has been accepted into the cluster. */
export type NodeMembership = (typeof nodeMemberships)[number];
export const nodeStates = ['unknown', 'down', 'ready', 'disconnected'] as const;
/** Reachability of a node. */
export type NodeState = (typeof nodeStates)[number];

/** Desired state of a node, set by users. */
export interface NodeSpec {
  /** Labels and index entries of the node; lookups by name use `description.hostname`. */
  readonly annotations: Annotations;
  /** Role that the node should have. Default `worker`. */
  readonly desiredRole: NodeRole;
  /** Admission of the node into the cluster; `pending` waits for a person. Default `accepted`. */
  readonly membership: NodeMembership;
  /** `active` takes tasks, `pause` takes no new ones, `drain` gives up those it has. Default `active`. */
  readonly availability: 'active' | 'pause' | 'drain';
}
const nodeSpec = objectOf<NodeSpec>()({
  annotations,
  desiredRole: oneOfWords(nodeRoles),
  membership: oneOfWords(nodeMemberships, 'accepted'),
  availability: oneOfWords(['active', 'pause', 'drain']),
});

/** A plug-in of a container engine. */
export interface EnginePlugin {
  /** Sort of the plug-in, such as `Network`, `Volume` or `Log`. */
  readonly type: string;
  /** Name by which a driver field refers to the plug-in. */
  readonly name: string;
}
const enginePlugin = objectOf<EnginePlugin>()({ type: text(), name: text() });

/** The container engine of a node. */
export interface EngineDescription {
  /** Version of the engine, such as `27.3.1`. */
  readonly engineVersion: string;
  /** Labels that the engine was started with; constraints see them as `engine.labels`. */
  readonly labels: Readonly<Record<string, string>>;
  /** Plug-ins that the engine has. */
  readonly plugins: readonly EnginePlugin[];
}
const engineDescription = objectOf<EngineDescription>()({
  engineVersion: text(),
  labels: stringMap(),
  plugins: list(enginePlugin),
});

/** Facts that a node reports about itself. */
export interface NodeDescription {
  /** Host name of the machine: the name under which `byName` finds the node. */
  readonly hostname: string;
  /** Hardware and operating system. */
  readonly platform?: Platform;
  /** Resources of the whole machine, whether in use or free. */
  readonly resources?: Resources;
  /** Container engine of the node. */
  readonly engine?: EngineDescription;
}
const nodeDescription = objectOf<NodeDescription>()({
  hostname: text(),
  platform: optional(platform),
  resources: optional(resources),
  engine: optional(engineDescription),
});

/** Current state of a node, as the cluster sees it. */
export interface NodeStatus {
  /** Reachability of the node. Default `unknown`. */
  readonly state: NodeState;
  /** Reason for the state, for people; empty when there is none. */
  readonly message: string;
  /** Address from which the node was last seen. */
  readonly addr: string;
  /** Time at which the state was reached, ms since the epoch. Default 0: not known. */
  readonly timestamp: number;
}
const nodeStatus = objectOf<NodeStatus>()({
  state: oneOfWords(nodeStates),
  message: text(),
  addr: text(),
  timestamp: int(),
});

/** State of the manager that runs on a node. */
export interface ManagerStatus {
  /** Raft id of the manager as decimal digits: some JSON readers round integers of 52 bits. */
  readonly memberId: string;
  /** Address at which other managers reach it, `host:port`. */
  readonly addr: string;
  /** True: it is the leader. Default `false`. */
  readonly leader: boolean;
  /** Reachability of the manager for the leader. Default `unknown`. */
  readonly reachability: 'unknown' | 'unreachable' | 'reachable';
}
const managerStatus = objectOf<ManagerStatus>()({
  memberId: text(),
  addr: text(),
  leader: flag(),
  reachability: oneOfWords(['unknown', 'unreachable', 'reachable']),
});

/** The Docker engine that runs the tasks of a node. */
export interface NodeEngine {
  /** Address of the engine, `host:port`. */
  readonly addr: string;
  /** Newest version of Docker's API that it speaks, such as `1.41`. */
  readonly apiVersion: string;
  /** Id of the engine in a Docker swarm of its own; empty without one. */
  readonly swarmNode: string;
  /** True: it manages that swarm. Default `false`. */
  readonly swarmControl: boolean;
}
const nodeEngine = objectOf<NodeEngine>()({
  addr: text(),
  apiVersion: text(),
  swarmNode: text(),
  swarmControl: flag(),
});

/** A machine of the cluster. */
export interface Node extends StoredObject {
  /** Desired state, set by users. */
  readonly spec: NodeSpec;
  /** Facts that the node reports about itself; absent until it has. */
  readonly description?: NodeDescription;
  /** Current state, as the cluster sees it. */
  readonly status: NodeStatus;
  /** State of its manager; absent on a worker. */
  readonly managerStatus?: ManagerStatus;
  /** Role that the node has; `spec.desiredRole` is the one it should have. Default `worker`. */
  readonly role: NodeRole;
  /** Engine that runs its tasks; absent when managers drive none for it. */
  readonly engine?: NodeEngine;
}
export const nodeBody = objectOf<BodyOf<Node>>()({
  spec: nodeSpec,
  description: optional(nodeDescription),
  status: nodeStatus,
  managerStatus: optional(managerStatus),
  role: oneOfWords(nodeRoles),
  engine: optional(nodeEngine),
});

/** A node is called by its host's name. */
export const nodeParts: NamedParts<Node> = {
  nameOf: (node) => node.description?.hostname ?? '',
  wantedName: (wanted) => wanted.description?.hostname,
  annotationsOf: ({ spec }) => spec?.annotations,
};
