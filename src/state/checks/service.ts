import { serviceKind } from '../tables/service.js';
import { commonChecks } from './common.js';

export const {
  id: serviceCheckId,
  idPrefix: serviceCheckIdPrefix,
  name: serviceCheckName,
  namePrefix: serviceCheckNamePrefix,
  custom: serviceCheckCustom,
  customPrefix: serviceCheckCustomPrefix,
} = commonChecks<'service'>({
  name: serviceKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (service) => service.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
