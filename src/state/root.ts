import { emptyTable, readTable, TableEditor, type TableReader, type TableRoot } from '../table/index.js';
import type { StoredObject } from './kind.js';
import { kindNames, kindOf, type Kind } from './tables/index.js';

type Rows = TableRoot<StoredObject>;

/** One version of everything: immutable, and free to keep. */
export interface StateRoot {
  /** How many transactions led here. */
  readonly version: number;
  /** The time of the last one, milliseconds since the epoch. */
  readonly time: number;
  readonly tables: Readonly<Record<Kind, Rows>>;
}

export const emptyRoot: StateRoot = Object.freeze({
  version: 0,
  time: 0,
  tables: Object.freeze(
    Object.fromEntries(kindNames.map((kind) => [kind, emptyTable(kindOf(kind).table)])) as Record<Kind, Rows>,
  ),
});

const readers = new WeakMap<Rows, TableReader<StoredObject>>();

export function readKind(root: StateRoot, kind: Kind): TableReader<StoredObject> {
  const rows = root.tables[kind];
  let reader = readers.get(rows);
  if (!reader) {
    reader = readTable(rows);
    readers.set(rows, reader);
  }
  return reader;
}

/** Makes the tables of the next version; opens a table when it is first touched. */
export class RootEditor {
  readonly #tables: Partial<Record<Kind, TableEditor<StoredObject>>> = {};
  #base: StateRoot['tables'];

  constructor(tables: StateRoot['tables']) {
    this.#base = tables;
  }

  table(kind: Kind): TableEditor<StoredObject> {
    return (this.#tables[kind] ??= new TableEditor(kindOf(kind).table, this.#base[kind]));
  }

  /** The tables as they are now; also a savepoint. */
  tables(): StateRoot['tables'] {
    const tables = { ...this.#base };
    for (const kind of kindNames) {
      const editor = this.#tables[kind];
      if (editor) tables[kind] = editor.root();
    }
    this.#base = tables;
    return tables;
  }
}
