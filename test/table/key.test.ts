import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, keyPrefix } from '../../src/table/key.js';

const part = fc.string({ unit: fc.constantFrom('a', 'b', '|', '\u0000', '\u0001', '\u0002', '\uffff'), maxLength: 4 });
const parts = fc.array(part, { minLength: 1, maxLength: 3 });

function compareTuples(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return (a[i] as string) < (b[i] as string) ? -1 : 1;
  }
  return a.length - b.length;
}

describe('index keys', () => {
  it('sort as the tuples that they stand for', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const [left, right] = [keyOf(...a), keyOf(...b)];
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(compareTuples(a, b)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('begin with another key only when the tuple begins with the other tuple', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const begins = b.length <= a.length && b.every((one, i) => one === a[i]);
        expect(keyOf(...a).startsWith(keyOf(...b))).toBe(begins);
      }),
      { numRuns: 2_000 },
    );
  });

  it('begin with a prefix only when the last part does', () => {
    fc.assert(
      fc.property(part, part, part, part, (index, value, other, prefix) => {
        const holds = index === other && value.startsWith(prefix);
        expect(keyOf(index, value, 'id').startsWith(keyPrefix([other], prefix))).toBe(holds);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [
      ['a', 'b|c'],
      ['a|b', 'c'],
    ],
    [
      ['a\u0000', 'b'],
      ['a', '\u0000b'],
    ],
    [['', ''], ['']],
    [['a\u0000\u0000b'], ['a', 'b']],
    [['\u0000'], ['', '']],
  ])('tell %j from %j', (a, b) => {
    expect(keyOf(...a)).not.toBe(keyOf(...b));
  });
});
