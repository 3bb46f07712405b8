import { networkKind } from '../tables/network.js';
import { commonChecks } from './common.js';

export const {
  id: networkCheckId,
  idPrefix: networkCheckIdPrefix,
  name: networkCheckName,
  namePrefix: networkCheckNamePrefix,
  custom: networkCheckCustom,
  customPrefix: networkCheckCustomPrefix,
} = commonChecks<'network'>({
  name: networkKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (network) => network.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
