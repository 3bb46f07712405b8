import type { KindDescription, StoredObject } from '../kinds/definition.js';
import type { KindSet } from '../kinds/kind-set.js';
import { kindNames, kindOf } from '../kinds/registry.js';
import { emptyTable, readTable, redefineTable, TableEditor, type TableReader, type TableRoot } from '../table/index.js';

type Rows = TableRoot<StoredObject>;
type TableRoots = Readonly<Record<string, Rows>>;

/** One version of everything: immutable, and free to keep. */
export interface StateRoot {
  /** Number of transactions that led to this state. */
  readonly version: number;
  /** The time of the last one, milliseconds since the epoch. */
  readonly time: number;
  /** By kind; a kind of which there never was an object may be absent. */
  readonly tables: TableRoots;
  /** Encoded bytes of the objects of each kind, as far as this member has counted them: for limits and status. */
  readonly bytes: Readonly<Record<string, number>>;
  /** The kinds that users defined, as the members that write them describe them. */
  readonly descriptions: Readonly<Record<string, KindDescription>>;
}

export const emptyRoot: StateRoot = Object.freeze({
  version: 0,
  time: 0,
  tables: Object.freeze(Object.fromEntries(kindNames.map((kind) => [kind, emptyTable(kindOf(kind).table)]))),
  bytes: Object.freeze({}),
  descriptions: Object.freeze({}),
});

/** The kinds of which a root has a table, the store's own first, the others by name. */
export function kindsIn(root: StateRoot): string[] {
  const others = Object.keys(root.tables).filter((name) => !(kindNames as readonly string[]).includes(name));
  return [...kindNames, ...others.sort()];
}

/** The rows of a kind with the indexes of its definition here: made when first asked for, and kept with the rows. */
function rowsOf(tables: TableRoots, kind: string, kinds: KindSet): Rows {
  const { table } = kinds.get(kind);
  const rows = tables[kind];
  if (rows === undefined) return emptyTable(table);
  if (rows.definition === table) return rows;
  let redefined = redefinitions.get(rows);
  if (redefined?.definition !== table) redefinitions.set(rows, (redefined = redefineTable(table, rows)));
  return redefined;
}

/** Rows that were written before their kind was known here. */
const redefinitions = new WeakMap<Rows, Rows>();
const readers = new WeakMap<Rows, TableReader<StoredObject>>();

export function readKind(root: StateRoot, kind: string, kinds: KindSet): TableReader<StoredObject> {
  const rows = rowsOf(root.tables, kind, kinds);
  let reader = readers.get(rows);
  if (!reader) {
    reader = readTable(rows);
    readers.set(rows, reader);
  }
  return reader;
}

/** Rows per slice of a walk through all rows. */
const chunkRows = 512;

/** Every row of a kind, by id: taken a few at a time, so that the reader can pause in between. */
export function* rowsIn(root: StateRoot, kind: string, kinds: KindSet): Generator<StoredObject, void> {
  const reader = readKind(root, kind, kinds);
  let last: string | undefined;
  for (;;) {
    const chunk: StoredObject[] = [];
    reader.scanIds({}, last, (row) => chunk.push(row) < chunkRows);
    yield* chunk;
    if (chunk.length < chunkRows) return;
    last = chunk.at(-1)?.id;
  }
}

/** Makes the tables of the next version; opens a table when it is first touched. */
export class RootEditor {
  readonly #tables = new Map<string, TableEditor<StoredObject>>();
  readonly #kinds: KindSet;
  #base: TableRoots;

  constructor(tables: TableRoots, kinds: KindSet) {
    this.#base = tables;
    this.#kinds = kinds;
  }

  table(kind: string): TableEditor<StoredObject> {
    let editor = this.#tables.get(kind);
    if (!editor) {
      editor = new TableEditor(this.#kinds.get(kind).table, rowsOf(this.#base, kind, this.#kinds));
      this.#tables.set(kind, editor);
    }
    return editor;
  }

  /** The tables as they are now; also a savepoint. */
  tables(): TableRoots {
    const tables: Record<string, Rows> = {};
    for (const kind in this.#base) tables[kind] = this.#base[kind] as Rows; // spreading it costs three times as much
    for (const [kind, editor] of this.#tables) tables[kind] = editor.root();
    this.#base = tables;
    return tables;
  }
}
