import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppendEntries, Entry, Message, MessageType } from '../../src/raft/index.js';
import {
  decodeEntry,
  DecodeError,
  encodeEntry,
  fromWireMessage,
  messageCodec,
  throughWire,
  toWireMessage,
} from '../../src/wire/index.js';
import { plainBytes } from '../support/disk-data.js';
import { bytes, uint } from './arbitrary.js';

const maybe = <T>(key: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((some) => (some === undefined ? {} : { [key]: some }));
const confState = fc.record(
  {
    voters: fc.array(uint, { maxLength: 4 }),
    learners: fc.array(uint, { maxLength: 2 }),
    votersOutgoing: fc.array(uint, { maxLength: 2 }),
    learnersNext: fc.array(uint, { maxLength: 2 }),
    autoLeave: fc.boolean(),
  },
  { noNullPrototype: true },
);
const change = fc
  .tuple(
    fc.constantFrom('auto', 'jointImplicit', 'jointExplicit'),
    fc.array(
      fc.record(
        { type: fc.constantFrom('addVoter', 'addLearner', 'remove', 'update'), nodeId: uint },
        { noNullPrototype: true },
      ),
      { maxLength: 3 },
    ),
    maybe('context', bytes),
  )
  .map(([transition, changes, context]) => ({ transition, changes, ...context }));
const entry = fc
  .tuple(uint, uint, fc.oneof(bytes, change))
  .map(([index, term, content]) =>
    content instanceof Uint8Array
      ? { kind: 'normal', term, index, data: content }
      : { kind: 'confChange', term, index, change: content },
  ) as fc.Arbitrary<Entry>;
const snapshot = fc
  .tuple(uint, uint, confState, bytes)
  .map(([index, term, conf, data]) => ({ metadata: { index, term, confState: conf }, data }));

const vote = fc
  .tuple(uint, uint, maybe('leadershipTransfer', fc.boolean()))
  .map(([lastLogIndex, lastLogTerm, transfer]) => ({ lastLogIndex, lastLogTerm, ...transfer }));
const granted = fc
  .tuple(fc.boolean(), maybe('commitIndex', uint), maybe('commitTerm', uint))
  .map(([answer, commitIndex, commitTerm]) => ({ granted: answer, ...commitIndex, ...commitTerm }));

/** What each type of message holds beside its envelope. A new type does not compile until it is listed. */
const bodies: Record<Exclude<MessageType, 'propose'>, fc.Arbitrary<object>> = {
  appendEntries: fc
    .tuple(uint, uint, uint, fc.array(entry, { maxLength: 4 }))
    .map(([prevLogIndex, prevLogTerm, leaderCommit, entries]) => ({
      prevLogIndex,
      prevLogTerm,
      entries,
      leaderCommit,
    })),
  appendEntriesResponse: fc
    .tuple(uint, fc.boolean(), maybe('hintIndex', uint), maybe('hintTerm', uint))
    .map(([index, rejected, hintIndex, hintTerm]) => ({ index, rejected, ...hintIndex, ...hintTerm })),
  requestVote: vote,
  preVote: vote,
  requestVoteResponse: granted,
  preVoteResponse: granted,
  heartbeat: fc.tuple(uint, maybe('context', bytes)).map(([leaderCommit, context]) => ({ leaderCommit, ...context })),
  heartbeatResponse: maybe('context', bytes),
  installSnapshot: snapshot.map((sent) => ({ snapshot: sent })),
  timeoutNow: fc.constant({}),
  transferLeader: uint.map((transferee) => ({ transferee })),
  readIndex: bytes.map((context) => ({ context })),
  readIndexResponse: fc.tuple(uint, bytes).map(([index, context]) => ({ index, context })),
};

function messageOf(type: MessageType): fc.Arbitrary<Message> {
  return fc
    .tuple(uint, uint, uint, bodies[type as keyof typeof bodies])
    .map(([from, to, term, body]) => ({ type, from, to, term, ...body }) as Message);
}

describe('raft messages', () => {
  it.each(Object.keys(bodies) as MessageType[])('of type %s arrive as they were sent', (type) => {
    fc.assert(
      fc.property(fc.array(messageOf(type), { maxLength: 3 }), (messages) => {
        expect(plainBytes(throughWire(messages))).toStrictEqual(messages);
      }),
      { numRuns: 200 },
    );
  });

  it('share nothing with the ones that were sent', () => {
    const data = new Uint8Array([1, 2, 3]);
    const [arrived] = throughWire([
      {
        type: 'appendEntries',
        from: 1,
        to: 2,
        term: 3,
        prevLogIndex: 4,
        prevLogTerm: 3,
        entries: [{ kind: 'normal', index: 5, term: 3, data }],
        leaderCommit: 4,
      },
    ]);
    data.fill(0);
    expect(arrived).toMatchObject({ entries: [{ index: 5, term: 3 }] });
    const [first] = (arrived as AppendEntries).entries;
    expect(plainBytes(first)).toMatchObject({ data: new Uint8Array([1, 2, 3]) });
  });

  it('are none, for a batch of none', () => {
    expect(throughWire([])).toEqual([]);
  });

  it('that propose do not travel', () => {
    expect(() => toWireMessage({ type: 'propose', from: 1, to: 2, term: 0, proposals: [] })).toThrow(TypeError);
  });

  it('without a body, or with two, are refused', () => {
    const envelope = { from: 1, to: 2, term: 3 };
    expect(() => fromWireMessage(envelope as never)).toThrow(DecodeError);
    const two = { ...envelope, timeoutNow: {}, readIndex: { context: new Uint8Array(0) } };
    expect(() => fromWireMessage(two as never)).toThrow(DecodeError);
    const codec = messageCodec('RaftMessage');
    expect(() => fromWireMessage(codec.decode(codec.encode(two as never)))).toThrow(DecodeError);
  });
});

describe('log entries', () => {
  it('come back from their bytes', () => {
    fc.assert(
      fc.property(entry, (written) => {
        const read = decodeEntry(encodeEntry(written));
        expect(plainBytes(read)).toStrictEqual(written);
        expect(encodeEntry(read)).toEqual(encodeEntry(written));
      }),
      { numRuns: 500 },
    );
  });

  it('that leave a joint configuration are no empty entries', () => {
    const leave: Entry = { kind: 'confChange', index: 7, term: 2, change: { transition: 'auto', changes: [] } };
    expect(decodeEntry(encodeEntry(leave))).toEqual(leave);
    const empty: Entry = { kind: 'normal', index: 7, term: 2, data: new Uint8Array(0) };
    expect(plainBytes(decodeEntry(encodeEntry(empty)))).toEqual(empty);
  });

  it('keep an empty context apart from none', () => {
    for (const context of [{}, { context: new Uint8Array(0) }]) {
      const written: Entry = {
        kind: 'confChange',
        index: 1,
        term: 1,
        change: { transition: 'auto', changes: [], ...context },
      };
      expect(plainBytes(decodeEntry(encodeEntry(written)))).toStrictEqual(written);
    }
  });
});
