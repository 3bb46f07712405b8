import type { Core } from './core.js';
import { becomeLeaderNow } from './leader.js';
import { isUpToDate, whenAvailable } from './log.js';
import { isVoter } from './membership.js';
import { jointVote, voterIds } from './quorum.js';
import { type EntryId, type LogIndex, NONE, type RequestVote, type RequestVoteResponse, type Term } from './types.js';

/** Reason of a campaign: `transfer` skips the pre-vote and overrides the loyalty of voters to their leader. */
type Campaign = 'preVote' | 'election' | 'transfer';

/** Starts a campaign, if this member may. */
export function hup(core: Core, campaign: Campaign): void {
  if (core.role === 'leader' || !core.promotable) return;
  const last = whenAvailable(() => core.log.lastId);
  if (!last) return; // storage is fetching it: retry after another timeout
  if (hasUnappliedConfChange(core)) {
    core.logger.log('warn', `${core.id} does not campaign: a committed membership change is not applied yet`);
    return;
  }
  run(core, campaign, last);
}

/** Bytes of the log that are searched at a time. */
const pageBytesMax = 1024 * 1024;

/** A quorum that we do not know of yet may decide: wait until it is applied. */
function hasUnappliedConfChange({ log }: Core): boolean {
  const { applied, committed } = log;
  for (let from = Math.max(applied + 1, log.firstIndex); from <= committed;) {
    const page = whenAvailable(() => log.slice(from, committed + 1, pageBytesMax));
    if (!page || page.some((entry) => entry.kind === 'confChange')) return true;
    from += page.length;
  }
  return false;
}

function run(core: Core, campaign: Campaign, last: EntryId): void {
  const preVote = campaign === 'preVote';
  if (preVote) core.becomePreCandidate();
  else core.becomeCandidate();
  const term = preVote ? core.term + 1 : core.term;
  const { index: lastLogIndex, term: lastLogTerm } = last;
  for (const to of voterIds(core.membership)) {
    if (to === core.id) {
      // Our own vote counts once it is durable: it is delivered by `advance`.
      core.send({ type: preVote ? 'preVoteResponse' : 'requestVoteResponse', to, term, granted: true });
    } else {
      const request = {
        type: preVote ? ('preVote' as const) : ('requestVote' as const),
        to,
        term,
        lastLogIndex,
        lastLogTerm,
      };
      core.send(campaign === 'transfer' ? { ...request, leadershipTransfer: true } : request);
    }
  }
}

/** Tells whether this voter is loyal to a leader that it hears (Raft thesis §4.2.3). Then it does not even answer. */
export function isLoyal(core: Core, request: RequestVote): boolean {
  const heard = core.leader !== NONE && core.electionElapsed < core.settings.electionTicks;
  return core.settings.checkQuorum && heard && request.leadershipTransfer !== true;
}

/**
 * Answers a candidate (Raft §5.2, §5.4.1): one vote a term, and only for a log that is not behind ours. The answer
 * leaves when the vote is on disk. Learners answer too: they may not know yet that they are voters.
 */
export function answerVoteRequest(core: Core, request: RequestVote): void {
  const preVote = request.type === 'preVote';
  const repeated = core.vote === request.from;
  const free = core.vote === NONE && core.leader === NONE;
  const ahead = preVote && request.term > core.term;
  const upToDate = isUpToDate({ term: request.lastLogTerm, index: request.lastLogIndex }, core.log.lastId);
  const granted = (repeated || free || ahead) && upToDate;
  const type = preVote ? ('preVoteResponse' as const) : ('requestVoteResponse' as const);
  // A granted pre-vote speaks of the term that was asked for, a refusal of ours.
  const response = { type, to: request.from, term: granted ? request.term : core.term, granted };
  // We cannot be elected, and our log keeps the candidate from being elected: the commits that we know of help it.
  const told = !upToDate && !isVoter(core.membership, core.id) ? committedOf(core) : undefined;
  core.send({ ...response, ...told });
  if (granted && !preVote) {
    core.electionElapsed = 0;
    core.vote = request.from;
  }
}

function committedOf({ log }: Core): { commitIndex: LogIndex; commitTerm: Term } | undefined {
  const term = log.knownTermOf(log.committed);
  return term === undefined ? undefined : { commitIndex: log.committed, commitTerm: term };
}

/**
 * Learns of a commit from a voter's refusal. A removed member may hold the only proof that its removal is committed,
 * and may have the longest log. The others need its vote until they have that proof.
 *
 * A commit is a fact in every term, so that answers to older rounds count too.
 */
export function learnCommit(core: Core, { commitIndex, commitTerm }: RequestVoteResponse): void {
  if (commitIndex === undefined || commitTerm === undefined || core.role === 'leader') return;
  if (commitIndex <= core.log.committed || !core.log.matches({ index: commitIndex, term: commitTerm })) return;
  core.log.commitTo(commitIndex);
  // The campaign asked the voters of a configuration that may be outdated.
  if (core.role !== 'follower' && hasUnappliedConfChange(core)) core.becomeFollower(core.term, NONE);
}

/** Counts an answer to the campaign that is running. */
export function countVote(core: Core, response: RequestVoteResponse): void {
  const expected = core.role === 'preCandidate' ? 'preVoteResponse' : 'requestVoteResponse';
  if (response.type !== expected) return;
  // A granted pre-vote speaks of the term that was asked about: another one answers an earlier round.
  if (response.type === 'preVoteResponse' && response.granted && response.term !== core.term + 1) return;
  if (!core.votes.has(response.from)) core.votes.set(response.from, response.granted);
  switch (jointVote(core.membership, (id) => core.votes.get(id))) {
    case 'won':
      if (core.role === 'preCandidate') run(core, 'election', core.log.lastId);
      else becomeLeaderNow(core);
      break;
    case 'lost':
      core.becomeFollower(core.term, NONE);
      break;
    case 'pending':
      break;
  }
}

/** One tick of a member that does not lead. */
export function tickElection(core: Core): void {
  core.electionElapsed++;
  if (core.promotable && core.electionElapsed >= core.electionTimeout) {
    core.electionElapsed = 0;
    hup(core, core.settings.preVote ? 'preVote' : 'election');
  }
}
