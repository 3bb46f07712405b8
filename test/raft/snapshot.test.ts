import { describe, expect, it } from 'vitest';
import { MemoryStorage, RawNode, StorageError } from '../../src/raft/index.js';
import { append, entriesAfter, Member, parseId, type Spoken } from '../support/raft-member.js';
import { parseChange, parseConfState, textOfConfState, textOfReady } from '../support/raft-text.js';

const snapshotOf = (id: string, members = '1 2 3', from = 2): Spoken => ({
  type: 'installSnapshot',
  from,
  snapshot: { metadata: { ...parseId(id), confState: parseConfState(members) }, data: new Uint8Array([1]) },
});

/** A leader whose log begins behind 1.5, and which has heard that 2 has nothing. */
function behind(options: object = {}): Member {
  const leader = new Member({ snapshot: '1.5', log: '1', members: '1 2 3', ...options }).lead(3);
  leader.acked(3, 7).drain();
  return leader;
}
const needy = (leader: Member) =>
  leader.hears({ type: 'appendEntriesResponse', from: 2, index: 6, rejected: true, hintIndex: 0, hintTerm: 0 });

describe('a leader that no longer has what a peer lacks (Raft §7)', () => {
  it('sends its snapshot, once, and waits', () => {
    const leader = needy(behind());
    expect(leader.says()).toEqual(['1->2 snapshot(2) 1.5 of 1 2 3']);
    expect(leader.progress(2)).toMatchObject({ state: 'snapshot', pendingSnapshot: 5, next: 6, paused: true });
    leader.propose('x');
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(leader.says().filter((line) => line.startsWith('1->2'))).toEqual([]);
  });

  it('sends none to a peer of which nothing was heard since the last check: it would be lost', () => {
    const leader = new Member({ members: '1 2 3', checkQuorum: true }).lead(2);
    leader.acked(2, 1).acked(3, 1).drain();
    for (let round = 0; round < 2; round++) leader.hears({ type: 'heartbeatResponse', from: 3 }).tick(10);
    leader.propose('x');
    leader.acked(3, 2).drain();
    leader.storage.createSnapshot(2, leader.status.confState, new Uint8Array());
    leader.storage.compact(2);
    leader.node.reportUnreachable(2);
    expect(leader.progress(2)).toMatchObject({ state: 'probe', recentActive: false, paused: false });
    leader.propose('y');
    expect(leader.says('installSnapshot')).toEqual([]);
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(leader.says('installSnapshot')).toEqual(['1->2 snapshot(1) 1.2 of 1 2 3']);
  });

  it('tries again later when storage has none yet', () => {
    let ready = false;
    const leader = behind({
      wrap: (storage: MemoryStorage) => ({
        initialState: () => storage.initialState(),
        firstIndex: () => storage.firstIndex(),
        lastIndex: () => storage.lastIndex(),
        term: (index: number) => storage.term(index),
        entries: (lo: number, hi: number, max: number) => storage.entries(lo, hi, max),
        snapshot: () => {
          if (!ready) throw new StorageError('snapshotTemporarilyUnavailable');
          return storage.snapshot();
        },
      }),
    });
    needy(leader);
    expect(leader.says('installSnapshot')).toEqual([]);
    expect(leader.progress(2).state).toBe('probe');
    ready = true;
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(leader.says('installSnapshot')).toHaveLength(1);
  });

  it('goes on from the log when the peer acknowledges it', () => {
    const leader = needy(behind());
    leader.drain();
    leader.acked(2, 5);
    expect(leader.progress(2)).toMatchObject({ state: 'replicate', match: 5, next: 8, pendingSnapshot: 0 });
    expect(leader.says()).toEqual(['1->2 append(2) after 1.5 [1.6 e6, 2.7 -] commit 7']);
  });

  it('goes on also when the peer was helped from elsewhere, with an older or a newer snapshot', () => {
    const leader = needy(behind());
    leader.storage.createSnapshot(7, leader.status.confState, new Uint8Array());
    leader.drain();
    leader.acked(2, 6);
    expect(leader.progress(2)).toMatchObject({ state: 'replicate', match: 6 });
  });

  it('does not go on from an acknowledgement that its log does not reach', () => {
    const leader = needy(behind());
    leader.drain();
    leader.acked(2, 4);
    expect(leader.progress(2)).toMatchObject({ state: 'snapshot', match: 4 });
  });

  it.each([
    { ok: true, next: 6, why: 'behind the snapshot' },
    { ok: false, next: 1, why: 'from what is known' },
  ])('goes back to probing $why when the transport reports ok=$ok', ({ ok, next }) => {
    const leader = needy(behind());
    leader.drain();
    leader.node.reportSnapshot(2, ok);
    expect(leader.progress(2)).toMatchObject({ state: 'probe', next, pendingSnapshot: 0, paused: true });
    leader.propose('x');
    expect(leader.says().filter((line) => line.startsWith('1->2'))).toEqual([]);
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(leader.says().filter((line) => line.startsWith('1->2'))).toHaveLength(1);
  });

  it('does not care for a report about a peer that waits for none', () => {
    const leader = behind();
    leader.node.reportSnapshot(3, false);
    leader.node.reportSnapshot(42, true);
    expect(leader.progress(3)).toMatchObject({ state: 'replicate', match: 7 });
  });
});

