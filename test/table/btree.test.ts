import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTree, type Tree, TreeEditor, treeGet, treeScan, treeValues } from '../../src/table/btree.js';

function entries(tree: Tree<number>, from = ''): [string, number][] {
  const found: [string, number][] = [];
  treeScan(tree, from, (value, key) => void found.push([key, value]));
  return found;
}

const byUnits = (a: readonly [string, number], b: readonly [string, number]) => (a[0] < b[0] ? -1 : 1);

function expectSame(tree: Tree<number>, model: ReadonlyMap<string, number>): void {
  const wanted = [...model].sort(byUnits);
  expect(entries(tree)).toEqual(wanted);
  expect(treeValues(tree)).toEqual(wanted.map(([, value]) => value));
  expect(tree.size).toBe(model.size);
}

// Few keys, so that puts meet and removes hit; some with U+0000 and surrogates.
const key = fc.oneof(
  fc.integer({ min: 0, max: 400 }).map((n) => `k${n}`),
  fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', '\u{1f600}', '\uffff'), maxLength: 4 }),
);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('set' as const), key, value: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('keep' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const) }) },
);

describe('the tree', () => {
  it('holds what a Map holds, and older versions stay as they were', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 1_200, size: 'max' }), (steps) => {
        let editor = new TreeEditor(emptyTree<number>());
        const model = new Map<string, number>();
        const kept: { tree: Tree<number>; model: Map<string, number> }[] = [];
        for (const now of steps) {
          if (now.do === 'set') {
            editor.set(now.key, now.value);
            model.set(now.key, now.value);
          } else if (now.do === 'delete') {
            expect(editor.delete(now.key)).toBe(model.delete(now.key));
          } else {
            const tree = editor.tree();
            kept.push({ tree, model: new Map(model) });
            if (now.do === 'fork') editor = new TreeEditor(tree);
          }
          expect(editor.size).toBe(model.size);
        }
        expectSame(editor.tree(), model);
        for (const old of kept) expectSame(old.tree, old.model);
      }),
      { numRuns: 60 },
    );
  });

  it.each([
    { name: 'ascending', order: (n: number) => n },
    { name: 'descending', order: (n: number) => 5_000 - n },
    { name: 'scattered', order: (n: number) => (n * 2_654_435_761) % 5_003 },
  ])('grows and shrinks with $name keys', ({ order }) => {
    const editor = new TreeEditor(emptyTree<number>());
    const model = new Map<string, number>();
    const keyAt = (n: number) => String(order(n)).padStart(6, '0');
    for (let n = 0; n < 5_000; n++) {
      editor.set(keyAt(n), n);
      model.set(keyAt(n), n);
    }
    const full = editor.tree();
    expectSame(full, model);
    const fullModel = new Map(model);
    for (let n = 0; n < 5_000; n++) {
      if (n % 97 === 0) expectSame(editor.tree(), model);
      expect(editor.delete(keyAt(n))).toBe(true);
      model.delete(keyAt(n));
    }
    expectSame(editor.tree(), new Map());
    expectSame(full, fullModel);
  });

  it('scans from the first key that is not below, and stops when told', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 300 }), key, fc.nat({ max: 20 }), (keys, from, most) => {
        const editor = new TreeEditor(emptyTree<number>());
        const model = new Map(keys.map((name, i) => [name, i] as const));
        for (const [name, value] of model) editor.set(name, value);
        const tree = editor.tree();
        const wanted = [...model].sort(byUnits).filter(([name]) => name >= from);
        expect(entries(tree, from)).toEqual(wanted);
        let visited = 0;
        treeScan(tree, from, () => ++visited <= most);
        expect(visited).toBe(Math.min(most + 1, wanted.length));
        for (const name of keys) expect(treeGet(tree, name)).toBe(model.get(name));
        expect(treeGet(tree, `${from}?absent`)).toBeUndefined();
      }),
    );
  });

  it('does nothing when a key that is not there is deleted', () => {
    const editor = new TreeEditor(emptyTree<number>());
    expect(editor.delete('a')).toBe(false);
    for (let n = 0; n < 100; n++) editor.set(`k${n}`, n);
    const before = editor.tree();
    for (let n = 0; n < 100; n++) expect(editor.delete(`k${n}x`)).toBe(false);
    expect(entries(editor.tree())).toEqual(entries(before));
  });
});
