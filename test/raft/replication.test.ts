import { describe, expect, it } from 'vitest';
import { isUpToDate } from '../../src/raft/log.js';
import { append, entriesAfter, Member, parseId } from '../support/raft-member.js';

/** A leader of term 3 of 1, 2 and 3, with 2 and 3 still to be heard of. Its own entry is the last of its log. */
const leaderOf = (log: string, options: object = {}) =>
  new Member({ log, term: 2, members: '1 2 3', ...options }).lead(2);

describe('which log is ahead (Raft §5.4.1)', () => {
  it.each([
    { candidate: '2.3', ours: '2.3', ahead: true },
    { candidate: '2.4', ours: '2.3', ahead: true },
    { candidate: '2.2', ours: '2.3', ahead: false },
    { candidate: '3.1', ours: '2.3', ahead: true },
    { candidate: '1.9', ours: '2.3', ahead: false },
    { candidate: '0.0', ours: '0.0', ahead: true },
    { candidate: '10.1', ours: '9.2', ahead: true },
  ])('says $ahead of $candidate against $ours', ({ candidate, ours, ahead }) => {
    expect(isUpToDate(parseId(candidate), parseId(ours))).toBe(ahead);
  });
});

describe('the answer to an append (Raft §5.3)', () => {
  // Our log is 1.1 2.2 2.3; the leader of term 4 sends.
  it.each([
    { after: '2.3', terms: '', commit: 0, answer: 'appended(4) 3', log: '1 2 2', committed: 0 },
    { after: '2.3', terms: '4', commit: 0, answer: 'appended(4) 4', log: '1 2 2 4', committed: 0 },
    { after: '2.2', terms: '2', commit: 0, answer: 'appended(4) 3', log: '1 2 2', committed: 0 },
    { after: '2.2', terms: '4', commit: 0, answer: 'appended(4) 3', log: '1 2 4', committed: 0 },
    { after: '1.1', terms: '4 4 4', commit: 0, answer: 'appended(4) 4', log: '1 4 4 4', committed: 0 },
    { after: '0.0', terms: '1', commit: 0, answer: 'appended(4) 1', log: '1 2 2', committed: 0 },
    { after: '0.0', terms: '3 3', commit: 0, answer: 'appended(4) 2', log: '3 3', committed: 0 },
    { after: '1.1', terms: '', commit: 0, answer: 'appended(4) 1', log: '1 2 2', committed: 0 },
    // The commit index: at most what the append reaches, and never beyond.
    { after: '2.3', terms: '', commit: 3, answer: 'appended(4) 3', log: '1 2 2', committed: 3 },
    { after: '2.3', terms: '', commit: 2, answer: 'appended(4) 3', log: '1 2 2', committed: 2 },
    { after: '1.1', terms: '', commit: 3, answer: 'appended(4) 1', log: '1 2 2', committed: 1 },
    { after: '1.1', terms: '2', commit: 9, answer: 'appended(4) 2', log: '1 2 2', committed: 2 },
    { after: '2.3', terms: '4 4', commit: 4, answer: 'appended(4) 5', log: '1 2 2 4 4', committed: 4 },
    // Refused: the logs do not agree there.
    { after: '4.3', terms: '4', commit: 3, answer: 'refused(4) 3, try 2.3', log: '1 2 2', committed: 0 },
    { after: '2.5', terms: '4', commit: 5, answer: 'refused(4) 5, try 2.3', log: '1 2 2', committed: 0 },
    { after: '1.3', terms: '4', commit: 3, answer: 'refused(4) 3, try 1.1', log: '1 2 2', committed: 0 },
  ])('after $after [$terms] commit $commit is: $answer', ({ after, terms, commit, answer, log, committed }) => {
    const member = new Member({ log: '1 2 2', term: 2 }).hears(append(4, after, terms, commit));
    expect(member.says()).toEqual([`1->2 ${answer}`]);
    expect(member.terms).toBe(log);
    expect(member.status.commit).toBe(committed);
  });

  it('to what is already committed is the commit index, and nothing changes', () => {
    const member = new Member({ log: '1 1 1', commit: 2 }).hears(append(2, '1.1', '2 2', 3));
    expect(member.says()).toEqual(['1->2 appended(2) 2']);
    expect(member.terms).toBe('1 1 1');
    expect(member.status.commit).toBe(2);
  });

  it('never shortens the log for a late, shorter append', () => {
    const member = new Member({ term: 2 });
    member.hears(append(2, '0.0', '2 2 2 2 2', 0)).drain();
    member.hears(append(2, '0.0', '2 2 2', 0));
    expect(member.says()).toEqual(['1->2 appended(2) 3']);
    expect(member.terms).toBe('2 2 2 2 2');
  });

  it('says how far the logs match and not where ours ends, and commits nothing of our own tail', () => {
    // Our tail 2.3 2.4 is of a leader that lost; the leader of term 4 has committed other entries there.
    const member = new Member({ log: '1 1 2 2', term: 3 }).hears(append(4, '1.2', '', 4));
    expect(member.says()).toEqual(['1->2 appended(4) 2']);
    expect(member.status.commit).toBe(2);
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 2 });
    member.drain();
    expect(member.appliedText).toEqual(['1.1 e1', '1.2 e2']);
  });

  // The leader's log is 1 1 1 4 4 5 5 6 6 6, as in figure 7 of the paper; the follower has what the row says.
  it.each([
    { name: 'a', log: '1 1 1 4 4 5 5 6 6', probes: 2 },
    { name: 'b', log: '1 1 1 4', probes: 2 },
    { name: 'c', log: '1 1 1 4 4 5 5 6 6 6 6', probes: 1 },
    { name: 'd', log: '1 1 1 4 4 5 5 6 6 6 7 7', probes: 1 },
    { name: 'e', log: '1 1 1 4 4 4 4', probes: 2 },
    { name: 'f', log: '1 1 1 2 2 2 3 3 3 3 3', probes: 2 },
  ])('makes follower $name of figure 7 equal to the leader in $probes probes', ({ log, probes }) => {
    const leader = new Member({ log: '1 1 1 4 4 5 5 6 6 6', term: 7 });
    const follower = new Member({ id: 3, log, term: 7 });
    leader.node.campaign();
    leader.drain();
    leader.hears({ type: 'requestVoteResponse', from: 2, granted: true });
    let rounds = 0;
    for (let idle = false; !idle;) {
      const appends = leader
        .drain()
        .filter((it) => it.to === 3 && it.type === 'appendEntries' && it.entries.length > 0);
      rounds += appends.length;
      for (const message of appends) follower.hears(message);
      for (const message of follower.drain()) leader.hears(message);
      idle = appends.length === 0;
    }
    expect(follower.terms).toBe('1 1 1 4 4 5 5 6 6 6 8');
    expect(rounds).toBe(probes);
  });
});

