import { describe, expect, it } from 'vitest';
import { type Role, simpleConfState } from '../../src/raft/index.js';
import { append, type Beginning, Member, type Spoken } from '../support/raft-member.js';
import { parseChange, textOfMessage, textOfReady } from '../support/raft-text.js';

const candidate = (member: Member): Member => {
  member.node.campaign();
  member.drain();
  return member;
};

describe('waiting for a leader (Raft §5.2)', () => {
  it.each([0, 1, 5, 9])('campaigns exactly on tick 10 + %i, as the draw says', (draw) => {
    const member = new Member({ random: () => draw }).tick(10 + draw - 1);
    expect(member.status).toMatchObject({ role: 'follower', term: 0 });
    member.tick();
    expect(member.status).toMatchObject({ role: 'candidate', term: 1 });
  });

  it('draws from the number of election ticks, once at each reset and not when it only asks around', () => {
    const asked: number[] = [];
    const random = (n: number) => {
      asked.push(n);
      return 0;
    };
    const member = new Member({ random, preVote: true });
    expect(asked).toEqual([10]);
    member.tick(10);
    expect(member.status.role).toBe('preCandidate');
    expect(asked).toEqual([10]);
    member.drain();
    member.hears({ type: 'preVoteResponse', from: 2, term: 1, granted: true });
    expect(member.status.role).toBe('candidate');
    expect(asked).toEqual([10, 10]);
  });

  it('does not campaign while heartbeats arrive', () => {
    const member = new Member({ term: 1 });
    for (let round = 0; round < 20; round++)
      member.tick(9).hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    expect(member.status).toMatchObject({ role: 'follower', term: 1, leader: 2 });
  });

  it.each<{ who: string; beginning: Beginning }>([
    { who: 'a learner', beginning: { id: 4, members: '1 2 3 learners 4' } },
    { who: 'a removed member', beginning: { id: 4, members: '1 2 3' } },
    { who: 'a member of nothing yet', beginning: { members: '' } },
  ])('is never done by $who', ({ beginning }) => {
    const member = new Member(beginning).tick(100);
    member.node.campaign();
    member.hears({ type: 'timeoutNow', from: 2, term: 0 });
    expect(member.status).toMatchObject({ role: 'follower', term: 0 });
    expect(member.says()).toEqual([]);
  });

  it('is not followed by a campaign before a snapshot that arrived is applied', () => {
    const member = new Member({ term: 1 });
    const metadata = { index: 5, term: 1, confState: member.status.confState };
    member.hears({ type: 'installSnapshot', from: 2, snapshot: { metadata, data: new Uint8Array() } });
    member.tick(30);
    expect(member.status).toMatchObject({ role: 'follower', term: 1 });
    member.drain();
    member.tick(10);
    expect(member.status).toMatchObject({ role: 'candidate', term: 2 });
  });
});

