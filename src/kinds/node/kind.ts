import { type BuiltInKind, builtInKind } from '../built-in.js';
import { type Node, nodeBody, nodeParts } from './schema.js';
import { nodeSelectorFields } from './selectors.js';

export const nodeKind: BuiltInKind<Node, 'node', 'nodes'> = builtInKind({
  kind: 'node',
  plural: 'nodes',
  body: nodeBody,
  parts: nodeParts,
  uniqueName: false,
  indexes: {
    role: (node) => [[node.role]],
    membership: (node) => [[node.spec.membership]],
  },
  columns: [
    ['ROLE', (node) => node.role],
    ['STATE', (node) => node.status.state],
    ['AVAILABILITY', (node) => node.spec.availability],
  ],
  selectorFields: nodeSelectorFields,
});
