import { StoreError } from '../base/store-error.js';

/** State of a member before its removal. */
export interface Removable {
  readonly name: string;
  readonly role: 'voter' | 'learner';
  /** True when the member answered just now. */
  readonly reachable: boolean;
}

/**
 * Orders members for removal one after another. Silent ones go first, because each removal makes the quorum smaller.
 * All are checked before the first removal, as the leader would check the last.
 * @throws {StoreError} `WOULD_LOSE_QUORUM`: no voter would be left, or too few of them answer, unless it is forced.
 */
export function planRemovals<M extends Removable>(
  members: readonly M[],
  leaving: readonly M[],
  { force }: { force: boolean },
): M[] {
  const ordered = [...leaving].sort((a, b) => Number(a.reachable) - Number(b.reachable));
  if (!leaving.some(isVoter)) return ordered;
  const left = members.filter((member) => isVoter(member) && !leaving.includes(member));
  const names = leaving.map(({ name }) => name).join(', ');
  if (left.length === 0)
    throw new StoreError(
      'WOULD_LOSE_QUORUM',
      leaving.length === 1
        ? `${names} is the only voter; add another voter before you remove it`
        : `${names} are all the voters and none was removed; keep at least one`,
    );
  // Without a quorum there is no leader, and force does not help: the call itself reports that.
  if (force || hasQuorum(left) || !hasQuorum(members.filter(isVoter))) return ordered;
  const silent = left.filter(({ reachable }) => !reachable).map(({ name }) => name);
  throw new StoreError(
    'WOULD_LOSE_QUORUM',
    `${left.length - silent.length} of ${left.length} voters reachable after this (${silent.join(', ')} does not answer): refused, would lose quorum; bring it back or remove it first, or use --force`,
    { unreached: silent },
  );
}

function hasQuorum(voters: readonly Removable[]): boolean {
  return voters.filter(({ reachable }) => reachable).length > voters.length / 2;
}

function isVoter({ role }: Removable): boolean {
  return role === 'voter';
}
