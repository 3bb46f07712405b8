import { clearScreenDown, cursorTo, moveCursor } from 'node:readline';
import { printable } from '../base/terminal.js';

/** Lines on a terminal that are replaced while a command waits. */
export interface Screen {
  /** Puts these lines in place of those before. None of them takes more than one row. */
  show(lines: readonly string[]): void;
}

/** Standard error when it is a terminal. */
export interface TerminalStream extends NodeJS.WritableStream {
  readonly columns?: number;
  readonly rows?: number;
}

const columnsDefault = 80;
const rowsDefault = 24;

/** Makes a screen of a terminal. More lines than it has rows are cut: the cursor could not return to the first. */
export function screenOf(stream: TerminalStream): Screen {
  let shown = 0;
  return {
    show(lines) {
      const { columns = columnsDefault, rows = rowsDefault } = stream;
      const fitting = lines.slice(0, Math.max(1, rows - 1)).map((line) => cut(printable(line), columns - 1));
      if (shown > 0) {
        cursorTo(stream, 0);
        moveCursor(stream, 0, -shown);
        clearScreenDown(stream);
      }
      shown = fitting.length;
      if (shown > 0) stream.write(`${fitting.join('\n')}\n`);
    },
  };
}

function cut(line: string, columns: number): string {
  const characters = [...line];
  return characters.length > columns ? `${characters.slice(0, Math.max(0, columns - 1)).join('')}…` : line;
}
