import type { ReadTx } from '../../kinds/index.js';
import type { DriverOptions } from './options.js';

/** Reads what was committed anywhere before. A replica does. */
export interface LinearizableReads {
  /** Resolves with what `read` returns of a state that holds everything committed before the call. */
  linearizable<T>(read: (tx: ReadTx) => T): Promise<T>;
}

/** Makes the question which tasks exist no more. The store of a member may lag behind, so it does not answer it alone. */
export function confirmGoneBy(reads: LinearizableReads): DriverOptions['confirmGone'] {
  return (ids) => reads.linearizable((tx) => new Set(ids.filter((id) => tx.tasks().get(id) === undefined)));
}
