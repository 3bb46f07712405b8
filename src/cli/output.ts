import Table from 'cli-table3';
import { printable } from '../base/terminal.js';
import type { Format, Streams } from './streams.js';

export { printable };
export type { Format, Streams };

/** Columns of a command's table: heading and cell. */
export type Columns<Row> = readonly (readonly [
  heading: string,
  cell: (row: Row) => string | number | boolean | undefined,
])[];

const noBorders = {
  top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '',
  left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ',
}; // prettier-ignore

/** Rows under headings, without borders. */
export function table<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const made = new Table({
    head: columns.map(([heading]) => heading),
    chars: noBorders,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  for (const row of rows) made.push(columns.map(([, cell]) => printable(String(cell(row) ?? ''))));
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Prints a list in the format that was asked for. */
export function printList<Row>(
  streams: Streams,
  format: Format,
  rows: readonly Row[],
  options: { columns: Columns<Row>; name: (row: Row) => string },
): void {
  switch (format) {
    case 'json':
      streams.out(`${JSON.stringify(rows, null, 2)}\n`);
      return;
    case 'ndjson':
      for (const row of rows) streams.out(`${JSON.stringify(row)}\n`);
      return;
    case 'name':
      for (const row of rows) streams.out(`${printable(options.name(row))}\n`);
      return;
    case 'table':
      streams.out(`${table(rows, options.columns)}\n`);
  }
}

/** Says what something was done to: a line each, or as JSON. */
export function printNames<Row>(
  streams: Streams,
  format: Format,
  rows: readonly Row[],
  name: (row: Row) => string,
): void {
  printList(streams, format === 'table' ? 'name' : format, rows, { columns: [], name });
}

/** Says one thing that a command made or found out: `text` for people and scripts, or `answer` as JSON. */
export function printOne(streams: Streams, format: Format, answer: object, text: string): void {
  if (format === 'json') streams.out(`${JSON.stringify(answer, null, 2)}\n`);
  else if (format === 'ndjson') streams.out(`${JSON.stringify(answer)}\n`);
  else streams.out(`${printable(text)}\n`);
}
