import { selectorField } from '../selector-fields.js';
import type { Node, NodeMembership, NodeRole, NodeState } from './schema.js';

/** By the names of `Selector` in proto/skep/v1/watch.proto. */
export const nodeSelectorFields = {
  roles: selectorField<Node, NodeRole>((node, role) => node.role === role),
  memberships: selectorField<Node, NodeMembership>((node, membership) => node.spec.membership === membership),
  states: selectorField<Node, NodeState>((node, state) => node.status.state === state),
};
