import { objectOf } from '../object-of.js';
import { stringMap, text } from '../schema.js';

/** A plug-in by name, with its options. */
export interface Driver {
  /** Name of the plug-in, such as `overlay` or `json-file`. */
  readonly name: string;
  /** Settings that the plug-in receives, by its own keys. */
  readonly options: Readonly<Record<string, string>>;
}
export const driver = objectOf<Driver>()({ name: text(), options: stringMap() });
