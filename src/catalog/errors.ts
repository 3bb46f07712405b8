/**
 * Reason for which the catalogue refused, as a word a program can branch on.
 *
 * `UNAVAILABLE` passes by itself. `SESSION_LOST`: what was published under the session is gone; open another one and
 * publish again, as an agent does of its own accord. After `REFUSED` the same request will be refused again.
 * `LEFT`: this agent has left, take another one. `WATCHER_CLOSED` is how a watcher ends.
 */
export type CatalogErrorCode =
  'INVALID_REGISTRATION' | 'NOT_FOUND' | 'SESSION_LOST' | 'UNAVAILABLE' | 'REFUSED' | 'LEFT' | 'WATCHER_CLOSED';

/** Every error that the catalogue throws on purpose. */
export class CatalogError extends Error {
  /** Name of the class. */
  override readonly name = 'CatalogError';
  /** Reason, for programs. */
  readonly code: CatalogErrorCode;

  constructor(code: CatalogErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export function hasCode(error: unknown, code: CatalogErrorCode): boolean {
  return error instanceof CatalogError && error.code === code;
}

export function watcherClosed(): CatalogError {
  return new CatalogError('WATCHER_CLOSED', 'watcher closed');
}
