import type { NamedParts } from '../annotated.js';
import type { StoredObject } from '../definition.js';
import { annotations, resources } from '../parts.js';
import { flag, type Infer, list, object, oneOfWords, optional, stringMap, text } from '../schema.js';

export const nodeRoles = ['worker', 'manager'] as const;
/** Role of a node. */
export type NodeRole = (typeof nodeRoles)[number];
export const nodeMemberships = ['pending', 'accepted'] as const;
/** Tells whether a node has been accepted into the cluster. */
export type NodeMembership = (typeof nodeMemberships)[number];
export const nodeStates = ['unknown', 'down', 'ready', 'disconnected'] as const;
/** Reachability of a node. */
export type NodeState = (typeof nodeStates)[number];

export const nodeBody = object({
  /** The desired state, set by users. */
  spec: object({
    annotations,
    desiredRole: oneOfWords(nodeRoles),
    membership: oneOfWords(nodeMemberships, 'accepted'),
    availability: oneOfWords(['active', 'pause', 'drain']),
  }),
  /** Facts that the node reports about itself. */
  description: optional(
    object({
      hostname: text(),
      platform: optional(object({ architecture: text(), os: text() })),
      resources: optional(resources),
      engine: optional(
        object({
          engineVersion: text(),
          labels: stringMap(),
          plugins: list(object({ type: text(), name: text() })),
        }),
      ),
    }),
  ),
  status: object({ state: oneOfWords(nodeStates), message: text(), addr: text() }),
  managerStatus: optional(
    object({
      /** Decimal digits: an integer of 52 bits is not safe in every JSON reader. */
      memberId: text(),
      addr: text(),
      leader: flag(),
      reachability: oneOfWords(['unknown', 'unreachable', 'reachable']),
    }),
  ),
  /** The role that the node has; `spec.desiredRole` is the one it should have. */
  role: oneOfWords(nodeRoles),
});

/** A machine of the cluster. */
export interface Node extends StoredObject, Infer<typeof nodeBody> {}

/** A node is called by its host's name. */
export const nodeParts: NamedParts<Node> = {
  nameOf: (node) => node.description?.hostname ?? '',
  wantedName: (wanted) => wanted.description?.hostname,
  annotationsOf: ({ spec }) => spec?.annotations,
};
