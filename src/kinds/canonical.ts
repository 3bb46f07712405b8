import { plainEqual } from '../base/plain.js';
import { StoreError } from '../base/store-error.js';
import type { KindDefinition, StoredObject } from './definition.js';
import { type Meta, specVersionOf, storedMeta } from './meta.js';
import { isPlain, plainCopy, SchemaError } from './schema.js';

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
    if (!(error instanceof SchemaError)) throw error;
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

/** Returns the meta of a logged or saved object, as far as it is there. Throws `INVALID_OBJECT`. */
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
