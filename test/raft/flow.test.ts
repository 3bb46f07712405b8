import { describe, expect, it } from 'vitest';
import { type Entry, entrySize } from '../../src/raft/index.js';
import { Inflights } from '../../src/raft/inflights.js';
import { append, type Beginning, Member } from '../support/raft-member.js';

/** A leader of 1 and 2 whose first entry is committed, and which streams to 2. */
function streaming(options: Beginning = {}): Member {
  const leader = new Member({ members: '1 2', ...options }).lead(2);
  leader.acked(2, 1).drain();
  return leader;
}

const countsOf = (member: Member) =>
  member.drain().flatMap((message) => (message.type === 'appendEntries' ? [message.entries.length] : []));

describe('the size of an append', () => {
  const size = (data: number): number => entrySize({ kind: 'normal', term: 1, index: 2, data: new Uint8Array(data) });

  it.each([
    { max: 0, counts: [1, 1, 1, 1], because: 'one entry at a time' },
    { max: 1, counts: [1, 1, 1, 1], because: 'at least one entry, however large' },
    { max: size(2) * 2, counts: [2, 2], because: 'two fit exactly' },
    { max: size(2) * 2 - 1, counts: [1, 1, 1, 1], because: 'two do not fit' },
    { max: size(2) * 3, counts: [3, 1], because: 'three fit' },
    { max: undefined, counts: [4], because: 'there is no limit' },
  ])('with a limit of $max makes appends of $counts: $because', ({ max, counts }) => {
    const leader = streaming(max === undefined ? {} : { maxSizePerMessage: max });
    leader.node.reportUnreachable(2);
    leader.propose('e2', 'e3', 'e4', 'e5');
    const first = countsOf(leader);
    leader.acked(2, 1 + (first[0] ?? 0));
    expect([...first, ...countsOf(leader).filter((count) => count > 0)]).toEqual(counts);
  });
});

describe('the window of appends on their way', () => {
  it('lets as many out as it may hold, then none with entries', () => {
    const leader = streaming({ maxInflightMessages: 3 });
    for (let i = 0; i < 5; i++) leader.propose('x');
    expect(countsOf(leader)).toEqual([1, 1, 1]);
    expect(leader.progress(2)).toMatchObject({ inflightCount: 3, inflightFull: true, paused: true, next: 5 });
  });

  it('opens with each answer, and then sends what waited', () => {
    const leader = streaming({ maxInflightMessages: 2 });
    for (let i = 0; i < 6; i++) leader.propose('x');
    leader.drain();
    leader.acked(2, 2);
    expect(countsOf(leader).filter((count) => count > 0)).toEqual([4]);
    expect(leader.progress(2)).toMatchObject({ inflightCount: 2, inflightFull: true });
    leader.acked(2, 7);
    expect(leader.progress(2)).toMatchObject({ inflightCount: 0, inflightFull: false, paused: false });
  });

  it('stays shut for an answer that is no news', () => {
    const leader = streaming({ maxInflightMessages: 2 });
    for (let i = 0; i < 4; i++) leader.propose('x');
    leader.drain();
    leader.acked(2, 1);
    expect(countsOf(leader)).toEqual([]);
    expect(leader.progress(2).inflightFull).toBe(true);
  });

  it('sends one empty append after an answered heartbeat, so that losses are noticed', () => {
    const leader = streaming({ maxInflightMessages: 2 });
    for (let i = 0; i < 4; i++) leader.propose('x');
    leader.drain();
    for (let round = 0; round < 3; round++) {
      leader.hears({ type: 'heartbeatResponse', from: 2 });
      expect(countsOf(leader)).toEqual([0]);
    }
  });

  it('after that empty append is shut again: further proposals send nothing', () => {
    const leader = streaming({ maxInflightMessages: 2 });
    for (let i = 0; i < 4; i++) leader.propose('x');
    leader.drain();
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(countsOf(leader)).toEqual([0]);
    expect(leader.progress(2).paused).toBe(true);
    for (let i = 0; i < 4; i++) leader.propose('x');
    expect(countsOf(leader)).toEqual([]);
  });

  it('reopens when everything in it was lost and the empty append is refused', () => {
    const leader = streaming({ maxInflightMessages: 2 });
    for (let i = 0; i < 4; i++) leader.propose('x');
    leader.drain();
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    leader.drain();
    leader.hears({ type: 'appendEntriesResponse', from: 2, index: 3, rejected: true, hintIndex: 1, hintTerm: 1 });
    expect(countsOf(leader)).toEqual([4]);
    expect(leader.progress(2)).toMatchObject({ state: 'probe', next: 2 });
  });

  it('may be bounded in bytes, which count payloads', () => {
    const leader = streaming({ maxSizePerMessage: 10, maxInflightBytes: 20 });
    for (let i = 0; i < 5; i++) leader.propose('0123456789');
    expect(countsOf(leader)).toEqual([1, 1]);
    expect(leader.progress(2)).toMatchObject({ inflightFull: true, inflightCount: 2 });
    leader.acked(2, 2);
    expect(countsOf(leader).filter((count) => count > 0)).toEqual([1]);
  });

  it('frees what an answer covers, in order', () => {
    const window = new Inflights(4, 0);
    for (const index of [3, 5, 8, 9]) window.add(index, 1);
    expect(window.full).toBe(true);
    window.freeUpTo(2);
    expect(window.count).toBe(4);
    window.freeUpTo(6);
    expect(window.count).toBe(2);
    window.freeUpTo(9);
    expect(window.count).toBe(0);
  });
});

