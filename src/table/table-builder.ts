import type { Tree } from './btree.js';
import { IndexBuilder } from './index-builder.js';
import { type TableDefinition, TableEditor, type TableRoot } from './table.js';
import { TreeBuilder } from './tree-builder.js';

/**
 * Builds a table out of many rows at once. They should come in order of their ids: others are put in one by one at the
 * end, where the later of two with one id takes the place of the earlier.
 */
export class TableBuilder<Row> {
  readonly #definition: TableDefinition<Row>;
  readonly #rows = new TreeBuilder<Row>();
  readonly #indexes: readonly { readonly name: string; readonly of: Keys<Row>; readonly builder: IndexBuilder }[];
  readonly #late: Row[] = [];
  #last: string | undefined;

  constructor(definition: TableDefinition<Row>) {
    this.#definition = definition;
    this.#indexes = Object.entries(definition.indexes).map(([name, { of }]) => ({
      name,
      of,
      builder: new IndexBuilder(),
    }));
  }

  add(row: Row): void {
    const id = this.#definition.id(row);
    if (this.#last !== undefined && id <= this.#last) {
      this.#late.push(row);
      return;
    }
    this.#last = id;
    this.#rows.add(id, row);
    for (const { of, builder } of this.#indexes) for (const parts of of(row)) builder.add(parts, id);
  }

  /** The table of all rows. Yields after a little work, so that the caller can pause. The builder is of no use afterwards. */
  *build(): Generator<undefined, TableRoot<Row>> {
    const indexes: Record<string, Tree<string>> = {};
    for (const { name, builder } of this.#indexes) indexes[name] = yield* builder.build();
    const root = { definition: this.#definition, rows: this.#rows.tree(), indexes };
    if (this.#late.length === 0) return root;
    const editor = new TableEditor(this.#definition, root);
    for (const row of this.#late) {
      editor.put(row, editor.get(this.#definition.id(row)));
      yield undefined;
    }
    return editor.root();
  }
}

type Keys<Row> = TableDefinition<Row>['indexes'][string]['of'];
