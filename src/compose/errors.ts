/** A place in a Compose file. */
export interface Place {
  readonly path: string;
  readonly line: number;
}

/** Unusable value in a Compose file: its place, and the expected value. */
export class ComposeError extends Error {
  override readonly name = 'ComposeError';
  readonly file: string;
  readonly path: string;
  readonly line: number;

  constructor(at: Place & { readonly file: string }, what: string, options?: ErrorOptions) {
    super(`${at.file}:${at.line}: ${at.path === '' ? '' : `${at.path}: `}${what}`, options);
    this.file = at.file;
    this.path = at.path;
    this.line = at.line;
  }
}
