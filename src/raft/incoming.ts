import { messageOf } from '../base/errors.js';
import type { ConfChange, Entry, LogIndex, Message, Proposal } from './types.js';

/** What comes from outside: whether it can be what it says, and copies of what its sender may go on changing. */

const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const transitions: readonly string[] = ['auto', 'jointImplicit', 'jointExplicit'];
const changeTypes: readonly string[] = ['addVoter', 'addLearner', 'remove', 'update'];

/** Throws a `TypeError` for what is no membership change. */
export function checkChange({ transition, changes }: ConfChange): void {
  if (!transitions.includes(transition))
    throw new TypeError(`there is no transition "${transition}": known are ${transitions.join(', ')}`);
  for (const { type, nodeId } of changes) {
    if (!changeTypes.includes(type))
      throw new TypeError(`there is no change "${type}": known are ${changeTypes.join(', ')}`);
    if (!whole(nodeId)) throw new TypeError(`the id of a node must be a whole number, is ${JSON.stringify(nodeId)}`);
  }
}

/**
 * Why no member can have meant this message; `undefined` when it can be meant. Such a message is dropped: an error of one
 * member must not stop another.
 */
export function faultOf(message: Message): string | undefined {
  const { type, term } = message;
  switch (type) {
    case 'propose':
      return faultOfProposals(message.proposals);
    case 'transferLeader':
    case 'readIndex':
      return undefined; // they have no term
    case 'appendEntries':
      return faultOfTerm(term) ?? faultOfEntries(message.entries, message.prevLogIndex);
    case 'appendEntriesResponse':
    case 'requestVote':
    case 'preVote':
    case 'requestVoteResponse':
    case 'preVoteResponse':
    case 'heartbeat':
    case 'heartbeatResponse':
    case 'installSnapshot':
    case 'timeoutNow':
    case 'readIndexResponse':
      return faultOfTerm(term);
    default:
      return 'nobody here knows such a message'; // of a newer version
  }
}

const faultOfTerm = (term: unknown) => (whole(term) ? undefined : `its term is ${String(term)}`);

/** They follow each other from `prevLogIndex` on. */
function faultOfEntries(entries: readonly Entry[], prevLogIndex: LogIndex): string | undefined {
  let before = prevLogIndex;
  for (const { index, term } of entries) {
    if (index !== before + 1) return `entry ${index} does not follow entry ${before}`;
    if (!whole(term)) return `the term of entry ${index} is ${String(term)}`;
    before = index;
  }
  return undefined;
}

function faultOfProposals(proposals: readonly Proposal[]): string | undefined {
  try {
    for (const proposal of proposals) if (proposal.kind === 'confChange') checkChange(proposal.change);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

export function copyChange({ transition, changes, context }: ConfChange): ConfChange {
  return {
    transition,
    changes: changes.map((change) => ({ ...change })),
    ...(context && { context: context.slice() }),
  };
}

function copyPayload<T extends Entry | Proposal>(payload: T): T {
  return payload.kind === 'normal'
    ? { ...payload, data: payload.data.slice() }
    : { ...payload, change: copyChange(payload.change) };
}

/** The message with bytes of its own, where a member keeps them. */
export function copied(message: Message): Message {
  switch (message.type) {
    case 'appendEntries':
      return message.entries.length === 0 ? message : { ...message, entries: message.entries.map(copyPayload) };
    case 'propose':
      return { ...message, proposals: message.proposals.map(copyPayload) };
    case 'installSnapshot': {
      const { metadata, data } = message.snapshot;
      return { ...message, snapshot: { metadata, data: data.slice() } };
    }
    case 'readIndex':
    case 'readIndexResponse':
      return { ...message, context: message.context.slice() };
    default:
      return message;
  }
}
