/** Bytes that are not valid: damaged on the way or on disk, or written by a program with other rules. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly code = 'DAMAGED';
}

/** A list or a map of a request is longer than it may be. */
export class TooManyError extends DecodeError {}
