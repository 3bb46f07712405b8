import { describe, expect, it } from 'vitest';
import { asksForVote, MemoryStorage, type RaftConfig, RawNode, simpleConfState } from '../../src/raft/index.js';
import { append, Member } from '../support/raft-member.js';
import { textOfReady } from '../support/raft-text.js';

describe('a configuration', () => {
  const plain: RaftConfig = { id: 1, electionTicks: 10, heartbeatTicks: 1, random: () => 0 };
  it.each<[string, Partial<RaftConfig>, RegExp]>([
    ['the id 0, which means nobody', { id: 0 }, /id/],
    ['an id that is not whole', { id: 1.5 }, /id/],
    ['no heartbeat', { heartbeatTicks: 0 }, /heartbeatTicks/],
    ['an election that is as fast as a heartbeat', { heartbeatTicks: 3, electionTicks: 3 }, /electionTicks/],
    ['a window of nothing', { maxInflightMessages: 0 }, /maxInflightMessages/],
    ['a message of less than nothing', { maxSizePerMessage: -1 }, /maxSizePerMessage/],
    ['a page of no number', { maxCommittedSizePerReady: Number.NaN }, /maxCommittedSizePerReady/],
    ['a limit of less than nothing', { maxUncommittedSize: -1 }, /maxUncommittedSize/],
    ['a window of less than nothing', { maxInflightBytes: -1 }, /maxInflightBytes/],
    ['a window that holds no message', { maxSizePerMessage: 100, maxInflightBytes: 99 }, /maxInflightBytes/],
    ['reads by clock', { readOnlyOption: 'leaseBased' }, /leaseBased/],
    ['reads by clock, even with checkQuorum', { readOnlyOption: 'leaseBased', checkQuorum: true }, /leaseBased/],
    ['no source of chance', { random: undefined as never }, /random/],
  ])('is refused with %s', (_what, part, message) => {
    expect(() => new RawNode({ ...plain, ...part }, new MemoryStorage())).toThrow(message);
  });

  it.each<[string, Partial<RaftConfig>]>([
    ['the plain one', {}],
    ['no byte limit on the window', { maxSizePerMessage: 100, maxInflightBytes: 0 }],
    ['a window of exactly one message', { maxSizePerMessage: 100, maxInflightBytes: 100 }],
    ['a window of bytes, for messages of any size', { maxInflightBytes: 20 }],
    ['safe reads', { readOnlyOption: 'safe' }],
  ])('is taken: %s', (_what, part) => {
    expect(() => new RawNode({ ...plain, ...part }, new MemoryStorage())).not.toThrow();
  });
});

describe('a start', () => {
  it('is as a follower of nobody, with nothing to do', () => {
    const member = new Member({ log: '1 2', term: 5, vote: 3 });
    expect(member.node.hasReady()).toBe(false);
    expect(member.status).toMatchObject({ role: 'follower', leader: 0, term: 5, vote: 3, commit: 0, lastIndex: 2 });
  });

  it('hands out again what is committed and not yet applied, without a hard state', () => {
    const member = new Member({ log: '1 1 1 1', commit: 3, applied: 1 });
    expect(textOfReady(member.node.ready())).toEqual(['apply [1.2 e2, 1.3 e3]']);
  });

  it('has nothing to hand out when everything was applied', () => {
    expect(new Member({ log: '1 1', commit: 2, applied: 2 }).node.hasReady()).toBe(false);
  });

  it('behind a snapshot begins after it', () => {
    const member = new Member({ snapshot: '2.7', log: '2 2', commit: 8 });
    expect(member.status).toMatchObject({ applied: 7, commit: 8, lastIndex: 9 });
    expect(textOfReady(member.node.ready())).toEqual(['apply [2.8 e8]']);
  });

  it('stops at a disk whose commit index lies outside of its log', () => {
    expect(() => new Member({ log: '1', commit: 5 })).toThrow(/commit index 5/);
  });
});