describe('where two logs may still agree (fast backtracking)', () => {
  // The leader's log ends with its own first entry of the term after both; `next` is the base of its second append.
  it.each([
    { leader: '1 3 3 3 5 5 5 5 5', follower: '1 1 1 1 2 2', hint: '2.6', next: '1.1' },
    { leader: '1 3 3 3 3 3 3 3 7', follower: '1 3 3 4 4 5 5 5 6', hint: '6.9', next: '3.8' },
    { leader: '1 2 2 2 4 4 4', follower: '1 3 3 3 3', hint: '3.5', next: '2.4' },
    { leader: '1 1 1 1', follower: '1 1', hint: '1.2', next: '1.2' },
    { leader: '2 2 2 2', follower: '1 1 1 1', hint: '1.4', next: '0.0' },
    { leader: '1 1 5 5', follower: '1 1 4 4', hint: '4.4', next: '1.2' },
    { leader: '5 5', follower: '', hint: '0.0', next: '0.0' },
    { leader: '1 1 1 5', follower: '1 1 1 3 4 4', hint: '3.4', next: '1.3' },
    { leader: '1 1 1 1 6', follower: '1 1 2 3 4 4', hint: '4.5', next: '1.4' },
  ])('of $leader and $follower is $hint for the follower and then $next for the leader', (row) => {
    const leader = new Member({ log: row.leader, term: 8, members: '1 2 3' }).lead(3);
    const last = row.leader.split(' ').length;
    const lastTerm = row.leader.split(' ').at(-1);
    const follower = new Member({ id: 2, log: row.follower, term: 8 });
    follower.hears(append(9, `${lastTerm}.${last}`, '9', 0, 1));
    const [answer] = follower.drain();
    expect(answer).toMatchObject({ rejected: true, index: last, ...hint(row.hint) });
    leader.hears(answer as never);
    const [probe] = leader.drain().filter(({ to }) => to === 2);
    const base = parseId(row.next);
    expect(probe).toMatchObject({ type: 'appendEntries', prevLogTerm: base.term, prevLogIndex: base.index });
  });

  const hint = (text: string) => ({ hintTerm: parseId(text).term, hintIndex: parseId(text).index });
});

