// A persistent B+tree: string keys in UTF-16 order, structure shared between versions.
//
// A `Tree` never changes. An {@link TreeEditor} makes a new one out of it and copies only the nodes on the paths it
// touches; nodes that the same editor made are changed in place (they carry its mark), so a transaction of many
// changes copies each node once. Why this and not something else: docs/design/table.md.

/** Most entries of one node. 32 was the best of 16, 32 and 64 for get and single update at 10,000 and 1,000,000 keys. */
export const nodeMax = 32;
export const nodeMin = nodeMax / 4;

interface Mark {
  readonly mark: true;
}

/** `keys[i]` is a leaf's key, or a lower bound of the keys below `items[i]`; `keys[0]` of a branch is not looked at. */
export class TreeNode<V> {
  constructor(
    readonly leaf: boolean,
    public keys: string[],
    readonly items: (V | TreeNode<V>)[],
    readonly mark: Mark | undefined,
    /** The keys are another node's too: replacing a value touches no keys, so they are copied only when they change. */
    public keysShared: boolean,
  ) {}
}

export interface Tree<V> {
  readonly root: TreeNode<V>;
  readonly size: number;
}

const empty: Tree<never> = { root: new TreeNode<never>(true, [], [], undefined, false), size: 0 };

export function emptyTree<V>(): Tree<V> {
  return empty;
}

function ownKeys<V>(node: TreeNode<V>): string[] {
  if (node.keysShared) {
    node.keys = node.keys.slice();
    node.keysShared = false;
  }
  return node.keys;
}

/** Position of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Position of the child of a branch that would hold `key`. */
function childFor(keys: readonly string[], key: string): number {
  let low = 1;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as string) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export function treeGet<V>(tree: { readonly root: TreeNode<V> }, key: string): V | undefined {
  let node = tree.root;
  while (!node.leaf) node = node.items[childFor(node.keys, key)] as TreeNode<V>;
  const at = lowerBound(node.keys, key);
  return node.keys[at] === key ? (node.items[at] as V) : undefined;
}

/** Visits entries in key order from the first key ≥ `from`, until `visit` answers false. */
export function treeScan<V>(
  tree: { readonly root: TreeNode<V> },
  from: string,
  visit: (value: V, key: string) => boolean | void,
): void {
  scan(tree.root, from, visit);
}

function scan<V>(node: TreeNode<V>, from: string, visit: (value: V, key: string) => boolean | void): boolean {
  const { keys, items } = node;
  if (node.leaf) {
    for (let i = from === '' ? 0 : lowerBound(keys, from); i < keys.length; i++) {
      if (visit(items[i] as V, keys[i] as string) === false) return false;
    }
    return true;
  }
  const first = from === '' ? 0 : childFor(keys, from);
  for (let i = first; i < items.length; i++) {
    if (!scan(items[i] as TreeNode<V>, i === first ? from : '', visit)) return false;
  }
  return true;
}

/** All values in key order, in a fresh array. */
export function treeValues<V>(tree: Tree<V>): V[] {
  const values: V[] = [];
  collect(tree.root, values);
  return values;
}

function collect<V>(node: TreeNode<V>, into: V[]): void {
  if (node.leaf) for (const value of node.items) into.push(value as V);
  else for (const child of node.items) collect(child as TreeNode<V>, into);
}

/** Makes the next version of a tree. Reads see the editor's own writes. */
export class TreeEditor<V> {
  #mark: Mark = { mark: true };
  #split: TreeNode<V> | undefined;
  root: TreeNode<V>;
  size: number;

  constructor(tree: Tree<V>) {
    this.root = tree.root;
    this.size = tree.size;
  }

  /** The tree as it is now. The editor may go on: nodes given out are no longer changed in place. */
  tree(): Tree<V> {
    this.#mark = { mark: true };
    return { root: this.root, size: this.size };
  }

  set(key: string, value: V): void {
    const root = this.#set(this.root, key, value);
    const right = this.#split;
    this.#split = undefined;
    this.root = right ? new TreeNode<V>(false, ['', right.keys[0] as string], [root, right], this.#mark, false) : root;
  }

  /** True when the key was there. */
  delete(key: string): boolean {
    const before = this.size;
    this.root = this.#delete(this.root, key);
    while (!this.root.leaf && this.root.items.length === 1) this.root = this.root.items[0] as TreeNode<V>;
    return this.size < before;
  }

  #own(node: TreeNode<V>): TreeNode<V> {
    return node.mark === this.#mark
      ? node
      : new TreeNode<V>(node.leaf, node.keys, node.items.slice(), this.#mark, true);
  }

  #set(node: TreeNode<V>, key: string, value: V): TreeNode<V> {
    const own = this.#own(node);
    if (own.leaf) {
      const at = lowerBound(own.keys, key);
      if (own.keys[at] === key) {
        own.items[at] = value;
        return own;
      }
      ownKeys(own).splice(at, 0, key);
      own.items.splice(at, 0, value);
      this.size++;
    } else {
      const at = childFor(own.keys, key);
      own.items[at] = this.#set(own.items[at] as TreeNode<V>, key, value);
      const right = this.#split;
      if (right) {
        this.#split = undefined;
        ownKeys(own).splice(at + 1, 0, right.keys[0] as string);
        own.items.splice(at + 1, 0, right);
      }
    }
    if (own.keys.length > nodeMax) this.#split = this.#cut(own, key);
    return own;
  }

  /** Moves the upper part of a full node into a new one. Keys that only ever grow leave full nodes behind, not half-full ones. */
  #cut(node: TreeNode<V>, key: string): TreeNode<V> {
    const appended = node.leaf && node.keys[node.keys.length - 1] === key;
    const at = appended ? node.keys.length - nodeMin : node.keys.length >>> 1;
    return new TreeNode<V>(node.leaf, node.keys.splice(at), node.items.splice(at), this.#mark, false);
  }

  #delete(node: TreeNode<V>, key: string): TreeNode<V> {
    if (node.leaf) {
      const at = lowerBound(node.keys, key);
      if (node.keys[at] !== key) return node;
      const own = this.#own(node);
      ownKeys(own).splice(at, 1);
      own.items.splice(at, 1);
      this.size--;
      return own;
    }
    const at = childFor(node.keys, key);
    const child = node.items[at] as TreeNode<V>;
    const next = this.#delete(child, key);
    if (next === child && next.items.length >= nodeMin) return node;
    const own = this.#own(node);
    own.items[at] = next;
    if (next.items.length < nodeMin && own.items.length > 1) this.#refill(own, at);
    return own;
  }

  /** Joins the child at `at`, which has become small, with a neighbour; shares out evenly when both do not fit one node. */
  #refill(parent: TreeNode<V>, at: number): void {
    const left = at > 0 ? at - 1 : at;
    const lower = this.#own(parent.items[left] as TreeNode<V>);
    const upper = parent.items[left + 1] as TreeNode<V>;
    const bound = parent.keys[left + 1] as string;
    const joint = lower.keys.length;
    ownKeys(lower).push(...upper.keys);
    lower.items.push(...upper.items);
    if (!lower.leaf) lower.keys[joint] = bound;
    parent.items[left] = lower;
    if (lower.keys.length <= nodeMax) {
      ownKeys(parent).splice(left + 1, 1);
      parent.items.splice(left + 1, 1);
      return;
    }
    const half = lower.keys.length >>> 1;
    const right = new TreeNode<V>(lower.leaf, lower.keys.splice(half), lower.items.splice(half), this.#mark, false);
    ownKeys(parent)[left + 1] = right.keys[0] as string;
    parent.items[left + 1] = right;
  }
}
