import { isStoreError } from '../../base/store-error.js';
import { type EngineErrorCode, isEngineError, wordsOf } from '../engine/errors.js';

/** A task that this engine cannot run, as it is: the text is its `err`. A repeat fails the same way. */
export class TaskRefused extends Error {
  /** Always `TaskRefused`. */
  override readonly name = 'TaskRefused';
}

/** Failures that say nothing about the task: the engine did not answer, or the caller no longer waits. */
const passing = new Set<EngineErrorCode>([
  'UNREACHABLE',
  'TIMEOUT',
  'TLS',
  'BAD_ANSWER',
  'TOO_LARGE',
  'UNAUTHORIZED',
  'ABORTED',
  'CLOSED',
]);

/**
 * Returns the text of a failure that is about the task: a refusal of the engine in its own words, or ours. `undefined` for
 * a failure after which the same may succeed.
 */
export function refusalOf(error: unknown): string | undefined {
  if (error instanceof TaskRefused) return error.message;
  if (isStoreError(error, 'INVALID_OBJECT')) return error.message.replace(/^INVALID_OBJECT: /, '');
  if (!isEngineError(error) || passing.has(error.code)) return undefined;
  return wordsOf(error);
}
