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

/**
 * The same streams, which write YAML once they are told how: each JSON value that a command prints becomes a document.
 * Other text stays as it is.
 */
export function yamlStreams(streams: Streams): {
  streams: Streams;
  writeYaml: (as: (value: unknown) => string) => void;
} {
  let written: ((value: unknown) => string) | undefined;
  let first = true;
  const out = (text: string) => {
    const value = written && parsed(text);
    if (!written || value === undefined) {
      streams.out(text);
      return;
    }
    streams.out(`${first ? '' : '---\n'}${written(value)}`);
    first = false;
  };
  return {
    streams: { ...streams, out },
    writeYaml: (as) => {
      written = as;
    },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