describe('a campaign', () => {
  it('is one Ready: a new term, a vote for ourselves, and a request to every other voter', () => {
    const member = new Member({ log: '1 2', term: 2 });
    member.hears(append(2, '2.2', ''));
    member.drain();
    member.node.campaign();
    expect(textOfReady(member.node.ready())).toEqual([
      'soft candidate leader 0',
      'hard term 3 vote 1 commit 0',
      'sync',
      'send 1->2 vote?(3) last 2.2',
      'send 1->3 vote?(3) last 2.2',
    ]);
  });

  it('asks both halves of a joint configuration, in the order of the ids', () => {
    const member = new Member({ members: '1 10 9 outgoing 1 2 3 learners 4' });
    member.node.campaign();
    expect(member.says('requestVote').map((line) => line.split(' ')[0])).toEqual(['1->2', '1->3', '1->9', '1->10']);
  });

  it('takes a single voter three Readys to win and to commit: vote, first entry, commit', () => {
    const member = new Member({ members: '1' });
    member.node.campaign();
    const readys: string[][] = [];
    while (member.node.hasReady()) readys.push(textOfReady(member.handle(member.node.ready())));
    expect(readys).toEqual([
      ['soft candidate leader 0', 'hard term 1 vote 1 commit 0', 'sync'],
      ['soft leader leader 1', 'write [1.1 -]', 'sync'],
      ['hard term 1 vote 1 commit 1', 'apply [1.1 -]'],
    ]);
  });

  it('does nothing on a leader', () => {
    const member = new Member().lead(2);
    member.node.campaign();
    expect(member.status).toMatchObject({ role: 'leader', term: 1 });
  });

  it('is refused while a committed membership change is not applied, so that nobody counts an old quorum', () => {
    const member = new Member({ term: 1 });
    const change = parseChange('+4');
    member.hears({
      ...append(1, '0.0', '', 1),
      type: 'appendEntries',
      prevLogIndex: 0,
      prevLogTerm: 0,
      leaderCommit: 1,
      entries: [{ kind: 'confChange', term: 1, index: 1, change }],
    });
    member.node.campaign();
    expect(member.status).toMatchObject({ role: 'follower', term: 1 });
    member.tick(40);
    expect(member.status).toMatchObject({ role: 'follower', term: 1 });
    member.drain();
    member.node.campaign();
    expect(member.status).toMatchObject({ role: 'candidate', term: 2 });
  });

  it('waits, and does not throw, while storage still fetches the entries that may hold a membership change', () => {
    let away = true;
    const member = new Member({
      log: '1 1',
      commit: 2,
      wrap: (storage) =>
        Object.assign(Object.create(storage) as typeof storage, {
          initialState: () => storage.initialState(),
          firstIndex: () => storage.firstIndex(),
          lastIndex: () => storage.lastIndex(),
          term: (index: number) => storage.term(index),
          snapshot: () => storage.snapshot(),
          entries: (lo: number, hi: number, max: number) => {
            if (away) throw Object.assign(new Error('unavailable'), { code: 'unavailable' });
            return storage.entries(lo, hi, max);
          },
        }),
    });
    expect(() => member.tick(10)).not.toThrow();
    expect(member.status).toMatchObject({ role: 'follower', term: 1 });
    away = false;
    member.tick(10);
    expect(member.status).toMatchObject({ role: 'candidate', term: 2 });
  });

  it.each([
    { voters: '1', yes: [], no: [], role: 'leader' },
    { voters: '1 2', yes: [2], no: [], role: 'leader' },
    { voters: '1 2', yes: [], no: [2], role: 'follower' },
    { voters: '1 2 3', yes: [2], no: [3], role: 'leader' },
    { voters: '1 2 3', yes: [], no: [2], role: 'candidate' },
    { voters: '1 2 3', yes: [], no: [2, 3], role: 'follower' },
    { voters: '1 2 3 4 5', yes: [2], no: [], role: 'candidate' },
    { voters: '1 2 3 4 5', yes: [2, 3], no: [4, 5], role: 'leader' },
    { voters: '1 2 3 4 5', yes: [2, 2, 2], no: [], role: 'candidate' },
    { voters: '1 2 3 learners 4', yes: [4], no: [], role: 'candidate' },
    { voters: '1 2 outgoing 1 3', yes: [2], no: [], role: 'candidate' },
    { voters: '1 2 outgoing 1 3', yes: [2, 3], no: [], role: 'leader' },
    { voters: '1 2 outgoing 1 3', yes: [2], no: [3], role: 'follower' },
  ])('among $voters ends as $role with yes from $yes and no from $no', ({ voters, yes, no, role }) => {
    const member = candidate(new Member({ members: voters }));
    for (const from of yes) member.hears({ type: 'requestVoteResponse', from, granted: true });
    for (const from of no) member.hears({ type: 'requestVoteResponse', from, granted: false });
    expect(member.status).toMatchObject({ role, term: 1 });
  });

  it('counts the first answer of a voter and not a later one', () => {
    const member = candidate(new Member());
    member.hears({ type: 'requestVoteResponse', from: 2, granted: false });
    member.hears({ type: 'requestVoteResponse', from: 2, granted: true });
    expect(member.status.role).toBe('candidate');
  });

  it('does not count our own vote before it is durable', () => {
    const member = new Member({ members: '1 2 3' });
    member.node.campaign();
    const ready = member.node.ready();
    member.hears({ type: 'requestVoteResponse', from: 2, granted: true });
    expect(member.status.role).toBe('candidate');
    member.handle(ready);
    expect(member.status.role).toBe('leader');
  });

  it('does not count our own vote in a role that we took meanwhile', () => {
    const member = new Member({ members: '1' });
    member.node.campaign();
    const ready = member.node.ready();
    member.hears({ type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 });
    member.handle(ready);
    expect(member.status).toMatchObject({ role: 'follower', leader: 2, term: 1 });
  });

  it('ends when a leader of the same term is heard', () => {
    const messages: Spoken[] = [
      append(1, '0.0', '1'),
      { type: 'heartbeat', from: 2, term: 1, leaderCommit: 0 },
      {
        type: 'installSnapshot',
        from: 2,
        term: 1,
        snapshot: {
          metadata: {
            index: 3,
            term: 1,
            confState: simpleConfState([1, 2, 3]),
          },
          data: new Uint8Array(),
        },
      },
    ];
    for (const message of messages) {
      const member = candidate(new Member()).hears(message);
      expect(member.status).toMatchObject({ role: 'follower', leader: 2, term: 1, vote: 1 });
      expect(member.says()).toHaveLength(1);
    }
  });
});

