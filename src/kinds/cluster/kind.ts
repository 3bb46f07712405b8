import { type BuiltInKind, builtInKind } from '../built-in.js';
import { objectName } from '../names.js';
import { type Cluster, clusterBody } from './schema.js';

export const clusterKind: BuiltInKind<Cluster, 'cluster', 'clusters'> = builtInKind({
  kind: 'cluster',
  plural: 'clusters',
  body: clusterBody,
  uniqueName: true,
  rules: { name: objectName },
});
