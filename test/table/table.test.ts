import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyTable, readTable, type TableDefinition, TableEditor, type TableRoot } from '../../src/table/index.js';

interface Row {
  readonly id: string;
  readonly colour: string;
  readonly tags: readonly string[];
  readonly pair?: readonly [string, string];
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
const id = fc.integer({ min: 0, max: 60 }).map((n) => `r${n}`);
const row: fc.Arbitrary<Row> = fc.record(
  {
    id,
    colour: word,
    tags: fc.uniqueArray(word, { maxLength: 3 }),
    pair: fc.tuple(word, word),
  },
  { requiredKeys: ['id', 'colour', 'tags'] },
);

const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

function expectSame(root: TableRoot<Row>, model: ReadonlyMap<string, Row>): void {
  const rows = [...model.values()].sort(byId);
  const table = readTable(root);
  expect(table.all()).toEqual(rows);
  expect(table.size).toBe(rows.length);
  for (const prefix of ['', 'r', 'r1', 'x']) {
    expect(table.byIdPrefix(prefix)).toEqual(rows.filter((one) => one.id.startsWith(prefix)));
  }
  for (const value of ['a', 'ab', 'a\u0000', 'c']) {
    expect(table.find({ index: 'colour', parts: [value] })).toEqual(rows.filter((one) => one.colour === value));
    expect(table.find({ index: 'tags', parts: [value] })).toEqual(rows.filter((one) => one.tags.includes(value)));
    expect(table.find({ index: 'pair', parts: [value, 'b'] })).toEqual(
      rows.filter((one) => one.pair?.[0] === value && one.pair[1] === 'b'),
    );
  }
  const coloured = rows.filter((one) => one.colour.startsWith('a') && one.colour !== '');
  coloured.sort((x, y) => (x.colour < y.colour ? -1 : x.colour > y.colour ? 1 : byId(x, y)));
  expect(table.find({ index: 'colour', parts: [], prefix: 'a' })).toEqual(coloured);
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('put' as const), row }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('remove' as const), id }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const) }) },
);

describe('a table', () => {
  it('finds by every index what a Map would, and goes back to savepoints', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 250, size: 'max' }), (steps) => {
        let editor = new TableEditor(definition, emptyTable(definition));
        let model = new Map<string, Row>();
        const saved: { root: TableRoot<Row>; model: Map<string, Row> }[] = [];
        for (const now of steps) {
          if (now.do === 'put') {
            editor.put(now.row, editor.get(now.row.id));
            model.set(now.row.id, now.row);
          } else if (now.do === 'remove') {
            const old = editor.get(now.id);
            expect(old).toEqual(model.get(now.id));
            if (old) editor.remove(old);
            model.delete(now.id);
          } else if (now.do === 'save') {
            saved.push({ root: editor.root(), model: new Map(model) });
          } else if (saved.length > 0) {
            const last = saved.at(-1) as { root: TableRoot<Row>; model: Map<string, Row> };
            editor = new TableEditor(definition, last.root);
            model = new Map(last.model);
          }
        }
        expectSame(editor.root(), model);
        for (const old of saved) expectSame(old.root, old.model);
      }),
      { numRuns: 60 },
    );
  });

  it('finds a row once, however many of its entries begin with the prefix', () => {
    const editor = new TableEditor(definition, emptyTable(definition));
    editor.put({ id: 'r1', colour: '', tags: ['a', 'ab'] }, undefined);
    expect(editor.find({ index: 'tags', parts: [], prefix: 'a' }).map((one) => one.id)).toEqual(['r1']);
  });

  it('shows its own writes before anybody else sees them', () => {
    const before = emptyTable(definition);
    const editor = new TableEditor(definition, before);
    editor.put({ id: 'r1', colour: 'a', tags: [] }, undefined);
    expect(editor.find({ index: 'colour', parts: ['a'] })).toHaveLength(1);
    expect(readTable(before).all()).toEqual([]);
  });
});
