import { describe, expect, it } from 'vitest';
import type { Node } from '../../src/kinds/index.js';
import { type Entry, type Message, type Ready, simpleConfState } from '../../src/raft/index.js';
import { MemoryStore, type TransactionRecord } from '../../src/state/index.js';
import { Chance } from '../../src/testing/chance.js';
import { calmDisk } from '../../src/testing/faults.js';
import { RaftInvariants } from '../../src/testing/raft-invariants.js';
import { SharedContent } from '../../src/testing/shared-content.js';
import { SimDisk } from '../../src/testing/sim-disk.js';
import { StoreInvariants } from '../../src/testing/store-invariants.js';

const noConfig = simpleConfState([]);
const threeVoters = { ...noConfig, voters: [1, 2, 3] };
const entry = (index: number, term: number, text = 'x'): Entry => ({
  kind: 'normal',
  index,
  term,
  data: Buffer.from(text),
});

function ready(part: Partial<Ready>): Ready {
  const empty = {
    entries: [],
    committedEntries: [],
    messages: [],
    messagesAfterPersist: [],
    readStates: [],
    mustSync: false,
  };
  return { ...empty, ...part };
}

/** Three members that have just read empty disks. */
function three() {
  const counts = { lostWrites: 0, tornWrites: 0, failedWrites: 0, damaged: 0, noticed: 0, installs: 0 };
  const shared = new SharedContent(new Chance(1, 'shared'));
  const disks = new Map(
    [1, 2, 3].map((id) => [
      id,
      new SimDisk({ chance: new Chance(1, `${id}`), faults: () => calmDisk, counts, shared, now: () => 0 }),
    ]),
  );
  const invariants = new RaftInvariants(disks, [1, 2, 3]);
  const metadata = { index: 0, term: 0, confState: noConfig };
  for (const id of [1, 2, 3])
    invariants.onLoad(id, {
      hardState: { term: 0, vote: 0, commit: 0 },
      snapshot: { metadata, data: new Uint8Array(0) },
      before: { index: 0, term: 0 },
      entries: [],
    });
  const see = (id: number, part: Partial<Ready>) => invariants.onReady(id, ready(part), () => threeVoters);
  return { invariants, disks, see };
}

describe('the invariants of raft', () => {
  it('allow one leader a term', () => {
    const { invariants } = three();
    const heartbeat = (from: number, term: number): Message => ({
      type: 'heartbeat',
      from,
      to: 9,
      term,
      leaderCommit: 0,
    });
    invariants.onSend(heartbeat(1, 1));
    invariants.onSend(heartbeat(2, 2));
    expect(() => invariants.onSend(heartbeat(2, 1))).toThrow('ElectionSafety');
  });

  it('do not let a leader replace its entries', () => {
    const { see } = three();
    see(1, {
      softState: { role: 'leader', leader: 1 },
      hardState: { term: 1, vote: 1, commit: 0 },
      entries: [entry(1, 1)],
    });
    expect(() => see(1, { entries: [entry(1, 1)] })).toThrow('LeaderAppendOnly');
  });

  it('want the same entry under the same index and term, after the same entry', () => {
    const { see } = three();
    see(1, { entries: [entry(1, 1), entry(2, 2)] });
    expect(() => see(2, { entries: [entry(1, 1, 'y')] })).toThrow('LogMatching');
    expect(() => see(3, { entries: [entry(1, 2), entry(2, 2)] })).toThrow('LogMatching');
  });

  it('want what is committed on the disks of a majority', () => {
    const { see } = three();
    see(1, { entries: [entry(1, 1)] });
    expect(() => see(1, { committedEntries: [entry(1, 1)] })).toThrow('CommittedIsDurable');
  });

  it('want each member to apply the same, in order, each once', () => {
    const { see, disks } = three();
    for (const disk of disks.values()) {
      disk.begin({ entries: [entry(1, 1), entry(2, 1)], sync: true });
      disk.settle();
    }
    see(1, { entries: [entry(1, 1), entry(2, 1)] });
    see(1, { committedEntries: [entry(1, 1)] });
    expect(() => see(2, { committedEntries: [entry(1, 1, 'y')] })).toThrow('StateMachineSafety');
    expect(() => see(1, { committedEntries: [entry(1, 1)] })).toThrow('MonotonicTermCommitApplied');
    expect(() => see(3, { committedEntries: [entry(2, 1)] })).toThrow('MonotonicTermCommitApplied');
  });

  it('hear no word of a vote that is not on disk, and one vote a term', () => {
    const { invariants, disks } = three();
    const vote: Message = { type: 'requestVoteResponse', from: 2, to: 1, term: 3, granted: true };
    expect(() => invariants.onSend(vote)).toThrow('VoteOnce');
    disks.get(2)?.writeBallot({ term: 3, vote: 1, commit: 0 });
    invariants.onSend(vote);
    invariants.onBallot(2, { term: 3, vote: 1 });
    expect(() => invariants.onBallot(2, { term: 3, vote: 3 })).toThrow('VoteOnce');
  });

  it('do not let terms and commits go back', () => {
    const { see } = three();
    see(1, { hardState: { term: 4, vote: 0, commit: 0 } });
    expect(() => see(1, { hardState: { term: 3, vote: 0, commit: 0 } })).toThrow('MonotonicTermCommitApplied');
  });
});

