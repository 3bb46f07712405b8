import type { ConfChange, ConfState, Entry, Message, Ready } from '../../src/raft/index.js';

/** Short notations for what raft talks about, so that a test or a transcript can be read aloud. `2.5` is term 2, index 5. */

const utf8 = new TextDecoder();

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOfBytes = (bytes: Uint8Array): string => utf8.decode(bytes);

const ops = { addVoter: '+', addLearner: '~', remove: '-', update: '=' } as const;

/** `+4` adds a voter, `~4` a learner, `-4` removes, `=4` updates; `joint` and `explicit` name the transition; `leave` leaves. */
export function parseChange(words: string): ConfChange {
  const [first = '', ...rest] = words.trim().split(/\s+/);
  if (first === 'leave') return { transition: 'auto', changes: [] };
  const transition = first === 'joint' ? 'jointImplicit' : first === 'explicit' ? 'jointExplicit' : 'auto';
  const changes = (transition === 'auto' ? [first, ...rest] : rest).map((word) => {
    const type = (Object.keys(ops) as (keyof typeof ops)[]).find((key) => ops[key] === word[0]);
    if (!type) throw new Error(`'${word}' is not a change: +4 ~4 -4 =4`);
    return { type, nodeId: Number(word.slice(1)) };
  });
  return { transition, changes };
}

export function textOfChange({ transition, changes }: ConfChange): string {
  if (transition === 'auto' && changes.length === 0) return 'leave';
  const words = changes.map(({ type, nodeId }) => `${ops[type]}${nodeId}`);
  if (transition === 'jointImplicit') words.unshift('joint');
  if (transition === 'jointExplicit') words.unshift('explicit');
  return words.join(' ');
}

/** `2.5 x` is an entry with the payload x, `2.5 -` an empty one, `2.5 {+4}` a membership change. */
export function textOfEntry(entry: Entry): string {
  const id = `${entry.term}.${entry.index}`;
  if (entry.kind === 'confChange') return `${id} {${textOfChange(entry.change)}}`;
  return `${id} ${entry.data.length === 0 ? '-' : textOfBytes(entry.data)}`;
}

export const textOfEntries = (entries: readonly Entry[]): string => `[${entries.map(textOfEntry).join(', ')}]`;

/** `1 2 3`, `1 2 3 learners 4`, `1 2 4 outgoing 1 2 3 next 3 auto`. */
export function textOfConfState(state: ConfState): string {
  const parts = [state.voters.join(' ') || 'nobody'];
  if (state.votersOutgoing.length > 0) parts.push(`outgoing ${state.votersOutgoing.join(' ')}`);
  if (state.learners.length > 0) parts.push(`learners ${state.learners.join(' ')}`);
  if (state.learnersNext.length > 0) parts.push(`next ${state.learnersNext.join(' ')}`);
  if (state.autoLeave) parts.push('auto');
  return parts.join(' ');
}

export function parseConfState(text: string): ConfState {
  const lists: Record<string, number[]> = { voters: [], outgoing: [], learners: [], next: [] };
  let current = 'voters';
  let autoLeave = false;
  for (const word of text.split(/\s+/).filter((it) => it !== '' && it !== 'nobody')) {
    if (word === 'auto') autoLeave = true;
    else if (lists[word]) current = word;
    else lists[current]?.push(Number(word));
  }
  const { voters = [], outgoing = [], learners = [], next = [] } = lists;
  return { voters, learners, votersOutgoing: outgoing, learnersNext: next, autoLeave };
}

/** A message in one line; the number in brackets is its term. */
export function textOfMessage(message: Message): string {
  return `${message.from}->${message.to} ${bodyOf(message)}`;
}

function bodyOf(message: Message): string {
  const term = message.term;
  switch (message.type) {
    case 'appendEntries': {
      const { prevLogTerm, prevLogIndex, entries, leaderCommit } = message;
      return `append(${term}) after ${prevLogTerm}.${prevLogIndex} ${textOfEntries(entries)} commit ${leaderCommit}`;
    }
    case 'appendEntriesResponse':
      if (!message.rejected) return `appended(${term}) ${message.index}`;
      return `refused(${term}) ${message.index}, try ${message.hintTerm}.${message.hintIndex}`;
    case 'requestVote':
    case 'preVote': {
      const what = message.type === 'preVote' ? 'prevote?' : 'vote?';
      const last = `${message.lastLogTerm}.${message.lastLogIndex}`;
      return `${what}(${term}) last ${last}${message.leadershipTransfer ? ' transfer' : ''}`;
    }
    case 'requestVoteResponse':
      return `vote(${term}) ${message.granted ? 'yes' : 'no'}`;
    case 'preVoteResponse':
      return `prevote(${term}) ${message.granted ? 'yes' : 'no'}`;
    case 'heartbeat':
      return `heartbeat(${term}) commit ${message.leaderCommit}${message.context ? ' for a read' : ''}`;
    case 'heartbeatResponse':
      return `heard(${term})${message.context ? ' for a read' : ''}`;
    case 'installSnapshot': {
      const { metadata } = message.snapshot;
      return `snapshot(${term}) ${metadata.term}.${metadata.index} of ${textOfConfState(metadata.confState)}`;
    }
    case 'timeoutNow':
      return `timeout-now(${term})`;
    case 'propose':
      return `propose ${message.proposals.map((it) => (it.kind === 'normal' ? textOfBytes(it.data) : `{${textOfChange(it.change)}}`)).join(' ')}`;
    case 'transferLeader':
      return `transfer to ${message.transferee}`;
    case 'readIndex':
      return `read ${textOfBytes(message.context)}`;
    case 'readIndexResponse':
      return `read-answer(${term}) ${textOfBytes(message.context)} at ${message.index}`;
  }
}

/** The parts of a Ready that are there. */
export function textOfReady(ready: Ready): string[] {
  const lines: string[] = [];
  const { softState, hardState, snapshot } = ready;
  if (softState) lines.push(`soft ${softState.role} leader ${softState.leader}`);
  if (hardState) lines.push(`hard term ${hardState.term} vote ${hardState.vote} commit ${hardState.commit}`);
  if (snapshot) lines.push(`snapshot ${snapshot.metadata.term}.${snapshot.metadata.index}`);
  if (ready.entries.length > 0) lines.push(`write ${textOfEntries(ready.entries)}`);
  if (ready.mustSync) lines.push('sync');
  for (const message of ready.messages) lines.push(`send ${textOfMessage(message)}`);
  for (const message of ready.messagesAfterPersist) lines.push(`then send ${textOfMessage(message)}`);
  for (const { index, context } of ready.readStates) lines.push(`read ${textOfBytes(context)} at ${index}`);
  if (ready.committedEntries.length > 0) lines.push(`apply ${textOfEntries(ready.committedEntries)}`);
  return lines;
}
