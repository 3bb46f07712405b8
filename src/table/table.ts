import { assert } from '../base/assert.js';
import { emptyTree, type Tree, TreeEditor, treeGet, treeScan, treeValues } from './btree.js';
import { entryKey, keyOf, keyPrefix } from './key.js';

/**
 * Definition of one index. `of` gives the parts of the row's key; several keys when it returns several; none
 * keeps the row out of the index.
 */
export interface IndexDefinition<Row> {
  readonly of: (row: Row) => readonly (readonly string[])[];
}

/** Definition of a table: its rows, their id, and its indexes. */
export interface TableDefinition<Row> {
  readonly name: string;
  readonly id: (row: Row) => string;
  readonly indexes: Readonly<Record<string, IndexDefinition<Row>>>;
}

/** One version of a table. Immutable; shares structure with the versions before and after it. */
export interface TableRoot<Row> {
  /** Definition that the indexes were made by. */
  readonly definition: TableDefinition<Row>;
  readonly rows: Tree<Row>;
  /** Index name → key of parts + id → id. Rows are kept once, so a change that moves no key touches no index. */
  readonly indexes: Readonly<Record<string, Tree<string>>>;
}

export function emptyTable<Row>(definition: TableDefinition<Row>): TableRoot<Row> {
  const indexes = Object.fromEntries(Object.keys(definition.indexes).map((name) => [name, emptyTree<string>()]));
  return { definition, rows: emptyTree(), indexes };
}

/** The same rows under another definition: its indexes are made anew. Costs as much as inserting every row. */
export function redefineTable<Row>(definition: TableDefinition<Row>, root: TableRoot<Row>): TableRoot<Row> {
  if (root.definition === definition) return root;
  const editor = new TableEditor(definition, emptyTable(definition));
  treeScan(root.rows, '', (row) => editor.put(row, undefined));
  return editor.root();
}

/**
 * Span of keys of an index: all that begin with `parts`, and whose next part begins with `prefix`, is at least `from`
 * and less than `to`, where those are given.
 */
export interface Lookup {
  readonly index: string;
  readonly parts: readonly string[];
  readonly prefix?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Span of ids, as in {@link Lookup}. */
export type IdSpan = Pick<Lookup, 'prefix' | 'from' | 'to'>;

/** Answers whether to go on. */
export type Visit<Row> = (row: Row) => boolean;

/** Reads one version of a table; a {@link TableEditor} is one too, and shows its own writes. */
export interface TableReader<Row> {
  get(id: string): Row | undefined;
  readonly size: number;
  all(): Row[];
  /** Rows whose id begins with `prefix`, by id. */
  byIdPrefix(prefix: string): Row[];
  /** Rows that an index finds, by key and then id. */
  find(lookup: Lookup): Row[];
  /** Visits rows by id, those after `after` when it is given (it need not be there). */
  scanIds(span: IdSpan, after: string | undefined, visit: Visit<Row>): void;
  /** Visits rows in the order of {@link find}, those after the place of `after` when it is given. */
  scanIndex(lookup: Lookup, after: Row | undefined, visit: Visit<Row>): void;
  /** Tells whether {@link find} would find this row. */
  holds(lookup: Lookup, row: Row): boolean;
}

type Readable<V> = Pick<Tree<V>, 'root' | 'size'>;

/** The keys of a span are those from `start` on, until one is not `inside`. */
interface KeySpan {
  readonly start: string;
  readonly inside: (key: string) => boolean;
}

function keySpan({ parts, prefix, from, to }: Pick<Lookup, 'parts' | 'prefix' | 'from' | 'to'>): KeySpan {
  const stem = prefix === undefined ? keyOf(...parts) : keyPrefix(parts, prefix);
  const first = from === undefined ? stem : keyPrefix(parts, from);
  const end = to === undefined ? undefined : keyPrefix(parts, to);
  return {
    start: first > stem ? first : stem,
    inside: end === undefined ? (key) => key.startsWith(stem) : (key) => key.startsWith(stem) && key < end,
  };
}

/** Reads a table whose subclass has the rows and the indexes. */
abstract class Reader<Row> implements TableReader<Row> {
  protected abstract readonly definition: TableDefinition<Row>;
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
    this.scanIds({ prefix }, undefined, (row) => found.push(row) > 0);
    return found;
  }

  find(lookup: Lookup): Row[] {
    const found: Row[] = [];
    this.scanIndex(lookup, undefined, (row) => found.push(row) > 0);
    return found;
  }

  scanIds({ prefix = '', from = '', to }: IdSpan, after: string | undefined, visit: Visit<Row>): void {
    const start = from > prefix ? from : prefix;
    treeScan(this.readable(), after !== undefined && after > start ? after : start, (row, id) => {
      if (!id.startsWith(prefix) || (to !== undefined && id >= to)) return false;
      return id === after || visit(row);
    });
  }

