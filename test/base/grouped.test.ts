import { describe, expect, it } from 'vitest';
import { grouped, groupedToLast } from '../../src/base/grouped.js';

const self = (value: number) => value;

describe('grouped', () => {
  it.each([
    { items: [], groups: [] },
    { items: [1, 2, 3], groups: [[1, 2, 3]] },
    { items: [9, 9, 9], groups: [[9, 9], [9]] },
    { items: [50, 1, 1], groups: [[50], [1, 1]] },
    { items: [0, 0, 0, 0], groups: [[0, 0, 0], [0]] },
  ])('cuts $items into $groups', ({ items, groups }) => {
    expect([...grouped(items, { bytes: 10, items: 3 }, self)]).toEqual(groups);
  });

  it('says which group is the last, and has one for nothing', () => {
    expect([...groupedToLast([9, 9, 9], { bytes: 10 }, self)]).toEqual([
      { group: [9, 9], last: false },
      { group: [9], last: true },
    ]);
    expect([...groupedToLast([], { bytes: 10 }, self)]).toEqual([{ group: [], last: true }]);
  });
});
