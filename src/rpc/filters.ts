import {
  all,
  and,
  byId,
  byIdPrefix,
  byIndex,
  byName,
  byNamePrefix,
  foldName,
  indexKey,
  isKind,
  or,
  StoreError,
  type By,
} from '../state/index.js';
import type { messages } from '../wire/index.js';

type IndexFilter = messages.IndexFilter;

/** The lookup of a filter: what stands in it is AND-ed, the values of a list are OR-ed. */
export function lookupOf(kind: string, filter: messages.Filter | undefined): By {
  if (!filter) return all;
  const { ids, idPrefixes, names, namePrefixes, indexes } = filter;
  const lists = [ids.map(byId), names.map(byName), idPrefixes.map(byIdPrefix), namePrefixes.map(byNamePrefix)];
  return and(
    ...lists.filter((bys) => bys.length > 0).map((bys) => (bys.length === 1 ? (bys[0] as By) : or(...bys))),
    ...indexes.map((index) => indexLookup(kind, index)),
  );
}

/** The lookup of one index filter. */
export function indexLookup(kind: string, { index, values, prefix, from, to }: IndexFilter): By {
  if (prefix !== undefined && (from !== undefined || to !== undefined))
    throw new StoreError('INVALID_OBJECT', `${index}: a filter has either a prefix or a range`, { path: 'indexes' });
  const key = (value: messages.IndexValue) => keyOf(kind, index, value);
  return byIndex(index, values.map(key), {
    ...(prefix !== undefined && { prefix: index === 'name' ? foldName(prefix) : prefix }),
    ...(from !== undefined && { from: key(from) }),
    ...(to !== undefined && { to: key(to) }),
  });
}

function keyOf(kind: string, index: string, value: messages.IndexValue): string {
  const [plain] = Object.values(value) as unknown[];
  const found = plain === undefined ? undefined : indexKey(indexed(kind, index, plain));
  if (found === undefined)
    throw new StoreError('INVALID_OBJECT', `${index}: a value must be a text, a number or a flag`, { path: 'indexes' });
  return found;
}

/** Names are found without case, and the store's own kinds have texts in their indexes. */
function indexed(kind: string, index: string, plain: unknown): unknown {
  if (index === 'name') return foldName(String(plain));
  return isKind(kind) ? String(plain) : plain;
}
