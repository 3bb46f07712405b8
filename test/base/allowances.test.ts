import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Allowances } from '../../src/base/allowances.js';

const clock = () => {
  let now = 0;
  return { now: () => now, pass: (ms: number) => (now += ms) };
};

describe('an allowance', () => {
  it.each<[string, number[], number]>([
    ['all at once', [0, 0, 0], 3],
    ['no more than the burst at once', [0, 0, 0, 0, 0], 3],
    ['again after a rest', [0, 0, 0, 500, 500], 5],
    ['half of one is none', [0, 0, 0, 250], 3],
    ['never more than the burst', [60_000, 0, 0, 0, 0], 3],
  ])('gives %s', (_, pauses, expected) => {
    const { now, pass } = clock();
    const allowances = new Allowances({ each: { perSecond: 2, burst: 3 } }, now);
    const given = pauses.filter((ms) => (pass(ms), allowances.take('a')));
    expect(given).toHaveLength(expected);
  });

  it('is one for each key, and one for all', () => {
    const { now, pass } = clock();
    const allowances = new Allowances({ each: { perSecond: 1, burst: 2 }, all: { perSecond: 1, burst: 3 } }, now);
    expect(['a', 'a', 'a', 'b', 'c'].map((key) => allowances.take(key))).toEqual([true, true, false, true, false]);
    expect([allowances.has('d'), allowances.waitMs('d'), allowances.waitMs('a')]).toEqual([false, 1_000, 1_000]);
    pass(1_000);
    expect([allowances.has('d'), allowances.take('d'), allowances.has('d')]).toEqual([true, true, false]);
  });

  it('remembers so many keys, and forgets the one that was asked longest ago', () => {
    const { now } = clock();
    const allowances = new Allowances({ each: { perSecond: 0, burst: 1 }, keysMax: 2 }, now);
    for (const key of ['a', 'b', 'a', 'c']) allowances.take(key);
    expect(allowances.keys).toBe(2);
    expect(['a', 'c', 'b'].map((key) => allowances.has(key))).toEqual([false, false, true]);
  });

  it('gives no key more than the burst and the rate, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2_000), { maxLength: 200 }), (pauses) => {
        const { now, pass } = clock();
        const allowances = new Allowances({ each: { perSecond: 4, burst: 5 } }, now);
        let given = 0;
        for (const ms of pauses) {
          pass(ms);
          if (allowances.take('a')) given++;
          expect(given).toBeLessThanOrEqual(5 + (now() / 1_000) * 4 + 1e-6);
        }
      }),
    );
  });
});
