import { StoreError } from '../../base/store-error.js';
import type { Service } from '../../kinds/index.js';
import { currentStatus } from '../../orchestrate/index.js';

/** Services that return to the specs that they had before the last change of their stack. */
export interface StackRollback {
  /** Version of the change that is undone. */
  readonly version: number;
  /** Services that it changed. */
  readonly update: readonly Service[];
  /** Services that it added. */
  readonly remove: readonly Service[];
}

/**
 * Finds the last transaction that changed services of the stack, and what it changed. Services that were rolled back
 * since then, by a person or after failures, have nothing to undo.
 * @throws {StoreError} `NOT_FOUND` when there is no state before.
 */
export function stackRollback(stack: string, services: readonly Service[]): StackRollback {
  const standing = services.filter((service) => !isRolledBack(service));
  const version = Math.max(0, ...standing.map(({ specVersion }) => specVersion));
  if (standing.length === 0)
    throw new StoreError('NOT_FOUND', `stack ${stack} is rolled back already; apply the file that you want`);
  const last = standing.filter(({ specVersion }) => specVersion === version);
  const update = last.filter(({ previousSpec }) => previousSpec !== undefined);
  const remove = last.filter(({ previousSpec }) => previousSpec === undefined);
  if (remove.length === services.length)
    throw new StoreError(
      'NOT_FOUND',
      `stack ${stack} has no state before version ${version}, which made it; skep stack rm removes it`,
    );
  return { version, update, remove };
}

function isRolledBack(service: Service): boolean {
  const state = currentStatus(service)?.state;
  return state === 'rollbackStarted' || state === 'rollbackPaused' || state === 'rollbackCompleted';
}