describe('the invariants of the store', () => {
  /** Two transactions of a real store. */
  async function history(): Promise<TransactionRecord[]> {
    const store = new MemoryStore({ clock: { now: () => 1, monotonic: () => 1, schedule: () => () => undefined } });
    const labelled = (v: string) => ({ id: 'k', spec: { annotations: { labels: { v } } } });
    await store.update((tx) => tx.nodes().create(labelled('a')), { requestId: 'r1' });
    await store.update((tx) => tx.nodes().update(labelled('b')), { requestId: 'r2' });
    return [...store.history];
  }

  it('know one history', async () => {
    const [first, second] = await history();
    if (!first || !second) throw new Error('two transactions');
    const store = new StoreInvariants();
    expect(() => store.onCommit('m1', second)).toThrow('StateMachineSafety');
    store.onCommit('m1', first);
    store.onCommit('m2', first);
    expect(() => store.onCommit('m2', { ...first, time: 2 })).toThrow('StateMachineSafety');
    store.onCommit('m1', second);
    expect(store.valueAt('k', 1)).toBe('a');
    expect(store.valueAt('k', 2)).toBe('b');
  });

  it('want each request once, and none that was refused', async () => {
    const [first, second] = await history();
    if (!first || !second) throw new Error('two transactions');
    const store = new StoreInvariants();
    store.onCommit('m1', first);
    expect(() => store.onCommit('m1', { ...second, requestId: 'r1' })).toThrow('OnceOnly');
    const other = new StoreInvariants();
    other.onCommit('m1', first);
    other.onRefused('r2');
    expect(() => other.onCommit('m1', second)).toThrow('OnceOnly');
    expect(() => other.onRefused('r1')).toThrow('OnceOnly');
  });

  it('find a lost acknowledgement, a stale read and a wrong state', async () => {
    const [first, second] = await history();
    if (!first || !second) throw new Error('two transactions');
    const store = new StoreInvariants();
    store.onCommit('m1', first);
    expect(() => store.onAcknowledged('r2', 2, 0)).toThrow('NoCommittedLost');
    store.onCommit('m1', second);
    store.onAcknowledged('r2', 2, 0);
    const nodeOf = ({ events }: TransactionRecord) => events.map(({ object }) => object as Node);
    const read = (version: number, nodes: readonly Node[]) => () => store.onRead('c1', { version, nodes }, 2);
    expect(read(1, [])).toThrow('NoStaleRead');
    expect(read(2, nodeOf(first))).toThrow('SnapshotEqualsReplay');
    expect(read(2, [])).toThrow('SnapshotEqualsReplay');
    expect(read(2, [...nodeOf(second), { id: 'nobody' } as Node])).toThrow('SnapshotEqualsReplay');
    read(2, nodeOf(second))();
  });

  it('find a gap, a repeat and a wrong event in what a watcher got', async () => {
    const [first, second] = await history();
    if (!first || !second) throw new Error('two transactions');
    const store = new StoreInvariants();
    store.onCommit('m1', first);
    store.onCommit('m1', second);
    store.onWatched('w', 1, 2, second.events);
    expect(() => store.onWatched('w', 0, 2, second.events)).toThrow('WatchEqualsHistory');
    expect(() => store.onWatched('w', 2, 2, second.events)).toThrow('WatchEqualsHistory');
    expect(() => store.onWatched('w', 1, 2, first.events)).toThrow('WatchEqualsHistory');
    expect(() => store.onWatched('w', 1, 2, [])).toThrow('WatchEqualsHistory');
  });
});
