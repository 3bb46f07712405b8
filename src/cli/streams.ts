import { terminalSafe } from '../base/terminal.js';

export type Format = 'table' | 'json' | 'ndjson' | 'name';
export const formats: readonly Format[] = ['table', 'json', 'ndjson', 'name'];

/** Output of a command: data on one stream, everything else on the other. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** The same streams, for a terminal: whatever is printed, it only shows. */
export function safeStreams({ out, err }: Streams): Streams {
  return { out: (text) => out(terminalSafe(text)), err: (text) => err(terminalSafe(text)) };
}
