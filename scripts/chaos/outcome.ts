import { messageOf } from '../../src/base/errors.js';
import { StoreError, type StoreErrorCode } from '../../src/base/store-error.js';
import { neverSent, notServed } from '../../src/rpc/index.js';
import type { OpName, Result } from './history.js';

/** What an error says of the outcome. Everything that is not a clear answer is `unknown`. */
export function outcomeOf(error: unknown, op: OpName): Exclude<Result, 'ok'> {
  if (error instanceof StoreError) {
    // Creating does not ask for the key: what was made by an earlier attempt is gone since.
    if (op === 'create' && error.code === 'NOT_FOUND') return 'unknown';
    return byCode[error.code] ?? 'unknown';
  }
  return neverSent(error) || notServed(error) ? 'fail' : 'unknown';
}

const byCode: Partial<Record<StoreErrorCode, Exclude<Result, 'ok'>>> = {
  ALREADY_EXISTS: 'mismatch',
  NOT_FOUND: 'mismatch',
  SEQUENCE_CONFLICT: 'mismatch',
  NOT_LEADER: 'fail',
  BUSY: 'fail',
};

/** Answers of the store that a healthy cluster may give to such questions; any other is a bug. */
const expected: readonly StoreErrorCode[] = [
  'ALREADY_EXISTS',
  'NOT_FOUND',
  'SEQUENCE_CONFLICT',
  'NOT_LEADER',
  'BUSY',
  'OUTCOME_UNKNOWN',
  'CLOSED',
];

/** `undefined` when the error is one that faults explain. */
export function surprise(error: unknown): string | undefined {
  if (error instanceof StoreError) return expected.includes(error.code) ? undefined : messageOf(error);
  return typeof (error as { code?: unknown }).code === 'number' ? undefined : messageOf(error);
}
