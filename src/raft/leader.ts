import { messageOf } from '../base/errors.js';
import type { Core } from './core.js';
import { isStorageError, payloadSize } from './log.js';
import { changed, isJoint, isVoter, leavesJoint } from './membership.js';
import type { PeerProgress } from './progress.js';
import { jointIndex, jointVote } from './quorum.js';
import type { ReadRequest } from './reads.js';
import {
  type AppendEntriesResponse,
  type ConfChange,
  type ConfState,
  type Entry,
  type HeartbeatResponse,
  type LogIndex,
  type NodeId,
  NONE,
  type Proposal,
  type ProposeResult,
  type Term,
} from './types.js';

// ---------------------------------------------------------------- becoming

/** Wins: the first entry of the term goes out at once (Raft §8: nothing older is known to be committed before it is). */
export function becomeLeaderNow(core: Core): void {
  core.becomeLeader();
  appendOwn(core, [{ kind: 'normal', data: new Uint8Array(0) }]);
  broadcastAppend(core);
}

// ---------------------------------------------------------------- proposing

/** Appends proposals to our log and sends them, all or nothing. */
export function proposeAsLeader(core: Core, proposals: readonly Proposal[]): ProposeResult {
  if (!core.progress.has(core.id)) return { ok: false, reason: 'notMember' };
  if (core.transferee !== NONE) return { ok: false, reason: 'transferInProgress' };
  const index = core.log.lastIndex + 1;
  const before = core.pendingConfIndex;
  const accepted = proposals.map((proposal, i) =>
    proposal.kind === 'confChange' ? admitConfChange(core, proposal, index + i) : proposal,
  );
  if (!appendOwn(core, accepted)) {
    core.pendingConfIndex = before;
    return { ok: false, reason: 'uncommittedLimit' };
  }
  broadcastAppend(core);
  return { ok: true, forwarded: false, index, term: core.term };
}

/** A change that must not be made now becomes an empty entry: the log keeps its shape, nothing happens (one at a time, thesis §4.1). */
function admitConfChange(core: Core, proposal: Proposal & { kind: 'confChange' }, index: LogIndex): Proposal {
  const joint = isJoint(core.membership);
  const pending = core.pendingConfIndex > core.log.applied;
  const misplaced = pending || joint !== leavesJoint(proposal.change);
  const impossible = misplaced ? undefined : whyImpossible(core, proposal.change);
  if ((misplaced || impossible !== undefined) && !core.settings.disableConfChangeValidation) {
    const why =
      impossible ??
      (pending
        ? 'another one is under way'
        : joint
          ? 'the joint configuration must be left first'
          : 'there is no joint configuration to leave');
    core.logger.log('info', `${core.id} refuses a membership change: ${why}`);
    return { kind: 'normal', data: new Uint8Array(0) };
  }
  core.pendingConfIndex = index;
  return proposal;
}

