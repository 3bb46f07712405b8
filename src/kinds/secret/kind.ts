import { type BuiltInKind, builtInKind } from '../built-in.js';
import { secretRules } from './rules.js';
import { checkData, type Secret, secretBody, secretBytesMax } from './schema.js';

export const secretKind: BuiltInKind<Secret, 'secret', 'secrets'> = builtInKind({
  kind: 'secret',
  plural: 'secrets',
  body: secretBody,
  uniqueName: true,
  validate: (secret) => checkData(secret.spec.data, secretBytesMax),
  rules: secretRules,
  hidden: ['spec.data'],
});
