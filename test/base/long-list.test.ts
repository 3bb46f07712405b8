import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LongList } from '../../src/base/long-list.js';

describe('a long list', () => {
  it.each([0, 1, 4_095, 4_096, 4_097, 20_000])('of %i keeps everything in order', (length) => {
    const list = new LongList<number>();
    for (let i = 0; i < length; i++) list.push(i);
    const wanted = Array.from({ length }, (_, i) => i);
    expect(list.length).toBe(length);
    expect([...list]).toEqual(wanted);
    expect(list.toArray()).toEqual(wanted);
  });

  it('keeps elements that are arrays as they are', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.array(fc.integer()), fc.constant(undefined))), (items) => {
        const list = new LongList<unknown>();
        for (const item of items) list.push(item);
        expect(list.toArray()).toEqual(items);
      }),
    );
  });
});