describe('proposing', () => {
  it('appends at the end in our term and sends to each follower, in the order of the ids', () => {
    const leader = leaderOf('1', { members: '1 10 9' });
    leader.hears({ type: 'requestVoteResponse', from: 10, granted: true });
    leader.drain();
    leader.acked(9, 2).acked(10, 2).drain();
    expect(leader.propose('x')).toEqual({ ok: true, forwarded: false, index: 3, term: 3 });
    expect(leader.says()).toEqual([
      '1->9 append(3) after 3.2 [3.3 x] commit 2',
      '1->10 append(3) after 3.2 [3.3 x] commit 2',
    ]);
  });

  it('takes many payloads in one step with one broadcast', () => {
    const leader = leaderOf('');
    leader.acked(2, 1).drain();
    expect(leader.propose('x', 'y', 'z')).toMatchObject({ index: 2 });
    expect(leader.says()).toEqual(['1->2 append(3) after 3.1 [3.2 x, 3.3 y, 3.4 z] commit 1']);
  });

  it('refuses an empty payload, which is reserved', () => {
    expect(() => leaderOf('').propose('')).toThrow(TypeError);
    expect(() => leaderOf('').node.propose()).toThrow(TypeError);
  });

  it('keeps a copy: what the caller does with its bytes later changes nothing', () => {
    const leader = leaderOf('');
    const bytes = new Uint8Array([1]);
    leader.node.propose(bytes);
    bytes[0] = 9;
    leader.acked(2, 2).drain();
    expect(leader.applied.at(-1)).toMatchObject({ data: new Uint8Array([1]) });
  });

  it.each([
    { who: 'nobody leads', member: () => new Member(), reason: 'noLeader' },
    {
      who: 'we campaign',
      member: () => {
        const member = new Member();
        member.node.campaign();
        return member;
      },
      reason: 'noLeader',
    },
    {
      who: 'forwarding is off',
      member: () =>
        new Member({ disableProposalForwarding: true }).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 }),
      reason: 'forwardingDisabled',
    },
  ])('is refused when $who', ({ member, reason }) => {
    expect(member().propose('x')).toEqual({ ok: false, reason });
  });

  it('on a follower goes to its leader, in our name and without a term', () => {
    const member = new Member({ id: 3 }).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    member.drain();
    expect(member.propose('x')).toEqual({ ok: true, forwarded: true });
    expect(member.drain()).toMatchObject([{ type: 'propose', from: 3, to: 2, term: 0 }]);
  });

  it('is passed on in the name of whoever began', () => {
    const member = new Member({ id: 3 }).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    member.drain();
    member.hears({ type: 'propose', from: 1, term: 0, proposals: [{ kind: 'normal', data: new Uint8Array([1]) }] });
    expect(member.drain()).toMatchObject([{ type: 'propose', from: 1, to: 2, term: 0 }]);
  });
});

describe('committing (Raft §5.3, §5.4.2)', () => {
  it('needs a majority, and our own write to be durable', () => {
    const leader = new Member({ members: '1 2 3' }).lead(2);
    leader.propose('x');
    const ready = leader.node.ready();
    leader.acked(2, 2);
    expect(leader.status.commit).toBe(1);
    leader.handle(ready);
    expect(leader.status.commit).toBe(2);
  });

  it('may do without our own write when the others are enough', () => {
    const leader = new Member({ members: '1 2 3' }).lead(2);
    leader.propose('x');
    leader.node.ready();
    leader.acked(2, 2).acked(3, 2);
    expect(leader.status.commit).toBe(2);
  });

  it('never counts an entry of an older term, however many have it (figure 8)', () => {
    const leader = new Member({ log: '1 2', term: 3, members: '1 2 3 4 5' }).lead(2, 3);
    leader.acked(2, 2).acked(3, 2).acked(4, 2);
    expect(leader.status).toMatchObject({ commit: 0, term: 4 });
    leader.acked(2, 3).acked(3, 3);
    expect(leader.status.commit).toBe(3);
  });

  it('tells every peer at once', () => {
    const leader = new Member().lead(2);
    leader.acked(3, 1);
    expect(leader.says()).toEqual(['1->3 append(1) after 1.1 [] commit 1']);
    leader.acked(2, 1);
    expect(leader.says()).toEqual(['1->2 append(1) after 1.1 [] commit 1']);
  });

  it('is told with an append to whoever acks late', () => {
    const leader = new Member().lead(2);
    leader.acked(2, 1).drain();
    leader.propose('x');
    leader.acked(2, 2).drain();
    leader.acked(3, 1);
    expect(leader.says()).toEqual(['1->3 append(1) after 1.1 [1.2 x] commit 2']);
  });

  it('is not told again to whoever knows', () => {
    const leader = new Member().lead(2);
    leader.acked(2, 1).acked(3, 1).drain();
    leader.propose('x');
    leader.acked(2, 2).drain();
    leader.acked(3, 2);
    expect(leader.says()).toEqual([]);
  });
});

