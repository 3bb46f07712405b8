import type { JointVoters } from './quorum.js';
import { type ConfChange, type ConfChangeOp, type ConfState, type NodeId, NONE } from './types.js';

/** Configuration of a cluster (Raft thesis §4). Pure: every function returns a new one. */
export interface Membership extends JointVoters {
  readonly learners: ReadonlySet<NodeId>;
  readonly learnersNext: ReadonlySet<NodeId>;
  readonly autoLeave: boolean;
}

/** A membership change that must not be applied: a correct leader would have refused it. */
export class MembershipError extends Error {
  /** Name of the class. */
  override readonly name = 'MembershipError';
}

export function membershipOf(state: ConfState): Membership {
  return {
    incoming: new Set(state.voters),
    outgoing: new Set(state.votersOutgoing),
    learners: new Set(state.learners),
    learnersNext: new Set(state.learnersNext),
    autoLeave: state.autoLeave,
  };
}

/** Configuration that is not joint. */
export const simpleConfState = (voters: readonly NodeId[], learners: readonly NodeId[] = []): ConfState => ({
  voters,
  learners,
  votersOutgoing: [],
  learnersNext: [],
  autoLeave: false,
});

const ascending = (ids: Iterable<NodeId>): readonly NodeId[] => Object.freeze([...ids].sort((a, b) => a - b));

/** Returns the configuration as the log and snapshots hold it. Frozen: many readers share it. */
export function confStateOf(membership: Membership): ConfState {
  return Object.freeze({
    voters: ascending(membership.incoming),
    learners: ascending(membership.learners),
    votersOutgoing: ascending(membership.outgoing),
    learnersNext: ascending(membership.learnersNext),
    autoLeave: membership.autoLeave,
  });
}

export const isJoint = (membership: Membership) => membership.outgoing.size > 0;

export function isVoter({ incoming, outgoing }: Membership, id: NodeId): boolean {
  return incoming.has(id) || outgoing.has(id);
}

/** Returns all members that a leader replicates to, ascending. */
export function memberIds({ incoming, outgoing, learners, learnersNext }: Membership): readonly NodeId[] {
  return ascending(new Set([...incoming, ...outgoing, ...learners, ...learnersNext]));
}

/** The change leaves a joint configuration. */
export const leavesJoint = ({ transition, changes }: ConfChange) => transition === 'auto' && changes.length === 0;

/** The configuration after `change`. Throws {@link MembershipError}. */
export function changed(membership: Membership, change: ConfChange): Membership {
  if (leavesJoint(change)) return leaveJoint(membership);
  const entersJoint = change.transition !== 'auto' || change.changes.length > 1;
  if (entersJoint) return enterJoint(membership, change.changes, change.transition !== 'jointExplicit');
  return simple(membership, change.changes);
}

interface Draft {
  readonly incoming: Set<NodeId>;
  readonly outgoing: Set<NodeId>;
  readonly learners: Set<NodeId>;
  readonly learnersNext: Set<NodeId>;
  autoLeave: boolean;
}

function draftOf(membership: Membership): Draft {
  return {
    incoming: new Set(membership.incoming),
    outgoing: new Set(membership.outgoing),
    learners: new Set(membership.learners),
    learnersNext: new Set(membership.learnersNext),
    autoLeave: membership.autoLeave,
  };
}

function simple(membership: Membership, changes: readonly ConfChangeOp[]): Membership {
  if (isJoint(membership)) throw new MembershipError('a simple change cannot be made inside a joint configuration');
  const next = applyOps(draftOf(membership), changes);
  const different =
    [...next.incoming].filter((id) => !membership.incoming.has(id)).length +
    [...membership.incoming].filter((id) => !next.incoming.has(id)).length;
  if (different > 1) throw new MembershipError('more than one voter changed without a joint configuration');
  return next;
}

function enterJoint(membership: Membership, changes: readonly ConfChangeOp[], autoLeave: boolean): Membership {
  if (isJoint(membership)) throw new MembershipError('already in a joint configuration');
  if (membership.incoming.size === 0) throw new MembershipError('a configuration without voters cannot become joint');
  const next = draftOf(membership);
  for (const id of membership.incoming) next.outgoing.add(id);
  next.autoLeave = autoLeave;
  return applyOps(next, changes);
}

function leaveJoint(membership: Membership): Membership {
  if (!isJoint(membership)) throw new MembershipError('not in a joint configuration');
  return {
    incoming: membership.incoming,
    outgoing: new Set(),
    learners: new Set([...membership.learners, ...membership.learnersNext]),
    learnersNext: new Set(),
    autoLeave: false,
  };
}

function applyOps(next: Draft, changes: readonly ConfChangeOp[]): Membership {
  for (const { type, nodeId } of changes) {
    if (nodeId === NONE) continue; // the application cancelled this one
    if (type === 'addVoter') makeVoter(next, nodeId);
    else if (type === 'addLearner') makeLearner(next, nodeId);
    else if (type === 'remove') remove(next, nodeId);
  }
  if (next.incoming.size === 0) throw new MembershipError('all voters would be removed');
  return next;
}

function makeVoter(next: Draft, id: NodeId): void {
  next.learners.delete(id);
  next.learnersNext.delete(id);
  next.incoming.add(id);
}

/** A voter of the old half stays one until the joint configuration is left. */
function makeLearner(next: Draft, id: NodeId): void {
  if (next.learners.has(id)) return;
  remove(next, id);
  if (next.outgoing.has(id)) next.learnersNext.add(id);
  else next.learners.add(id);
}

function remove(next: Draft, id: NodeId): void {
  next.incoming.delete(id);
  next.learners.delete(id);
  next.learnersNext.delete(id);
}
