import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeMax, nodeMin, type Tree, TreeEditor, type TreeNode, treeScan } from '../../src/table/btree.js';
import { emptyTable, readTable, TableBuilder, type TableDefinition, TableEditor } from '../../src/table/index.js';
import { IndexBuilder } from '../../src/table/index-builder.js';
import { keyOf } from '../../src/table/key.js';
import { TreeBuilder } from '../../src/table/tree-builder.js';

/** Rules that hold for every tree, however it was made. */
function brokenRules<V>({ root, size }: Tree<V>): string[] {
  const broken: string[] = [];
  const depths = new Set<number>();
  let entries = 0;
  const visit = (node: TreeNode<V>, depth: number, from: string, to: string | undefined) => {
    const { keys, items, leaf } = node;
    if (keys.length !== items.length) broken.push('a node has as many keys as items');
    if (items.length > nodeMax) broken.push('a node has room for its items');
    if (node !== root && items.length < nodeMin) broken.push('only the root may be small');
    if (node === root && !leaf && items.length < 2) broken.push('a branch at the root has two children');
    if (!leaf) {
      const bounds = [from, ...keys.slice(1)];
      items.forEach((child, i) =>
        visit(child as TreeNode<V>, depth + 1, bounds[i] as string, i + 1 < keys.length ? keys[i + 1] : to),
      );
      return;
    }
    depths.add(depth);
    entries += keys.length;
    if (keys.some((key, i) => i > 0 && key <= (keys[i - 1] as string))) broken.push('keys of a leaf grow');
    if (keys.some((key) => key < from || (to !== undefined && key >= to))) broken.push('keys are where branches say');
  };
  visit(root, 0, '', undefined);
  if (depths.size !== 1) broken.push('leaves are on one level');
  if (entries !== size) broken.push('the size is the number of entries');
  return broken;
}

function entriesOf<V>(tree: Tree<V>): [string, V][] {
  const found: [string, V][] = [];
  treeScan(tree, '', (value, key) => void found.push([key, value]));
  return found;
}

function ended<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const byKey = (a: readonly [string, unknown], b: readonly [string, unknown]) => (a[0] < b[0] ? -1 : 1);
const keyAt = (n: number) => `k${String(n).padStart(6, '0')}`;

describe('a tree that is built at once', () => {
  // One below and one above each number at which a node is filled or a level begins.
  it.each([0, 1, 7, 8, 9, 31, 32, 33, 55, 56, 57, 767, 768, 769, 775, 776, 777, 20_000])(
    'holds %i entries',
    (count) => {
      const builder = new TreeBuilder<number>();
      for (let n = 0; n < count; n++) builder.add(keyAt(n), n);
      const tree = builder.tree();
      expect(brokenRules(tree)).toEqual([]);
      expect(entriesOf(tree)).toEqual(Array.from({ length: count }, (_, n) => [keyAt(n), n]));
    },
  );

  it('is what one by one makes, in any order, and can be changed like it', () => {
    const key = fc.integer({ min: 0, max: 2_000 }).map(keyAt);
    const sorted = fc.uniqueArray(key, { maxLength: 1_500, size: 'max' }).map((keys) => keys.sort());
    fc.assert(
      fc.property(sorted, fc.array(key, { maxLength: 20 }), fc.array(key, { maxLength: 600 }), (keys, late, gone) => {
        const builder = new TreeBuilder<number>();
        const model = new Map<string, number>();
        for (const [n, name] of [...keys, ...late].entries()) {
          builder.add(name, n);
          model.set(name, n);
        }
        const built = builder.tree();
        const wanted = [...model].sort(byKey);
        expect(brokenRules(built)).toEqual([]);
        expect(entriesOf(built)).toEqual(wanted);
        const editor = new TreeEditor(built);
        for (const [n, name] of gone.entries()) {
          if (n % 3 === 0) {
            editor.set(`${name}x`, n);
            model.set(`${name}x`, n);
          } else expect(editor.delete(name)).toBe(model.delete(name));
        }
        const changed = editor.tree();
        expect(brokenRules(changed)).toEqual([]);
        expect(entriesOf(changed)).toEqual([...model].sort(byKey));
        expect(entriesOf(built)).toEqual(wanted);
      }),
      { numRuns: 40 },
    );
  });
});

describe('an index that is built at once', () => {
  it('merges thousands of keys that come in any order, of one part and of several', () => {
    const builder = new IndexBuilder();
    const model = new Map<string, string>();
    const add = (parts: string[], id: string) => {
      builder.add(parts, id);
      model.set(keyOf(...parts, id), id);
    };
    for (let n = 0; n < 9_000; n++) {
      const id = keyAt(n);
      add([`slot${(n * 7_919) % 9_001}`], id);
      add([`of${n % 5}`], id);
      add([`of${n % 5}`, `slot${(n * 7_919) % 9_001}`], id);
      add([`of${n % 5}`, 'a\u0000'], id);
      if (n % 1_000 === 0) add([], id);
    }
    const steps = builder.build();
    let pauses = 0;
    let step = steps.next();
    for (; !step.done; step = steps.next()) pauses++;
    expect(pauses).toBeGreaterThan(model.size / 100);
    expect(brokenRules(step.value)).toEqual([]);
    expect(entriesOf(step.value)).toEqual([...model].sort(byKey));
  });
});

interface Row {
  readonly id: string;
  readonly colour: string;
  readonly tags: readonly string[];
  readonly pair?: readonly string[];
}

const definition: TableDefinition<Row> = {
  name: 'row',
  id: (row) => row.id,
  indexes: {
    colour: { of: (row) => (row.colour === '' ? [] : [[row.colour]]) },
    tags: { of: (row) => row.tags.map((tag) => [tag]) },
    pair: { of: (row) => (row.pair ? [row.pair] : []) },
  },
};

const word = fc.constantFrom('', 'a', 'ab', 'b', 'a\u0000', '\u0000', '|');
const row: fc.Arbitrary<Row> = fc.record(
  {
    id: fc.oneof(
      fc.integer({ min: 0, max: 300 }).map((n) => `r${n}`),
      word.map((end) => `r${end}`),
    ),
    colour: word,
    tags: fc.array(word, { maxLength: 3 }), // one tag twice is one key
    pair: fc.array(word, { maxLength: 3 }), // a key may be the beginning of another
  },
  { requiredKeys: ['id', 'colour', 'tags'] },
);

describe('a table that is built at once', () => {
  it('is what one by one makes, whether or not the rows come in order', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 400, size: 'max' }), fc.boolean(), (rows, sort) => {
        if (sort) rows.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
        const editor = new TableEditor(definition, emptyTable(definition));
        const builder = new TableBuilder(definition);
        for (const one of rows) {
          editor.put(one, editor.get(one.id));
          builder.add(one);
        }
        const wanted = editor.root();
        const built = ended(builder.build());
        expect(built.definition).toBe(definition);
        expect(entriesOf(built.rows)).toEqual(entriesOf(wanted.rows));
        expect(Object.keys(built.indexes)).toEqual(Object.keys(wanted.indexes));
        for (const [name, index] of Object.entries(built.indexes)) {
          expect(brokenRules(index)).toEqual([]);
          expect(entriesOf(index)).toEqual(entriesOf(wanted.indexes[name] as Tree<string>));
        }
        const lookup = { index: 'colour', parts: ['a'] };
        expect(readTable(built).find(lookup)).toEqual(readTable(wanted).find(lookup));
      }),
      { numRuns: 60 },
    );
  });
});
