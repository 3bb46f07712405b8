import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeIdOf } from '../../../src/fleet/assign/node-id.js';
import { ranked } from '../../../src/fleet/assign/rendezvous.js';
import { choicesFor, wantedDriver } from '../../../src/fleet/assign/want.js';

const keys = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 12 });
const candidates = (given: readonly string[]) => given.map((key) => ({ key }));
const best = (thing: string, given: readonly string[]) => ranked(thing, candidates(given))[0]?.key;
const things = Array.from({ length: 3_000 }, (_, i) => `engine${i}`);

describe('rendezvous hashing', () => {
  it('depends on the keys, and not on their order', () => {
    fc.assert(
      fc.property(fc.string(), keys, fc.infiniteStream(fc.nat()), (thing, given, chance) => {
        const shuffled = given.map((key) => ({ key, at: chance.next().value as number })).sort((a, b) => a.at - b.at);
        expect(ranked(thing, shuffled).map(({ key }) => key)).toEqual(ranked(thing, candidates(given)).map(({ key }) => key));
      }),
    );
  }); // prettier-ignore

  it('moves nothing between those that stay when one comes or goes', () => {
    fc.assert(
      fc.property(fc.string(), keys, fc.string({ minLength: 21, maxLength: 21 }), (thing, given, more) => {
        const [before, after] = [best(thing, given), best(thing, [...given, more])];
        expect([before, more]).toContain(after);
        const order = ranked(thing, candidates([...given, more])).map(({ key }) => key);
        expect(order.filter((key) => key !== more)).toEqual(ranked(thing, candidates(given)).map(({ key }) => key));
      }),
    );
  });

  it.each([2, 3, 5, 9])('gives each of %d managers about the same share', (count) => {
    const given = Array.from({ length: count }, (_, i) => String(1_000_003 * (i + 1)));
    const shares = new Map<string, number>();
    for (const thing of things) {
      const one = best(thing, given) ?? '';
      shares.set(one, (shares.get(one) ?? 0) + 1);
    }
    const even = things.length / count;
    expect(shares.size).toBe(count);
    // Five standard deviations of a fair choice.
    const spread = 5 * Math.sqrt(even * (1 - 1 / count));
    for (const share of shares.values()) expect(Math.abs(share - even)).toBeLessThan(spread);
  });

  it('takes an even share from each when one comes', () => {
    const given = ['1', '2', '3', '4'];
    const lost = new Map<string, number>();
    for (const thing of things)
      if (best(thing, [...given, '5']) === '5') lost.set(best(thing, given) ?? '', (lost.get(best(thing, given) ?? '') ?? 0) + 1);
    for (const count of lost.values()) expect(Math.abs(count - things.length / 20)).toBeLessThan(5 * Math.sqrt(things.length / 20));
  }); // prettier-ignore
});

describe('the wanted driver', () => {
  const driver = (n: number, cannotReach: readonly string[] = []) => ({ id: `d${n}`, member: String(n), cannotReach });
  const all = [1, 2, 3, 4, 5].map((n) => driver(n));

  it('is the best, then the next that can reach the engine, of three', () => {
    const engine = { id: 'e' };
    const [first, second, third] = choicesFor(engine, all);
    expect(choicesFor(engine, all)).toHaveLength(3);
    const without = (...gone: (typeof first)[]) => all.map((one) => (gone.includes(one) ? { ...one, cannotReach: ['e'] } : one));
    expect(wantedDriver(engine, all)).toBe(first?.id);
    expect(wantedDriver(engine, without(first))).toBe(second?.id);
    expect(wantedDriver(engine, without(first, second))).toBe(third?.id);
    expect(wantedDriver(engine, without(first, second, third))).toBe('');
    expect(wantedDriver(engine, [])).toBe('');
  }); // prettier-ignore

  it('stays when a driver begins anew: its member counts', () => {
    const anew = all.map((one) => ({ ...one, id: `${one.id}-anew` }));
    for (const id of things.slice(0, 100)) expect(wantedDriver({ id }, anew)).toBe(`${wantedDriver({ id }, all)}-anew`);
  });
});

describe('the id of a node', () => {
  it('has 25 characters, and is the same for the same engine', () => {
    fc.assert(
      fc.property(fc.string(), (id) => {
        expect(nodeIdOf(id)).toMatch(/^[a-z0-9]{25}$/);
      }),
    );
    // The last digits of the hash in base 36.
    expect(nodeIdOf('7TRN:IPZB:QYBB:VPBQ')).toBe('j7q8wc0aeo43u90630hrc1pyb');
    expect(new Set(things.map(nodeIdOf)).size).toBe(things.length);
  });
});
