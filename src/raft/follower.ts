import type { Core } from './core.js';
import { switchMembership } from './leader.js';
import { memberIds, membershipOf } from './membership.js';
import type { AppendEntries, Heartbeat, InstallSnapshot, Snapshot } from './types.js';

/** Answers a leader's append (Raft §5.3). The answer leaves when the entries are on disk. */
export function onAppend(core: Core, message: AppendEntries): void {
  const { from: to, prevLogIndex, prevLogTerm, entries, leaderCommit } = message;
  const { log } = core;
  if (log.unstable.nextSnapshot()) return; // a snapshot is handed out alone; the leader sends this again
  if (prevLogIndex < log.committed) {
    core.send({ type: 'appendEntriesResponse', to, index: log.committed, rejected: false });
    return;
  }
  const matched = log.maybeAppend({ index: prevLogIndex, term: prevLogTerm }, entries, leaderCommit);
  if (matched !== undefined) {
    core.send({ type: 'appendEntriesResponse', to, index: matched, rejected: false });
    return;
  }
  const hint = log.conflictByTerm(Math.min(prevLogIndex, log.lastIndex), prevLogTerm);
  core.send({
    type: 'appendEntriesResponse',
    to,
    index: prevLogIndex,
    rejected: true,
    hintIndex: hint.index,
    hintTerm: hint.term,
  });
}

/**
 * Commits to what the leader knows that we have. A claim beyond the end of our log commits nothing: no leader can know
 * that. It is answered all the same: the leader, whom we call for it, can tell whether the end of our log was lost.
 */
export function onHeartbeat(core: Core, { from, leaderCommit, context }: Heartbeat): void {
  const { id, log, logger } = core;
  if (leaderCommit <= log.lastIndex) log.commitTo(leaderCommit);
  else
    logger.log(
      'error',
      `${id} does not believe a heartbeat of ${from}: it says that ${leaderCommit} is committed here, and the log ends at ${log.lastIndex}. Was the log of ${id} lost, or is ${from} of another cluster?`,
    );
  core.send(context ? { type: 'heartbeatResponse', to: from, context } : { type: 'heartbeatResponse', to: from });
}

/**
 * Takes a leader's snapshot. While handed-out entries are being applied it waits for {@link RawNode.advance}.
 * Membership changes among them belong before the snapshot: applied after it they would change the configuration that
 * it brings.
 */
export function onSnapshot(core: Core, message: InstallSnapshot): void {
  if (core.log.isApplying) {
    core.heldSnapshot = message;
    return;
  }
  const { from, snapshot } = message;
  const restored = restore(core, snapshot);
  core.send({
    type: 'appendEntriesResponse',
    to: from,
    index: restored ? core.log.lastIndex : core.log.committed,
    rejected: false,
  });
}

/** Puts a snapshot in the place of the log, unless it is old, not for us, or the log already has it. */
function restore(core: Core, snapshot: Snapshot): boolean {
  const { index, term, confState } = snapshot.metadata;
  const { log } = core;
  if (index <= log.committed) return false;
  const membership = membershipOf(confState);
  if (!memberIds(membership).includes(core.id)) {
    core.logger.log('warn', `${core.id} ignores a snapshot of a configuration that it is not in`);
    return false;
  }
  if (log.matches({ index, term })) {
    log.commitTo(index); // what follows in our log may be new and stays
    return false;
  }
  log.restore(snapshot);
  core.progress.clear();
  switchMembership(core, membership);
  core.logger.log('info', `${core.id} takes a snapshot of ${index} in term ${term}`);
  return true;
}
