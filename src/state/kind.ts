import type { IndexDefinition, TableDefinition } from '../table/index.js';
import { refuseUnknown } from '../base/options.js';
import { plainEqual } from '../base/plain.js';
import { StoreError } from './errors.js';
import { specVersionOf, storedMeta, type Meta } from './meta.js';
import { copyFields, isPlain, Misfit, plainCopy, type DeepPartial, type ObjectSchema } from './schema.js';

export interface StoredObject {
  readonly id: string;
  readonly meta: Meta;
}

/** What `create` takes: the fields that matter. `meta` may be there (objects read before) and is ignored. */
export type Draft<T extends StoredObject> = DeepPartial<T>;

/** What `update` takes: the whole object; fields left out go back to their defaults. */
export type Replacement<T extends StoredObject> = DeepPartial<T> & { readonly id: string };

/** Can a kind be called this? Letters, digits, `-` and `_`, and nothing that every object has. */
export function isKindName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && !(name in {});
}

/** How much of a kind a store takes. What is left out is not limited. */
export interface KindLimits {
  /** Objects of the kind. */
  readonly objects?: number;
  /** Encoded bytes of all of them together. */
  readonly bytes?: number;
  /** Encoded bytes of one. */
  readonly objectBytes?: number;
}

const limitNames = ['objects', 'bytes', 'objectBytes'] as const;

/** Throws a `RangeError` or `TypeError` that names the limit. */
export function checkLimits(kind: string, limits: KindLimits): void {
  refuseUnknown(`the limits of ${kind}`, limits, limitNames);
  for (const name of limitNames) {
    const limit: unknown = limits[name];
    if (limit !== undefined && !(typeof limit === 'number' && limit >= 0))
      throw new RangeError(`${kind}: the limit of ${name} must be a number from 0`);
  }
}

/** What every member is told of a kind that users defined: enough to list it and to say what it is, not to write it. */
export interface KindDescription {
  readonly kind: string;
  readonly plural: string;
  readonly indexes: readonly string[];
  /** Of the indexes, those whose values stand once. */
  readonly unique: readonly string[];
}

/** A kind of object: its shape, its names, its indexes. The store works for any of them. */
export interface KindDefinition<T extends StoredObject = StoredObject> {
  readonly kind: string;
  /** As the API and the command line say it. */
  readonly plural: string;
  /**
   * Puts the fields of `body`, in canonical form, into `into`. Parts that are those of `old`, itself and not a copy, are
   * canonical already. Throws {@link Misfit}.
   */
  readonly fill: (body: object, into: Record<string, unknown>, old: T | undefined) => void;
  /** The name that people use; `''` is none. */
  readonly nameOf: (object: T) => string;
  /** Indexes whose keys stand once. */
  readonly unique: readonly string[];
  /** Refuses an object beyond what its shape says, by throwing {@link Misfit}. Asked where it is written, not where it is applied. */
  readonly validate?: (object: T, old: T | undefined) => void;
  readonly limits?: KindLimits;
  readonly table: TableDefinition<T>;
  /** Of a kind that users defined. */
  readonly description?: KindDescription;
  /** The definition is not here: objects are kept and handed on, and written by nobody. */
  readonly unknown?: true;
}

/** A kind that the store brings along, and whose messages are in proto/. */
export interface BuiltInKind<T extends StoredObject = StoredObject> extends KindDefinition<T> {
  readonly body: ObjectSchema<Omit<T, 'id' | 'meta'>>;
}

export function builtInKind<T extends StoredObject>(definition: {
  kind: string;
  plural: string;
  body: ObjectSchema<Omit<T, 'id' | 'meta'>>;
  nameOf: (object: T) => string;
  uniqueName: boolean;
  custom: (object: T) => readonly { readonly key: string; readonly val: string }[];
  indexes?: Readonly<Record<string, (object: T) => readonly (readonly string[])[]>>;
  validate?: (object: T) => void;
}): BuiltInKind<T> {
  const { kind, plural, body, nameOf, uniqueName, custom, indexes = {}, validate } = definition;
  const named: Record<string, IndexDefinition<T>> = {
    name: nameIndex(nameOf),
    custom: { of: (row) => custom(row).map(({ key, val }) => [key, val]) },
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
  };
}

