import { StoreError } from '../base/store-error.js';
import { type Lookup, lookupHolds, type TableReader, type Visit } from '../table/index.js';
import { all, type By } from './by.js';
import type { KindDefinition, StoredObject } from './definition.js';
import { nestingMax } from './schema.js';

/** Limits of a lookup: how many objects, and after which one. */
export interface FindOptions<T extends StoredObject = StoredObject> {
  /** At most so many objects, from 1. */
  readonly limit?: number | undefined;
  /**
   * Only what comes behind this object in the order of the lookup: the last one of the page before. An id is enough
   * where the order is by id, and wherever an object of that id is there.
   */
  readonly after?: string | T | undefined;
  /** Only objects for which this holds. Asked of what the lookup finds, one by one. */
  readonly where?: ((object: T) => boolean) | undefined;
}

type AnyKind = KindDefinition<StoredObject>;

function refuse(kind: AnyKind, by: unknown): StoreError {
  const name = (by as { lookup?: Lookup } | undefined)?.lookup?.index;
  return new StoreError(
    'INVALID_FIND_BY',
    name === undefined
      ? `find for ${kind.plural} takes what all, byId, byName, … make`
      : `${kind.plural} have no index "${name}"; they have ${Object.keys(kind.table.indexes).join(', ') || 'none'}`,
  );
}

/**
 * Throws `INVALID_FIND_BY` unless `by`, with all its branches, is for this kind, and nested no deeper than data may be.
 */
function checkBy(kind: AnyKind, by: By, level = 1): void {
  if (level > nestingMax)
    throw new StoreError(
      'INVALID_FIND_BY',
      `a lookup is nested deeper than ${nestingMax} levels: list the branches flat`,
    );
  switch (by?.by) {
    case 'all':
    case 'id':
    case 'ids':
      return;
    case 'index':
      if (!Object.hasOwn(kind.table.indexes, by.lookup.index)) throw refuse(kind, by);
      return;
    case 'or':
    case 'and':
      for (const branch of by.bys) checkBy(kind, branch, level + 1);
      return;
    default:
      throw refuse(kind, by);
  }
}

function checkOptions({ limit, after, where }: FindOptions<never>): void {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0))
    throw new TypeError('limit must be a whole number from 1');
  if (where !== undefined && typeof where !== 'function') throw new TypeError('where must be a function');
  if (after !== undefined && typeof after !== 'string' && typeof (after as Partial<StoredObject>)?.id !== 'string')
    throw new TypeError('after must be an object or its id');
}

/** Runs a lookup. The array is the caller's, the objects are shared. Throws `INVALID_FIND_BY`. */
export function findBy<T extends StoredObject>(
  kind: KindDefinition<T>,
  rows: TableReader<T>,
  by: By,
  options?: FindOptions<T>,
): T[] {
  checkBy(kind as unknown as AnyKind, by);
  if (options === undefined) return run(rows, by);
  checkOptions(options as unknown as FindOptions<never>);
  const { limit = Infinity, after, where } = options;
  const found: T[] = [];
  scanBy(rows, by, after, (row) => {
    if (where === undefined || where(row)) found.push(row);
    return found.length < limit;
  });
  return found;
}

/** Counts the objects that a lookup finds. Throws `INVALID_FIND_BY`. */
export function countBy<T extends StoredObject>(kind: KindDefinition<T>, rows: TableReader<T>, by: By): number {
  checkBy(kind as unknown as AnyKind, by);
  if (by.by === 'all') return rows.size;
  let count = 0;
  scanBy(rows, by, undefined, () => ++count > 0);
  return count;
}

/** Everything at once: the common case, without asking row by row. */
function run<T extends StoredObject>(rows: TableReader<T>, by: By): T[] {
  switch (by.by) {
    case 'all':
      return rows.all();
    case 'index':
      return rows.find(by.lookup);
    case 'or':
      return [...union(rows, by.bys).values()];
    default: {
      const found: T[] = [];
      scanBy(rows, by, undefined, (row) => found.push(row) > 0);
      return found;
    }
  }
}

function union<T extends StoredObject>(rows: TableReader<T>, bys: readonly By[]): Map<string, T> {
  const found = new Map<string, T>();
  for (const branch of bys) for (const row of run(rows, branch)) if (!found.has(row.id)) found.set(row.id, row);
  return found;
}

/** Visits what a lookup finds in its order, behind `after`, until `visit` answers false. */
function scanBy<T extends StoredObject>(
  rows: TableReader<T>,
  by: By,
  after: string | T | undefined,
  visit: Visit<T>,
): void {
  const afterId = typeof after === 'object' ? after.id : after;
  switch (by.by) {
    case 'all':
      rows.scanIds({}, afterId, visit);
      return;
    case 'id': {
      const row = rows.get(by.id);
      if (row !== undefined && (afterId === undefined || row.id > afterId)) visit(row);
      return;
    }
    case 'ids':
      rows.scanIds(by.span, afterId, visit);
      return;
    case 'index':
      rows.scanIndex(by.lookup, placeOf(rows, after), visit);
      return;
    case 'and': {
      const [first = all, ...rest] = by.bys;
      scanBy(rows, first, after, (row) => !rest.every((branch) => holds(rows, branch, row)) || visit(row));
      return;
    }
    case 'or':
      scanUnion(rows, by.bys, afterId, visit);
  }
}

function scanUnion<T extends StoredObject>(
  rows: TableReader<T>,
  bys: readonly By[],
  after: string | undefined,
  visit: Visit<T>,
): void {
  const found = union(rows, bys);
  if (after !== undefined && !found.has(after)) throw lostPlace(after);
  let behind = after === undefined;
  for (const row of found.values()) {
    if (behind && !visit(row)) return;
    behind ||= row.id === after;
  }
}

/** The row whose place in an index is meant: it may be gone or changed when the caller gives the object itself. */
function placeOf<T extends StoredObject>(rows: TableReader<T>, after: string | T | undefined): T | undefined {
  if (typeof after !== 'string') return after;
  const row = rows.get(after);
  if (row === undefined) throw lostPlace(after);
  return row;
}

function lostPlace(id: string): StoreError {
  return new StoreError(
    'INVALID_FIND_BY',
    `after: "${id}" is not among what this lookup finds, so it has no place there: page inside one view, or give the object instead of its id`,
  );
}

/** Would the lookup find this row? */
function holds<T extends StoredObject>(rows: Pick<TableReader<T>, 'holds'>, by: By, row: T): boolean {
  switch (by.by) {
    case 'all':
      return true;
    case 'id':
      return row.id === by.id;
    case 'ids': {
      const { prefix = '', from = '', to } = by.span;
      return row.id.startsWith(prefix) && row.id >= from && (to === undefined || row.id < to);
    }
    case 'index':
      return rows.holds(by.lookup, row);
    case 'or':
      return by.bys.some((branch) => holds(rows, branch, row));
    case 'and':
      return by.bys.every((branch) => holds(rows, branch, row));
  }
}

/** Would this lookup find the object? It need not be stored. Throws `INVALID_FIND_BY`. */
export function fitsBy(kind: AnyKind, by: By): (object: StoredObject) => boolean {
  checkBy(kind, by);
  const reader = { holds: (lookup: Lookup, row: StoredObject) => lookupHolds(kind.table, lookup, row) };
  return (object) => holds(reader, by, object);
}
