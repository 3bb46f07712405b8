import type { StoreErrorCode } from './error-codes.js';

/** Advice for a directory that is damaged. */
export const remedy =
  'move the directory away, remove the member from the cluster, and join again with an empty directory';

/**
 * Damage of data on disk: it is not what was written. A member that finds this must not vote: it does not know what it promised.
 */
export class DamageError extends Error {
  override readonly name = 'DamageError';
  readonly code = 'DAMAGED' satisfies StoreErrorCode;
  /** The damage alone, without what to do about it. */
  readonly what: string;
  readonly advice: string;

  constructor(what: string, { advice, ...options }: ErrorOptions & { advice?: string } = {}) {
    const todo = advice ?? `this member cannot be trusted with its old promises: ${remedy}`;
    super(`DAMAGED: ${what}. ${todo[0]?.toUpperCase()}${todo.slice(1)}`, options);
    this.what = what;
    this.advice = advice ?? remedy;
  }
}
