import { describe, expect, it } from 'vitest';
import { type ConfChange, type Entry, type Message, simpleConfState } from '../../src/raft/index.js';
import { append, entriesAfter, Member, type Spoken } from '../support/raft-member.js';
import { bytesOf } from '../support/raft-text.js';

/** Of index 9 and voters 1 to 3, but for what is said. */
function snapshotWith(odd: object): object {
  const confState = { ...simpleConfState([1, 2, 3]), ...odd };
  return { metadata: { index: 9, term: 1, confState, ...odd }, data: new Uint8Array() };
}

const odd = (message: object) => ({ from: 2, to: 1, term: 1, ...message }) as never as Message;

describe('a message that nobody can have meant', () => {
  const hole = { ...append(1, '0.0', '1'), entries: entriesAfter(4, '1') };
  const heartbeat = { type: 'heartbeat', leaderCommit: 0 };
  it.each<[string, object]>([
    ['is of a kind that does not exist, in a newer term', { type: 'zork', term: 9 }],
    ['has a term in words', { ...heartbeat, term: '7' }],
    ['has half a term', { type: 'requestVote', term: 1.5, lastLogIndex: 9, lastLogTerm: 9 }],
    ['has an endless term', { type: 'requestVote', term: Infinity, lastLogIndex: 9, lastLogTerm: 9 }],
    ['has no term', { ...heartbeat, term: undefined }],
    ['has a hole between its entries and what is before them', hole],
    ['has an entry of no term', { ...hole, entries: [{ ...entriesAfter(0, '1')[0], term: Number.NaN }] }],
    ['has no sender', { ...heartbeat, from: undefined }],
    ['is of nobody', { ...heartbeat, from: 0 }],
    ['has no commit index', { type: 'heartbeat' }],
    ['has a context in words', { ...heartbeat, context: 'abc' }],
    ['has a log that ends nowhere', { type: 'requestVote', lastLogTerm: 1 }],
    ['has no index before its entries', { ...append(1, '0.0', '1'), prevLogIndex: undefined }],
    ['has no term before its entries', { ...append(1, '0.0', '1'), prevLogTerm: null }],
    ['has no entries', { ...append(1, '0.0', ''), entries: undefined }],
    ['has an entry that is missing', { ...append(1, '0.0', '1'), entries: [undefined] }],
    ['has an entry without bytes', { ...hole, entries: [{ kind: 'normal', term: 1, index: 1 }], prevLogIndex: 0 }],
    ['has an entry of another kind', { ...hole, entries: [{ kind: 'zork', term: 1, index: 1 }], prevLogIndex: 0 }],
    ['has a change of nothing', { ...hole, entries: [{ kind: 'confChange', term: 1, index: 1 }], prevLogIndex: 0 }],
    [
      'has an entry of a later term than its own',
      { ...append(1, '0.0', '1'), entries: [{ ...entriesAfter(0, '1')[0], term: 2 }] },
    ],
    ['has a term that leaves none for later elections', { ...heartbeat, term: 2 ** 53 - 1 }],
    [
      'leaps as a vote',
      { type: 'requestVote', term: 10_000_001, lastLogIndex: 9, lastLogTerm: 9, leadershipTransfer: true },
    ],
    ['leaps as the answer to a vote', { type: 'preVoteResponse', term: 10_000_001, granted: false }],
    [
      'has a snapshot of a later term than its own',
      {
        type: 'installSnapshot',
        snapshot: {
          ...snapshotWith({}),
          metadata: { ...(snapshotWith({}) as { metadata: object }).metadata, term: 2 },
        },
      },
    ],
    [
      'has a snapshot after which nothing can come',
      { type: 'installSnapshot', snapshot: snapshotWith({ index: 2 ** 53 - 1 }) },
    ],
    ['has no snapshot', { type: 'installSnapshot' }],
    [
      'has a snapshot of no configuration',
      { type: 'installSnapshot', snapshot: snapshotWith({ confState: undefined }) },
    ],
    ['has a snapshot with half a voter', { type: 'installSnapshot', snapshot: snapshotWith({ voters: [1.5] }) }],
    ['has a snapshot of no index', { type: 'installSnapshot', snapshot: snapshotWith({ index: undefined }) }],
  ])('is dropped: it %s', (_what, message) => {
    const said: string[] = [];
    const member = new Member({ logger: { log: (level, text) => void said.push(`${level} ${text}`) } });
    expect(member.node.step(odd(message))).toBe('ok');
    expect(member.status).toMatchObject({ term: 0, vote: 0, lastIndex: 0, leader: 0 });
    expect(member.says()).toEqual([]);
    expect(said.at(-1)).toMatch(/^warn 1 drops a message \(\w+\) of (2|0|undefined): /);
  });

  it('is dropped as a forwarded change that could never be left again', () => {
    const leader = new Member({ members: '1' }).lead();
    const change = { transition: 'zork', changes: [{ type: 'nope', nodeId: 1.5 }] } as never as ConfChange;
    const message: Message = { type: 'propose', from: 2, to: 1, term: 0, proposals: [{ kind: 'confChange', change }] };
    expect(leader.node.step(message)).toBe('proposalDropped');
    leader.drain();
    expect(leader.status).toMatchObject({ lastIndex: 1, confState: { voters: [1], votersOutgoing: [] } });
  });

  it.each<[string, object]>([
    ['no index', { type: 'appendEntriesResponse', index: undefined, rejected: false }],
    ['an index of minus one', { type: 'appendEntriesResponse', index: -1, rejected: false }],
    ['no answer', { type: 'appendEntriesResponse', index: 1 }],
    ['a hint in words', { type: 'appendEntriesResponse', index: 1, rejected: true, hintIndex: 'a', hintTerm: 1 }],
    ['a context that is no bytes', { type: 'heartbeatResponse', context: {} }],
  ])('leaves what a leader knows of its peers as it is: it has %s', (_what, message) => {
    const leader = new Member().lead(2).acked(3, 1);
    const before = leader.progress(2);
    leader.node.step(odd(message));
    expect(leader.progress(2)).toEqual(before);
  });

  it('commits nothing as a heartbeat that says more is committed here than there is', () => {
    const member = new Member({ log: '1 1', term: 1 });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 3 });
    expect(member.says()).toEqual(['1->2 heard(1)']);
    expect(member.status).toMatchObject({ commit: 0, lastIndex: 2 });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 2 });
    expect(member.status.commit).toBe(2);
  });

  it('is not believed when it acknowledges what was never sent', () => {
    const leader = new Member().lead(2).acked(3, 1);
    leader.acked(2, 1_000);
    expect(leader.progress(2).match).toBe(0);
    leader.acked(2, 1);
    expect(leader.progress(2)).toMatchObject({ match: 1, state: 'replicate' });
  });
});

