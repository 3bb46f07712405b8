import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { optional, text } from '../schema.js';

/** Most bytes of a config, decoded: SwarmKit's limit. */
export const configBytesMax = 1000 * 1024;

/** Content of a config, set by users. */
export interface ConfigSpec {
  /** Name, labels and index entries of the config. */
  readonly annotations: Annotations;
  /** Content as base64, at most 1,024,000 bytes decoded. The API refuses to change it. */
  readonly data: string;
  /** Driver that fills in the content as a template; absent leaves it as it is. */
  readonly templating?: Driver;
}
const configSpec = objectOf<ConfigSpec>()({ annotations, data: text(), templating: optional(driver) });

/** A file that containers get, and that every user may see. */
export interface Config extends StoredObject {
  /** Content, set by users. */
  readonly spec: ConfigSpec;
}
export const configBody = objectOf<BodyOf<Config>>()({ spec: configSpec });
