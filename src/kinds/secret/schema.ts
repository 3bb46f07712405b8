import type { BodyOf, StoredObject } from '../definition.js';
import { objectOf } from '../object-of.js';
import { type Annotations, annotations } from '../parts/annotations.js';
import { type Driver, driver } from '../parts/driver.js';
import { flag, optional, SchemaError, text } from '../schema.js';

/** Most bytes of a secret, decoded: SwarmKit's limit. */
export const secretBytesMax = 500 * 1024;

/**
 * Matches base64 with padding, as in Docker's API and RFC 4648 §4; the length is checked separately to be a multiple of
 * four.
 */
const base64Pattern = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Refuses data of more than `max` decoded bytes, and then data that is not base64. The order matters: a pattern takes
 * memory in proportion to its input.
 */
export function checkData(data: string, max: number): void {
  const path = ['spec', 'data'];
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  const bytes = Math.floor((data.length / 4) * 3) - padding;
  if (bytes > max) throw new SchemaError(`must be at most ${max} bytes, is ${bytes}`, path);
  if (data.length % 4 !== 0 || !base64Pattern.test(data)) throw new SchemaError('must be base64', path);
}

/** Content of a secret, set by users. */
export interface SecretSpec {
  /** Name, labels and index entries of the secret. */
  readonly annotations: Annotations;
  /** Content as base64, at most 512,000 bytes decoded. The API refuses to change it and never answers with it. */
  readonly data: string;
  /** Driver that provides the data, when it is kept elsewhere. */
  readonly driver?: Driver;
  /** Driver that fills in the content as a template; absent leaves it as it is. */
  readonly templating?: Driver;
}
const secretSpec = objectOf<SecretSpec>()({
  annotations,
  data: text(),
  driver: optional(driver),
  templating: optional(driver),
});

/** Something that only the containers which name it may see. */
export interface Secret extends StoredObject {
  /** Content, set by users. */
  readonly spec: SecretSpec;
  /** True: the cluster made it for itself. Default `false`. */
  readonly internal: boolean;
}
export const secretBody = objectOf<BodyOf<Secret>>()({ spec: secretSpec, internal: flag() });