  scanIndex(lookup: Lookup, after: Row | undefined, visit: Visit<Row>): void {
    const span = keySpan(lookup);
    const place = after === undefined ? undefined : firstKey(this.definition, lookup.index, span, after);
    // A row with several keys is visited at the first of them: the keys that were visited tell, as long as all were.
    let first: string | undefined;
    let seen: Set<string> | undefined; // of a second row on: most lookups find one
    const visited = (id: string) => {
      if (first === undefined) first = id;
      else if (id === first || seen?.has(id)) return true;
      else (seen ??= new Set()).add(id);
      return false;
    };
    treeScan(this.readableIndex(lookup.index), place ?? span.start, (id, key) => {
      if (!span.inside(key)) return false;
      if (key === place || (place === undefined && visited(id))) return true;
      const row = this.get(id);
      assert(row !== undefined, `index ${lookup.index} names a row that is there`);
      if (place !== undefined && firstKey(this.definition, lookup.index, span, row) !== key) return true;
      return visit(row);
    });
  }

  holds(lookup: Lookup, row: Row): boolean {
    return lookupHolds(this.definition, lookup, row);
  }
}

/** The first key of the row that the span holds; `undefined` when none does. */
function firstKey<Row>(
  definition: TableDefinition<Row>,
  index: string,
  { start, inside }: KeySpan,
  row: Row,
): string | undefined {
  let first: string | undefined;
  const id = definition.id(row);
  for (const parts of indexOf(definition.indexes, index).of(row)) {
    const key = entryKey(parts, id);
    if (key >= start && inside(key) && (first === undefined || key < first)) first = key;
  }
  return first;
}

/** Tells whether a table of this definition would find the row, which need not be in one. */
export function lookupHolds<Row>(definition: TableDefinition<Row>, lookup: Lookup, row: Row): boolean {
  return firstKey(definition, lookup.index, keySpan(lookup), row) !== undefined;
}

class RootReader<Row> extends Reader<Row> {
  readonly #root: TableRoot<Row>;

  constructor(root: TableRoot<Row>) {
    super();
    this.#root = root;
  }

  protected override get definition(): TableDefinition<Row> {
    return this.#root.definition;
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

const noKeys: readonly (readonly string[])[] = [];

/** An index by its name. */
type Named<Row> = IndexDefinition<Row> & { readonly name: string };

const listed = new WeakMap<object, readonly Named<never>[]>();

/** The indexes of a definition, listed once: an editor is made for every transaction. */
function indexesOf<Row>(definition: TableDefinition<Row>): readonly Named<Row>[] {
  let known = listed.get(definition) as readonly Named<Row>[] | undefined;
  if (!known) {
    known = Object.entries(definition.indexes).map(([name, { of }]) => ({ name, of }));
    listed.set(definition, known);
  }
  return known;
}

/** Makes the next version of a table. The caller checks first; an editor checks nothing. */
export class TableEditor<Row> extends Reader<Row> {
  protected override readonly definition: TableDefinition<Row>;
  readonly #rows: TreeEditor<Row>;
  readonly #definitions: readonly Named<Row>[];
  /** Opened when first written to. */
  #indexes: Map<string, TreeEditor<string>> | undefined;
  #base: TableRoot<Row>;

  constructor(definition: TableDefinition<Row>, root: TableRoot<Row>) {
    super();
    this.definition = definition;
    this.#base = redefineTable(definition, root);
    this.#rows = new TreeEditor(this.#base.rows);
    this.#definitions = indexesOf(definition);
  }

  protected override readable(): Readable<Row> {
    return this.#rows;
  }

  protected override readableIndex(name: string): Readable<string> {
    return this.#indexes?.get(name) ?? indexOf(this.#base.indexes, name);
  }

  /** Adds a row, or puts it in the place of `old`, which must be the row of that id. */
  put(row: Row, old: Row | undefined): void {
    const id = this.definition.id(row);
    this.#rows.set(id, row);
    for (const { name, of } of this.#definitions) {
      const keys = of(row);
      const oldKeys = old === undefined ? noKeys : of(old);
      if (keys.length === 0 && oldKeys.length === 0) continue;
      if (old !== undefined && sameKeys(keys, oldKeys)) continue;
      const index = this.#index(name);
      for (const parts of oldKeys) index.delete(entryKey(parts, id));
      for (const parts of keys) index.set(entryKey(parts, id), id);
    }
  }

  remove(old: Row): void {
    const id = this.definition.id(old);
    this.#rows.delete(id);
    for (const { name, of } of this.#definitions) {
      for (const parts of of(old)) this.#index(name).delete(entryKey(parts, id));
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
    this.#base = { definition: this.definition, rows: this.#rows.tree(), indexes };
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