describe('a Ready', () => {
  it('is one at a time, and advance takes that one', () => {
    const member = new Member();
    member.node.campaign();
    const ready = member.node.ready();
    expect(() => member.node.ready()).toThrow(/advance comes before/);
    expect(() => member.node.advance({ ...ready })).toThrow(/outstanding/);
    member.handle(ready);
    expect(() => member.node.advance(ready)).toThrow(/outstanding/);
  });

  it('speaks of a state only when it changed', () => {
    const member = new Member({ term: 1 });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 0 });
    expect(textOfReady(member.handle(member.node.ready()))).toEqual(['soft follower leader 2', 'send 1->2 heard(1)']);
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 0 });
    expect(textOfReady(member.handle(member.node.ready()))).toEqual(['send 1->2 heard(1)']);
    expect(member.node.hasReady()).toBe(false);
  });

  it('needs no sync for a commit index alone', () => {
    const member = new Member({ log: '1 1' });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 2 });
    const ready = member.node.ready();
    expect(ready).toMatchObject({ mustSync: false, hardState: { commit: 2 } });
  });

  it('needs no sync for a snapshot alone', () => {
    const member = new Member({ term: 1 });
    const metadata = { index: 5, term: 1, confState: member.status.confState };
    member.hears({ type: 'installSnapshot', from: 2, snapshot: { metadata, data: new Uint8Array() } });
    expect(textOfReady(member.node.ready())).toEqual([
      'soft follower leader 2',
      'hard term 1 vote 0 commit 5',
      'snapshot 1.5',
      'then send 1->2 appended(1) 5',
    ]);
  });

  it('may hand out entries on a follower that it also writes, and never uncommitted ones', () => {
    const member = new Member({ term: 1 });
    member.hears(append(1, '0.0', '1 1 1', 2));
    expect(textOfReady(member.node.ready())).toEqual([
      'soft follower leader 2',
      'hard term 1 vote 0 commit 2',
      'write [1.1 e1, 1.2 e2, 1.3 e3]',
      'sync',
      'then send 1->2 appended(1) 3',
      'apply [1.1 e1, 1.2 e2]',
    ]);
  });

  it('holds an acknowledgement back until what it promises is on disk', () => {
    const member = new Member({ term: 1 });
    member.hears(append(1, '0.0', '1'));
    const ready = member.node.ready();
    expect(ready.messages).toEqual([]);
    expect(ready.messagesAfterPersist).toHaveLength(1);
  });

  it('does not change when more happens: it is already somebody else’s', () => {
    const leader = new Member({ members: '1 2' }).lead(2);
    leader.acked(2, 1).drain();
    leader.propose('x');
    const ready = leader.node.ready();
    const before = textOfReady(ready);
    leader.propose('y');
    leader.tick();
    expect(textOfReady(ready)).toEqual(before);
    leader.handle(ready);
    leader.drain();
    expect(leader.terms).toBe('1 1 1');
  });

  it('is the same in two runs of the same events', () => {
    const run = () => {
      const member = new Member({ log: '1 1', preVote: true, checkQuorum: true });
      const lines: string[] = [];
      const look = () => {
        while (member.node.hasReady()) lines.push(...textOfReady(member.handle(member.node.ready())));
      };
      member.tick(10);
      look();
      member.hears({ type: 'preVoteResponse', from: 2, term: 2, granted: true });
      look();
      member.hears({ type: 'requestVoteResponse', from: 3, granted: true });
      look();
      member.acked(2, 3).propose('x');
      member.node.readIndex(new Uint8Array([7]));
      member.tick(3);
      look();
      return lines;
    };
    expect(run()).toEqual(run());
  });
});

describe('the status', () => {
  it('says everything that one may want to know', () => {
    const leader = new Member({ members: '1 2 learners 3' }).lead(2);
    expect(leader.status).toMatchObject({
      id: 1,
      term: 1,
      vote: 1,
      commit: 0,
      applied: 0,
      lastIndex: 1,
      role: 'leader',
      leader: 1,
      leadTransferee: 0,
      confState: simpleConfState([1, 2], [3]),
    });
    expect(leader.progress(3)).toEqual({
      state: 'probe',
      match: 0,
      next: 1,
      isLearner: true,
      paused: true,
      recentActive: false,
      pendingSnapshot: 0,
      inflightCount: 0,
      inflightFull: false,
    });
  });

  it('comes without the peers when it is asked often, and shares one configuration until that changes', () => {
    const { node } = new Member({ members: '1 2 learners 3' }).lead(2);
    const { progress, ...rest } = node.status();
    expect(progress?.size).toBe(3);
    expect(node.basicStatus()).toEqual(rest);
    const { confState } = node.basicStatus();
    expect(node.basicStatus().confState).toBe(confState);
    expect(Object.isFrozen(confState.voters)).toBe(true);
    node.applyConfChange({ transition: 'auto', changes: [{ type: 'addVoter', nodeId: 3 }] });
    expect(node.basicStatus().confState).toMatchObject({ voters: [1, 2, 3], learners: [] });
    expect(confState).toMatchObject({ voters: [1, 2], learners: [3] });
  });

  it('shows that a joint configuration leaves by itself', () => {
    const member = new Member({ members: '1 2 outgoing 1 3 auto' });
    expect(member.status.confState.autoLeave).toBe(true);
  });
});

describe('a request for a vote', () => {
  it.each([{ preVote: false }, { preVote: true }])(
    'is a message that waits for the disk, and what it claims is in the same Ready: %j',
    ({ preVote }) => {
      const member = new Member({ preVote });
      member.hears(append(1, '0.0', '1 1'));
      member.node.campaign();
      const { messages, entries } = member.node.ready();
      expect(messages.filter(asksForVote).map(({ to }) => to)).toEqual([2, 3]);
      expect(messages.filter(asksForVote)).toMatchObject([{ lastLogIndex: 2 }, { lastLogIndex: 2 }]);
      expect(entries.map(({ index }) => index)).toEqual([1, 2]);
    },
  );

  it('is the only kind of message that waits', () => {
    const leader = new Member().lead(2).acked(2, 1);
    leader.propose('x');
    const { messages } = leader.node.ready();
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.filter(asksForVote)).toEqual([]);
  });
});
