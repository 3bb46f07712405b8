import { describe, expect, it } from 'vitest';
import { type Beginning, Member } from '../support/raft-member.js';
import { parseChange } from '../support/raft-text.js';

/** A leader of 1, 2 and 3; 2 has everything, 3 has nothing that we know of. */
function leaderOf(options: Beginning = {}): Member {
  const leader = new Member(options).lead(2);
  leader.acked(2, 1).drain();
  return leader;
}
const transfer = (leader: Member, to: number): string[] => {
  leader.node.transferLeader(to);
  return leader.says();
};

describe('handing over leadership (thesis §3.10)', () => {
  it('tells an up-to-date voter at once to campaign', () => {
    const leader = leaderOf();
    expect(transfer(leader, 2)).toEqual(['1->2 timeout-now(1)']);
    expect(leader.status).toMatchObject({ role: 'leader', leadTransferee: 2 });
  });

  it('brings the other up to date first', () => {
    const leader = leaderOf();
    leader.hears({ type: 'heartbeatResponse', from: 3 });
    leader.drain();
    expect(transfer(leader, 3)).toEqual([]);
    leader.acked(3, 1);
    expect(leader.says()).toContain('1->3 timeout-now(1)');
  });

  it('sends what the other lacks when it may', () => {
    const leader = leaderOf();
    leader.node.reportUnreachable(2);
    leader.propose('x');
    leader.drain();
    leader.acked(2, 2).drain();
    leader.acked(3, 1).drain();
    leader.node.reportUnreachable(3);
    expect(transfer(leader, 3)).toEqual(['1->3 append(1) after 1.1 [1.2 x] commit 2']);
  });

  it('refuses proposals meanwhile', () => {
    const leader = leaderOf();
    leader.node.transferLeader(2);
    expect(leader.propose('x')).toEqual({ ok: false, reason: 'transferInProgress' });
    expect(leader.node.proposeConfChange(parseChange('+4'))).toEqual({ ok: false, reason: 'transferInProgress' });
  });

  it('is given up after the election ticks, and proposals are taken again', () => {
    const leader = leaderOf();
    leader.tick(7);
    leader.node.transferLeader(3);
    leader.tick(9);
    expect(leader.status.leadTransferee).toBe(3);
    leader.tick();
    expect(leader.status).toMatchObject({ role: 'leader', leadTransferee: 0 });
    expect(leader.propose('x')).toMatchObject({ ok: true });
  });

  it('to the same member again is the same: it gets no more time', () => {
    const leader = leaderOf();
    leader.node.transferLeader(3);
    leader.tick(6);
    leader.node.transferLeader(3);
    leader.tick(4);
    expect(leader.status.leadTransferee).toBe(0);
  });

  it('to another member replaces the first, with time of its own', () => {
    const leader = leaderOf();
    leader.node.transferLeader(3);
    leader.tick(6);
    expect(transfer(leader, 2)).toContain('1->2 timeout-now(1)');
    leader.tick(9);
    expect(leader.status.leadTransferee).toBe(2);
  });

  it.each([
    { who: 'ourselves', to: 1 },
    { who: 'a learner', to: 4 },
    { who: 'nobody we know', to: 9 },
  ])('to $who does nothing', ({ to }) => {
    const leader = leaderOf({ members: '1 2 3 learners 4' });
    expect(transfer(leader, to)).toEqual([]);
    expect(leader.status.leadTransferee).toBe(0);
  });

  it('is given up when we no longer lead', () => {
    const leader = leaderOf();
    leader.node.transferLeader(3);
    leader.hears({ type: 'heartbeat', from: 2, term: 2, leaderCommit: 0 });
    leader.drain();
    leader.lead(2);
    expect(leader.status).toMatchObject({ role: 'leader', leadTransferee: 0 });
    expect(leader.propose('x')).toMatchObject({ ok: true });
  });

  it.each(['-3', '~3'])('is given up when its target is removed or demoted (%s)', (change) => {
    const leader = leaderOf();
    leader.node.proposeConfChange(parseChange(change));
    leader.drain();
    leader.node.transferLeader(3);
    leader.acked(2, 2).drain();
    expect(leader.status.leadTransferee).toBe(0);
  });

  it('may be asked of a follower, which passes it on', () => {
    const member = new Member({ id: 3 }).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    member.drain();
    member.node.transferLeader(3);
    expect(member.drain()).toMatchObject([{ type: 'transferLeader', from: 3, to: 2, term: 0, transferee: 3 }]);
    const leader = leaderOf();
    leader.hears({ type: 'transferLeader', from: 3, term: 0, transferee: 2 });
    expect(leader.says()).toEqual(['1->2 timeout-now(1)']);
  });

  it('is dropped where nobody leads', () => {
    const member = new Member();
    member.node.transferLeader(2);
    expect(member.node.hasReady()).toBe(false);
  });
});

describe('whoever is told to campaign', () => {
  it('does so at once, without asking around, and says on whose behalf', () => {
    const member = new Member({ log: '1', preVote: true, checkQuorum: true });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 0 });
    member.drain();
    member.hears({ type: 'timeoutNow', from: 2 });
    expect(member.says()).toEqual(['1->2 vote?(2) last 1.1 transfer', '1->3 vote?(2) last 1.1 transfer']);
  });

  it('does not when it is removed, a learner, or leads already', () => {
    const leader = leaderOf();
    leader.hears({ type: 'timeoutNow', from: 2 });
    expect(leader.status).toMatchObject({ role: 'leader', term: 1 });
    const learner = new Member({ id: 4, members: '1 2 3 learners 4' }).hears({ type: 'timeoutNow', from: 2 });
    expect(learner.status).toMatchObject({ role: 'follower', term: 0 });
  });

  it('does not begin again while it campaigns', () => {
    const member = new Member();
    member.node.campaign();
    member.drain();
    member.hears({ type: 'timeoutNow', from: 2 });
    expect(member.status.term).toBe(1);
  });
});
