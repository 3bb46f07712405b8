import type { IndexDefinition, TableDefinition } from '../table/index.js';
import { StoreError } from './errors.js';
import { copyFields, Misfit, type DeepPartial, type ObjectSchema } from './schema.js';

/** Which transaction wrote an object, and when. Set by the store. */
export interface Meta {
  /** The version of the transaction that last wrote the object. Versions count committed transactions: 1, 2, 3, … */
  readonly version: number;
  /** Milliseconds since the epoch, by the leader's clock. */
  readonly createdAt: number;
  /** Milliseconds since the epoch, by the leader's clock; never goes back. */
  readonly updatedAt: number;
}

export interface StoredObject {
  readonly id: string;
  readonly meta: Meta;
}

/** What `create` takes: the fields that matter. `meta` may be there (objects read before) and is ignored. */
export type Draft<T extends StoredObject> = DeepPartial<T>;

/** What `update` takes: the whole object; fields left out go back to their defaults. */
export type Replacement<T extends StoredObject> = DeepPartial<T> & { readonly id: string };

/** A kind of object: its shape, its names, its indexes. The store works for any of them. */
export interface KindDefinition<T extends StoredObject = StoredObject> {
  readonly kind: string;
  /** As the API and the command line say it. */
  readonly plural: string;
  readonly body: ObjectSchema<Omit<T, 'id' | 'meta'>>;
  /** The name that people use; `''` is none. */
  readonly nameOf: (object: T) => string;
  /** Unique names are compared without case. */
  readonly uniqueName: boolean;
  readonly table: TableDefinition<T>;
}

export function defineKind<T extends StoredObject>(definition: {
  kind: string;
  plural: string;
  body: ObjectSchema<Omit<T, 'id' | 'meta'>>;
  nameOf: (object: T) => string;
  uniqueName: boolean;
  custom: (object: T) => readonly { readonly key: string; readonly val: string }[];
  indexes?: Readonly<Record<string, (object: T) => readonly (readonly string[])[]>>;
}): KindDefinition<T> {
  const { kind, plural, body, nameOf, uniqueName, custom, indexes = {} } = definition;
  const named: Record<string, IndexDefinition<T>> = {
    name: { of: (row) => (nameOf(row) === '' ? [] : [[foldName(nameOf(row))]]) },
    custom: { of: (row) => custom(row).map(({ key, val }) => [key, val]) },
  };
  for (const [name, of] of Object.entries(indexes)) named[name] = { of };
  return { kind, plural, body, nameOf, uniqueName, table: { name: kind, id: (row) => row.id, indexes: named } };
}

/** Names differ only if they differ in more than case. Independent of locale; the final sigma is a sigma. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('ς', 'σ');
}

/** The stored form of `input`: canonical, frozen, with this id and meta. Throws `INVALID_OBJECT`. */
export function canonicalObject<T extends StoredObject>(
  definition: KindDefinition<T>,
  input: object,
  id: string,
  meta: Meta,
): T {
  const { id: _id, meta: _meta, ...body } = input as Partial<StoredObject>;
  const out: Record<string, unknown> = { id, meta };
  try {
    copyFields(definition.body.fields, body, out);
  } catch (error) {
    throw asInvalid(definition.kind, error);
  }
  return Object.freeze(out) as unknown as T;
}

function asInvalid(kind: string, error: unknown): unknown {
  if (!(error instanceof Misfit)) return error;
  return new StoreError('INVALID_OBJECT', `${kind}: ${error.where} ${error.message}`, { path: error.where });
}

/** The id that the caller gave, `undefined` if none. Throws `INVALID_OBJECT`. */
export function givenId(kind: string, input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new StoreError('INVALID_OBJECT', `${kind}: must be an object`, { path: '' });
  }
  const { id } = input as { id?: unknown };
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || id === '' || !id.isWellFormed()) {
    throw new StoreError('INVALID_OBJECT', `${kind}: id must be a string of at least one character`, { path: 'id' });
  }
  return id;
}

/** The version that the caller expects the object to have, `undefined` for an unconditional write. Throws `INVALID_OBJECT`. */
export function givenVersion(kind: string, input: object): number | undefined {
  const { meta } = input as { meta?: unknown };
  if (meta === undefined) return undefined;
  const version = typeof meta === 'object' && meta !== null ? (meta as { version?: unknown }).version : null;
  if (version === undefined) return undefined;
  if (typeof version !== 'number' || !Number.isSafeInteger(version)) {
    throw new StoreError('INVALID_OBJECT', `${kind}: meta.version must be a whole number`, { path: 'meta.version' });
  }
  return version;
}
