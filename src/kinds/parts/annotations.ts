import { objectOf } from '../object-of.js';
import { list, stringMap, text } from '../schema.js';

/** One entry of an object in an index that users keep. */
export interface IndexEntry {
  /** Name of the index, as `byCustom` takes it. */
  readonly key: string;
  /** Value under which `byCustom` finds the object. */
  readonly val: string;
}
const indexEntry = objectOf<IndexEntry>()({ key: text(), val: text() });

/** Name, labels and index entries of an object. */
export interface Annotations {
  /** Name of the object for people. Compared without case; empty means unnamed: not indexed, never in conflict. */
  readonly name: string;
  /** Free texts by key, for the tools of users. */
  readonly labels: Readonly<Record<string, string>>;
  /** Entries by which `byCustom` finds the object. */
  readonly indices: readonly IndexEntry[];
}
export const annotations = objectOf<Annotations>()({ name: text(), labels: stringMap(), indices: list(indexEntry) });
