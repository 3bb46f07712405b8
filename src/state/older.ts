import { StoreError } from './errors.js';
import type { TransactionRecord } from './history.js';
import { Ledger } from './ledger.js';
import type { Proposer } from './proposer.js';
import { canonicalActions } from './actions.js';
import { KindSet } from './kind-set.js';

/**
 * The transactions in (after, to] from a proposer that knew them before the store was built. They are replayed from the
 * very first, because an event carries the object as it was before.
 */
export async function recordsOfChanges(
  proposer: Proposer,
  after: number,
  to: number,
): Promise<readonly TransactionRecord[]> {
  try {
    const kinds = new KindSet();
    const ledger = new Ledger({
      proposer: undefined,
      kinds,
      history: { transactions: Infinity, bytes: Infinity },
      clock: { now: () => 0, monotonic: () => 0, schedule: () => () => undefined },
    });
    for (const change of await proposer.changesBetween(0, to)) {
      const { actions, ...info } = change;
      ledger.apply(canonicalActions(actions, info, kinds), info);
    }
    if (ledger.committed.version !== to)
      throw new Error(`the proposer told ${ledger.committed.version} of ${to} transactions`);
    return ledger.history.list().filter(({ version }) => version > after);
  } catch (cause) {
    throw new StoreError(
      'VERSION_COMPACTED',
      `the proposer no longer knows the transactions after version ${after}: read the state again and watch from there`,
      { version: to, cause },
    );
  }
}
