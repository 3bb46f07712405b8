import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/raft/index.js';
import { CommitNews } from '../../src/rpc/commit-news.js';

const base = { from: 1, to: 2, term: 3 };
const news = (leaderCommit: number, term = 3): Message => ({
  ...base,
  term,
  type: 'appendEntries',
  prevLogIndex: 7,
  prevLogTerm: 3,
  entries: [],
  leaderCommit,
});
const entries = (leaderCommit: number, term = 3): Message => ({
  ...base, term, type: 'appendEntries', prevLogIndex: 7, prevLogTerm: 3, leaderCommit,
  entries: [{ kind: 'normal', term, index: 8, data: new Uint8Array(1) }],
}); // prettier-ignore
const answer: Message = { ...base, type: 'appendEntriesResponse', index: 7, rejected: false };

describe('news of a commit index', () => {
  const cases: { what: string; batches: Message[][]; sent: Message[][]; left?: Message }[] = [
    { what: 'waits', batches: [[news(5)]], sent: [[]], left: news(5) },
    { what: 'gives way to later news', batches: [[news(5)], [news(6)]], sent: [[], []], left: news(6) },
    { what: 'is not sent beside entries that carry it', batches: [[news(5)], [entries(5)]], sent: [[], [entries(5)]] },
    { what: 'is not sent beside entries that carry more', batches: [[news(5)], [entries(6)]], sent: [[], [entries(6)]] },
    { what: 'goes before entries that carry less', batches: [[news(5)], [entries(4)]], sent: [[], [news(5), entries(4)]] },
    { what: 'goes before entries of an earlier term', batches: [[news(5)], [entries(5, 2)]], sent: [[], [news(5), entries(5, 2)]] },
    { what: 'goes before anything else', batches: [[news(5)], [answer]], sent: [[], [news(5), answer]] },
    { what: 'waits for nothing beside other messages', batches: [[answer, news(5)]], sent: [[answer, news(5)]] },
    { what: 'is no reason to send nothing as a message', batches: [[]], sent: [[]] },
  ]; // prettier-ignore

  it.each(cases)('$what', ({ batches, sent, left }) => {
    const held = new CommitNews();
    expect(batches.map((batch) => held.take(batch))).toEqual(sent);
    expect(held.waiting).toBe(left !== undefined);
    expect(held.release()).toEqual(left);
    expect(held.waiting).toBe(false);
  });
});
