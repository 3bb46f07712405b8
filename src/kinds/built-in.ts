import type { IndexDefinition } from '../table/index.js';
import { type NamedParts, specParts } from './annotated.js';
import { type BodyOf, type KindDefinition, nameIndex, type StoredObject } from './definition.js';
import type { Annotations } from './parts/index.js';
import type { KindRules } from './rules.js';
import { copyFields, type DeepPartial, type ObjectSchema } from './schema.js';
import type { SelectorField } from './selector-fields.js';

/** A column of the command line's tables: its heading and its cells. */
export type Column<T> = readonly [heading: string, cell: (object: T) => string | number | boolean | undefined];

/** A kind with its own message in proto/. Everything that the layers above need to know of it stands here. */
export interface BuiltInKind<
  T extends StoredObject = StoredObject,
  K extends string = string,
  P extends string = string,
> extends KindDefinition<T> {
  readonly kind: K;
  readonly plural: P;
  readonly body: ObjectSchema<BodyOf<T>>;
  /** Beside id and name. */
  readonly columns: readonly Column<T>[];
  /** The API asks them; the store does not. */
  readonly rules: KindRules<T>;
  /** Paths of texts that never leave the cluster: answers have `''` there. */
  readonly hidden: readonly string[];
  /** Fields of a watch selector that only this kind has. */
  readonly selectorFields: Readonly<Record<string, SelectorField>>;
}

interface Options<T extends StoredObject, K extends string, P extends string> {
  readonly kind: K;
  readonly plural: P;
  readonly body: ObjectSchema<BodyOf<T>>;
  /** Default: `spec.annotations`. */
  readonly parts?: NamedParts<T>;
  readonly uniqueName: boolean;
  /** Beside `name` and `custom`. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly (readonly string[])[]>>;
  readonly validate?: (object: T) => void;
  readonly columns?: readonly Column<T>[];
  readonly rules?: KindRules<T>;
  readonly hidden?: readonly string[];
  readonly selectorFields?: Readonly<Record<string, SelectorField>>;
}

export function builtInKind<T extends StoredObject, K extends string, P extends string>(
  options: Options<T, K, P>,
): BuiltInKind<T, K, P> {
  const { kind, plural, body, uniqueName, indexes = {}, validate, columns = [], rules = {} } = options;
  const { nameOf, annotationsOf } = options.parts ?? (specParts as unknown as NamedParts<T>);
  const indicesOf = (row: T) => (annotationsOf(row as unknown as DeepPartial<T>) as Annotations).indices;
  const named: Record<string, IndexDefinition<T>> = {
    name: nameIndex(nameOf),
    custom: { of: (row) => indicesOf(row).map(({ key, val }) => [key, val]) },
  };
  for (const [name, of] of Object.entries(indexes)) named[name] = { of };
  return {
    kind,
    plural,
    body,
    fill: (from, into, old) => copyFields(body.fields, from, into, old),
    nameOf,
    unique: uniqueName ? ['name'] : [],
    ...(validate && { validate }),
    table: { name: kind, id: (row) => row.id, indexes: named },
    columns,
    rules,
    hidden: options.hidden ?? [],
    selectorFields: options.selectorFields ?? {},
  };
}
