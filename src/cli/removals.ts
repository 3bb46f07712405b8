import { StoreError } from '../state/index.js';

/** What is known of a member before it goes. */
export interface Removable {
  readonly name: string;
  readonly role: 'voter' | 'learner';
  /** Did it answer just now? */
  readonly reachable: boolean;
}

/**
 * The order in which members are removed one after another: those that are silent first, because each one that goes makes
 * the quorum smaller. All of them are judged before the first one goes, as the leader would judge the last.
 * @throws {StoreError} `NOT_SUPPORTED`: no voter would be left, or too few of them answer, unless it is forced.
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
      'NOT_SUPPORTED',
      leaving.length === 1
        ? `${names} is the only voter: without it there is no cluster`
        : `${names} are all voters that there are: without them there is no cluster; nobody was removed`,
    );
  // Without a quorum now nobody leads, and no force helps: the call itself says so.
  if (force || hasQuorum(left) || !hasQuorum(members.filter(isVoter))) return ordered;
  const silent = left.filter(({ reachable }) => !reachable).map(({ name }) => name);
  throw new StoreError(
    'NOT_SUPPORTED',
    `${left.length - silent.length} of ${left.length} voters reachable after this (${silent.join(', ')} does not answer): refused, would lose quorum; bring it back or remove it first, or use --force`,
  );
}

function hasQuorum(voters: readonly Removable[]): boolean {
  return voters.filter(({ reachable }) => reachable).length > voters.length / 2;
}

function isVoter({ role }: Removable): boolean {
  return role === 'voter';
}
