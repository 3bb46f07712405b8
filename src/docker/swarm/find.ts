import type { ReadTable, StoredObject } from '../../kinds/index.js';
import { byIdPrefix } from '../../kinds/index.js';
import { ApiError } from '../answers.js';

/** A thing that clients name by id, by name, or by the beginning of its id. */
interface Named {
  readonly id: string;
}

/** Lookups of a thing that clients name. */
interface Finding<T extends Named> {
  /** Word for it in an error: `service`. */
  readonly what: string;
  readonly byId: (id: string) => T | undefined;
  /** Those whose name is exactly this. */
  readonly byName: (name: string) => readonly T[];
  readonly byIdPrefix: (prefix: string) => readonly T[];
}

/**
 * Finds what a client names: by its whole id, else by its name, else by the beginning of its id.
 * @throws {ApiError} 404; 400 when several fit.
 */
export function findNamed<T extends Named>(name: string, { what, byId, byName, byIdPrefix: byPrefix }: Finding<T>): T {
  const whole = byId(name);
  if (whole) return whole;
  const named = byName(name);
  const found = named.length > 0 ? named : name === '' ? [] : byPrefix(name);
  if (found.length > 1) throw new ApiError(400, `${what} ${name} is ambiguous (${found.length} matches found)`);
  return found[0] ?? notThere(what, name);
}

function notThere(what: string, name: string): never {
  throw new ApiError(404, `${what} ${name} not found`);
}

/** Finds an object of a table. The names of the store have no case; those of Docker have. */
export function findIn<T extends StoredObject>(
  table: ReadTable<T>,
  name: string,
  { what, nameOf, lookup }: FindIn<T>,
): T {
  return findNamed(name, {
    what,
    byId: (id) => table.get(id),
    byName: (wanted) => lookup(wanted).filter((one) => nameOf(one) === wanted),
    byIdPrefix: (prefix) => table.find(byIdPrefix(prefix), { limit: ambiguousMax }),
  });
}

interface FindIn<T> {
  readonly what: string;
  readonly nameOf: (object: T) => string;
  /** Those whose name may be this. */
  readonly lookup: (name: string) => readonly T[];
}

/** Most matches that an error counts. */
const ambiguousMax = 100;
