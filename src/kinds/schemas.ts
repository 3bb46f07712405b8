// The schemas that a custom kind can be made of: `schema.object({ queue: schema.text() })`.
export {
  flag,
  float,
  int,
  list,
  object,
  oneOf,
  oneOfWords,
  optional,
  plain,
  stringMap,
  text,
  uint,
  uint32,
} from './schema.js';
export type { Infer, ObjectSchema, OptionalSchema, Schema } from './schema.js';