describe('the first thing that a leader does', () => {
  it('is to write one empty entry of its term and to send it in the same Ready', () => {
    const member = candidate(new Member({ log: '1 2', term: 2, commit: 1 }));
    member.hears({ type: 'requestVoteResponse', from: 3, granted: true });
    expect(textOfReady(member.node.ready())).toEqual([
      'soft leader leader 1',
      'write [3.3 -]',
      'sync',
      'send 1->2 append(3) after 2.2 [3.3 -] commit 1',
      'send 1->3 append(3) after 2.2 [3.3 -] commit 1',
    ]);
    expect(member.progress(2)).toMatchObject({ state: 'probe', match: 0, next: 3, paused: true });
  });
});

describe('the answer to a candidate (Raft §5.4.1)', () => {
  // Every case: 2 asks in term 3, and our log is 1.1 2.2.
  const ours = { log: '1 2' };
  it.each([
    { last: '2.2', vote: 0, term: 3, granted: true, because: 'the logs are level' },
    { last: '2.3', vote: 0, term: 3, granted: true, because: 'their log is longer' },
    { last: '3.1', vote: 0, term: 3, granted: true, because: 'their last term is newer, though shorter' },
    { last: '2.1', vote: 0, term: 3, granted: false, because: 'their log is shorter' },
    { last: '1.9', vote: 0, term: 3, granted: false, because: 'their last term is older, though longer' },
    { last: '0.0', vote: 0, term: 3, granted: false, because: 'they have nothing' },
    { last: '2.2', vote: 2, term: 3, granted: true, because: 'we already voted for them' },
    { last: '2.2', vote: 3, term: 3, granted: false, because: 'we already voted for 3' },
    { last: '2.1', vote: 2, term: 3, granted: false, because: 'we voted for them, but their log is behind' },
    { last: '2.2', vote: 3, term: 2, granted: true, because: 'our vote was of an older term' },
    {
      last: '2.1',
      vote: 0,
      term: 2,
      granted: false,
      because: 'a newer term does not make up for a log that is behind',
    },
  ])('is $granted when $because', ({ last, vote, term, granted }) => {
    const [lastLogTerm, lastLogIndex] = last.split('.').map(Number) as [number, number];
    const member = new Member({ ...ours, term, vote });
    member.hears({ type: 'requestVote', from: 2, term: 3, lastLogIndex, lastLogTerm });
    expect(member.says()).toEqual([`1->2 vote(3) ${granted ? 'yes' : 'no'}`]);
    expect(member.status).toMatchObject({ term: 3, vote: granted ? 2 : term === 3 ? vote : 0 });
  });

  it('is no when a leader of that term is known, though we did not vote', () => {
    const member = new Member({ ...ours, term: 3 }).hears({ type: 'heartbeat', from: 3, term: 3, leaderCommit: 0 });
    member.drain();
    member.hears({ type: 'requestVote', from: 2, term: 3, lastLogIndex: 9, lastLogTerm: 3 });
    expect(member.says()).toEqual(['1->2 vote(3) no']);
  });

  it('leaves after the vote is on disk, in the same Ready', () => {
    const member = new Member(ours);
    member.hears({ type: 'requestVote', from: 2, term: 3, lastLogIndex: 2, lastLogTerm: 2 });
    expect(textOfReady(member.node.ready())).toEqual([
      'hard term 3 vote 2 commit 0',
      'sync',
      'then send 1->2 vote(3) yes',
    ]);
  });

  it('is the same again to the same candidate, and no to another of that term', () => {
    const member = new Member(ours);
    for (const from of [2, 3, 2]) member.hears({ type: 'requestVote', from, term: 3, lastLogIndex: 2, lastLogTerm: 2 });
    expect(member.says()).toEqual(['1->2 vote(3) yes', '1->3 vote(3) no', '1->2 vote(3) yes']);
  });

  it('may be yes from a learner, who may not know yet that it is a voter', () => {
    const member = new Member({ id: 4, members: '1 2 3 learners 4' });
    member.hears({ type: 'requestVote', from: 2, term: 1, lastLogIndex: 0, lastLogTerm: 0 });
    expect(member.says()).toEqual(['4->2 vote(1) yes']);
  });

  it.each<[string, Partial<Record<'log', string>>, boolean]>([
    ['a granted vote', { log: '1 2' }, true],
    ['a refused vote of the same term', { log: '1 2 2' }, false],
  ])('%s starts the wait anew only if it was granted', (_name, { log }, granted) => {
    const member = new Member({ log: log ?? '', term: 3 }).tick(9);
    member.hears({ type: 'requestVote', from: 2, term: 3, lastLogIndex: 2, lastLogTerm: 2 });
    member.tick();
    expect(member.status.role).toBe(granted ? 'follower' : 'candidate');
  });

  it('lets a hopeless candidate with ever newer terms not keep us from campaigning', () => {
    const member = new Member({ log: '1 2', term: 2 });
    for (let round = 0; round < 6 && member.status.role === 'follower'; round++) {
      member.tick(5);
      member.hears({ type: 'requestVote', from: 2, term: 3 + round, lastLogIndex: 0, lastLogTerm: 0 });
    }
    expect(member.status.role).toBe('candidate');
  });
});