describe('a heartbeat', () => {
  it('carries no more than what the peer is known to have', () => {
    const leader = new Member({ log: '1 1', commit: 2 }).lead(2);
    leader.acked(2, 3).drain();
    leader.tick();
    expect(leader.says()).toEqual(['1->2 heartbeat(2) commit 3', '1->3 heartbeat(2) commit 0']);
  });

  it('goes to learners and to whoever waits for a snapshot', () => {
    const leader = new Member({ snapshot: '1.5', members: '1 2 learners 3' }).lead(2);
    leader.hears({ type: 'heartbeatResponse', from: 3 });
    leader.hears({ type: 'appendEntriesResponse', from: 3, index: 5, rejected: true, hintIndex: 0, hintTerm: 0 });
    expect(leader.progress(3).state).toBe('snapshot');
    leader.drain();
    leader.tick();
    expect(leader.says().map((line) => line.slice(0, 14))).toEqual(['1->2 heartbeat', '1->3 heartbeat']);
  });

  it.each([1, 3])('leaves every %i ticks', (heartbeatTicks) => {
    const leader = new Member({ heartbeatTicks }).lead(2);
    leader.tick(9);
    expect(leader.says('heartbeat')).toHaveLength((2 * 9) / heartbeatTicks);
  });

  it('makes a follower commit what it says, and no less than before', () => {
    const member = new Member({ log: '1 1 1', commit: 1 });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 3 });
    expect(member.status.commit).toBe(3);
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 2 });
    expect(member.status.commit).toBe(3);
    expect(member.says()).toEqual(['1->2 heard(1)', '1->2 heard(1)']);
  });

  it('that speaks of entries which we do not have commits nothing, is answered, and said to be an error', () => {
    const said: string[] = [];
    const member = new Member({ log: '1', logger: { log: (level, text) => void said.push(`${level} ${text}`) } });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 5 });
    expect(member.says()).toEqual(['1->2 heard(1)']);
    expect(member.status.commit).toBe(0);
    expect(said.at(-1)).toMatch(
      /^error 1 does not believe a heartbeat of 2: .* 5 .* ends at 1\. Was the log of 1 lost/,
    );
  });
});

