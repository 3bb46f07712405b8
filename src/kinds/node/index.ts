export { type Node, type NodeMembership, type NodeRole, type NodeState } from './schema.js';
export {
  EventCreateNode,
  EventDeleteNode,
  EventUpdateNode,
  byMembership,
  byRole,
  nodeCheckCustom,
  nodeCheckCustomPrefix,
  nodeCheckId,
  nodeCheckIdPrefix,
  nodeCheckMembership,
  nodeCheckName,
  nodeCheckNamePrefix,
  nodeCheckRole,
  nodeCheckState,
  type NodeCheckFunc,
} from './watch.js';
