import { describe, expect, it } from 'vitest';
import { type Entry, MembershipError } from '../../src/raft/index.js';
import { changed, confStateOf, membershipOf } from '../../src/raft/membership.js';
import { append, type Beginning, Member, type Spoken } from '../support/raft-member.js';
import { parseChange, parseConfState, textOfConfState, textOfEntry } from '../support/raft-text.js';

const after = (members: string, change: string): string =>
  textOfConfState(confStateOf(changed(membershipOf(parseConfState(members)), parseChange(change))));

/** Proposes, and lets everyone named ack up to the end of the log. */
function propose(leader: Member, change: string, ...acks: number[]): void {
  expect(leader.node.proposeConfChange(parseChange(change))).toMatchObject({ ok: true });
  leader.drain();
  for (const from of acks) leader.acked(from, leader.status.lastIndex);
}

const lastEntry = (member: Member) => {
  member.drain();
  return textOfEntry(
    member.storage.entries(member.status.lastIndex, member.status.lastIndex + 1, Infinity)[0] as never,
  );
};

describe('a change that nobody could apply', () => {
  it.each([
    ['the only voter goes', '1', '-1'],
    ['every voter goes', '1 2 3', '-1 -2 -3'],
  ])('becomes an empty entry: %s', (_what, members, change) => {
    const leader = leaderOf(members);
    expect(leader.node.proposeConfChange(parseChange(change))).toMatchObject({ ok: true });
    expect(lastEntry(leader)).toMatch(/^\d+\.\d+ -$/);
  });

  it.each([
    [{ transition: 'x', changes: [] }, 'no transition "x"'],
    [{ transition: 'auto', changes: [{ type: 'foo', nodeId: 1 }] }, 'no change "foo"'],
    [{ transition: 'auto', changes: [{ type: 'addVoter', nodeId: -1 }] }, 'must be a whole number, is -1'],
    [{ transition: 'auto', changes: [{ type: 'addVoter', nodeId: '7' }] }, 'must be a whole number, is 7 (a string)'],
  ])('is a mistake of the program: %j', (change, says) => {
    expect(() => leaderOf('1').node.proposeConfChange(change as never)).toThrow(says);
  });
});

const leaderOf = (members: string, options: Beginning = {}) => {
  const voters = parseConfState(members);
  const leader = new Member({ members, ...options });
  leader.lead(...new Set([...voters.voters, ...voters.votersOutgoing].filter((id) => id !== 1)));
  for (const id of [...voters.voters, ...voters.votersOutgoing])
    if (id !== 1) leader.acked(id, leader.status.lastIndex);
  leader.drain();
  return leader;
};