describe('asking around first (pre-vote, thesis §9.6)', () => {
  const preVoter = { preVote: true, log: '1 2', term: 2 };

  it('changes neither term nor vote, and needs no disk', () => {
    const member = new Member(preVoter).tick(10);
    expect(textOfReady(member.node.ready())).toEqual([
      'soft preCandidate leader 0',
      'send 1->2 prevote?(3) last 2.2',
      'send 1->3 prevote?(3) last 2.2',
    ]);
    expect(member.status).toMatchObject({ term: 2, vote: 0 });
  });

  it('keeps the term frozen however long nobody answers', () => {
    const member = new Member(preVoter);
    for (let i = 0; i < 100; i++) {
      member.tick();
      member.drain();
    }
    expect(member.status).toMatchObject({ role: 'preCandidate', term: 2 });
  });

  it('becomes a real election when a quorum would vote for us', () => {
    const member = new Member(preVoter).tick(10);
    member.drain();
    member.hears({ type: 'preVoteResponse', from: 3, term: 3, granted: true });
    expect(member.status).toMatchObject({ role: 'candidate', term: 3, vote: 1 });
    expect(member.says()).toEqual(['1->2 vote?(3) last 2.2', '1->3 vote?(3) last 2.2']);
  });

  it('ends when a quorum would not, in the same term', () => {
    const member = new Member(preVoter).tick(10);
    member.drain();
    member.hears({ type: 'preVoteResponse', from: 2, granted: false });
    expect(member.status.role).toBe('preCandidate');
    member.hears({ type: 'preVoteResponse', from: 3, granted: false });
    expect(member.status).toMatchObject({ role: 'follower', term: 2 });
  });

  it('takes over the newer term that a refusal speaks of', () => {
    const member = new Member(preVoter).tick(10);
    member.drain();
    member.hears({ type: 'preVoteResponse', from: 2, term: 7, granted: false });
    expect(member.status).toMatchObject({ role: 'follower', term: 7, vote: 0 });
  });

  it('does not take an answer to it for a vote', () => {
    const member = new Member({ ...preVoter, members: '1 2 3 4 5' }).tick(10);
    member.drain();
    for (const from of [2, 3]) member.hears({ type: 'preVoteResponse', from, term: 3, granted: true });
    member.drain();
    expect(member.status.role).toBe('candidate');
    for (const from of [4, 5]) member.hears({ type: 'preVoteResponse', from, term: 3, granted: true });
    expect(member.status.role).toBe('candidate');
  });

  it('does not count an answer to an earlier round, of another term', () => {
    const member = new Member({ ...preVoter }).tick(10);
    member.drain();
    // Another member moves us to term 3; we ask again, now about term 4.
    member.hears({ type: 'requestVote', from: 3, term: 3, lastLogIndex: 0, lastLogTerm: 0 });
    member.drain();
    member.tick(20);
    member.drain();
    expect(member.status).toMatchObject({ role: 'preCandidate', term: 3 });
    member.hears({ type: 'preVoteResponse', from: 2, term: 3, granted: true });
    expect(member.status.role).toBe('preCandidate');
  });

  // Every case: 2 asks about term 4; our log is 1.1 2.2.
  it.each([
    { ours: 3, vote: 0, last: '2.2', answer: 'prevote(4) yes', because: 'we would vote for them' },
    { ours: 3, vote: 3, last: '2.2', answer: 'prevote(4) yes', because: 'our vote is of an older term' },
    { ours: 3, vote: 0, last: '2.1', answer: 'prevote(3) no', because: 'their log is behind' },
    { ours: 4, vote: 3, last: '2.2', answer: 'prevote(4) no', because: 'we voted for 3 in that term' },
    { ours: 4, vote: 0, last: '2.2', answer: 'prevote(4) yes', because: 'we have not voted in that term' },
    { ours: 6, vote: 0, last: '2.2', answer: 'prevote(6) no', because: 'their term is over' },
  ])('is answered with $answer when $because', ({ ours, vote, last, answer }) => {
    const [lastLogTerm, lastLogIndex] = last.split('.').map(Number) as [number, number];
    const member = new Member({ log: '1 2', term: ours, vote });
    member.hears({ type: 'preVote', from: 2, term: 4, lastLogIndex, lastLogTerm });
    expect(member.says()).toEqual([`1->2 ${answer}`]);
    expect(member.status).toMatchObject({ term: ours, vote });
  });

  it('may be granted to two, but the vote only to one', () => {
    const member = new Member({ log: '1', term: 1 });
    const last = { lastLogIndex: 1, lastLogTerm: 1 };
    for (const from of [2, 3]) member.hears({ type: 'preVote', from, term: 2, ...last });
    for (const from of [2, 3]) member.hears({ type: 'requestVote', from, term: 2, ...last });
    expect(member.says()).toEqual([
      '1->2 prevote(2) yes',
      '1->3 prevote(2) yes',
      '1->2 vote(2) yes',
      '1->3 vote(2) no',
    ]);
  });
});

