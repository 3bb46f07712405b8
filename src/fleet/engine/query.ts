import { EngineError } from './errors.js';
import type { Filters } from './types.js';

/** Values of a query. What is `undefined` is left out; a boolean becomes 1 or 0. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Query as text without its question mark. Text is kept as it is. */
export function queryText(query: string | Query): string {
  if (typeof query === 'string') return query.replace(/^\?/, '');
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    textsOf(value).map((text): [string, string] => [name, text]),
  );
  return new URLSearchParams(pairs).toString();
}

function textsOf(value: Query[string]): string[] {
  if (value === undefined) return [];
  if (typeof value === 'boolean') return [value ? '1' : '0'];
  return typeof value === 'object' ? [...value] : [String(value)];
}

/** Filters in the form of their query parameter; nothing when there are none. */
export function filtersText(filters: Filters | undefined): string | undefined {
  return filters && Object.keys(filters).length > 0 ? JSON.stringify(filters) : undefined;
}

/**
 * Id or name as one segment of a path.
 * @throws {EngineError} `BAD_REQUEST` for what would lead to another path: nothing, or dots alone.
 */
export function segment(what: string, given: string): string {
  if (given === '' || given === '.' || given === '..') {
    throw new EngineError('BAD_REQUEST', `${what} must be an id or a name, is ${JSON.stringify(given)}`);
  }
  return encodeURIComponent(given);
}

/** Name of an image in a path: its slashes, colon and digest stay. */
export function imagePath(given: string): string {
  const parts = given.split('/').map((part) => segment('image', part));
  return parts.join('/').replaceAll('%3A', ':').replaceAll('%40', '@');
}

const prefix = (value: string) => (value === '' ? '' : `?${value}`);

/** Path and query together. */
export function target(path: string, query: string | Query = ''): string {
  return `${path}${prefix(queryText(query))}`;
}
