import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRange } from '../../src/discovery/index.js';

describe('a range', () => {
  it.each([
    ['10.0.0.[1:3]:2375', ['10.0.0.1:2375', '10.0.0.2:2375', '10.0.0.3:2375']],
    ['[1:2]0.0.0.1:80', ['10.0.0.1:80', '20.0.0.1:80']],
    ['192.168.1.2:[2:4]375', ['192.168.1.2:2375', '192.168.1.2:3375', '192.168.1.2:4375']],
    ['a[01:03]', ['a1', 'a2', 'a3']],
    ['a[-1:+1]', ['a-1', 'a0', 'a1']],
    ['a[5:5]', ['a5']],
    ['100%[1:2]%d:80', ['100%1%d:80', '100%2%d:80']],
    ['a[1:2]$&$1:80', ['a1$&$1:80', 'a2$&$1:80']],
  ])('%s is written out', (pattern, addresses) => {
    expect(expandRange(pattern)).toEqual(addresses);
  });

  it.each([['a[3:1]'], ['a[1:0]']])('that goes backwards is empty: %s', (pattern) => {
    expect(expandRange(pattern)).toEqual([]);
  });

  it.each([
    [''],
    ['a:1'],
    ['[2001:db8::2]:2375'],
    ['[::1]:80'],
    ['10.0.0.[1:2].[3:4]'],
    ['a[1:b]'],
    ['a[1:2.5]'],
    ['a[:2]'],
    ['a[1:]'],
    ['a[1: 2]'],
    ['a[1-2]'],
    ['a[99999999999999999999:99999999999999999999]'],
  ])('of integers is not what %j has, which stays as it is', (pattern) => {
    expect(expandRange(pattern)).toEqual([pattern]);
  });

  it('of more addresses than there are nodes is refused', () => {
    expect(expandRange('a[1:100000]')).toHaveLength(100_000);
    expect(() => expandRange('a[1:100001]')).toThrow('a range of more than 100000 addresses');
    expect(() => expandRange('a[-9007199254740991:9007199254740991]')).toThrow('a range of more than');
  });

  it('has each number once, in order, between what stands around it', () => {
    const around = fc.string().filter((text) => !/[[\]\n\r\u2028\u2029]/.test(text));
    fc.assert(
      fc.property(around, around, fc.integer({ min: -50, max: 50 }), fc.nat(50), (before, after, from, more) => {
        const expected = Array.from({ length: more + 1 }, (_, i) => `${before}${from + i}${after}`);
        expect(expandRange(`${before}[${from}:${from + more}]${after}`)).toEqual(expected);
      }),
    );
  });
});
