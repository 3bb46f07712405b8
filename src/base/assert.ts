/**
 * A broken promise of our own code. The process stops at it and never continues, because its knowledge of
 * the state can no longer be trusted.
 */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** States a rule of *our* code. Outside input is validated, not asserted. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new InvariantError(`broken invariant: ${what}`);
}

/** The end of a `switch` over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new InvariantError(`broken invariant: unexpected ${JSON.stringify(value)}`);
}
