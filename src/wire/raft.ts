import type { Entry, Message, MessageType } from '../raft/index.js';
import { messageCodec } from './codec.js';
import { DecodeError } from './decode-error.js';
import type { Entry as WireEntry, RaftBatch, RaftMessage } from './generated/messages.js';

const entryCodec = messageCodec('Entry');
const batchCodec = messageCodec('RaftBatch');

const noData = new Uint8Array(0);

function toWireEntry(entry: Entry): WireEntry {
  return entry.kind === 'normal' ? entry : { term: entry.term, index: entry.index, data: noData, change: entry.change };
}

function fromWireEntry({ term, index, data, change }: WireEntry): Entry {
  return change ? { kind: 'confChange', term, index, change } : { kind: 'normal', term, index, data };
}

export function encodeEntry(entry: Entry): Uint8Array {
  return entryCodec.encode(toWireEntry(entry));
}

export function decodeEntry(bytes: Uint8Array): Entry {
  return fromWireEntry(entryCodec.decode(bytes));
}

/** On the wire a message is its envelope and one field, named for its type, that holds the rest. */
export function toWireMessage(message: Message): RaftMessage {
  const { from, to, term, type } = message;
  if (type === 'propose') throw new TypeError('proposals do not travel between members');
  const body = type === 'appendEntries' ? { ...message, entries: message.entries.map(toWireEntry) } : message;
  return { from, to, term, [type]: body };
}

/** Throws {@link DecodeError}. */
export function fromWireMessage(wire: RaftMessage): Message {
  const { from, to, term, ...bodies } = wire;
  const [found, ...others] = Object.entries(bodies) as [MessageType, object][];
  if (!found || others.length > 0) throw new DecodeError('a raft message has exactly one body');
  const [type, body] = found;
  const message = { type, from, to, term, ...body } as Message;
  return message.type === 'appendEntries'
    ? { ...message, entries: (message.entries as unknown as WireEntry[]).map(fromWireEntry) }
    : message;
}

export function toWireBatch(messages: readonly Message[]): RaftBatch {
  return { messages: messages.map(toWireMessage) };
}

export function fromWireBatch({ messages }: RaftBatch): Message[] {
  return messages.map(fromWireMessage);
}

/** A message as it arrives: through bytes, so that nothing is shared between two members of one process. */
export function throughWire(messages: readonly Message[]): Message[] {
  return fromWireBatch(batchCodec.decode(batchCodec.encode(toWireBatch(messages))));
}
