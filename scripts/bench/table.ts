import BTree from 'sorted-btree';
import { emptyTree, type Tree, TreeEditor, treeGet, treeValues } from '../../src/table/btree.js';
import { type Figure, figure } from './figure.js';

/** The persistent tree beside `sorted-btree`, cloned for every transaction: get, transactions of one change, scan. */
const count = 10_000;
const rounds = 20_000;
const keys = Array.from({ length: count }, (_, i) => `key${String((i * 7_919) % count).padStart(20, '0')}`);

function time(name: string, ops: number, run: () => void): Figure {
  run();
  const start = performance.now();
  run();
  return figure(name, ops, (performance.now() - start) / 1_000);
}

export async function* tableSuite(): AsyncGenerator<Figure> {
  const editor = new TreeEditor<number>(emptyTree<number>());
  keys.forEach((key, i) => editor.set(key, i));
  let ours: Tree<number> = editor.tree();
  const Sorted = (BTree as unknown as { default: typeof BTree.default }).default;
  let theirs = new Sorted<string, number>(keys.map((key, i): [string, number] => [key, i]));
  let sum = 0;

  yield time('treeGet', rounds, () => {
    for (let i = 0; i < rounds; i++) sum += treeGet(ours, keys[i % count] as string) ?? 0;
  });
  yield time('sortedBtreeGet', rounds, () => {
    for (let i = 0; i < rounds; i++) sum += theirs.get(keys[i % count] as string) ?? 0;
  });
  yield time('treeUpdateTransaction', rounds, () => {
    for (let i = 0; i < rounds; i++) {
      const next = new TreeEditor(ours);
      next.set(keys[i % count] as string, i);
      ours = next.tree();
    }
  });
  yield time('sortedBtreeUpdateTransaction', rounds, () => {
    for (let i = 0; i < rounds; i++) {
      const next = theirs.clone();
      next.set(keys[i % count] as string, i);
      theirs = next;
    }
  });
  yield time('treeScan', count * 100, () => {
    for (let i = 0; i < 100; i++) sum += treeValues(ours).length;
  });
  yield time('sortedBtreeScan', count * 100, () => {
    for (let i = 0; i < 100; i++) sum += theirs.valuesArray().length;
  });
  if (sum === 0) throw new Error('nothing was measured');
}
