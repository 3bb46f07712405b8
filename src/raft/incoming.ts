import { messageOf } from '../base/errors.js';
import {
  type AppendEntries,
  type ConfChange,
  type ConfChangeOp,
  type ConfState,
  type Entry,
  type Message,
  NONE,
  type Proposal,
  type RequestVote,
  type RequestVoteResponse,
  type Snapshot,
  type Term,
} from './types.js';

// Checks of input from outside, and copies of objects that their sender may go on changing.

const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Types that are forwarded for another node, and so have no term. */
export const termless: ReadonlySet<string> = new Set(['propose', 'transferLeader', 'readIndex']);

const transitions: readonly string[] = ['auto', 'jointImplicit', 'jointExplicit'];
const changeTypes: readonly string[] = ['addVoter', 'addLearner', 'remove', 'update'];

/** Throws a `TypeError` for what is no membership change. */
export function checkChange(change: ConfChange): void {
  const { transition, changes, context } = (change as ConfChange | undefined) ?? ({} as ConfChange);
  if (!transitions.includes(transition))
    throw new TypeError(`there is no transition "${String(transition)}": known are ${transitions.join(', ')}`);
  if (!Array.isArray(changes)) throw new TypeError('a membership change has a list of changes');
  if (context !== undefined && !(context instanceof Uint8Array))
    throw new TypeError('the context of a membership change is bytes, as Uint8Array');
  for (const one of changes as readonly (ConfChangeOp | undefined)[]) {
    const { type, nodeId } = one ?? ({} as ConfChangeOp);
    if (!changeTypes.includes(type))
      throw new TypeError(`there is no change "${String(type)}": known are ${changeTypes.join(', ')}`);
    if (!whole(nodeId))
      throw new TypeError(`the id of a node must be a whole number, is ${String(nodeId)} (a ${typeof nodeId})`);
  }
}

/**
 * Reason why no member can have meant this message; `undefined` when it can be meant. Such a message is dropped: an error of one
 * member must not stop another.
 */
export function faultOf(message: Message): string | undefined {
  if (typeof message !== 'object' || message === null) return 'it is no object';
  if (!whole(message.from) || message.from === NONE) return `its sender is ${String(message.from)}`;
  const faultOfBody = faults[message.type] as ((message: Message) => string | undefined) | undefined;
  if (!faultOfBody) return 'the type of the message is unknown'; // of a newer version
  if (!termless.has(message.type) && !whole(message.term)) return `its term is ${String(message.term)}`;
  return faultOfBody(message);
}

/**
 * Most that a term may lie ahead of ours, in one message. A member that was away sees a term more for each election that was
 * held meanwhile; at one a second this is four months of them. Terms are kept for ever, and 2^53 - 1 is the last that a
 * number can say: a leap to there would leave no term for another election.
 */
export const termLeapMax = 10_000_000;

/** Returns a fault as {@link faultOf} does: a term that no member can have meant for a member whose term is `ours`. */
export function leapOf(message: Message, ours: Term): string | undefined {
  if (termless.has(message.type) || message.term <= ours + termLeapMax) return undefined;
  return `its term ${message.term} lies more than ${termLeapMax} ahead of ours, ${ours}`;
}

type FaultsByType = {
  readonly [T in Message['type']]: (message: Extract<Message, { readonly type: T }>) => string | undefined;
};

const faultOfVote = (vote: RequestVote) =>
  faultOfNumber('last log index', vote.lastLogIndex) ?? faultOfNumber('last log term', vote.lastLogTerm);

const faultOfVoteResponse = (response: RequestVoteResponse) =>
  faultOfFlag('answer', response.granted) ??
  faultOfOptional('commit index', response.commitIndex) ??
  faultOfOptional('commit term', response.commitTerm);