/** Refuses a change that no member could apply: it would stop every member, again at every start. */
function whyImpossible(core: Core, change: ConfChange): string | undefined {
  try {
    changed(core.membership, change);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** Appends to our log. Returns false above the uncommitted limit; one proposal is always let in, and empty ones cost nothing. */
function appendOwn(core: Core, proposals: readonly Proposal[]): boolean {
  const { lastIndex } = core.log;
  const entries = proposals.map((proposal, i): Entry => ({ term: core.term, index: lastIndex + 1 + i, ...proposal }));
  let bytes = 0;
  for (const entry of entries) bytes += payloadSize(entry);
  if (core.uncommittedBytes > 0 && bytes > 0 && core.uncommittedBytes + bytes > core.settings.uncommittedBytesMax)
    return false;
  core.uncommittedBytes += bytes;
  core.log.append(entries);
  // Our own acknowledgement counts once the entries are durable: it is delivered by `advance`.
  core.send({ type: 'appendEntriesResponse', to: core.id, index: core.log.lastIndex, rejected: false });
  return true;
}

// ---------------------------------------------------------------- sending

export function broadcastAppend(core: Core): void {
  for (const id of core.peers) sendAppend(core, id, true);
}

/**
 * Sends what a peer lacks, or a snapshot when we no longer have it. An empty append, which tells of the commit index,
 * only if `evenEmpty`.
 * @returns whether something was sent.
 */
export function sendAppend(core: Core, to: NodeId, evenEmpty: boolean): boolean {
  const progress = core.progress.get(to);
  if (!progress || progress.paused) return false;
  const prevLogIndex = progress.next - 1;
  const full = progress.state === 'replicate' && progress.inflights.full;
  const found = readFrom(core.log, progress.next, full ? undefined : core.settings.messageBytesMax);
  if (found === 'unavailable') return false; // retried with the next heartbeat
  if (found === 'compacted') return sendSnapshot(core, to, progress);
  const { prevLogTerm, entries } = found;
  if (entries.length === 0 && !evenEmpty) return false;
  core.send({ type: 'appendEntries', to, prevLogIndex, prevLogTerm, entries, leaderCommit: core.log.committed });
  let bytes = 0;
  for (const entry of entries) bytes += payloadSize(entry);
  progress.sent(entries.length, bytes);
  progress.sentCommit = core.log.committed;
  return true;
}

/** Returns the entries from `next` on within `maxBytes` (none without a limit), and the term of the entry before. */
function readFrom(
  log: Core['log'],
  next: LogIndex,
  maxBytes: number | undefined,
): { readonly prevLogTerm: Term; readonly entries: readonly Entry[] } | 'compacted' | 'unavailable' {
  try {
    const prevLogTerm = log.termOf(next - 1);
    if (prevLogTerm === undefined) return 'compacted';
    return { prevLogTerm, entries: maxBytes === undefined ? [] : log.entriesFrom(next, maxBytes) };
  } catch (error) {
    if (!isStorageError(error)) throw error;
    return error.code === 'compacted' ? 'compacted' : 'unavailable';
  }
}

function sendSnapshot(core: Core, to: NodeId, progress: PeerProgress): boolean {
  if (!progress.recentActive) return false; // it would be lost, and it is large
  try {
    const snapshot = core.log.snapshot();
    if (snapshot.metadata.index === 0) return false; // there is none yet
    core.send({ type: 'installSnapshot', to, snapshot });
    progress.becomeSnapshot(snapshot.metadata.index);
    return true;
  } catch (error) {
    if (isStorageError(error)) return false; // asked again later
    throw error;
  }
}

export function broadcastHeartbeat(core: Core): void {
  const context = core.reads.context();
  for (const to of core.peers) {
    const progress = core.progress.get(to) as PeerProgress;
    // Never more than the peer is known to have: it commits to this without looking (pitfall: an unmatched tail).
    const leaderCommit = Math.min(progress.match, core.log.committed);
    core.send(context ? { type: 'heartbeat', to, leaderCommit, context } : { type: 'heartbeat', to, leaderCommit });
    progress.sentCommit = leaderCommit;
  }
}

// ---------------------------------------------------------------- hearing

export function onAppendResponse(core: Core, response: AppendEntriesResponse): void {
  const progress = core.progress.get(response.from);
  if (!progress) return;
  progress.recentActive = true;
  if (response.rejected) onRejection(core, progress, response);
  else onAcceptance(core, progress, response);
}

/** Probes again, at the highest place where the two logs may still agree: at most one probe a term (Raft §5.3). */
function onRejection(core: Core, progress: PeerProgress, response: AppendEntriesResponse): void {
  const { hintIndex = 0, hintTerm = 0 } = response;
  const hint = hintTerm > 0 ? core.log.conflictByTerm(hintIndex, hintTerm).index : hintIndex;
  if (!progress.maybeDecrement(response.index, hint)) return;
  if (progress.state === 'replicate') progress.becomeProbe();
  sendAppend(core, response.from, true);
}

function onAcceptance(core: Core, progress: PeerProgress, { from, index }: AppendEntriesResponse): void {
  if (index > core.log.lastIndex) return; // of entries that we never sent
  const news = progress.maybeUpdate(index) || (progress.match === index && progress.state === 'probe');
  if (!news) return;
  if (progress.state === 'probe') progress.becomeReplicate();
  else if (progress.state === 'snapshot' && progress.match + 1 >= core.log.firstIndex) {
    // The snapshot may have come from elsewhere: what counts is that our log reaches the peer again.
    progress.becomeProbe();
    progress.becomeReplicate();
  } else if (progress.state === 'replicate') progress.inflights.freeUpTo(index);

  const toPeer = from !== core.id;
  if (maybeCommit(core)) {
    answerEarlyReads(core);
    broadcastAppend(core);
  } else if (toPeer && progress.canBumpCommit(core.log.committed)) {
    sendAppend(core, from, true);
  }
  if (toPeer) while (sendAppend(core, from, false));
  if (toPeer && from === core.transferee && progress.match === core.log.lastIndex)
    core.send({ type: 'timeoutNow', to: from });
}

export function onHeartbeatResponse(core: Core, { from, context }: HeartbeatResponse): void {
  const progress = core.progress.get(from);
  if (!progress) return;
  progress.recentActive = true;
  progress.flowPaused = false;
  if (progress.match < core.log.lastIndex || progress.state === 'probe') sendAppend(core, from, true);
  if (!context || context.length === 0) return;
  core.reads.acked(from, context);
  answerConfirmedReads(core);
}

/** Commits by counting, which only an entry of our own term may; those before it commit with it (Raft §5.4.2, figure 8). */
export function maybeCommit(core: Core): boolean {
  const index = jointIndex(core.membership, (id) => core.progress.get(id)?.match);
  return core.log.maybeCommit(Number.isFinite(index) ? index : 0, core.term);
}

// ---------------------------------------------------------------- reading

const hasCommittedInTerm = (core: Core) => core.log.knownTermOf(core.log.committed) === core.term;

function isSingleVoter({ membership, id }: Core): boolean {
  return membership.outgoing.size === 0 && membership.incoming.size === 1 && membership.incoming.has(id);
}

/** A read may be answered from what is committed now, once a quorum has confirmed that we still lead. */
export function onReadRequest(core: Core, request: ReadRequest): void {
  // Before that we do not know what an earlier leader committed; also when we are the only voter and just restarted.
  if (!hasCommittedInTerm(core)) {
    core.earlyReads.push(request);
    return;
  }
  if (isSingleVoter(core)) {
    answerRead(core, core.log.committed, request);
    return;
  }
  core.reads.add(core.log.committed, request);
  broadcastHeartbeat(core);
}

export function answerConfirmedReads(core: Core): void {
  for (const read of core.reads.confirmed(core.membership, core.id)) answerRead(core, read.index, read);
}

function answerEarlyReads(core: Core): void {
  if (core.earlyReads.length === 0 || !hasCommittedInTerm(core)) return;
  for (const request of core.earlyReads.splice(0)) onReadRequest(core, request);
}

function answerRead(core: Core, index: LogIndex, { from, context }: ReadRequest): void {
  if (from === NONE || from === core.id) core.readStates.push({ index, context });
  else core.send({ type: 'readIndexResponse', to: from, index, context });
}

// ---------------------------------------------------------------- handing over, and membership

/** Hands leadership to an up-to-date voter (Raft thesis §3.10); proposals are refused meanwhile. */
export function transferTo(core: Core, transferee: NodeId): void {
  const progress = core.progress.get(transferee);
  if (!progress || progress.isLearner || transferee === core.transferee) return;
  const pending = core.transferee !== NONE;
  core.transferee = NONE;
  if (transferee === core.id) {
    if (pending) maybeAutoLeave(core); // skipped meanwhile
    return;
  }
  core.electionElapsed = 0; // the time that the target has
  core.transferee = transferee;
  if (progress.match === core.log.lastIndex) core.send({ type: 'timeoutNow', to: transferee });
  else sendAppend(core, transferee, true);
}

/** Switches to the configuration after `change`, which has been applied. */
export function applyChange(core: Core, change: ConfChange): ConfState {
  return switchMembership(core, changed(core.membership, change));
}

export function switchMembership(core: Core, membership: Core['membership']): ConfState {
  core.membership = membership;
  core.followMembership();
  const { confState } = core;
  if (core.role !== 'leader') return confState;
  if (!core.progress.has(core.id) || core.isLearner) {
    if (core.settings.stepDownOnRemoval) core.becomeFollower(core.term, NONE);
    return confState;
  }
  if (maybeCommit(core)) {
    answerEarlyReads(core);
    broadcastAppend(core);
  } else {
    for (const id of core.peers) sendAppend(core, id, false);
  }
  answerConfirmedReads(core);
  if (core.transferee !== NONE && !isVoter(core.membership, core.transferee)) core.transferee = NONE;
  return confState;
}

/** Leaves a joint configuration that leaves by itself, once it has been applied. */
export function maybeAutoLeave(core: Core): void {
  const due = core.role === 'leader' && core.membership.autoLeave && core.log.applied >= core.pendingConfIndex;
  if (!due) return;
  if (core.progress.has(core.id))
    proposeAsLeader(core, [{ kind: 'confChange', change: { transition: 'auto', changes: [] } }]);
  else core.becomeFollower(core.term, NONE); // removed, it must not propose: another leader leaves it
}

// ---------------------------------------------------------------- time

/** One tick of a leader: first the quorum and a transfer that takes too long, then the heartbeat. */
export function tickLeader(core: Core): void {
  core.heartbeatElapsed++;
  core.electionElapsed++;
  if (core.electionElapsed >= core.settings.electionTicks) {
    core.electionElapsed = 0;
    if (core.settings.checkQuorum) checkQuorum(core);
    if (core.role === 'leader' && core.transferee !== NONE) {
      core.transferee = NONE;
      maybeAutoLeave(core);
    }
  }
  if (core.role === 'leader' && core.heartbeatElapsed >= core.settings.heartbeatTicks) {
    core.heartbeatElapsed = 0;
    broadcastHeartbeat(core);
  }
}

/** Steps down when no quorum has answered since the last check (Raft thesis §6.2). */
function checkQuorum(core: Core): void {
  const active = jointVote(core.membership, (id) => id === core.id || core.progress.get(id)?.recentActive === true);
  if (active !== 'won') {
    core.logger.log('warn', `${core.id} steps down: no quorum has answered`);
    core.becomeFollower(core.term, NONE);
    return;
  }
  for (const [id, progress] of core.progress) if (id !== core.id) progress.recentActive = false;
}
