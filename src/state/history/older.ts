import { isStoreError, StoreError } from '../../base/store-error.js';
import { KindSet } from '../../kinds/kind-set.js';
import { canonicalActions } from '../transactions/actions.js';
import { Ledger } from '../transactions/ledger.js';
import type { Change, Proposer } from '../transactions/proposer.js';
import type { TransactionRecord } from './history.js';

/**
 * The transactions in (after, to] from a proposer that knew them before the store was built. An event carries the object as
 * it was before: where that was written earlier still, they are replayed from the very first.
 */
export async function recordsOfChanges(
  proposer: Proposer,
  after: number,
  to: number,
): Promise<readonly TransactionRecord[]> {
  try {
    const alone = replay(proposer, await proposer.changesBetween(after, to), { after, to });
    if (alone) return alone;
    const all = replay(proposer, await proposer.changesBetween(0, to), { after: 0, to });
    if (!all) throw new TypeError(`the proposer does not tell of all transactions up to version ${to}`);
    return all.filter(({ version }) => version > after);
  } catch (cause) {
    throw new StoreError(
      'VERSION_COMPACTED',
      `the proposer no longer knows the transactions after version ${after}: read the state again and watch from there`,
      { version: to, cause },
    );
  }
}

/** The records of these changes; `undefined` when they need what was before them, or are not all there. */
function replay(
  proposer: Proposer,
  changes: readonly Change[],
  { after, to }: { readonly after: number; readonly to: number },
): readonly TransactionRecord[] | undefined {
  const kinds = new KindSet();
  const ledger = new Ledger({
    proposer: beginningAt(proposer, after),
    kinds,
    history: { transactions: Infinity, bytes: Infinity },
    clock: { now: () => 0, monotonic: () => 0, schedule: () => () => undefined },
  });
  try {
    for (const { actions, ...info } of changes) ledger.apply(canonicalActions(actions, info, kinds), info);
  } catch (error) {
    if (isStoreError(error, 'NOT_FOUND') || isStoreError(error, 'VERSION_GAP')) return undefined;
    throw error;
  }
  return ledger.committed.version === to ? ledger.history.list() : undefined;
}

/** Parts of a proposer that a ledger needs when it is built. */
const beginningAt = (proposer: Proposer, version: number): Proposer => ({
  getVersion: () => version,
  proposeValue: (transaction, commit) => proposer.proposeValue(transaction, commit),
  changesBetween: (from, to) => proposer.changesBetween(from, to),
});