describe('a snapshot that arrives', () => {
  // Our log is 1.1 1.2 2.3 and 1 is committed.
  it.each([
    { id: '1.1', answer: 1, log: '1 1 2', commit: 1, taken: false, because: 'that is committed already' },
    { id: '2.3', answer: 3, log: '1 1 2', commit: 3, taken: false, because: 'our log has it: it only commits' },
    { id: '1.2', answer: 2, log: '1 1 2', commit: 2, taken: false, because: 'our log has it, and goes on behind it' },
    { id: '3.3', answer: 3, log: '', commit: 3, taken: true, because: 'our entry there is another one' },
    { id: '3.2', answer: 2, log: '', commit: 2, taken: true, because: 'our log parted from theirs before' },
    { id: '3.9', answer: 9, log: '', commit: 9, taken: true, because: 'we lack it' },
  ])('as $id is taken: $taken, because $because', ({ id, answer, log, commit, taken }) => {
    const member = new Member({ log: '1 1 2', term: 4, commit: 1 });
    member.drain();
    member.hears(snapshotOf(id));
    const ready = member.node.ready();
    expect(ready.snapshot !== undefined).toBe(taken);
    member.handle(ready);
    expect(member.says()).toEqual([`1->2 appended(4) ${answer}`]);
    expect(member.terms).toBe(log);
    expect(member.status).toMatchObject({ commit });
  });

  it('is ignored by somebody who is not in its configuration', () => {
    const member = new Member({ log: '1', term: 1 }).hears(snapshotOf('1.9', '2 3 4'));
    expect(member.says()).toEqual(['1->2 appended(1) 0']);
    expect(member.terms).toBe('1');
  });

  it('comes alone: no entries, and nothing to apply before it is', () => {
    const member = new Member({ term: 2, log: '1 1', commit: 0 });
    member.hears(append(2, '1.2', '2', 1));
    member.hears(snapshotOf('2.9'));
    const ready = member.node.ready();
    expect(textOfReady(ready)).toEqual([
      'soft follower leader 2',
      'hard term 2 vote 0 commit 9',
      'snapshot 2.9',
      'then send 1->2 appended(2) 3',
      'then send 1->2 appended(2) 9',
    ]);
    member.hears({ ...append(2, '2.9', '2', 10), entries: entriesAfter(9, '2') } as Spoken);
    member.handle(ready);
    expect(member.status.applied).toBe(9);
    member.drain();
    expect(member.appliedText).toEqual(['2.10 e10']);
  });

  it('brings the configuration exactly, also a joint one', () => {
    const text = '1 4 5 outgoing 1 2 3 learners 6 next 3 auto';
    const member = new Member({ term: 1 }).hears(snapshotOf('1.9', text));
    member.drain();
    expect(textOfConfState(member.status.confState)).toBe(text);
    const config = { id: 1, electionTicks: 10, heartbeatTicks: 1, random: () => 0 };
    const restarted = new RawNode(config, member.storage);
    expect(textOfConfState(restarted.status().confState)).toBe(text);
  });

  it('inside a joint configuration lets the change be finished after it', () => {
    const member = new Member({ id: 4, members: '', term: 1 });
    member.hears(snapshotOf('1.9', '1 4 outgoing 1 2 auto', 1)).drain();
    const change = { transition: 'auto', changes: [] } as const;
    member.hears({
      ...append(1, '1.9', '', 10, 1),
      entries: [{ kind: 'confChange', term: 1, index: 10, change }],
    } as Spoken);
    member.drain();
    expect(textOfConfState(member.status.confState)).toBe('1 4');
  });

  it('twice is one', () => {
    const member = new Member({ term: 1 }).hears(snapshotOf('1.9')).hears(snapshotOf('1.9'));
    expect(member.says()).toEqual(['1->2 appended(1) 9', '1->2 appended(1) 9']);
    expect(member.status).toMatchObject({ commit: 9, applied: 9 });
  });

  it('while an older one is written replaces it', () => {
    const member = new Member({ term: 1 }).hears(snapshotOf('1.5'));
    const ready = member.node.ready();
    member.hears(snapshotOf('1.9'));
    member.handle(ready);
    expect(member.status.applied).toBe(5);
    const [second] = [member.node.ready()];
    expect(second?.snapshot?.metadata.index).toBe(9);
    member.handle(second);
    expect(member.status).toMatchObject({ applied: 9, commit: 9, lastIndex: 9 });
  });
});