describe('a message of a newer term', () => {
  const confState = simpleConfState([1, 2, 3]);
  const snapshot = { metadata: { index: 9, term: 4, confState }, data: new Uint8Array() };
  const last = { lastLogIndex: 0, lastLogTerm: 0 };
  const roles: { role: Role; begin: () => Member }[] = [
    { role: 'follower', begin: () => new Member({ log: '1', term: 1 }) },
    { role: 'candidate', begin: () => candidate(new Member({ log: '1', term: 1 })) },
    { role: 'preCandidate', begin: () => candidate(new Member({ log: '1', term: 1, preVote: true })) },
    { role: 'leader', begin: () => new Member({ log: '1', term: 1 }).lead(2) },
  ];
  const messages: { message: Spoken; leader: number }[] = [
    { message: append(9, '0.0', ''), leader: 2 },
    { message: { type: 'heartbeat', from: 2, term: 9, leaderCommit: 0 }, leader: 2 },
    { message: { type: 'installSnapshot', from: 2, term: 9, snapshot }, leader: 2 },
    { message: { type: 'appendEntriesResponse', from: 2, term: 9, index: 0, rejected: false }, leader: 0 },
    { message: { type: 'heartbeatResponse', from: 2, term: 9 }, leader: 0 },
    { message: { type: 'requestVote', from: 2, term: 9, ...last }, leader: 0 },
    { message: { type: 'requestVoteResponse', from: 2, term: 9, granted: true }, leader: 0 },
    { message: { type: 'preVoteResponse', from: 2, term: 9, granted: false }, leader: 0 },
  ];
  for (const { role, begin } of roles) {
    it.each(messages)(`makes a ${role} a follower in that term: $message.type`, ({ message, leader }) => {
      const member = begin();
      expect(member.status.role).toBe(role);
      member.hears(message);
      expect(member.status).toMatchObject({ role: 'follower', term: 9, vote: 0, leader });
    });

    it(`does not move a ${role} when it only asks around`, () => {
      const member = begin();
      const { term } = member.status;
      member.hears({ type: 'preVote', from: 2, term: 9, ...last });
      expect(member.status).toMatchObject({ role, term });
    });
  }
});

