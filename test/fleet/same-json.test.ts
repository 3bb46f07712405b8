import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keepSame, sameJson } from '../../src/fleet/engine/same-json.js';

describe('sameJson', () => {
  it.each([
    { a: '{"a":[1,{"b":null}]}', b: '{"a":[1,{"b":null}]}', same: true },
    { a: '{"a":1,"b":2}', b: '{"b":2,"a":1}', same: false },
    { a: '{"a":1}', b: '{"a":1,"b":null}', same: false },
    { a: '[]', b: '{}', same: false },
    { a: '[1,2]', b: '[1]', same: false },
    { a: 'null', b: '{}', same: false },
    { a: '1', b: '"1"', same: false },
    { a: 'false', b: '0', same: false },
  ])('says $same of $a and $b', ({ a, b, same }) => {
    expect(sameJson(JSON.parse(a), JSON.parse(b))).toBe(same);
    expect(sameJson(JSON.parse(b), JSON.parse(a))).toBe(same);
  });

  it('agrees with the texts of any two values', () => {
    // Few values, so that the two are often the same.
    const value = fc.jsonValue({ maxDepth: 3, stringUnit: fc.constantFrom('a', 'b') });
    fc.assert(
      fc.property(value, value, fc.boolean(), (a, b, copied) => {
        const [one, other] = [JSON.stringify(a), JSON.stringify(copied ? a : b)];
        expect(sameJson(JSON.parse(one), JSON.parse(other))).toBe(one === other);
      }),
    );
  });

  it('keeps the value before when nothing is new', () => {
    const before = [{ a: 1 }];
    expect(keepSame(before, [{ a: 1 }])).toBe(before);
    expect(keepSame(before, [{ a: 2 }])).toEqual([{ a: 2 }]);
  });
});
