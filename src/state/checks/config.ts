import { configKind } from '../tables/config.js';
import { commonChecks } from './common.js';

export const {
  id: configCheckId,
  idPrefix: configCheckIdPrefix,
  name: configCheckName,
  namePrefix: configCheckNamePrefix,
  custom: configCheckCustom,
  customPrefix: configCheckCustomPrefix,
} = commonChecks<'config'>({
  name: configKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (config) => config.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
