/** What an index of a user's kind may give for an object: a value, several, or none. */
export type IndexValue = string | number | boolean | undefined | readonly (string | number | boolean)[];

/** A value that such an index can be asked for. */
export type IndexedValue<V> = V extends readonly (infer One)[] ? One : Exclude<V, undefined>;

/** A value as a text that sorts as the values do; `undefined` for what no index can hold. */
export function indexKey(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
      return String(value); // false sorts before true
    case 'number':
      return Number.isNaN(value) ? undefined : numberKey(value);
    default:
      return undefined;
  }
}

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