describe('a membership change (thesis §4)', () => {
  it.each([
    { members: '1 2 3', change: '+4', result: '1 2 3 4' },
    { members: '1 2 3', change: '~4', result: '1 2 3 learners 4' },
    { members: '1 2 3', change: '-3', result: '1 2' },
    { members: '1 2 3', change: '=2', result: '1 2 3' },
    { members: '1 2 3', change: '+0', result: '1 2 3' },
    { members: '1 2 3', change: '~3', result: '1 2 learners 3' },
    { members: '1 2 learners 3', change: '+3', result: '1 2 3' },
    { members: '1 2 learners 3', change: '-3', result: '1 2' },
    { members: '1 2 learners 3', change: '~3', result: '1 2 learners 3' },
    { members: '1 2 3', change: '-9', result: '1 2 3' },
    { members: '9 10', change: '+1', result: '1 9 10' },
  ])('$change of $members in one step is $result', ({ members, change, result }) => {
    expect(after(members, change)).toBe(result);
  });

  it.each([
    { members: '1 2 3', change: '+4 -1', result: '2 3 4 outgoing 1 2 3 auto' },
    { members: '1 2 3', change: 'joint +4', result: '1 2 3 4 outgoing 1 2 3 auto' },
    { members: '1 2 3', change: 'explicit +4', result: '1 2 3 4 outgoing 1 2 3' },
    { members: '1 2 3', change: 'explicit ~4', result: '1 2 3 outgoing 1 2 3 learners 4' },
    { members: '1 2 3', change: 'joint ~3 +4', result: '1 2 4 outgoing 1 2 3 next 3 auto' },
    { members: '1 2 learners 3', change: 'joint +3 ~2', result: '1 3 outgoing 1 2 next 2 auto' },
    { members: '1 2 3', change: 'joint -2 -3', result: '1 outgoing 1 2 3 auto' },
    { members: '1 2 3', change: '+4 +0', result: '1 2 3 4 outgoing 1 2 3 auto' },
    { members: '1 2 3', change: 'joint ~3 +3', result: '1 2 3 outgoing 1 2 3 auto' },
    { members: '1 2 3', change: 'joint ~3 -3', result: '1 2 outgoing 1 2 3 auto' },
  ])('$change of $members goes through $result', ({ members, change, result }) => {
    expect(after(members, change)).toBe(result);
  });

  it.each([
    { members: '2 3 4 outgoing 1 2 3 auto', result: '2 3 4' },
    { members: '1 2 4 outgoing 1 2 3 next 3 auto', result: '1 2 4 learners 3' },
    { members: '1 2 outgoing 1 2 learners 5', result: '1 2 learners 5' },
  ])('leaves $members for $result', ({ members, result }) => {
    expect(after(members, 'leave')).toBe(result);
  });

  it.each([
    { members: '1', change: '-1', because: 'there would be no voter' },
    { members: '1', change: '~1', because: 'there would be no voter' },
    { members: '1 2', change: 'joint -1 -2', because: 'there would be no voter' },
    { members: '', change: 'joint +1', because: 'there is nobody who could agree' },
    { members: '1 2', change: 'leave', because: 'there is nothing to leave' },
    { members: '1 2 outgoing 1', change: 'joint +3', because: 'it is already joint' },
    { members: '1 2 outgoing 1', change: '+3', because: 'it is already joint' },
  ])('$change of $members cannot be: $because', ({ members, change }) => {
    expect(() => after(members, change)).toThrow(MembershipError);
  });

  it('does not touch the configuration that it starts from', () => {
    const before = membershipOf(parseConfState('1 2 3 learners 4'));
    changed(before, parseChange('joint +4 -3'));
    expect(textOfConfState(confStateOf(before))).toBe('1 2 3 learners 4');
  });
});

describe('a change in the log', () => {
  it('counts when it is applied and not when it is appended', () => {
    const leader = leaderOf('1 2 3');
    propose(leader, '+4');
    expect(leader.status.confState.voters).toEqual([1, 2, 3]);
    leader.acked(2, 2).drain();
    expect(leader.status.confState.voters).toEqual([1, 2, 3, 4]);
  });

  it('may be left out by the application: then nothing changes', () => {
    const leader = leaderOf('1');
    leader.node.proposeConfChange(parseChange('+4'));
    while (leader.node.hasReady()) {
      const ready = leader.node.ready();
      leader.persist(ready);
      leader.node.advance(ready);
    }
    expect(leader.status).toMatchObject({ commit: 2, applied: 2, confState: { voters: [1] } });
  });

  it('is one at a time: a second one becomes an empty entry', () => {
    const leader = leaderOf('1 2 3');
    propose(leader, '+4');
    propose(leader, '+5');
    expect(lastEntry(leader)).toBe('1.3 -');
    leader.acked(2, 3).drain();
    propose(leader, '+5');
    expect(lastEntry(leader)).toBe('1.4 {+5}');
  });

  it('waits until a new leader has applied what it found in its log', () => {
    const leader = new Member({ log: '1 1 1', commit: 1 }).lead(2);
    propose(leader, '+4');
    expect(lastEntry(leader)).toBe('2.5 -');
    leader.acked(2, 5).drain();
    propose(leader, '+4');
    expect(lastEntry(leader)).toBe('2.6 {+4}');
  });

  it.each([
    { members: '1 2', change: 'leave', entry: '1.2 -', because: 'there is nothing to leave' },
    { members: '1 2 outgoing 1 2', change: '+3', entry: '1.2 -', because: 'the joint one must be left first' },
    { members: '1 2 outgoing 1 2', change: 'leave', entry: '1.2 {leave}', because: 'it leaves' },
  ])('$change of $members is written as $entry: $because', ({ members, change, entry }) => {
    const leader = leaderOf(members);
    propose(leader, change);
    expect(lastEntry(leader)).toBe(entry);
  });

  it('is taken as it is when the checks are switched off', () => {
    const leader = leaderOf('1 2', { disableConfChangeValidation: true });
    propose(leader, '+3');
    propose(leader, '+4');
    expect(lastEntry(leader)).toBe('1.3 {+4}');
  });

  it('that was appended and then replaced by another leader changes nothing', () => {
    const member = new Member({ term: 1, members: '1 2 3' });
    const change = parseChange('+4');
    member.hears({
      ...append(1, '0.0', ''),
      entries: [{ kind: 'confChange', term: 1, index: 1, change }],
    } as never);
    member.drain();
    member.hears(append(2, '0.0', '2', 1, 3)).drain();
    expect(member.terms).toBe('2');
    expect(member.status.confState.voters).toEqual([1, 2, 3]);
  });
});