/** Names are found without case; an empty one is none. */
export function nameIndex<T extends StoredObject>(nameOf: (object: T) => string): IndexDefinition<T> {
  return { of: (row) => (nameOf(row) === '' ? [] : [[foldName(nameOf(row))]]) };
}

/** Names differ only if they differ in more than case. Independent of locale; the final sigma is a sigma. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('ς', 'σ');
}

/**
 * Returns the stored form of `input`: canonical, frozen, with this id and the meta of `stamped`. Throws
 * `INVALID_OBJECT`.
 */
export function canonicalObject<T extends StoredObject>(
  definition: KindDefinition<T>,
  input: object,
  id: string,
  meta: Meta,
  old?: T,
  stamped = storedMeta,
): T {
  const { id: _id, meta: _meta, ...body } = input as Partial<StoredObject>;
  const out: Record<string, unknown> = { id, meta };
  refusing(definition.kind, () => definition.fill(body, out, old));
  const specKept = old !== undefined && 'spec' in out && plainEqual(out.spec, (old as { spec?: unknown }).spec);
  out.meta = stamped(meta, specKept ? specVersionOf(old) : undefined);
  return Object.freeze(out) as unknown as T;
}

/** An object of a kind that is not known here, as it can be sent: plain data only. Throws `INVALID_OBJECT`. */
export function plainObject<T extends StoredObject>(kind: string, object: T): T {
  givenId(kind, object);
  return refusing(kind, () => plainCopy(object)) as T;
}

/** Asks the kind's own rules. Throws `INVALID_OBJECT`. */
export function validateObject<T extends StoredObject>(
  definition: KindDefinition<T>,
  object: T,
  old: T | undefined,
): void {
  const { validate } = definition;
  if (validate) refusing(definition.kind, () => validate(object, old));
}

function refusing<T>(kind: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof Misfit)) throw error;
    const where = error.where === '' ? '' : `${error.where} `;
    throw new StoreError('INVALID_OBJECT', `${kind}: ${where}${error.message}`, { path: error.where });
  }
}

/** The id that the caller gave, `undefined` if none. Throws `INVALID_OBJECT`. */
export function givenId(kind: string, input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new StoreError('INVALID_OBJECT', `${kind}: must be an object`, { path: '' });
  }
  if (!isPlain(input)) {
    const what = 'must be a plain object: no instance of a class, no promise';
    throw new StoreError('INVALID_OBJECT', `${kind}: ${what}`, { path: '' });
  }
  const { id } = input as { id?: unknown };
  if (id === undefined) return undefined;
  const refuse = (why: string) => new StoreError('INVALID_OBJECT', `${kind}: id ${why}`, { path: 'id' });
  if (typeof id !== 'string' || id === '') throw refuse('must be a string of at least one character');
  if (!id.isWellFormed()) throw refuse('must not hold a lone surrogate (it cannot be written as UTF-8)');
  return id;
}

/** What a logged or saved object says of who wrote it, as far as it does. Throws `INVALID_OBJECT`. */
export function givenMeta(kind: string, input: object): Partial<Meta> {
  const { meta = {} } = input as { meta?: unknown };
  if (typeof meta !== 'object' || meta === null)
    throw new StoreError('INVALID_OBJECT', `${kind}: meta must be an object`, { path: 'meta' });
  for (const field of ['version', 'createdAt', 'updatedAt'] as const) {
    const value = (meta as Readonly<Record<string, unknown>>)[field];
    if (value === undefined || (Number.isSafeInteger(value) && (field !== 'version' || (value as number) >= 0)))
      continue;
    throw new StoreError('INVALID_OBJECT', `${kind}: meta.${field} must be a whole number`, { path: `meta.${field}` });
  }
  return meta;
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

export type { Meta };
