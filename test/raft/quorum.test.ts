import { describe, expect, it } from 'vitest';
import { jointIndex, jointVote, majorityIndex, majorityVote } from '../../src/raft/quorum.js';

/** `5 _ 3`: members 1, 2, 3 acked 5, nothing, 3. The voters are the members of the row. */
function acks(row: string): { voters: Set<number>; acked: (id: number) => number | undefined } {
  const words = row.split(' ').filter((it) => it !== '');
  const values = new Map(words.map((word, i) => [i + 1, word === '_' ? undefined : Number(word)]));
  return { voters: new Set(values.keys()), acked: (id) => values.get(id) };
}

/** `y n _`: members 1, 2, 3 said yes, no, nothing yet. */
function votes(row: string): { voters: Set<number>; vote: (id: number) => boolean | undefined } {
  const words = row.split(' ').filter((it) => it !== '');
  const values = new Map(words.map((word, i) => [i + 1, word === '_' ? undefined : word === 'y']));
  return { voters: new Set(values.keys()), vote: (id) => values.get(id) };
}

describe('what a majority has (Raft §5.3)', () => {
  it.each([
    { acked: '', index: Infinity, because: 'nobody has to agree' },
    { acked: '7', index: 7, because: 'one voter decides alone' },
    { acked: '_', index: 0, because: 'the only voter is silent' },
    { acked: '12 9', index: 9, because: 'of two both must have it' },
    { acked: '12 _', index: 0, because: 'of two both must have it' },
    { acked: '12 _ 9', index: 9, because: 'two of three are enough' },
    { acked: '12 5 9', index: 9, because: 'the middle one decides' },
    { acked: '7 7 7', index: 7, because: 'they are level' },
    { acked: '9 12 3 4', index: 4, because: 'of four it takes three' },
    { acked: '9 12 _ _', index: 0, because: 'half is not a majority' },
    { acked: '1 2 3 4 5', index: 3, because: 'of five the third decides' },
    { acked: '101 9 10 100 11', index: 11, because: 'indexes are numbers and not words' },
    { acked: '6 5 4 3 2 1', index: 3, because: 'of six it takes four' },
  ])('is $index of [$acked] because $because', ({ acked, index }) => {
    const row = acks(acked);
    expect(majorityIndex(row.voters, row.acked)).toBe(index);
  });

  it('agrees with counting, for every way in which five voters may have acked', () => {
    const values = [undefined, 1, 2, 3];
    for (let code = 0; code < values.length ** 5; code++) {
      const row = Array.from({ length: 5 }, (_, i) => values[Math.floor(code / values.length ** i) % values.length]);
      const voters = new Set([1, 2, 3, 4, 5]);
      const counted = [3, 2, 1].find((index) => row.filter((it) => (it ?? 0) >= index).length >= 3) ?? 0;
      expect(majorityIndex(voters, (id) => row[id - 1])).toBe(counted);
    }
  });
});

describe('what both halves of a joint configuration have (thesis §4.3)', () => {
  it.each([
    { incoming: [1, 2, 3], outgoing: [], acked: '9 9 _ _ _', index: 9, because: 'there is one half only' },
    { incoming: [1, 2, 3], outgoing: [3, 4, 5], acked: '9 9 _ _ _', index: 0, because: 'the old half has nothing' },
    { incoming: [3, 4, 5], outgoing: [1, 2, 3], acked: '9 9 _ _ _', index: 0, because: 'the new half has nothing' },
    { incoming: [1, 2, 3], outgoing: [3, 4, 5], acked: '9 8 7 6 5', index: 6, because: 'the slower half decides' },
    { incoming: [1, 2], outgoing: [1], acked: '9 4', index: 4, because: 'both voters of the new half are needed' },
    { incoming: [1], outgoing: [1, 2, 3], acked: '9 4 5', index: 5, because: 'two of the old half are needed' },
  ])('is $index with $incoming and $outgoing at [$acked] because $because', ({ incoming, outgoing, acked, index }) => {
    const voters = { incoming: new Set(incoming), outgoing: new Set(outgoing) };
    expect(jointIndex(voters, acks(acked).acked)).toBe(index);
  });
});

describe('how an election stands', () => {
  it.each([
    { votes: '', result: 'won' },
    { votes: 'y', result: 'won' },
    { votes: 'n', result: 'lost' },
    { votes: '_', result: 'pending' },
    { votes: 'y _', result: 'pending' },
    { votes: 'y n', result: 'lost' },
    { votes: 'y y', result: 'won' },
    { votes: 'y _ _', result: 'pending' },
    { votes: 'y n _', result: 'pending' },
    { votes: 'n n _', result: 'lost' },
    { votes: 'y y n', result: 'won' },
    { votes: 'y y _ _', result: 'pending' },
    { votes: 'y y n n', result: 'lost' },
    { votes: 'y y y n n', result: 'won' },
    { votes: 'y y n n n', result: 'lost' },
    { votes: 'y y n n _', result: 'pending' },
  ])('is $result after [$votes]', ({ votes: row, result }) => {
    const { voters, vote } = votes(row);
    expect(majorityVote(voters, vote)).toBe(result);
  });

  it.each([
    { incoming: [1, 2, 3], outgoing: [4, 5, 6], votes: 'y y _ y y _', result: 'won', because: 'both halves said yes' },
    { incoming: [1, 2, 3], outgoing: [4, 5, 6], votes: 'y y y y _ _', result: 'pending', because: 'one half is open' },
    { incoming: [1, 2, 3], outgoing: [4, 5, 6], votes: 'y y y y n n', result: 'lost', because: 'the old half said no' },
    { incoming: [1, 2, 3], outgoing: [4, 5, 6], votes: 'n n _ _ _ _', result: 'lost', because: 'the new half said no' },
    { incoming: [1, 2, 3], outgoing: [2, 3, 4], votes: '_ y y _', result: 'won', because: '2 and 3 are in both' },
    { incoming: [1, 2, 3], outgoing: [2, 3, 4], votes: 'y y _ y', result: 'won', because: 'each half has two' },
    { incoming: [1, 2, 3], outgoing: [2, 3, 4], votes: 'y n n y', result: 'lost', because: 'no half has two' },
  ])('is $result in a joint configuration when $because', ({ incoming, outgoing, votes: row, result }) => {
    const voters = { incoming: new Set(incoming), outgoing: new Set(outgoing) };
    expect(jointVote(voters, votes(row).vote)).toBe(result);
  });
});
