import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { text } from '../schema.js';

/** Fields of one text under a key. The key is the id of the object. */
export interface KvBody {
  /** Text under the key. */
  readonly value: string;
}

/** Texts under keys: what `skep put` writes and `skep get` reads. For typed values, define a kind. */
export const kv: SystemKind<KvBody, Record<never, never>, 'kv'> = defineKind({
  name: 'kv',
  plural: 'kv',
  schema: objectOf<KvBody>()({ value: text() }),
  indexes: {},
});
