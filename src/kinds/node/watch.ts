import { type By, byIndex } from '../by.js';
import { commonChecks } from '../checks.js';
import type { CreateEvent, DeleteEvent, UpdateEvent } from '../events.js';
import { type CheckFunc, keyCheck, type SpecifierFunction, specifiersOf } from '../specifiers.js';
import { type NodeMembership, nodeParts, type NodeRole } from './schema.js';

// Lookups.

/** Nodes whose `role` (not `spec.desiredRole`) is this. */
export const byRole = (role: NodeRole): By<'node'> => byIndex('role', [role]);
/** Nodes by `spec.membership`. */
export const byMembership = (membership: NodeMembership): By<'node'> => byIndex('membership', [membership]);

// Checks of what a watcher names against the object that changed.

/** Compares a literal with a changed node. */
export type NodeCheckFunc = CheckFunc<'node'>;

const checks = commonChecks<'node'>(nodeParts);

/** The changed node has the literal's id. */
export const nodeCheckId: NodeCheckFunc = checks.id;
/** The changed node's id begins with the literal's. */
export const nodeCheckIdPrefix: NodeCheckFunc = checks.idPrefix;
/** The changed node has the literal's host name, compared without case. */
export const nodeCheckName: NodeCheckFunc = checks.name;
/** The changed node's host name begins with the literal's, compared without case. */
export const nodeCheckNamePrefix: NodeCheckFunc = checks.namePrefix;
/** The changed node has the one index entry that the literal names. */
export const nodeCheckCustom: NodeCheckFunc = checks.custom;
/** The changed node has an index entry with the literal's key, and a value that begins with the literal's. */
export const nodeCheckCustomPrefix: NodeCheckFunc = checks.customPrefix;

/** The node is in the state that the literal's `status.state` names. */
export const nodeCheckState: NodeCheckFunc = keyCheck<'node'>({
  wanted: (wanted) => wanted.status?.state,
  changed: (node) => node.status.state,
});
/** The node has the role that the literal's `role` names. */
export const nodeCheckRole: NodeCheckFunc = keyCheck<'node'>({
  wanted: (wanted) => wanted.role,
  changed: (node) => node.role,
});
/** The node's `spec.membership` is the literal's. */
export const nodeCheckMembership: NodeCheckFunc = keyCheck<'node'>({
  wanted: (wanted) => wanted.spec?.membership,
  changed: (node) => node.spec.membership,
});

// Specifiers, and the events that they select.

const specifiers = specifiersOf('node');

/** Specifies creates of nodes: an optional literal, then checks. */
export const EventCreateNode: SpecifierFunction<'node', EventCreateNode> = specifiers.create;
/** Specifies updates of nodes: an optional literal, then checks. */
export const EventUpdateNode: SpecifierFunction<'node', EventUpdateNode> = specifiers.update;
/** Specifies deletes of nodes: an optional literal, then checks. */
export const EventDeleteNode: SpecifierFunction<'node', EventDeleteNode> = specifiers.delete;
/** A committed create of a node. */
export type EventCreateNode = CreateEvent<'node'>;
/** A committed update of a node. */
export type EventUpdateNode = UpdateEvent<'node'>;
/** A committed delete of a node. */
export type EventDeleteNode = DeleteEvent<'node'>;
