import type { DirectoryCode } from './error-codes.js';

/** Trouble that is not damage: the same directory opens when the cause is removed. Nothing was changed in it. */
export class DirectoryError extends Error {
  override readonly name = 'DirectoryError';
  readonly code: DirectoryCode;

  constructor(code: DirectoryCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