describe('a message of an older term', () => {
  const last = { lastLogIndex: 9, lastLogTerm: 9 };
  it.each<{ message: Spoken; answer: string[]; careful: string[] }>([
    { message: append(2, '0.0', '2'), answer: [], careful: ['1->2 appended(5) 0'] },
    {
      message: { type: 'heartbeat', from: 2, term: 2, leaderCommit: 0 },
      answer: [],
      careful: ['1->2 appended(5) 0'],
    },
    {
      message: { type: 'preVote', from: 2, term: 2, ...last },
      answer: ['1->2 prevote(5) no'],
      careful: ['1->2 prevote(5) no'],
    },
    { message: { type: 'requestVote', from: 2, term: 2, ...last }, answer: [], careful: [] },
    { message: { type: 'timeoutNow', from: 2, term: 2 }, answer: [], careful: [] },
    { message: { type: 'requestVoteResponse', from: 2, term: 2, granted: true }, answer: [], careful: [] },
  ])('is not heard, but whoever is stuck in it is told: $message.type', ({ message, answer, careful }) => {
    for (const [options, lines] of [
      [{}, answer],
      [{ preVote: true }, careful],
      [{ checkQuorum: true }, careful],
    ] as const) {
      const member = new Member({ term: 5, log: '1', ...options });
      expect(member.hears(message).says()).toEqual(lines);
      expect(member.status).toMatchObject({ role: 'follower', term: 5, leader: 0, vote: 0 });
    }
  });

  it('from a peer does not move the progress that a leader keeps of it', () => {
    const member = new Member({ log: '1 1', term: 1 }).lead(2);
    member.hears({ type: 'appendEntriesResponse', from: 2, term: 1, index: 2, rejected: false });
    expect(member.progress(2)).toMatchObject({ match: 0, state: 'probe' });
  });
});

