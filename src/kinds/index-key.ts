import { type By, byIndex } from './by.js';
import { foldName } from './definition.js';

/** Result of an index of a custom kind for one object: a value, several, or none. */
export type IndexValue = string | number | boolean | undefined | readonly (string | number | boolean)[];

/** A value that such an index can be asked for. */
export type IndexedValue<V> = V extends readonly (infer One)[] ? One : Exclude<V, undefined>;

/** First byte of the keys of each type, so that one index keeps types separate: flags, numbers, texts. */
const tags = { boolean: 'b', number: 'n', string: 's' } as const;
type Tag = (typeof tags)[keyof typeof tags];

/** A value as a text that sorts as the values of its type do; `undefined` for what no index can hold. */
export function indexKey(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return tags.string + value;
    case 'boolean':
      return tags.boolean + String(value); // false sorts before true
    case 'number':
      return Number.isNaN(value) ? undefined : tags.number + numberKey(value);
    default:
      return undefined;
  }
}

/** Value or range to look up in a custom kind's index, as it comes from programs and from messages. */
export interface IndexQuestion {
  readonly value?: unknown;
  readonly prefix?: string;
  readonly from?: unknown;
  readonly to?: unknown;
}

/**
 * The lookup of an index of a user's kind. The index `name` holds texts without case. Throws `TypeError` for what no index
 * holds, and for a range from one type to another.
 */
export function indexLookup(index: string, { value, prefix, from, to }: IndexQuestion): By {
  const keyOf = index === 'name' ? nameKey : indexKey;
  const key = (asked: unknown) => {
    const found = keyOf(asked);
    if (found === undefined) throw new TypeError(`${index}: an index is asked for a text, a number or true or false`);
    return found;
  };
  if (value !== undefined) return byIndex(index, [key(value)]);
  if (prefix !== undefined) return byIndex(index, [], { prefix: key(prefix) });
  const [first, last] = [from, to].map((end) => (end === undefined ? undefined : key(end)));
  if (index === 'name')
    return byIndex(index, [], { ...(first !== undefined && { from: first }), ...(last !== undefined && { to: last }) });
  const [tag, ...others] = new Set([first, last].filter((end) => end !== undefined).map((end) => end.charAt(0) as Tag));
  if (others.length > 0) throw new TypeError(`${index}: both ends of a range are of one type`);
  if (tag === undefined) return byIndex(index, []);
  return byIndex(index, [], { from: first ?? tag, to: last ?? afterTag(tag) });
}

/** Texts alone have names, and names have no case. */
const nameKey = (value: unknown) => (typeof value === 'string' ? foldName(value) : undefined);
/** Behind every key of a type. */
const afterTag = (tag: Tag) => String.fromCharCode(tag.charCodeAt(0) + 1);

const bytes = new DataView(new ArrayBuffer(8));

/** IEEE 754 sorts as its bits do, once the sign bit of positive numbers and every bit of negative ones is turned over. */
function numberKey(value: number): string {
  bytes.setFloat64(0, value + 0);
  const high = bytes.getUint32(0);
  const low = bytes.getUint32(4);
  const negative = high >= 0x8000_0000;
  const hex = (word: number) => (word >>> 0).toString(16).padStart(8, '0');
  return negative ? hex(~high) + hex(~low) : hex(high ^ 0x8000_0000) + hex(low);
}

/** The value that a key stands for. */
export function valueOfKey(key: string): string | number | boolean {
  const rest = key.slice(1);
  switch (key.charAt(0) as Tag) {
    case 'b':
      return rest === 'true';
    case 's':
      return rest;
    case 'n':
      return keyedNumber(rest);
  }
}

function keyedNumber(hex: string): number {
  const [high, low] = [hex.slice(0, 8), hex.slice(8)].map((word) => Number.parseInt(word, 16)) as [number, number];
  const negative = high < 0x8000_0000;
  bytes.setUint32(0, negative ? ~high >>> 0 : high - 0x8000_0000);
  bytes.setUint32(4, negative ? ~low >>> 0 : low);
  return bytes.getFloat64(0);
}
