import { keyCheck } from '../specifiers.js';
import { nodeKind } from '../tables/node.js';
import { commonChecks } from './common.js';

export const {
  id: nodeCheckId,
  idPrefix: nodeCheckIdPrefix,
  name: nodeCheckName,
  namePrefix: nodeCheckNamePrefix,
  custom: nodeCheckCustom,
  customPrefix: nodeCheckCustomPrefix,
} = commonChecks<'node'>({
  name: nodeKind.nameOf,
  wantedName: (wanted) => wanted.description?.hostname,
  indices: (node) => node.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});

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