describe('loyalty to a leader that is heard (thesis §4.2.3)', () => {
  const asks = (type: 'requestVote' | 'preVote', leadershipTransfer = false): Spoken => ({
    type,
    from: 3,
    term: 8,
    lastLogIndex: 9,
    lastLogTerm: 2,
    ...(leadershipTransfer && { leadershipTransfer }),
  });
  const led = (options: Beginning) => {
    const member = new Member({ term: 2, random: () => 9, ...options });
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 0 });
    member.drain();
    return member;
  };

  it.each(['requestVote', 'preVote'] as const)('does not even answer a %s', (type) => {
    const member = led({ checkQuorum: true }).tick(9).hears(asks(type));
    expect(member.says()).toEqual([]);
    expect(member.status).toMatchObject({ term: 2, leader: 2 });
  });

  it.each(['requestVote', 'preVote'] as const)('ends after the election ticks: a %s is answered again', (type) => {
    const member = led({ checkQuorum: true }).tick(10).hears(asks(type));
    expect(member.says()).toHaveLength(1);
  });

  it('gives way to a candidate that the leader itself has asked to take over', () => {
    const member = led({ checkQuorum: true }).hears(asks('requestVote', true));
    expect(member.says()).toEqual(['1->3 vote(8) yes']);
  });

  it('comes with checkQuorum and not with pre-vote alone', () => {
    const member = led({ preVote: true }).hears(asks('requestVote'));
    expect(member.says()).toEqual(['1->3 vote(8) yes']);
  });

  it('is given up at once by whoever forgets its leader, which keeps term and timer', () => {
    const member = led({ checkQuorum: true, preVote: true }).tick(5);
    member.node.forgetLeader();
    expect(textOfReady(member.handle(member.node.ready()))).toEqual(['soft follower leader 0']);
    member.hears(asks('preVote'));
    expect(member.says()).toEqual(['1->3 prevote(8) yes']);
    member.hears({ type: 'heartbeat', from: 2, leaderCommit: 0 });
    expect(member.status).toMatchObject({ term: 2, leader: 2 });
  });

  it('is nothing that a leader or a candidate could forget', () => {
    const leader = new Member().lead(2);
    leader.node.forgetLeader();
    expect(leader.status).toMatchObject({ role: 'leader', leader: 1 });
    const other = candidate(new Member());
    other.node.forgetLeader();
    expect(other.node.hasReady()).toBe(false);
  });
});

describe('a leader that counts its followers (checkQuorum, thesis §6.2)', () => {
  it('steps down in its term when nobody was heard of since the last check', () => {
    const member = new Member({ checkQuorum: true }).lead(2);
    member.tick(9);
    expect(member.status.role).toBe('leader');
    member.tick();
    expect(member.status).toMatchObject({ role: 'follower', leader: 0, term: 1 });
  });

  it.each([
    { members: '1 2 3', active: [2], leads: true },
    { members: '1 2 3', active: [], leads: false },
    { members: '1 2 3 4 5', active: [2], leads: false },
    { members: '1 2 3 4 5', active: [2, 5], leads: true },
    { members: '1 2 3 learners 4', active: [4], leads: false },
    { members: '1 2 outgoing 1 3', active: [2], leads: false },
    { members: '1 2 outgoing 1 3', active: [2, 3], leads: true },
    { members: '1', active: [], leads: true },
  ])('of $members stays leader: $leads, when $active answer', ({ members, active, leads }) => {
    const voters = [2, 3, 4, 5].filter((id) => members.includes(String(id)));
    const member = new Member({ members, checkQuorum: true }).lead(...voters);
    for (const from of active) member.hears({ type: 'heartbeatResponse', from });
    member.tick(10);
    expect(member.status.role).toBe(leads ? 'leader' : 'follower');
  });

  it('asks anew in each period', () => {
    const member = new Member({ checkQuorum: true }).lead(2);
    member.hears({ type: 'heartbeatResponse', from: 2 }).tick(10);
    expect(member.status.role).toBe('leader');
    member.tick(10);
    expect(member.status.role).toBe('follower');
  });

  it('without it leads on for ever', () => {
    expect(new Member().lead(2).tick(100).status.role).toBe('leader');
  });
});

describe('between ready and advance', () => {
  it('nothing that arrives is lost, and nothing is said before the next Ready', () => {
    const member = new Member({ term: 1 });
    member.hears(append(1, '0.0', '1 1'));
    const ready = member.node.ready();
    member.hears(append(1, '1.2', '1'));
    member.handle(ready);
    expect(ready.messagesAfterPersist.map(textOfMessage)).toEqual(['1->2 appended(1) 2']);
    expect(textOfReady(member.handle(member.node.ready()))).toEqual([
      'write [1.3 e3]',
      'sync',
      'then send 1->2 appended(1) 3',
    ]);
  });
});