describe('a new peer', () => {
  it('is asked at once what it has, as if it had everything but the last entry', () => {
    const leader = leaderOf('1 2');
    propose(leader, '~3');
    leader.acked(2, 2);
    const lines = leader.says('appendEntries').filter((line) => line.startsWith('1->3'));
    expect(lines).toEqual(['1->3 append(1) after 1.1 [1.2 {~3}] commit 2']);
    expect(leader.progress(3)).toMatchObject({
      state: 'probe',
      match: 0,
      next: 2,
      recentActive: true,
      isLearner: true,
    });
  });

  it('counts as active until the next check of the quorum', () => {
    const leader = leaderOf('1', { checkQuorum: true });
    propose(leader, '+2');
    leader.drain();
    leader.tick(9);
    leader.drain();
    expect(leader.status.role).toBe('leader');
    leader.tick(12);
    expect(leader.status.role).toBe('follower');
  });

  it('that is a learner is sent everything, and is never counted', () => {
    const leader = leaderOf('1 2 learners 3');
    leader.propose('x');
    leader.drain();
    leader.acked(3, 2).drain();
    expect(leader.status.commit).toBe(1);
    leader.acked(2, 2).drain();
    expect(leader.status.commit).toBe(2);
    expect(leader.progress(3)).toMatchObject({ match: 2, isLearner: true });
  });

  it('keeps what is known of it when it becomes a voter, and back', () => {
    const leader = leaderOf('1 2 learners 3');
    leader.acked(3, 1).drain();
    propose(leader, '+3', 2);
    leader.drain();
    expect(leader.progress(3)).toMatchObject({ state: 'replicate', match: 1, isLearner: false });
    leader.acked(2, 2).acked(3, 2);
    propose(leader, '~3', 2, 3);
    leader.drain();
    expect(leader.progress(3)).toMatchObject({ state: 'replicate', match: 3, isLearner: true });
  });
});

