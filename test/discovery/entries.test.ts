import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameMembers } from '../../src/discovery/entries.js';
import { createEntries, Entry } from '../../src/discovery/index.js';

const list = (text: string) => createEntries(text.split(' ').map((name) => (name === '' ? '' : `${name}:1`)));
const names = (entries: readonly Entry[]) => entries.map(({ host }) => host).join(' ');

describe('createEntries', () => {
  it.each([[undefined], [null], [[]], [['']]])('makes an empty list of %j', (addresses) => {
    expect([...createEntries(addresses)]).toEqual([]);
  });

  it('skips what is empty, and keeps the order', () => {
    expect(createEntries(['b:2', '', 'a:1']).map(String)).toEqual(['b:2', 'a:1']);
  });

  it('makes no list at all when one address is none', () => {
    expect(() => createEntries(['a:1', 'b'])).toThrow('address b: missing port in address');
  });

  it('makes a list that nobody changes', () => {
    expect(Object.isFrozen(list('a b'))).toBe(true);
  });
});

describe('entries', () => {
  it.each([
    ['a b', 'a b', true],
    ['a b', 'b a', false],
    ['a', 'a a', false],
    ['', '', true],
  ])('%j equal %j: %s', (one, other, equal) => {
    expect(list(one).equals(list(other))).toBe(equal);
  });

  it('contain by value', () => {
    expect(list('a b').contains(new Entry('b', '1'))).toBe(true);
    expect(list('a b').contains(new Entry('b', '2'))).toBe(false);
  });

  it.each([
    { older: '', newer: '', added: '', removed: '' },
    { older: 'a b', newer: 'b a', added: '', removed: '' },
    { older: 'c a b', newer: 'd b e', added: 'd e', removed: 'c a' },
    { older: 'a', newer: 'b b a a', added: 'b b', removed: '' },
    { older: 'a a b', newer: 'b', added: '', removed: 'a a' },
  ])('from $older to $newer: added $added, removed $removed', ({ older, newer, added, removed }) => {
    const diff = list(older).diff(list(newer));
    expect([names(diff.added), names(diff.removed)]).toEqual([added, removed]);
  });

  const anyList = fc.array(fc.constantFrom('a', 'b', 'c', 'd')).map((all) => createEntries(all.map((name) => `${name}:1`)));

  it('differ by what a look at each of them finds', () => {
    fc.assert(
      fc.property(anyList, anyList, (older, newer) => {
        const { added, removed } = older.diff(newer);
        expect(added.equals(newer.filter((entry) => !older.contains(entry)))).toBe(true);
        expect(removed.equals(older.filter((entry) => !newer.contains(entry)))).toBe(true);
      }),
    );
  });

  it('have the same members in whatever order, counted', () => {
    fc.assert(
      fc.property(anyList, (entries) => {
        expect(sameMembers(entries, entries.toReversed())).toBe(true);
        expect(sameMembers(entries, [...entries, new Entry('a', '1')])).toBe(false);
      }),
    );
    expect(sameMembers(list('a a b'), list('a b b'))).toBe(false);
  });
}); // prettier-ignore
