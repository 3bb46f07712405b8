/**
 * Reason for which discovery refused, as a word a program can branch on.
 *
 * `UNAVAILABLE` passes by itself: ask again later. `NOT_FOUND` does not: the cluster (a token) is unknown there. After
 * `REFUSED` the same request will be refused again. `DAMAGED`: the file of a token server; it was not touched.
 */
export type DiscoveryErrorCode =
  | 'NOT_SUPPORTED'
  | 'NOT_IMPLEMENTED'
  | 'ALREADY_REGISTERED'
  | 'INVALID_ADDRESS'
  | 'INVALID_OPTION'
  | 'NOT_FOUND'
  | 'REFUSED'
  | 'DAMAGED'
  | 'UNAVAILABLE';

/** Every error that discovery throws, or tells beside its lists, on purpose. */
export class DiscoveryError extends Error {
  /** Name of the class. */
  override readonly name: string = 'DiscoveryError';
  /** Reason, for programs. */
  readonly code: DiscoveryErrorCode;

  constructor(code: DiscoveryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The scheme of this URL has no registered backend. */
export class NotSupportedError extends DiscoveryError {
  /** Name of the class. */
  override readonly name = 'NotSupportedError';

  constructor() {
    super('NOT_SUPPORTED', 'discovery service not supported');
  }
}

/** The backend is read-only: another program makes its list. */
export class NotImplementedError extends DiscoveryError {
  /** Name of the class. */
  override readonly name = 'NotImplementedError';

  constructor() {
    super('NOT_IMPLEMENTED', 'not implemented in this discovery service');
  }
}
