import { StoreError } from '../base/store-error.js';
import {
  all,
  and,
  type By,
  byId,
  byIdPrefix,
  byIndex,
  byName,
  byNamePrefix,
  foldName,
  indexLookup as ownIndexLookup,
  isKind,
  or,
} from '../kinds/index.js';
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
    throw refusal(`${index}: a filter has either a prefix or a range`);
  if (values.length > 1 && !isKind(kind)) throw refusal(`${index}: an index of a custom kind has one value`);
  const plain = (value: messages.IndexValue) => plainOf(index, value);
  const span = {
    ...(prefix !== undefined && { prefix }),
    ...(from && { from: plain(from) }),
    ...(to && { to: plain(to) }),
  };
  if (isKind(kind)) return textLookup(index, values.map(plain).map(String), span);
  try {
    return ownIndexLookup(index, { ...(values[0] && { value: plain(values[0]) }), ...span });
  } catch (cause) {
    throw refusal((cause as Error).message);
  }
}

/** Built-in kinds have texts in their indexes; names are case-insensitive. */
function textLookup(
  index: string,
  parts: readonly string[],
  span: { prefix?: string; from?: unknown; to?: unknown },
): By {
  const text = (value: unknown) => (index === 'name' ? foldName(String(value)) : String(value));
  const ends = Object.entries(span).map(([end, value]) => [end, text(value)]);
  return byIndex(index, parts.map(text), Object.fromEntries(ends) as typeof span & { from?: string; to?: string });
}

function plainOf(index: string, value: messages.IndexValue): unknown {
  const [plain] = Object.values(value) as unknown[];
  if (plain === undefined) throw refusal(`${index}: a value must be a text, a number or a flag`);
  return plain;
}

function refusal(message: string): StoreError {
  return new StoreError('INVALID_OBJECT', message, { path: 'indexes' });
}
