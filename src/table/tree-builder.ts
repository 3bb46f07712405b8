import { emptyTree, nodeMax, nodeMin, type Tree, TreeEditor, TreeNode } from './btree.js';

/** Entries of a node that is not the last of its level: what appending one by one leaves, too. There is room to insert. */
const nodeFill = nodeMax - nodeMin;

/** The end of one level of the tree. Long enough to fill a node, and to leave a last one that is not too small. */
interface Level<V> {
  keys: string[];
  items: (V | TreeNode<V>)[];
}

/**
 * Builds a tree bottom-up out of entries in order of their keys: nothing is searched for, and no node is split. An entry
 * that does not come after all before it is inserted at the end, so any order is right and most should be sorted.
 */
export class TreeBuilder<V> {
  /** The leaves first. */
  readonly #levels: Level<V>[] = [];
  readonly #late: { readonly key: string; readonly value: V }[] = [];
  #last: string | undefined;
  #size = 0;

  add(key: string, value: V): void {
    if (this.#last !== undefined && key <= this.#last) {
      this.#late.push({ key, value });
      return;
    }
    this.#last = key;
    this.#size++;
    this.#push(0, key, value);
  }

  /** The tree of all entries. The builder is of no use afterwards. */
  tree(): Tree<V> {
    const tree = { root: this.#root(), size: this.#size };
    if (this.#late.length === 0) return tree;
    const editor = new TreeEditor(tree);
    for (const { key, value } of this.#late) editor.set(key, value);
    return editor.tree();
  }

  #push(height: number, key: string, item: V | TreeNode<V>): void {
    const level = (this.#levels[height] ??= { keys: [], items: [] });
    level.keys.push(key);
    level.items.push(item);
    if (level.keys.length < nodeFill + nodeMin) return;
    const node = nodeOf<V>(height, level.keys.slice(0, nodeFill), level.items.slice(0, nodeFill));
    level.keys = level.keys.slice(nodeFill);
    level.items = level.items.slice(nodeFill);
    this.#push(height + 1, node.keys[0] as string, node);
  }

  /** Makes nodes of what is left at the end of each level, from the leaves up. */
  #root(): TreeNode<V> {
    for (let height = 0; ; height++) {
      const level = this.#levels[height];
      if (!level) return emptyTree<V>().root;
      const node = nodeOf<V>(height, level.keys.slice(), level.items.slice());
      if (height === this.#levels.length - 1) return node;
      this.#push(height + 1, node.keys[0] as string, node);
    }
  }
}

function nodeOf<V>(height: number, keys: string[], items: (V | TreeNode<V>)[]): TreeNode<V> {
  return new TreeNode<V>(height === 0, keys, items, undefined, false);
}