describe('the log in memory', () => {
  const stored = () => {
    const storage = new MemoryStorage();
    storage.setConfState(parseConfState('1 2 3'));
    storage.append(entriesAfter(0, '1 1 1 1 1'));
    return storage;
  };
  const ids = (storage: MemoryStorage) =>
    storage.entries(storage.firstIndex(), storage.lastIndex() + 1, Infinity).map((it) => `${it.term}.${it.index}`);

  it('replaces from the first index that is given', () => {
    const storage = stored();
    storage.append(entriesAfter(2, '2'));
    expect(ids(storage)).toEqual(['1.1', '1.2', '2.3']);
  });

  it('keeps the term before its first entry, and no more', () => {
    const storage = stored();
    storage.compact(3);
    expect(storage.firstIndex()).toBe(4);
    expect(storage.term(3)).toBe(1);
    expect(() => storage.term(2)).toThrow('compacted');
    expect(() => storage.entries(3, 5, Infinity)).toThrow('compacted');
    expect(() => storage.term(6)).toThrow('unavailable');
  });

  it('drops a tail that was replaced, also when what replaced it lies behind the compaction', () => {
    // As a disk that plays its records back does it: the snapshot of 4, then all that was ever appended.
    const storage = new MemoryStorage();
    const metadata = { term: 2, index: 4, confState: parseConfState('1 2 3') };
    storage.applySnapshot({ metadata, data: new Uint8Array() });
    storage.append(entriesAfter(0, '1 1 1 1 1'));
    storage.append(entriesAfter(2, '2 2'));
    expect(ids(storage)).toEqual([]);
    expect(storage.lastIndex()).toBe(4);
  });

  it('begins with the configuration of its newest snapshot', () => {
    const storage = stored();
    storage.createSnapshot(3, parseConfState('1 2 3 4'), new Uint8Array());
    expect(textOfConfState(storage.initialState().confState)).toBe('1 2 3 4');
  });

  it('refuses a hole', () => {
    expect(() => stored().append(entriesAfter(6, '1'))).toThrow(/holes/);
  });
});

describe('a snapshot that was taken and not handed out yet', () => {
  it('is handed out alone: an append behind it is dropped, and sent again', () => {
    const member = new Member({ members: '1 2 3' }).hears({ ...snapshotOf('1.11'), term: 2 });
    const next = { ...append(2, '1.11', '2', 12) };
    member.hears(next);
    const ready = member.node.ready();
    expect(textOfReady(ready).join()).toContain('1.11');
    expect(ready).toMatchObject({ entries: [], committedEntries: [] });
    expect(ready.messagesAfterPersist).toMatchObject([{ type: 'appendEntriesResponse', index: 11 }]);
    member.hears(next); // it is being written: what follows it comes with the next Ready
    member.handle(ready);
    expect(member.node.ready().entries).toHaveLength(1);
  });
});

describe('a log that is compacted without a snapshot', () => {
  it('has none to send: the peer waits', () => {
    const leader = new Member({ members: '1 2 3' }).lead(3);
    leader.acked(3, 1).drain();
    leader.storage.compact(1);
    leader.hears({ type: 'appendEntriesResponse', from: 2, index: 0, rejected: true, hintIndex: 0, hintTerm: 0 });
    leader.hears({ type: 'heartbeatResponse', from: 2 });
    expect(leader.says('installSnapshot')).toEqual([]);
    expect(leader.progress(2).state).toBe('probe');
  });
});