/** Body of each type, beside its envelope. A new type does not compile until it is listed. */
const faults: FaultsByType = {
  propose: ({ proposals }) => faultOfProposals(proposals),
  transferLeader: ({ transferee }) => faultOfNumber('transferee', transferee),
  readIndex: ({ context }) => faultOfBytes('context', context),
  readIndexResponse: ({ index, context }) => faultOfNumber('index', index) ?? faultOfBytes('context', context),
  appendEntries: (append) =>
    faultOfNumber('previous index', append.prevLogIndex) ??
    faultOfNumber('previous term', append.prevLogTerm) ??
    faultOfNumber('commit index', append.leaderCommit) ??
    faultOfEntries(append),
  appendEntriesResponse: ({ index, rejected, hintIndex, hintTerm }) =>
    faultOfNumber('index', index) ??
    faultOfFlag('answer', rejected) ??
    faultOfOptional('hint index', hintIndex) ??
    faultOfOptional('hint term', hintTerm),
  requestVote: faultOfVote,
  preVote: faultOfVote,
  requestVoteResponse: faultOfVoteResponse,
  preVoteResponse: faultOfVoteResponse,
  heartbeat: ({ leaderCommit, context }) =>
    faultOfNumber('commit index', leaderCommit) ??
    (context === undefined ? undefined : faultOfBytes('context', context)),
  heartbeatResponse: ({ context }) => (context === undefined ? undefined : faultOfBytes('context', context)),
  installSnapshot: ({ snapshot, term }) =>
    faultOfSnapshot(snapshot) ??
    (snapshot.metadata.term > term
      ? `its snapshot is of term ${snapshot.metadata.term}, and its sender of ${term}`
      : undefined),
  timeoutNow: () => undefined,
};

const faultOfNumber = (name: string, value: unknown) =>
  whole(value) ? undefined : `its ${name} is ${String(value)}, not a whole number`;

const faultOfOptional = (name: string, value: unknown) =>
  value === undefined ? undefined : faultOfNumber(name, value);

const faultOfFlag = (name: string, value: unknown) =>
  typeof value === 'boolean' ? undefined : `its ${name} is neither true nor false`;

const faultOfBytes = (name: string, value: unknown) =>
  value instanceof Uint8Array ? undefined : `its ${name} is no bytes`;

/** Returns a fault unless the entries follow each other from `prevLogIndex` on. */
function faultOfEntries({ entries, prevLogIndex, term }: AppendEntries): string | undefined {
  if (!Array.isArray(entries)) return 'it has no list of entries';
  let before = prevLogIndex;
  for (const entry of entries as readonly (Entry | undefined)[]) {
    if (entry?.index !== before + 1) return `entry ${entry?.index} does not follow entry ${before}`;
    if (!whole(entry.term)) return `the term of entry ${entry.index} is ${String(entry.term)}`;
    if (entry.term > term) return `entry ${entry.index} is of term ${entry.term}, and its sender of ${term}`;
    const fault = faultOfPayload(entry);
    if (fault !== undefined) return `entry ${entry.index}: ${fault}`;
    before = entry.index;
  }
  return undefined;
}

function faultOfPayload(payload: Entry | Proposal): string | undefined {
  if (payload.kind === 'normal') return faultOfBytes('payload', payload.data);
  if (payload.kind !== 'confChange') return `its kind is ${String((payload as { kind?: unknown }).kind)}`;
  try {
    checkChange(payload.change);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function faultOfProposals(proposals: readonly Proposal[]): string | undefined {
  if (!Array.isArray(proposals)) return 'it has no list of proposals';
  for (const proposal of proposals as readonly (Proposal | undefined)[]) {
    const fault = proposal ? faultOfPayload(proposal) : 'a proposal is missing';
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** The last index that a snapshot may have: the log that follows it needs numbers too. */
const snapshotIndexMax = 2 ** 52;

function faultOfSnapshot(snapshot: Snapshot | undefined): string | undefined {
  const { metadata, data } = snapshot ?? {};
  if (!metadata) return 'it has no snapshot';
  const { index, term, confState } = metadata;
  return (
    faultOfNumber('index', index) ??
    (index > snapshotIndexMax ? `its index is ${index}, after which no log could go on` : undefined) ??
    faultOfNumber('snapshot term', term) ??
    faultOfBytes('snapshot', data) ??
    faultOfConfState(confState)
  );
}

function faultOfConfState(state: ConfState | undefined): string | undefined {
  for (const name of ['voters', 'learners', 'votersOutgoing', 'learnersNext'] as const) {
    const ids = state?.[name];
    if (!Array.isArray(ids) || !ids.every((id) => whole(id) && id !== NONE)) return `its ${name} are no list of ids`;
  }
  return faultOfFlag('autoLeave', state?.autoLeave);
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
