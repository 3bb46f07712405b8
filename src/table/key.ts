/**
 * Index keys that sort as tuples do: by the first part, then the second, …
 *
 * Each part ends with U+0000 U+0000; a U+0000 inside a part becomes U+0000 U+0001. So no two tuples share a key
 * (index "a" value "b|c" is not index "a|b" value "c") and a shorter part sorts before a longer one that it begins.
 */
const end = '\u0000\u0000';

function escaped(part: string): string {
  return part.includes('\u0000') ? part.replaceAll('\u0000', '\u0000\u0001') : part;
}

/** The start of every key whose first parts are `parts`. */
export function keyOf(...parts: readonly string[]): string {
  let key = '';
  for (const part of parts) key += escaped(part) + end;
  return key;
}

/** The start of every key whose first parts are `parts` and whose next part begins with `prefix`. */
export function keyPrefix(parts: readonly string[], prefix: string): string {
  return keyOf(...parts) + escaped(prefix);
}

/** The key of an entry of an index: `keyOf(...parts, id)`, without a list of them all. */
export function entryKey(parts: readonly string[], id: string): string {
  let key = '';
  for (const part of parts) key += escaped(part) + end;
  return key + (escaped(id) + end); // the short end first: it is one text, and not a chain of two
}

/** The key of `keyOf(...parts, last)`, where `stem` is `keyOf(...parts)`. */
export function keyIn(stem: string, last: string): string {
  return stem + (escaped(last) + end);
}
