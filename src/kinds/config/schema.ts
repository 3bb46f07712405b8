import type { StoredObject } from '../definition.js';
import { annotations, driver } from '../parts.js';
import { type Infer, object, optional, text } from '../schema.js';

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
