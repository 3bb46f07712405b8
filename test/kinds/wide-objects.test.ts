import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { schema } from '../../src/index.js';
import { MemoryStore } from '../../src/state/index.js';

setFlagsFromString('--allow-natives-syntax');
const shareShape = runInThisContext('(a, b) => %HasFastProperties(a) && %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;

describe('objects of many fields', () => {
  it.each([12, 16, 17, 24, 40])('share their shape with others of the same %i fields', (count) => {
    const wide = schema.object(Object.fromEntries(Array.from({ length: count }, (_, i) => [`f${i}`, schema.text()])));
    const [one, other] = Array.from({ length: 50 }, (_, i) => wide.canonical({ f0: `${i}` })).slice(-2);
    expect(shareShape(one as object, other as object)).toBe(true);
    expect(Object.getPrototypeOf(one)).toBe(Object.prototype);
  });

  it('of tasks take no shape of their own', async () => {
    const store = new MemoryStore();
    const tasks = await store.update((tx) =>
      Array.from({ length: 50 }, (_, i) => tx.tasks().create({ slot: i, spec: { container: { image: 'web' } } })),
    );
    const [one, other] = tasks.slice(-2).map(({ spec }) => spec.container);
    expect(shareShape(one as object, other as object)).toBe(true);
  });
});
