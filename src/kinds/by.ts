import type { IdSpan, Lookup } from '../table/index.js';
import { foldName } from './definition.js';

/**
 * A lookup for `find`. Made by the functions below. `K` names the kinds that it is for: `By<'task'>` is for tasks,
 * `By<string>` for every kind, and `By` for a kind that the compiler does not check.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- `By` alone fits every table, as `By<any>`
export type By<K extends string = any> = (
  | { readonly by: 'all' }
  | { readonly by: 'id'; readonly id: string }
  | { readonly by: 'ids'; readonly span: IdSpan }
  | { readonly by: 'index'; readonly lookup: Lookup }
  | { readonly by: 'or' | 'and'; readonly bys: readonly By[] }
) & {
  /** Never there: a lookup for several kinds is one for each of them. */
  readonly kinds?: (kind: K) => void;
};

/** The kind of a lookup whose kind may be known to the compiler, or not. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- see `By`
export type KindOfBy<N> = N extends string ? (string extends N ? any : N) : never;

/** A stretch of an order: at least `from`, less than `to`; without one of them open at that end. */
export interface Range<V = string> {
  /** First value of the range. */
  readonly from?: V;
  /** First value behind the range. */
  readonly to?: V;
}

/** Looks an index up by its name. Users have the functions below, and `by` of a custom kind. */
export function byIndex(index: string, parts: readonly string[], span: IdSpan = {}): By {
  return Object.freeze({ by: 'index', lookup: { index, parts, ...span } });
}

function spanOf({ from, to }: Range): IdSpan {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

/** Everything, by id. */
export const all: By<string> = Object.freeze({ by: 'all' });
/** The object of this id. */
export const byId = (id: string): By<string> => Object.freeze({ by: 'id', id });
/** Ordered by id. `''` finds all. */
export const byIdPrefix = (prefix: string): By<string> => Object.freeze({ by: 'ids', span: { prefix } });
/** Ordered by id. */
export const byIdRange = (range: Range): By<string> => Object.freeze({ by: 'ids', span: spanOf(range) });
/** Without case. */
export const byName = (name: string): By<string> => byIndex('name', [foldName(name)]);
/** Without case, ordered by name and then id. `''` finds all that have a name. */
export const byNamePrefix = (prefix: string): By<string> => byIndex('name', [], { prefix: foldName(prefix) });
/** Without case, ordered by name and then id. */
export const byNameRange = ({ from, to }: Range): By<string> =>
  byIndex('name', [], {
    ...(from !== undefined && { from: foldName(from) }),
    ...(to !== undefined && { to: foldName(to) }),
  });
/** Objects whose annotations carry the index entry `{ key: index, val: value }`. */
export const byCustom = (index: string, value: string): By<string> => byIndex('custom', [index, value]);
/** Objects whose index entry begins with the prefix. */
export const byCustomPrefix = (index: string, prefix: string): By<string> => byIndex('custom', [index], { prefix });
/** Ordered by the value of the entry, as text, and then id. */
export const byCustomRange = (index: string, range: Range): By<string> => byIndex('custom', [index], spanOf(range));
/** Finds what any branch finds, in the order of the branches, without repeats. `or()` finds nothing. */
export const or = <K extends string>(...bys: readonly By<K>[]): By<K> => Object.freeze({ by: 'or', bys });
/** Finds what all branches find, in the order of the first: put the one that finds least there. `and()` finds all. */
export const and = <K extends string>(...bys: readonly By<K>[]): By<K> =>
  bys.length === 0 ? all : Object.freeze({ by: 'and', bys });