describe('the limit on what is not yet applied', () => {
  const limited = (max: number) => streaming({ members: '1 2', maxUncommittedSize: max });

  it('refuses what would go over it', () => {
    const leader = limited(10);
    expect(leader.propose('12345')).toMatchObject({ ok: true });
    expect(leader.propose('12345')).toMatchObject({ ok: true });
    expect(leader.propose('1')).toEqual({ ok: false, reason: 'uncommittedLimit' });
    expect(leader.status.lastIndex).toBe(3);
  });

  it('lets one in when there is nothing else, however large', () => {
    const leader = limited(3);
    expect(leader.propose('123456789')).toMatchObject({ ok: true });
    expect(leader.propose('1')).toMatchObject({ ok: false });
  });

  it('gives back the room when entries are applied, and not when they are committed', () => {
    const leader = limited(4);
    leader.propose('1234');
    leader.drain();
    leader.acked(2, 2);
    expect(leader.status).toMatchObject({ commit: 2, applied: 1 });
    expect(leader.propose('1')).toMatchObject({ ok: false });
    leader.drain();
    expect(leader.propose('1')).toMatchObject({ ok: true });
  });

  it('is all or nothing for several payloads', () => {
    const leader = limited(4);
    leader.propose('1');
    expect(leader.propose('1', '2', '3', '4')).toMatchObject({ ok: false });
    expect(leader.status.lastIndex).toBe(2);
    expect(leader.propose('1', '2', '3')).toMatchObject({ ok: true, index: 3 });
  });

  it('leaves no trace of a membership change that it refused', () => {
    const leader = limited(4);
    leader.propose('1234');
    const change = { transition: 'auto', changes: [{ type: 'addLearner', nodeId: 3 }] } as const;
    expect(leader.node.proposeConfChange(change)).toMatchObject({ ok: false });
    leader.drain();
    leader.acked(2, 2).drain();
    expect(leader.node.proposeConfChange(change)).toMatchObject({ ok: true });
    leader.drain();
    leader.acked(2, 3).drain();
    expect(leader.status.confState.learners).toEqual([3]);
  });

  it('never counts empty entries', () => {
    const leader = limited(1);
    leader.propose('1');
    const leave = { transition: 'auto', changes: [] } as const;
    expect(leader.node.proposeConfChange(leave)).toMatchObject({ ok: true });
  });

  it('is forgotten by a leader that steps down', () => {
    const leader = limited(4);
    leader.propose('1234');
    leader.drain();
    leader.hears({ type: 'heartbeat', from: 2, term: 2, leaderCommit: 0 });
    leader.drain();
    leader.lead(2);
    expect(leader.propose('1234')).toMatchObject({ ok: true });
  });
});

