import type { Tx } from '../kinds/index.js';
import type { Change } from './ports.js';

/**
 * Writes the changes of a pass.
 * @throws {StoreError} `SEQUENCE_CONFLICT`, `NOT_FOUND`: an object has changed since the pass read it; run another one.
 */
export function applyChanges(tx: Tx, changes: readonly Change[]): void {
  for (const change of changes) applyChange(tx, change);
}

/** Writes one change. @throws as {@link applyChanges} */
export function applyChange(tx: Tx, change: Change): void {
  if (change.kind === 'service') tx.services().update(change.object);
  else if (change.kind === 'node') tx.nodes().update(change.object);
  else if (change.do === 'create') tx.tasks().create(change.object);
  else if (change.do === 'update') tx.tasks().update(change.object);
  else tx.tasks().delete(change.object.id);
}
