/** A line and a column of a file, counted from 1. */
export interface Spot {
  readonly line: number;
  readonly column: number;
}

/** A place in a Compose file. */
export interface Place extends Spot {
  readonly path: string;
}

/** Unusable value in a Compose file: its place, and the expected value. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
  readonly file: string;
  readonly path: string;
  readonly line: number;
  readonly column: number;

  constructor(at: Place & { readonly file: string }, what: string, options?: ErrorOptions) {
    super(`${at.file}:${at.line}:${at.column}: ${at.path === '' ? '' : `${at.path}: `}${what}`, options);
    this.file = at.file;
    this.path = at.path;
    this.line = at.line;
    this.column = at.column;
  }
}