describe('a snapshot that arrives while a Ready is outstanding', () => {
  /** Has applied 1.10, and a Ready out with the committed changes ~4 and ~5 (11 and 12). */
  function applying() {
    const member = new Member({ id: 3, snapshot: '1.10', members: '1 2 3' });
    const changes = ['~4', '~5'].map((text, i) => ({
      kind: 'confChange' as const,
      term: 1,
      index: 11 + i,
      change: parseChange(text),
    }));
    member.hears({ ...append(1, '1.10', '', 12, 1), entries: changes } as Spoken);
    const ready = member.node.ready();
    expect(ready.committedEntries).toHaveLength(2);
    return { member, ready };
  }

  it('waits until the changes that were handed out are applied, and then decides the configuration', () => {
    const { member, ready } = applying();
    member.hears(snapshotOf('1.20', '1 2 3 4 5', 1));
    expect(textOfConfState(member.status.confState)).toBe('1 2 3');
    member.handle(ready);
    expect(member.says()).toContain('3->1 appended(1) 20');
    expect(textOfConfState(member.status.confState)).toBe('1 2 3 4 5');
    expect(member.status).toMatchObject({ applied: 20, commit: 20 });
  });

  it('is forgotten when a newer term begins meanwhile', () => {
    const { member, ready } = applying();
    member.hears(snapshotOf('1.20', '1 2 3 4 5', 1));
    member.hears({ type: 'heartbeat', from: 2, term: 2, leaderCommit: 12 });
    member.handle(ready);
    member.drain();
    expect(textOfConfState(member.status.confState)).toBe('1 2 3 learners 4 5');
    expect(member.status).toMatchObject({ applied: 12, leader: 2 });
  });

  it('waits for an older snapshot that is being written, and then takes its place', () => {
    const member = new Member({ id: 3, members: '1 2 3' });
    member.hears({ ...snapshotOf('1.10', '1 2 3', 1), term: 1 });
    const ready = member.node.ready();
    member.hears(snapshotOf('1.20', '1 2 3 4 5', 1));
    expect(textOfConfState(member.status.confState)).toBe('1 2 3');
    member.handle(ready);
    expect(member.says()).toEqual(['3->1 appended(1) 10', '3->1 appended(1) 20']);
    expect(textOfConfState(member.status.confState)).toBe('1 2 3 4 5');
  });
});

describe('a storage that is still fetching the term of an entry', () => {
  /** Has 1.1 to 1.3 and says of the term of 3 that it is being fetched, as long as `fetching`. */
  function fetching(options: object = {}) {
    const state = { fetching: true };
    const member = new Member({
      log: '1 1 1',
      ...options,
      wrap: (storage: MemoryStorage) => ({
        initialState: () => storage.initialState(),
        firstIndex: () => storage.firstIndex(),
        lastIndex: () => storage.lastIndex(),
        term: (index: number) => {
          if (state.fetching && index === 3) throw new StorageError('unavailable');
          return storage.term(index);
        },
        entries: (lo: number, hi: number, max: number) => storage.entries(lo, hi, max),
        snapshot: () => storage.snapshot(),
      }),
    });
    return { state, member };
  }

  it('loses nothing that was acknowledged when an append comes twice', () => {
    const { state, member } = fetching();
    expect(member.hears(append(1, '1.1', '1 1')).says()).toEqual([]);
    state.fetching = false;
    expect(member.terms).toBe('1 1 1');
    expect(member.hears(append(1, '1.1', '1 1')).says()).toEqual(['1->2 appended(1) 3']);
  });

  it('does not put a snapshot in the place of entries that may match it', () => {
    const { state, member } = fetching();
    expect(member.hears(snapshotOf('1.3')).says()).toEqual([]);
    state.fetching = false;
    member.hears(snapshotOf('1.3')).drain();
    expect(member.terms).toBe('1 1 1');
  });

  it('does not let the member campaign or vote with a log of which it does not know the end', () => {
    const { state, member } = fetching();
    member.node.campaign();
    expect(member.hears({ type: 'requestVote', from: 2, term: 2, lastLogIndex: 1, lastLogTerm: 1 }).says()).toEqual([]);
    state.fetching = false;
    member.node.campaign();
    expect(member.says('requestVote')).toHaveLength(2);
  });
});
