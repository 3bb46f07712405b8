import type { StoredObject } from '../definition.js';
import { annotations, driver } from '../parts.js';
import { flag, type Infer, object, optional, SchemaError, text } from '../schema.js';

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

export const secretBody = object({
  spec: object({
    annotations,
    /** Base64. Stays in the store: the API leaves it out of everything that it answers. */
    data: text(),
    /** Driver that provides the data, when it is kept elsewhere. */
    driver: optional(driver),
    templating: optional(driver),
  }),
  /** Made by the cluster for itself. */
  internal: flag(),
});

/** Something that only the containers which name it may see. */
export interface Secret extends StoredObject, Infer<typeof secretBody> {}
