import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, keyCheck, specifiersOf } from '../specifiers.js';
import { type NodeMembership, nodeParts, type NodeRole } from './schema.js';

// Lookups.

/** Nodes whose `role` (not `spec.desiredRole`) is this. */
export const byRole = (role: NodeRole): By<'node'> => byIndex('role', [role]);
/** Nodes by `spec.membership`. */
export const byMembership = (membership: NodeMembership): By<'node'> => byIndex('membership', [membership]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed node. */
export type NodeCheckFunc = CheckFunc<'node'>;

/** Checks of the id, name or index entry of a node against the literal; names without case. */
export const {
  id: nodeCheckId,
  idPrefix: nodeCheckIdPrefix,
  name: nodeCheckName,
  namePrefix: nodeCheckNamePrefix,
  custom: nodeCheckCustom,
  customPrefix: nodeCheckCustomPrefix,
} = commonChecks<'node'>(nodeParts);

/** The node is in the state that the literal's `status.state` names. */
export const nodeCheckState = keyCheck<'node'>({
  wanted: (wanted) => wanted.status?.state,
  changed: (node) => node.status.state,
});
/** The node has the role that the literal's `role` names. */
export const nodeCheckRole = keyCheck<'node'>({ wanted: (wanted) => wanted.role, changed: (node) => node.role });
/** The node's `spec.membership` is the literal's. */
export const nodeCheckMembership = keyCheck<'node'>({
  wanted: (wanted) => wanted.spec?.membership,
  changed: (node) => node.spec.membership,
});

// Specifiers, and the events that they select.

/** Specifiers of nodes that were created, updated or deleted: an optional literal, then checks. */
export const { create: EventCreateNode, update: EventUpdateNode, delete: EventDeleteNode } = specifiersOf('node');
/** A committed create of a node. */
export type EventCreateNode = CreateEvent<'node'>;
/** A committed update of a node. */
export type EventUpdateNode = UpdateEvent<'node'>;
/** A committed delete of a node. */
export type EventDeleteNode = DeleteEvent<'node'>;
