import type { LogIndex, NodeId } from './types.js';

// Majorities, of one set of voters and of two at once (joint consensus, Raft thesis §4.3). Pure.

export type Voters = ReadonlySet<NodeId>;

/** Two halves that must both agree; the second is empty outside of a joint configuration. */
export interface JointVoters {
  readonly incoming: Voters;
  readonly outgoing: Voters;
}

export type VoteResult = 'won' | 'lost' | 'pending';

/** Returns all voters of either half, ascending. */
export function voterIds({ incoming, outgoing }: JointVoters): NodeId[] {
  return [...new Set([...incoming, ...outgoing])].sort((a, b) => a - b);
}

/** The highest value that a majority has reached; an empty set agrees to everything. */
export function majorityIndex(voters: Voters, acked: (id: NodeId) => LogIndex | undefined): LogIndex {
  if (voters.size === 0) return Infinity;
  const reached: LogIndex[] = []; // descending
  for (const id of voters) {
    const index = acked(id) ?? 0;
    let at = reached.length;
    for (; at > 0 && (reached[at - 1] as LogIndex) < index; at--) reached[at] = reached[at - 1] as LogIndex;
    reached[at] = index;
  }
  return reached[Math.floor(voters.size / 2)] as LogIndex;
}

/** The highest value that a majority of both halves has reached. */
export function jointIndex(voters: JointVoters, acked: (id: NodeId) => LogIndex | undefined): LogIndex {
  return Math.min(majorityIndex(voters.incoming, acked), majorityIndex(voters.outgoing, acked));
}

/** Returns the state of an election among one set; an empty set is won. */
export function majorityVote(voters: Voters, vote: (id: NodeId) => boolean | undefined): VoteResult {
  if (voters.size === 0) return 'won';
  let granted = 0;
  let missing = 0;
  for (const id of voters) {
    const answer = vote(id);
    if (answer === undefined) missing++;
    else if (answer) granted++;
  }
  const quorum = Math.floor(voters.size / 2) + 1;
  if (granted >= quorum) return 'won';
  return granted + missing >= quorum ? 'pending' : 'lost';
}

/** An election is won when both halves are, and lost when one is. */
export function jointVote(voters: JointVoters, vote: (id: NodeId) => boolean | undefined): VoteResult {
  const results = [majorityVote(voters.incoming, vote), majorityVote(voters.outgoing, vote)];
  if (results.includes('lost')) return 'lost';
  return results.includes('pending') ? 'pending' : 'won';
}
