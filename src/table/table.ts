import { assert } from '../base/assert.js';
import { emptyTree, TreeEditor, treeGet, treeScan, treeValues, type Tree } from './btree.js';
import { keyOf, keyPrefix } from './key.js';

/**
 * How one index finds its rows. `of` gives the parts of the row's key; several keys when it returns several; none
 * keeps the row out of the index.
 */
export interface IndexDefinition<Row> {
  readonly of: (row: Row) => readonly (readonly string[])[];
}

/** What a row is, what identifies it, how one may look it up. */
export interface TableDefinition<Row> {
  readonly name: string;
  readonly id: (row: Row) => string;
  readonly indexes: Readonly<Record<string, IndexDefinition<Row>>>;
}

/** One version of a table. Immutable; shares structure with the versions before and after it. */
export interface TableRoot<Row> {
  readonly rows: Tree<Row>;
  /** Index name → key of parts + id → id. Rows are kept once, so a change that moves no key touches no index. */
  readonly indexes: Readonly<Record<string, Tree<string>>>;
}

export function emptyTable<Row>(definition: TableDefinition<Row>): TableRoot<Row> {
  const indexes = Object.fromEntries(Object.keys(definition.indexes).map((name) => [name, emptyTree<string>()]));
  return { rows: emptyTree(), indexes };
}

/** Where a lookup starts: all keys that begin with `parts`, whose next part begins with `prefix` if one is given. */
export interface Lookup {
  readonly index: string;
  readonly parts: readonly string[];
  readonly prefix?: string;
}

/** Reads one version of a table; a {@link TableEditor} is one too, and shows its own writes. */
export interface TableReader<Row> {
  get(id: string): Row | undefined;
  readonly size: number;
  all(): Row[];
  /** Rows whose id begins with `prefix`, by id. */
  byIdPrefix(prefix: string): Row[];
  /** Rows that an index finds, by key and then id. */
  find(lookup: Lookup): Row[];
}

type Readable<V> = Pick<Tree<V>, 'root' | 'size'>;

function lookupStart(lookup: Lookup): string {
  return lookup.prefix === undefined ? keyOf(...lookup.parts) : keyPrefix(lookup.parts, lookup.prefix);
}

function idsIn(index: Readable<string>, lookup: Lookup): string[] {
  const start = lookupStart(lookup);
  const ids = new Set<string>();
  treeScan(index, start, (id, key) => key.startsWith(start) && ids.add(id).size > 0);
  return [...ids];
}

/** Reading, for whoever says where the rows and the indexes are. */
abstract class Reader<Row> implements TableReader<Row> {
  protected abstract readable(): Readable<Row>;
  protected abstract readableIndex(name: string): Readable<string>;

  get(id: string): Row | undefined {
    return treeGet(this.readable(), id);
  }

  get size(): number {
    return this.readable().size;
  }

  all(): Row[] {
    return treeValues(this.readable());
  }

  byIdPrefix(prefix: string): Row[] {
    const found: Row[] = [];
    treeScan(this.readable(), prefix, (row, id) => id.startsWith(prefix) && found.push(row) > 0);
    return found;
  }

  find(lookup: Lookup): Row[] {
    return idsIn(this.readableIndex(lookup.index), lookup).map((id) => {
      const row = this.get(id);
      assert(row !== undefined, `index ${lookup.index} names a row that is there`);
      return row;
    });
  }
}

class RootReader<Row> extends Reader<Row> {
  readonly #root: TableRoot<Row>;

  constructor(root: TableRoot<Row>) {
    super();
    this.#root = root;
  }

  protected override readable(): Readable<Row> {
    return this.#root.rows;
  }

  protected override readableIndex(name: string): Readable<string> {
    return indexOf(this.#root.indexes, name);
  }
}

export function readTable<Row>(root: TableRoot<Row>): TableReader<Row> {
  return new RootReader(root);
}

function indexOf<T>(indexes: Readonly<Record<string, T>>, name: string): T {
  const index = indexes[name];
  assert(index !== undefined, `the table has an index ${name}`);
  return index;
}

const sameParts = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((part, i) => part === b[i]);
const sameKeys = (a: readonly (readonly string[])[], b: readonly (readonly string[])[]) =>
  a.length === b.length && a.every((parts, i) => sameParts(parts, b[i] as readonly string[]));

const names = new WeakMap<object, readonly string[]>();

/** The names of a definition's indexes, listed once: an editor is made for every transaction. */
function indexNames(definition: TableDefinition<never>): readonly string[] {
  let known = names.get(definition);
  if (!known) names.set(definition, (known = Object.keys(definition.indexes)));
  return known;
}

/** Makes the next version of a table. The caller checks first; an editor does as it is told. */
export class TableEditor<Row> extends Reader<Row> {
  readonly #definition: TableDefinition<Row>;
  readonly #rows: TreeEditor<Row>;
  readonly #indexNames: readonly string[];
  /** Opened when first written to. */
  #indexes: Map<string, TreeEditor<string>> | undefined;
  #base: TableRoot<Row>;

  constructor(definition: TableDefinition<Row>, root: TableRoot<Row>) {
    super();
    this.#definition = definition;
    this.#base = root;
    this.#rows = new TreeEditor(root.rows);
    this.#indexNames = indexNames(definition);
  }

  protected override readable(): Readable<Row> {
    return this.#rows;
  }

  protected override readableIndex(name: string): Readable<string> {
    return this.#indexes?.get(name) ?? indexOf(this.#base.indexes, name);
  }

  /** Adds a row, or puts it in the place of `old`, which must be the row of that id. */
  put(row: Row, old: Row | undefined): void {
    const id = this.#definition.id(row);
    this.#rows.set(id, row);
    for (const name of this.#indexNames) {
      const { of } = indexOf(this.#definition.indexes, name);
      const keys = of(row);
      const oldKeys = old === undefined ? [] : of(old);
      if (sameKeys(keys, oldKeys)) continue;
      const index = this.#index(name);
      for (const parts of oldKeys) index.delete(keyOf(...parts, id));
      for (const parts of keys) index.set(keyOf(...parts, id), id);
    }
  }

  remove(old: Row): void {
    const id = this.#definition.id(old);
    this.#rows.delete(id);
    for (const name of this.#indexNames) {
      for (const parts of indexOf(this.#definition.indexes, name).of(old))
        this.#index(name).delete(keyOf(...parts, id));
    }
  }

  /** The table as it is now. Costs next to nothing, so it also serves as a savepoint. */
  root(): TableRoot<Row> {
    let { indexes } = this.#base;
    if (this.#indexes) {
      const changed: Record<string, Tree<string>> = { ...indexes };
      for (const [name, editor] of this.#indexes) changed[name] = editor.tree();
      indexes = changed;
    }
    this.#base = { rows: this.#rows.tree(), indexes };
    return this.#base;
  }

  #index(name: string): TreeEditor<string> {
    const indexes = (this.#indexes ??= new Map<string, TreeEditor<string>>());
    let editor = indexes.get(name);
    if (!editor) {
      editor = new TreeEditor(indexOf(this.#base.indexes, name));
      indexes.set(name, editor);
    }
    return editor;
  }
}
