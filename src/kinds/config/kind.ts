import { type BuiltInKind, builtInKind } from '../built-in.js';
import { checkData } from '../secret/schema.js';
import { configRules } from './rules.js';
import { type Config, configBody, configBytesMax } from './schema.js';

export const configKind: BuiltInKind<Config, 'config', 'configs'> = builtInKind({
  kind: 'config',
  plural: 'configs',
  body: configBody,
  uniqueName: true,
  validate: (config) => checkData(config.spec.data, configBytesMax),
  rules: configRules,
});