describe('a removed peer', () => {
  it('hears no more, and its answers are refused', () => {
    const leader = leaderOf('1 2 3');
    propose(leader, '-3', 2);
    leader.drain();
    leader.tick();
    expect(leader.says().filter((line) => line.startsWith('1->3'))).toEqual([]);
    expect(leader.node.step({ type: 'heartbeatResponse', from: 3, to: 1, term: 1 })).toBe('peerNotFound');
    expect([...(leader.status.progress?.keys() ?? [])]).toEqual([1, 2]);
  });

  it('may let an entry commit that waited for it', () => {
    const leader = leaderOf('1 2 3 4');
    propose(leader, '-4');
    leader.propose('x');
    leader.drain();
    leader.acked(2, 3).acked(3, 2);
    expect(leader.status.commit).toBe(2);
    leader.drain();
    expect(leader.status).toMatchObject({ commit: 3, confState: { voters: [1, 2, 3] } });
  });

  it('is the leader itself: it steps down when it applies that, if so configured', () => {
    const leader = leaderOf('1 2 3', { stepDownOnRemoval: true });
    propose(leader, '-1', 2, 3);
    leader.drain();
    expect(leader.status).toMatchObject({ role: 'follower', leader: 0, term: 1 });
  });

  it('is the leader itself: else it goes on without counting itself, and takes no proposals', () => {
    const leader = leaderOf('1 2 3');
    leader.node.proposeConfChange(parseChange('-1'));
    leader.propose('x');
    leader.drain();
    leader.acked(2, 2).acked(3, 2).drain();
    expect(leader.status).toMatchObject({ role: 'leader', commit: 2 });
    expect(leader.propose('y')).toEqual({ ok: false, reason: 'notMember' });
    leader.acked(2, 3);
    expect(leader.status.commit).toBe(2);
    leader.acked(3, 3);
    expect(leader.status.commit).toBe(3);
  });

  it('is demoted rather than removed: the leader steps down likewise', () => {
    const leader = leaderOf('1 2 3', { stepDownOnRemoval: true });
    propose(leader, '~1', 2, 3);
    leader.drain();
    expect(leader.status.role).toBe('follower');
    leader.tick(50);
    expect(leader.status.role).toBe('follower');
  });
});

describe('a joint configuration (thesis §4.3)', () => {
  const entering = () => {
    const leader = leaderOf('1 2 3', {});
    propose(leader, '+4 +5 -2 -3', 2);
    return leader;
  };

  it('needs both halves to commit', () => {
    const leader = leaderOf('1 4 5 outgoing 1 2 3');
    leader.propose('x');
    leader.drain();
    leader.acked(2, 2).acked(3, 2);
    expect(leader.status.commit).toBe(1);
    leader.acked(4, 2);
    expect(leader.status.commit).toBe(2);
  });

  it('that leaves by itself is left with one entry, once it was applied', () => {
    const leader = entering();
    leader.drain();
    expect(lastEntry(leader)).toBe('1.3 {leave}');
    for (let i = 0; i < 3; i++) {
      leader.propose('x');
      leader.drain();
    }
    const leaves = leader.storage.entries(1, leader.status.lastIndex + 1, Infinity).map(textOfEntry);
    expect(leaves.filter((text) => text.includes('leave'))).toHaveLength(1);
    for (const from of [2, 4, 5]) leader.acked(from, leader.status.lastIndex);
    leader.drain();
    expect(textOfConfState(leader.status.confState)).toBe('1 4 5');
  });

  it('that is explicit stays until it is left', () => {
    const leader = leaderOf('1 2');
    propose(leader, 'explicit +3', 2);
    leader.drain();
    expect(leader.status.lastIndex).toBe(2);
    leader.acked(3, 2);
    propose(leader, 'leave', 2, 3);
    leader.drain();
    expect(textOfConfState(leader.status.confState)).toBe('1 2 3');
  });

  it('is left by the next leader when the first one did not come to it', () => {
    const leader = leaderOf('1 4 5 outgoing 1 2 3 auto', { log: '1 1', commit: 2 });
    expect(lastEntry(leader)).toBe('2.4 {leave}');
  });

  it('is not left while leadership is handed over, and is afterwards', () => {
    const leader = entering();
    leader.node.transferLeader(3);
    leader.drain();
    expect(lastEntry(leader)).toBe('1.2 {+4 +5 -2 -3}');
    leader.tick(10);
    expect(lastEntry(leader)).toBe('1.3 {leave}');
  });

  it('is left when the hand-over is called off', () => {
    const leader = entering();
    leader.node.transferLeader(3);
    leader.drain();
    leader.node.transferLeader(1);
    leader.drain();
    expect(lastEntry(leader)).toBe('1.3 {leave}');
  });
});

