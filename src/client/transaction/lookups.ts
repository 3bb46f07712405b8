import { type By, isKind, valueOfKey } from '../../kinds/index.js';
import type { IndexedValue, IndexWhere, Where } from '../filters.js';

/** A lookup that a member can be asked for. It may find more than was looked up, never less. */
export interface RemoteLookup {
  /** Absent for all objects of the kind. */
  readonly where: Where | undefined;
  /** True when it finds just what was looked up, in its order: a limit can be handed on. */
  readonly exact: boolean;
}

type IndexLookup = (By & { readonly by: 'index' })['lookup'];

/** The lookups that together find all that `by` finds. */
export function remoteLookups(kind: string, by: By): readonly RemoteLookup[] {
  switch (by.by) {
    case 'all':
      return [{ where: undefined, exact: true }];
    case 'id':
      return [{ where: { ids: [by.id] }, exact: true }];
    case 'ids': {
      const { prefix, from = '', to } = by.span;
      if (prefix !== undefined) return [{ where: { idPrefixes: [prefix] }, exact: true }];
      return [{ where: { idPrefixes: [sharedStart(from, to)] }, exact: false }];
    }
    case 'index':
      return [ofIndex(kind, by.lookup)];
    case 'or':
      return by.bys.flatMap((branch) => remoteLookups(kind, branch)).map((one) => ({ ...one, exact: false }));
    case 'and': {
      const [first] = by.bys;
      if (!first) return [{ where: undefined, exact: true }];
      return remoteLookups(kind, first).map((one) => ({ ...one, exact: false }));
    }
  }
}

/** Beginning that all texts of a range have. */
function sharedStart(from: string, to = ''): string {
  let length = 0;
  while (length < from.length && from[length] === to[length]) length++;
  return from.slice(0, length);
}

function ofIndex(kind: string, lookup: IndexLookup): RemoteLookup {
  const { index, parts, prefix, from, to } = lookup;
  if (index === 'name') {
    const [name] = parts;
    if (name !== undefined) return { where: { names: [name] }, exact: true };
    if (prefix !== undefined) return { where: { namePrefixes: [prefix] }, exact: true };
    return { where: { namePrefixes: [sharedStart(from ?? '', to)] }, exact: false };
  }
  const where = isKind(kind) ? { index, is: parts, ...span(prefix, from, to) } : ofCustomKind(lookup);
  const asked = Object.values(where).some((part) => part !== index && !(Array.isArray(part) && part.length === 0));
  return asked ? { where: { indexes: [where] }, exact: true } : { where: undefined, exact: false };
}

function span(prefix?: IndexedValue, from?: IndexedValue, to?: IndexedValue): Partial<IndexWhere> {
  return {
    ...(prefix !== undefined && { prefix: String(prefix) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** In an index of a custom kind each value has a letter in front that says its type. */
function ofCustomKind({ index, parts, prefix, from, to }: IndexLookup): IndexWhere {
  const [key] = parts;
  if (key !== undefined) return { index, is: valueOfKey(key) };
  if (prefix !== undefined) return { index, prefix: String(valueOfKey(prefix)) };
  if (from === undefined) return { index };
  const ends = to !== undefined && to.length > 1 && to.charAt(0) === from.charAt(0);
  return { index, ...span(undefined, lowest(from), ends ? valueOfKey(to) : undefined) };
}

/** The value at the lower end: a letter alone is the lowest one of its type. */
function lowest(from: string): IndexedValue {
  if (from.length > 1) return valueOfKey(from);
  return from === 'n' ? -Infinity : from === 'b' ? false : '';
}
