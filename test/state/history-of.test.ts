import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FieldChange, MemoryStore } from '../../src/index.js';
import { fieldChanges } from '../../src/state/index.js';

describe('the history of an object', () => {
  it('says who, when, why and what, as far as history reaches', async () => {
    const store = new MemoryStore({ history: { transactions: 4 } });
    await store.update((tx) => tx.nodes().create({ id: 'a' }), { actor: 'gone', reason: 'too old' });
    await store.update((tx) => tx.nodes().update({ id: 'a', role: 'manager' }), { actor: 'ann', reason: 'promote' });
    await store.update((tx) => tx.nodes().create({ id: 'b' }));
    await store.update((tx) => tx.nodes().update({ id: 'a', role: 'manager' }));
    await store.update((tx) => tx.nodes().delete('a'), { actor: 'bob' });
    const entries = store.historyOf('node', 'a');
    expect(entries.map(({ version, action, actor, reason }) => ({ version, action, actor, reason }))).toEqual([
      { version: 2, action: 'update', actor: 'ann', reason: 'promote' },
      { version: 4, action: 'update', actor: undefined, reason: undefined },
      { version: 5, action: 'delete', actor: 'bob', reason: undefined },
    ]);
    expect(entries[0]?.fields).toEqual([{ path: 'role', old: 'worker', new: 'manager' }]);
    expect(entries[1]?.fields).toEqual([]);
    expect(entries[2]?.fields).toContainEqual({ path: 'role', old: 'manager' });
    expect(store.historyOf('task', 'a')).toEqual([]);
  });
});

describe('the difference between two objects', () => {
  it.each<{ before: object; after: object; says: FieldChange[] }>([
    { before: { a: 1 }, after: { a: 1 }, says: [] },
    { before: { a: 1 }, after: { a: 2 }, says: [{ path: 'a', old: 1, new: 2 }] },
    { before: {}, after: { a: { b: 1 } }, says: [{ path: 'a.b', new: 1 }] },
    { before: { a: { b: 1 } }, after: {}, says: [{ path: 'a.b', old: 1 }] },
    { before: { a: {} }, after: {}, says: [{ path: 'a', old: {} }] },
    { before: { a: [1, 2] }, after: { a: [1, 3] }, says: [{ path: 'a[1]', old: 2, new: 3 }] },
    { before: { a: [1] }, after: { a: [1, 2] }, says: [{ path: 'a', old: [1], new: [1, 2] }] },
    { before: { a: [{ b: 1 }] }, after: { a: [{ b: 2 }] }, says: [{ path: 'a[0].b', old: 1, new: 2 }] },
    { before: { a: 1 }, after: { a: null }, says: [{ path: 'a', old: 1, new: null }] },
    { before: { id: 'x', meta: 1 }, after: { id: 'y', meta: 2 }, says: [] },
  ])('of $before and $after is $says', ({ before, after, says }) => {
    expect(fieldChanges(before, after)).toEqual(says);
  });

  it('is empty exactly when the content is the same, and the other way round it says the same', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, fc.integer({ max: 3 }), fc.constantFrom('x', null, true), tie('list'), tie('map')),
      list: fc.array(tie('any'), { maxLength: 2 }),
      map: fc.dictionary(fc.constantFrom('p', 'q', 'r'), tie('any'), { maxKeys: 3, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(value.map, value.map, (before, after) => {
        const there = fieldChanges(before, after);
        expect(there.length === 0).toBe(JSON.stringify(sorted(before)) === JSON.stringify(sorted(after)));
        const back = fieldChanges(after, before);
        const turned = there.map((change) => ({
          path: change.path,
          ...('new' in change && { old: change.new }),
          ...('old' in change && { new: change.old }),
        }));
        const byPath = (list: readonly FieldChange[]) => [...list].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(byPath(back)).toEqual(byPath(turned));
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort()
      .map(([key, part]) => [key, sorted(part)]),
  );
}
