import { clusterKind } from '../tables/cluster.js';
import { commonChecks } from './common.js';

export const {
  id: clusterCheckId,
  idPrefix: clusterCheckIdPrefix,
  name: clusterCheckName,
  namePrefix: clusterCheckNamePrefix,
  custom: clusterCheckCustom,
  customPrefix: clusterCheckCustomPrefix,
} = commonChecks<'cluster'>({
  name: clusterKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (cluster) => cluster.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
