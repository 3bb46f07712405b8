import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/raft/index.js';
import { append, type Beginning, Member } from '../support/raft-member.js';
import { bytesOf, parseChange, textOfBytes } from '../support/raft-text.js';

const reads = (member: Member) => {
  member.drain();
  return member.reads.splice(0).map(({ index, context }) => `${textOfBytes(context)} at ${index}`);
};

/** A leader of 1, 2 and 3 that has committed its first entry. */
function leaderOf(options: Beginning = {}): Member {
  const leader = new Member(options).lead(2, 3);
  leader.acked(2, 1).acked(3, 1).drain();
  return leader;
}

/** Asks to read, and returns the heartbeats that go out. */
function ask(leader: Member, context: string): Message[] {
  leader.node.readIndex(bytesOf(context));
  return leader.drain();
}
const answer = (leader: Member, heartbeat: Message | undefined) => {
  if (heartbeat?.type !== 'heartbeat') throw new Error('no heartbeat');
  leader.hears({
    type: 'heartbeatResponse',
    from: heartbeat.to,
    ...(heartbeat.context && { context: heartbeat.context }),
  });
};

describe('a read through the leader (ReadIndex, thesis §6.4)', () => {
  it('is answered with the commit index when a quorum confirmed that we still lead', () => {
    const leader = leaderOf();
    const [to2] = ask(leader, 'a');
    expect(reads(leader)).toEqual([]);
    answer(leader, to2);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('is answered with the commit index of when it was asked, or a later one', () => {
    const leader = leaderOf();
    const [to2] = ask(leader, 'a');
    leader.propose('x');
    leader.drain();
    leader.acked(2, 2).drain();
    answer(leader, to2);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('is not answered while nobody is heard', () => {
    const leader = leaderOf();
    ask(leader, 'a');
    leader.tick(50);
    expect(reads(leader)).toEqual([]);
  });

  it('is confirmed by the answer to any later heartbeat as well', () => {
    const leader = leaderOf();
    ask(leader, 'a');
    leader.tick();
    const [, to3] = leader.drain();
    answer(leader, to3);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('confirms the earlier ones with it, in the order in which they were asked', () => {
    const leader = leaderOf();
    ask(leader, 'a');
    ask(leader, 'b');
    const [to2] = ask(leader, 'c');
    answer(leader, to2);
    expect(reads(leader)).toEqual(['a at 1', 'b at 1', 'c at 1']);
  });

  it('is not confirmed by the answer to an earlier heartbeat', () => {
    const leader = leaderOf();
    const [early] = ask(leader, 'a');
    ask(leader, 'b');
    answer(leader, early);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('is not confirmed by an answer that carries nothing', () => {
    const leader = leaderOf();
    ask(leader, 'a');
    for (const from of [2, 3]) leader.hears({ type: 'heartbeatResponse', from });
    expect(reads(leader)).toEqual([]);
  });

  it('is not confirmed by the answer to an earlier one with the same context', () => {
    const leader = leaderOf({ members: '1 2 3 4 5' });
    leader.acked(4, 1).drain();
    const first = ask(leader, 'same');
    answer(leader, first[0]);
    const second = ask(leader, 'same');
    answer(leader, first[1]);
    expect(reads(leader)).toEqual(['same at 1']);
    answer(leader, first[2]);
    answer(leader, first[3]);
    expect(reads(leader)).toEqual([]);
    answer(leader, second[0]);
    answer(leader, second[1]);
    expect(reads(leader)).toEqual(['same at 1']);
  });

  it('is not confirmed twice by one peer, and not by a learner', () => {
    const leader = new Member({ members: '1 2 3 4 5 learners 6' }).lead(2, 3);
    leader.acked(2, 1).acked(3, 1).drain();
    const beats = ask(leader, 'a');
    answer(leader, beats[0]);
    answer(leader, beats[0]);
    answer(leader, beats[4]);
    expect(reads(leader)).toEqual([]);
    answer(leader, beats[1]);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('needs both halves of a joint configuration', () => {
    const leader = new Member({ members: '1 2 outgoing 1 3' }).lead(2, 3);
    leader.acked(2, 1).acked(3, 1).drain();
    const [to2, to3] = ask(leader, 'a');
    answer(leader, to2);
    expect(reads(leader)).toEqual([]);
    answer(leader, to3);
    expect(reads(leader)).toEqual(['a at 1']);
  });

  it('is dropped by a leader that steps down', () => {
    const leader = leaderOf();
    const [to2] = ask(leader, 'a');
    leader.hears({ type: 'heartbeat', from: 3, term: 2, leaderCommit: 1 });
    answer(leader, to2);
    expect(reads(leader)).toEqual([]);
    leader.lead(2);
    leader.acked(2, 2).drain();
    expect(reads(leader)).toEqual([]);
  });

  it('of a deposed leader is not confirmed by a delayed answer', () => {
    const leader = leaderOf();
    const [to2] = ask(leader, 'a');
    // It leads again in a later term; the answer from its earlier term comes late.
    leader.hears({ type: 'heartbeat', from: 3, term: 2, leaderCommit: 1 });
    leader.drain();
    leader.lead(2);
    leader.acked(2, 2).drain();
    ask(leader, 'b');
    if (to2?.type !== 'heartbeat') throw new Error('no heartbeat');
    const late = { type: 'heartbeatResponse', from: 2, to: 1, term: 1, ...(to2.context && { context: to2.context }) };
    leader.node.step(late as Message);
    expect(reads(leader)).toEqual([]);
  });

  it('is answered when the peer that it waits for is removed', () => {
    const leader = new Member({ members: '1 2' }).lead(2);
    leader.acked(2, 1).drain();
    leader.node.proposeConfChange(parseChange('-2'));
    leader.drain();
    ask(leader, 'a');
    leader.acked(2, 2);
    expect(reads(leader)).toEqual(['a at 1']);
  });
});

describe('a read before the leader has committed in its term', () => {
  it('waits for that', () => {
    const leader = new Member({ log: '1 1', commit: 1 }).lead(2);
    leader.node.readIndex(bytesOf('a'));
    expect(leader.says()).toEqual([]);
    leader.acked(2, 3);
    const beats = leader.drain().filter(({ type }) => type === 'heartbeat');
    answer(leader, beats[0]);
    expect(reads(leader)).toEqual(['a at 3']);
  });

  it('waits also when we are the only voter and have just restarted with an old commit index', () => {
    const leader = new Member({ members: '1', log: '1 1 1', commit: 1 });
    leader.node.campaign();
    leader.handle(leader.node.ready());
    expect(leader.status.role).toBe('leader');
    leader.node.readIndex(bytesOf('a'));
    expect(leader.reads).toEqual([]);
    expect(reads(leader)).toEqual(['a at 4']);
  });

  it('is answered at once by a single voter afterwards', () => {
    const leader = new Member({ members: '1 learners 2' }).lead();
    leader.node.readIndex(bytesOf('a'));
    expect(leader.node.ready().readStates).toMatchObject([{ index: 1 }]);
  });

  it('is answered also when it is the removal of a peer that commits', () => {
    const leader = new Member({ members: '1 2 3 4', log: '1', commit: 0 }).lead(2, 3);
    leader.node.readIndex(bytesOf('a'));
    leader.acked(2, 2).acked(3, 1);
    expect(leader.status.commit).toBe(0);
    leader.node.applyConfChange(parseChange('-4'));
    const beats = leader.drain().filter((it) => it.type === 'heartbeat');
    answer(leader, beats[0]);
    expect(reads(leader)).toEqual(['a at 2']);
  });
});

describe('a read through a follower', () => {
  const following = () => {
    const member = new Member({ id: 3 }).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    member.drain();
    return member;
  };

  it('goes to the leader, in our name and without a term', () => {
    const member = following();
    member.node.readIndex(bytesOf('a'));
    expect(member.drain()).toMatchObject([{ type: 'readIndex', from: 3, to: 2, term: 0, context: bytesOf('a') }]);
  });

  it('comes back as a read state', () => {
    const member = following();
    member.hears({ type: 'readIndexResponse', from: 2, index: 7, context: bytesOf('a') });
    expect(reads(member)).toEqual(['a at 7']);
  });

  it('is dropped in silence when nobody leads', () => {
    const member = new Member();
    member.node.readIndex(bytesOf('a'));
    expect(member.node.hasReady()).toBe(false);
  });

  it('does not take an answer of an older term', () => {
    const member = following();
    member.hears(append(2, '0.0', ''));
    member.drain();
    member.hears({ type: 'readIndexResponse', from: 2, term: 1, index: 7, context: bytesOf('a') });
    expect(reads(member)).toEqual([]);
  });

  it('is answered by the leader to whoever asked', () => {
    const leader = leaderOf();
    leader.hears({ type: 'readIndex', from: 3, term: 0, context: bytesOf('a') });
    answer(leader, leader.drain()[0]);
    expect(leader.says()).toEqual(['1->3 read-answer(1) a at 1']);
    expect(reads(leader)).toEqual([]);
  });
});
