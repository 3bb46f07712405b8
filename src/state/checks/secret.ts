import { secretKind } from '../tables/secret.js';
import { commonChecks } from './common.js';

export const {
  id: secretCheckId,
  idPrefix: secretCheckIdPrefix,
  name: secretCheckName,
  namePrefix: secretCheckNamePrefix,
  custom: secretCheckCustom,
  customPrefix: secretCheckCustomPrefix,
} = commonChecks<'secret'>({
  name: secretKind.nameOf,
  wantedName: (wanted) => wanted.spec?.annotations?.name,
  indices: (secret) => secret.spec.annotations.indices,
  wantedIndices: (wanted) => wanted.spec?.annotations?.indices,
});
