import { volumeKind } from '../tables/volume.js';
import { commonChecks } from './common.js';

export const {
  id: volumeCheckId,
  idPrefix: volumeCheckIdPrefix,
  name: volumeCheckName,
  namePrefix: volumeCheckNamePrefix,
  custom: volumeCheckCustom,
  customPrefix: volumeCheckCustomPrefix,
} = commonChecks<'volume'>({
  name: volumeKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (volume) => volume.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