describe('bytes of a message', () => {
  const entry = (text: string): Entry => ({ kind: 'normal', term: 1, index: 1, data: bytesOf(text) });
  const spoken = (kept: Entry): Spoken => ({ ...append(1, '0.0', ''), entries: [kept] }) as Spoken;
  const first = (member: Member) =>
    Buffer.from((member.node.ready().entries[0] as { data: Uint8Array }).data).toString();

  it('are copied where they are kept: their sender may go on changing them', () => {
    const kept = entry('abc') as Entry & { data: Uint8Array };
    const member = new Member().hears(spoken(kept));
    kept.data[0] = 90;
    expect(first(member)).toBe('abc');

    const data = bytesOf('def');
    const leader = new Member({ members: '1' }).lead();
    leader.node.step({ type: 'propose', from: 2, to: 1, term: 0, proposals: [{ kind: 'normal', data }] });
    data[0] = 90;
    expect(first(leader)).toBe('def');
  });

  it('are kept as they are when nobody changes them any more', () => {
    const kept = entry('abc') as Entry & { data: Uint8Array };
    const member = new Member();
    member.node.stepOwned({ to: 1, term: 1, ...spoken(kept) });
    expect((member.node.ready().entries[0] as { data: Uint8Array }).data).toBe(kept.data);
  });
});

describe('calls', () => {
  it('take bytes only', () => {
    const { node } = new Member({ members: '1' }).lead();
    for (const data of ['abc', [1, 2], undefined] as never[]) {
      expect(() => node.propose(data)).toThrow(/propose takes payloads of at least one byte, as Uint8Array/);
      expect(() => node.readIndex(data)).toThrow(/readIndex takes a context of bytes/);
    }
  });

  it('do not make us a stranger to ourselves', () => {
    const leader = new Member().lead(2).acked(2, 1);
    leader.drain();
    leader.node.reportUnreachable(1);
    expect(leader.progress(1).state).toBe('replicate');
  });

  it('append in place between two Readys, and leave what was handed out as it is', () => {
    const { node } = new Member({ members: '1' }).lead();
    const most = 200;
    for (let i = 0; i < most; i++) node.propose(bytesOf('x'));
    const { entries } = node.ready();
    expect(entries).toHaveLength(most);
    expect(entries.at(-1)?.index).toBe(most + 1);
    node.propose(bytesOf('y'));
    expect(entries).toHaveLength(most); // what was handed out stays as it is
  });
});
