import type { Clock } from '../base/clock.js';
import { isStoreErrorOf, StoreError } from '../base/store-error.js';
import { neverSent } from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import type { Calls } from './calls.js';
import { hasQuorum, leaderless, votersOf } from './voters.js';

type ClusterStatus = messages.ClusterStatus;

/** Limit for a quorum to confirm a read before members are asked for their status, milliseconds. */
const confirmMs = 600;
/** Limit for their answers, milliseconds: each gives the others one second. */
const surveyMs = 1_200;

interface Waiting {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves when a quorum has confirmed a read, or a majority of the voters answers and is left to elect a leader.
 * @throws {StoreError} `QUORUM_LOST` when neither is so; `NOT_LEADER` when no member can be reached. `details.unreached`
 *   says who does not answer.
 */
export async function findQuorum(calls: Calls, { clock, signal }: Waiting): Promise<void> {
  const begun = clock.monotonic();
  const spent = () => clock.monotonic() - begun;
  calls.learn(signal).catch(() => undefined); // what one member cannot reach, another one may
  while (spent() < calls.timeoutMs) {
    const left = calls.unreachableMs - spent();
    const timeoutMs = Math.min(confirmMs, calls.timeoutMs, left > 0 ? left : confirmMs);
    const failure = await unconfirmed(calls, { timeoutMs, signal });
    if (failure === undefined) return;
    const answers = await calls.everyone<ClusterStatus>('membership', 'Status', {}, { timeoutMs: surveyMs, signal });
    if (answers.length > 0) {
      const status = merged(answers);
      if (hasQuorum(status)) return;
      // A leader without a quorum notices within an election timeout.
      if (status.leader === undefined)
        throw new StoreError('QUORUM_LOST', `${leaderless(status)}; start them, or remove what is lost for good`, {
          unreached: votersOf(status, false),
        });
    } else {
      if (!neverSent(failure.cause ?? failure)) return; // a member is there and silent: the call itself reports how that ends
      if (spent() >= calls.unreachableMs) throw failure;
    }
  }
}

/** Reads nothing, linearizably: that needs a leader and a quorum behind it. Resolves with why it could not. */
async function unconfirmed(
  calls: Calls,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<Error | undefined> {
  const request: messages.GetRequest = { kind: 'cluster', id: '-', stale: false };
  try {
    await calls.unary('control', 'Get', request, { timeoutMs, signal });
    return undefined;
  } catch (error) {
    signal?.throwIfAborted();
    // A refusal too comes from a read that was confirmed.
    return isStoreErrorOf(error, ['NOT_FOUND', 'DENIED']) ? undefined : (error as Error);
  }
}

/** Merges the answers of several members: a member is reachable when one of them reaches it. */
function merged(answers: readonly ClusterStatus[]): Pick<ClusterStatus, 'leader' | 'members'> {
  const newest = [...answers].sort((a, b) => b.term - a.term);
  const leader = newest.find((answer) => answer.leader !== undefined)?.leader;
  const members = (newest[0]?.members ?? []).map((member) => ({
    ...member,
    reachable: answers.some((answer) => answer.members.some(({ id, reachable }) => id === member.id && reachable)),
  }));
  return { members, ...(leader !== undefined && { leader }) };
}
