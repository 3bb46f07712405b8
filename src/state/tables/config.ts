import { builtInKind, type StoredObject } from '../kind.js';
import { object, optional, text, type Infer } from '../schema.js';
import { annotations, driver } from './common.js';
import { checkData } from './secret.js';

/** Most bytes of a config, decoded: SwarmKit's limit. */
export const configBytesMax = 1000 * 1024;

export const configBody = object({
  spec: object({
    annotations,
    /** Base64. */
    data: text(),
    templating: optional(driver),
  }),
});

/** A file that containers get, and that anybody may see. */
export interface Config extends StoredObject, Infer<typeof configBody> {}

export const configKind = builtInKind<Config>({
  kind: 'config',
  plural: 'configs',
  body: configBody,
  nameOf: (config) => config.spec.annotations.name,
  uniqueName: true,
  custom: (config) => config.spec.annotations.indices,
  validate: (config) => checkData(config.spec.data, configBytesMax),
});
