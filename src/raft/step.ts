import { unreachable } from '../base/assert.js';
import type { Core } from './core.js';
import { answerVoteRequest, countVote, hup, isLoyal, learnCommit } from './election.js';
import { onAppend, onHeartbeat, onSnapshot } from './follower.js';
import { onAppendResponse, onHeartbeatResponse, onReadRequest, proposeAsLeader, transferTo } from './leader.js';
import { type Message, NONE, type Proposal, type ProposeResult, type StepResult } from './types.js';

const responses: ReadonlySet<string> = new Set([
  'appendEntriesResponse',
  'requestVoteResponse',
  'preVoteResponse',
  'heartbeatResponse',
  'readIndexResponse',
]);
/** Messages that only a leader sends. */
const fromLeader: ReadonlySet<string> = new Set(['appendEntries', 'heartbeat', 'installSnapshot']);

/** A message from another member, or from ourselves once it is durable. */
export function step(core: Core, message: Message): StepResult {
  if (responses.has(message.type) && !core.progress.has(message.from)) return 'peerNotFound';
  switch (message.type) {
    case 'propose':
      // An empty payload is reserved: what stands for it in the log means something else.
      if (message.proposals.length === 0 || message.proposals.some(isEmpty)) return 'proposalDropped';
      return propose(core, message.proposals, message.from).ok ? 'ok' : 'proposalDropped';
    case 'transferLeader':
      transfer(core, message.transferee, message.from);
      return 'ok';
    case 'readIndex':
      read(core, message.context, message.from);
      return 'ok';
    case 'requestVoteResponse':
    case 'preVoteResponse':
      learnCommit(core, message);
      if (agreeOnTerm(core, message)) handle(core, message);
      return 'ok';
    default:
      if (agreeOnTerm(core, message)) handle(core, message);
      return 'ok';
  }
}

const isEmpty = (proposal: Proposal) => proposal.kind === 'normal' && proposal.data.length === 0;

type Termed = Exclude<Message, { type: 'propose' | 'transferLeader' | 'readIndex' }>;

/** Adopts a newer term, drops what is of an older one. True when the message is to be handled. */
function agreeOnTerm(core: Core, message: Termed): boolean {
  if (message.term > core.term) {
    const asks = message.type === 'requestVote' || message.type === 'preVote';
    if (asks && isLoyal(core, message)) return false;
    const hypothetical = message.type === 'preVote' || (message.type === 'preVoteResponse' && message.granted);
    if (hypothetical) return true;
    const waited = core.role === 'leader' ? 0 : core.electionElapsed;
    core.becomeFollower(message.term, fromLeader.has(message.type) ? message.from : NONE);
    if (message.type === 'requestVote') core.electionElapsed = waited;
    return true;
  }
  if (message.term === core.term) return true;
  answerOldTerm(core, message);
  return false;
}

/** Ignores messages of old terms, but answers the sender with the newer term, so that it can catch up. */
function answerOldTerm(core: Core, { type, from: to }: Termed): void {
  if (type === 'preVote') core.send({ type: 'preVoteResponse', to, granted: false });
  else if ((type === 'appendEntries' || type === 'heartbeat') && (core.settings.checkQuorum || core.settings.preVote)) {
    core.send({ type: 'appendEntriesResponse', to, index: 0, rejected: false });
  }
}

function handle(core: Core, message: Termed): void {
  switch (message.type) {
    case 'requestVote':
    case 'preVote':
      answerVoteRequest(core, message);
      return;
    case 'requestVoteResponse':
    case 'preVoteResponse':
      if (core.role === 'candidate' || core.role === 'preCandidate') countVote(core, message);
      return;
    case 'appendEntries':
    case 'heartbeat':
    case 'installSnapshot':
      handleFromLeader(core, message);
      return;
    case 'appendEntriesResponse':
      if (core.role === 'leader') onAppendResponse(core, message);
      return;
    case 'heartbeatResponse':
      if (core.role === 'leader') onHeartbeatResponse(core, message);
      return;
    case 'timeoutNow':
      if (core.role === 'follower') hup(core, 'transfer');
      return;
    case 'readIndexResponse':
      if (core.role === 'follower') core.readStates.push({ index: message.index, context: message.context });
      return;
    default:
      unreachable(message);
  }
}

function handleFromLeader(
  core: Core,
  message: Extract<Termed, { type: 'appendEntries' | 'heartbeat' | 'installSnapshot' }>,
): void {
  if (core.role === 'leader') return; // two leaders in a term cannot be: nothing to do with it
  if (core.role === 'follower') {
    core.electionElapsed = 0;
    core.leader = message.from;
  } else {
    core.becomeFollower(message.term, message.from);
  }
  if (message.type === 'appendEntries') onAppend(core, message);
  else if (message.type === 'heartbeat') onHeartbeat(core, message);
  else onSnapshot(core, message);
}

/** `from` is {@link NONE} for our own application. */
export function propose(core: Core, proposals: readonly Proposal[], from: number): ProposeResult {
  if (core.role === 'leader') return proposeAsLeader(core, proposals);
  if (core.role !== 'follower' || core.leader === NONE) return { ok: false, reason: 'noLeader' };
  if (core.settings.disableProposalForwarding) return { ok: false, reason: 'forwardingDisabled' };
  core.send({ type: 'propose', to: core.leader, from: from === NONE ? core.id : from, proposals });
  return { ok: true, forwarded: true };
}

export function transfer(core: Core, transferee: number, from: number): void {
  if (core.role === 'leader') transferTo(core, transferee);
  else if (core.role === 'follower' && core.leader !== NONE) {
    core.send({ type: 'transferLeader', to: core.leader, from: from === NONE ? core.id : from, transferee });
  }
}

/** Drops a request in silence without a leader: the caller asks again. */
export function read(core: Core, context: Uint8Array, from: number): void {
  if (core.role === 'leader') onReadRequest(core, { from, context });
  else if (core.role === 'follower' && core.leader !== NONE) {
    core.send({ type: 'readIndex', to: core.leader, from: from === NONE ? core.id : from, context });
  }
}
