/** A file that a person named cannot be read or written. The message says which, and why. */
export class FileError extends Error {
  override readonly name = 'FileError';
  /** Code of Node or of the system, like `ENOENT`; `''` when it gave none. */
  readonly code: string;

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = (options.cause as { code?: string } | undefined)?.code ?? '';
  }
}
