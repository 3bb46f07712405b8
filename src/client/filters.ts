import { StoreError } from '../base/store-error.js';
import type { messages } from '../wire/index.js';

/** A value that an index holds. */
export type IndexedValue = string | number | boolean;

/** Condition on one index. */
export interface IndexWhere {
  /** Name of the index. */
  readonly index: string;
  /** The value; several for an index of several parts. */
  readonly is?: IndexedValue | readonly IndexedValue[];
  /** Beginning of the value, of a text. */
  readonly prefix?: string;
  /** At least this … */
  readonly from?: IndexedValue;
  /** … and less than this. */
  readonly to?: IndexedValue;
}

/** Filter of objects: its parts are AND-ed, the values of a list are OR-ed. */
export interface Where extends Partial<Omit<messages.Filter, 'indexes'>> {
  /** Indexes of the kind, all of which must hold. */
  readonly indexes?: readonly IndexWhere[];
}

/** A misspelt part of a filter would find everything. Throws `INVALID_FIND_BY`. */
export function checkFilter(filter: object, known: readonly string[]): void {
  const unknown = Object.keys(filter).find((key) => !known.includes(key));
  if (unknown !== undefined)
    throw new StoreError('INVALID_FIND_BY', `a filter has no "${unknown}": it has ${known.join(', ')}`);
}

export function completeFilter({ indexes = [], ...filter }: Where): messages.Filter {
  checkFilter(filter, ['ids', 'idPrefixes', 'names', 'namePrefixes', 'indexes']);
  return { ids: [], idPrefixes: [], names: [], namePrefixes: [], ...filter, indexes: indexes.map(indexFilter) };
}

export function indexFilter(where: IndexWhere): messages.IndexFilter {
  checkFilter(where, ['index', 'is', 'prefix', 'from', 'to']);
  const { index, is, prefix, from, to } = where;
  if (typeof index !== 'string' || [is, prefix, from, to].every((part) => part === undefined))
    throw new StoreError('INVALID_FIND_BY', 'an index is asked by its name, and one of is, prefix, from, to');
  const values = is === undefined ? [] : Array.isArray(is) ? (is as readonly IndexedValue[]) : [is as IndexedValue];
  return {
    index,
    values: values.map(wireValue),
    ...(prefix !== undefined && { prefix }),
    ...(from !== undefined && { from: wireValue(from) }),
    ...(to !== undefined && { to: wireValue(to) }),
  };
}

function wireValue(value: IndexedValue): messages.IndexValue {
  if (typeof value === 'string') return { text: value };
  return typeof value === 'number' ? { number: value } : { flag: value };
}