describe('what a leader knows of a peer', () => {
  const probing = () => {
    const leader = new Member({ log: '1 1', term: 1 }).lead(2);
    leader.acked(2, 3).drain();
    return leader;
  };

  it('begins as a probe at its own end: one append, then silence until an answer', () => {
    const leader = probing();
    expect(leader.progress(3)).toMatchObject({ state: 'probe', match: 0, next: 3, paused: true });
    leader.propose('x');
    expect(leader.says('appendEntries').filter((line) => line.startsWith('1->3'))).toEqual([]);
  });

  it('becomes a stream with the first match', () => {
    const leader = probing().acked(3, 3);
    expect(leader.progress(3)).toMatchObject({ state: 'replicate', match: 3, next: 4, paused: false });
    leader.drain();
    leader.propose('x');
    leader.propose('y');
    expect(leader.says().filter((line) => line.startsWith('1->3'))).toEqual([
      '1->3 append(2) after 2.3 [2.4 x] commit 3',
      '1->3 append(2) after 2.4 [2.5 y] commit 3',
    ]);
    expect(leader.progress(3)).toMatchObject({ match: 3, next: 6, inflightCount: 2 });
  });

  it('falls back to a probe when the peer cannot be reached, and only then', () => {
    const leader = probing().acked(3, 3);
    leader.propose('x');
    leader.drain();
    leader.node.reportUnreachable(3);
    expect(leader.progress(3)).toMatchObject({ state: 'probe', match: 3, next: 4, inflightCount: 0 });
    leader.node.reportUnreachable(3);
    leader.node.reportUnreachable(99);
    expect(leader.progress(3)).toMatchObject({ state: 'probe', match: 3, next: 4 });
  });

  it('is asked again after an answered heartbeat: one append', () => {
    const leader = probing().hears({ type: 'heartbeatResponse', from: 3 });
    expect(leader.says()).toEqual(['1->3 append(2) after 1.2 [2.3 -] commit 3']);
    expect(leader.progress(3).paused).toBe(true);
  });

  it('leads out of a probe when the peer turns out to lack nothing', () => {
    const leader = probing().acked(3, 3);
    leader.drain();
    leader.node.reportUnreachable(3);
    leader.hears({ type: 'heartbeatResponse', from: 3 });
    expect(leader.says()).toEqual(['1->3 append(2) after 2.3 [] commit 3']);
    leader.acked(3, 3);
    expect(leader.progress(3).state).toBe('replicate');
  });

  it.each([
    { name: 'an older acceptance', index: 1, rejected: false },
    { name: 'the same acceptance', index: 3, rejected: false },
    { name: 'a refusal of what it has', index: 2, rejected: true },
    { name: 'a refusal of the last that it has', index: 3, rejected: true },
  ])('is not lowered by $name', ({ index, rejected }) => {
    const leader = probing().acked(3, 3);
    leader.drain();
    leader.hears({ type: 'appendEntriesResponse', from: 3, index, rejected, hintIndex: 0, hintTerm: 0 });
    expect(leader.progress(3)).toMatchObject({ state: 'replicate', match: 3, next: 4 });
    expect(leader.says()).toEqual([]);
  });

  it('goes back to what is known to match when a stream breaks', () => {
    const leader = probing().acked(3, 3);
    for (const payload of ['x', 'y', 'z']) leader.propose(payload);
    leader.drain();
    leader.hears({ type: 'appendEntriesResponse', from: 3, index: 5, rejected: true, hintIndex: 4, hintTerm: 2 });
    expect(leader.progress(3)).toMatchObject({ state: 'probe', match: 3, next: 4, paused: true });
    expect(leader.says()).toEqual(['1->3 append(2) after 2.3 [2.4 x, 2.5 y, 2.6 z] commit 3']);
  });

  it('does not listen to the refusal of a probe that it did not send', () => {
    const leader = probing();
    leader.hears({ type: 'appendEntriesResponse', from: 3, index: 7, rejected: true, hintIndex: 0, hintTerm: 0 });
    leader.hears({ type: 'appendEntriesResponse', from: 3, index: 1, rejected: true, hintIndex: 0, hintTerm: 0 });
    expect(leader.progress(3)).toMatchObject({ next: 3, paused: true });
    expect(leader.says()).toEqual([]);
  });

  it('counts what a later answer says even if an earlier one was lost', () => {
    const leader = probing().acked(3, 3);
    for (const payload of ['x', 'y', 'z']) leader.propose(payload);
    leader.drain();
    leader.acked(3, 6);
    expect(leader.progress(3)).toMatchObject({ match: 6, next: 7, inflightCount: 0 });
  });

  it('is shown by the leader alone', () => {
    expect(new Member().status.progress).toBeUndefined();
    expect([...(probing().status.progress?.keys() ?? [])]).toEqual([1, 2, 3]);
  });
});

describe('an answer from somebody who is no member', () => {
  it.each(['appendEntriesResponse', 'heartbeatResponse', 'requestVoteResponse', 'preVoteResponse'] as const)(
    'changes nothing and is reported: %s',
    (type) => {
      const leader = probingAlone();
      const answer = { type, from: 9, to: 1, term: 50, index: 1, rejected: false, granted: false };
      expect(leader.node.step(answer as never)).toBe('peerNotFound');
      expect(leader.status).toMatchObject({ role: 'leader', term: 1 });
    },
  );
  const probingAlone = () => new Member().lead(2);
});

describe('entries', () => {
  it('that were replaced before they were written are not taken for written ones', () => {
    const member = new Member({ term: 1 });
    member.hears(append(1, '0.0', '1 1 1'));
    const ready = member.node.ready();
    // A new leader replaces what is being written.
    member.hears(append(2, '1.1', '2 2', 0, 3));
    member.handle(ready);
    member.drain();
    expect(member.terms).toBe('1 2 2');
    expect(member.status.lastIndex).toBe(3);
  });

  it('keep their terms and indexes beyond 32 bits', () => {
    const big = 2 ** 40;
    const member = new Member({ snapshot: `${big}.${big}`, term: big });
    member.hears({ ...append(big + 1, `${big}.${big}`, ''), entries: entriesAfter(big, String(big + 1)) } as never);
    expect(member.says()).toEqual([`1->2 appended(${big + 1}) ${big + 1}`]);
    expect(member.status).toMatchObject({ term: big + 1, lastIndex: big + 1 });
  });
});