describe('paging of committed entries', () => {
  const page = entrySize({ kind: 'normal', term: 1, index: 1, data: new Uint8Array(2) });

  /** Storages that answer with less or more than they were asked for. */
  const tempers: { name: string; answer: (entries: readonly Entry[], all: readonly Entry[]) => readonly Entry[] }[] = [
    { name: 'what it is asked for', answer: (entries) => entries },
    { name: 'always only one', answer: (entries) => entries.slice(0, 1) },
    { name: 'everything behind it', answer: (_entries, all) => all },
  ];
  const sizes = [1, page, page * 2, page * 3 + 1, 1000, Infinity];
  for (const { name, answer } of tempers) {
    it.each(sizes)(`with a storage that returns ${name} skips and repeats nothing, in pages of %d bytes`, (size) => {
      const member = new Member({
        log: '1 1 1 1 1 1 1',
        commit: 5,
        maxCommittedSizePerReady: size,
        wrap: (storage) => ({
          initialState: () => storage.initialState(),
          firstIndex: () => storage.firstIndex(),
          lastIndex: () => storage.lastIndex(),
          term: (index) => storage.term(index),
          snapshot: () => storage.snapshot(),
          entries: (lo, hi, max) =>
            answer(storage.entries(lo, hi, max), storage.entries(lo, storage.lastIndex() + 1, Infinity)),
        }),
      });
      const pages: number[][] = [];
      while (member.node.hasReady())
        pages.push(member.handle(member.node.ready()).committedEntries.map(({ index }) => index));
      expect(pages.flat()).toEqual([1, 2, 3, 4, 5]);
      const most = Math.max(1, Math.floor(size / page));
      for (const indexes of pages) expect(indexes.length).toBeLessThanOrEqual(most);
    });
  }

  it('goes on across the border between disk and memory', () => {
    const member = new Member({ log: '1 1 1', maxCommittedSizePerReady: page * 2 });
    member.hears(append(1, '1.3', '1 1 1', 6));
    const pages: number[][] = [];
    while (member.node.hasReady())
      pages.push(member.handle(member.node.ready()).committedEntries.map(({ index }) => index));
    expect(pages).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });

  it('takes the limit of a message when it has none of its own', () => {
    const member = new Member({ log: '1 1 1', commit: 3, maxSizePerMessage: page, maxCommittedSizePerReady: 0 });
    expect(member.node.ready().committedEntries).toHaveLength(1);
  });

  describe('from a storage that still fetches', () => {
    const fetching = () => {
      const fetch = { done: false };
      const member = new Member({
        log: '1 1 1',
        commit: 3,
        wrap: (storage) => ({
          initialState: () => storage.initialState(),
          firstIndex: () => storage.firstIndex(),
          lastIndex: () => storage.lastIndex(),
          term: (index) => storage.term(index),
          snapshot: () => storage.snapshot(),
          entries: (lo, hi, max) => {
            if (!fetch.done) throw Object.assign(new Error('unavailable'), { code: 'unavailable' });
            return storage.entries(lo, hi, max);
          },
        }),
      });
      return { fetch, member };
    };

    it('waits, and repeats nothing afterwards', () => {
      const { fetch, member } = fetching();
      const ready = member.node.ready();
      expect(ready.committedEntries).toEqual([]);
      member.handle(ready);
      fetch.done = true;
      member.drain();
      expect(member.appliedText).toEqual(['1.1 e1', '1.2 e2', '1.3 e3']);
    });

    it('does not keep the loop around the node spinning with empty Readys', () => {
      const { member } = fetching();
      let turns = 0;
      while (member.node.hasReady() && turns < 10) {
        member.handle(member.node.ready());
        turns++;
      }
      expect(turns).toBeLessThan(2);
    });

    it('sends nothing to a peer meanwhile, and no snapshot', () => {
      const { fetch, member } = fetching();
      fetch.done = true;
      member.lead(2);
      member.acked(2, 4).drain();
      fetch.done = false;
      member.hears({ type: 'appendEntriesResponse', from: 3, index: 3, rejected: true, hintIndex: 0, hintTerm: 0 });
      expect(member.says('appendEntries', 'installSnapshot')).toEqual([]);
      fetch.done = true;
      member.hears({ type: 'heartbeatResponse', from: 3 });
      expect(member.says()).toEqual(['1->3 append(2) after 0.0 [1.1 e1, 1.2 e2, 1.3 e3, 2.4 -] commit 4']);
    });
  });
});