describe('members that were removed and know it alone', () => {
  /** 3 has applied that it is no longer a member, and its log is longer than that of the others. */
  const removed = () => {
    const member = new Member({ id: 3, members: '1 2', log: '1 1 1 1', commit: 2, term: 1 });
    member.drain();
    return member;
  };
  const asking = (last: number) =>
    ({ type: 'requestVote', from: 1, term: 2, lastLogIndex: last, lastLogTerm: 1 }) as const;

  it('say with their refusal what is committed', () => {
    const member = removed().hears(asking(3));
    expect(member.drain()).toEqual([
      { type: 'requestVoteResponse', from: 3, to: 1, term: 2, granted: false, commitIndex: 2, commitTerm: 1 },
    ]);
  });

  it('say nothing of it when they grant, and voters never do', () => {
    expect(removed().hears(asking(4)).drain()).toEqual([
      { type: 'requestVoteResponse', from: 3, to: 1, term: 2, granted: true },
    ]);
    const voter = new Member({ id: 3, members: '1 2 3', log: '1 1 1 1', commit: 2, term: 1 });
    expect(voter.hears(asking(3)).drain()).toEqual([
      { type: 'requestVoteResponse', from: 3, to: 1, term: 2, granted: false },
    ]);
  });

  /** 1 has 1.1 and the change that leaves the configuration 1 2 with 1 3, and does not know that it is committed. */
  function candidate(): Member {
    const member = new Member({ members: '1 2 outgoing 1 3', log: '1', term: 1 });
    const leave: Entry = { kind: 'confChange', term: 1, index: 2, change: parseChange('leave') };
    member.hears({ ...append(1, '1.1', '', 0, 3), entries: [leave] } as Spoken).drain();
    member.node.campaign();
    member.drain();
    member.hears({ type: 'requestVoteResponse', from: 2, granted: true });
    return member;
  }
  const refusal = (commitTerm: number) =>
    ({ type: 'requestVoteResponse', from: 3, granted: false, commitIndex: 2, commitTerm }) as const;

  it('set free whoever waits for their vote: the change is applied, and the next campaign needs them no longer', () => {
    const member = candidate().hears(refusal(1));
    member.drain();
    expect(member.status).toMatchObject({ role: 'follower', commit: 2, applied: 2 });
    expect(textOfConfState(member.status.confState)).toBe('1 2');
    member.node.campaign();
    member.drain();
    member.hears({ type: 'requestVoteResponse', from: 2, granted: true });
    expect(member.status.role).toBe('leader');
  });

  it('are not believed about an entry that is another one here, or is not here', () => {
    for (const odd of [refusal(2), { ...refusal(1), commitIndex: 9 }]) {
      const member = candidate().hears(odd);
      member.drain();
      expect(member.status.commit).toBe(0);
    }
  });

  it('are believed with an answer of an older term too: a commit is a fact', () => {
    const member = candidate();
    member.node.campaign();
    member.drain();
    member.hears({ ...refusal(1), term: 1 }).drain();
    expect(member.status.commit).toBe(2);
  });
});

describe('a leader that was removed and still leads', () => {
  it('steps down when a joint configuration is to be left: it may propose nothing', () => {
    const log = ['-1', 'joint ~4'].map((change, i): Entry => {
      return { kind: 'confChange', term: 1, index: 2 + i, change: parseChange(change) };
    });
    const member = new Member({ members: '1 2', log: '1', term: 1 });
    member.hears({ ...append(1, '1.1', '', 0, 2), entries: log } as Spoken).drain();
    member.lead(2).acked(2, 4).drain();
    expect(textOfConfState(member.status.confState)).toBe('2 outgoing 2 learners 4 auto');
    expect(member.status).toMatchObject({ role: 'follower', leader: 0, applied: 4 });
  });
});
