import { describe, expect, it } from 'vitest';
import { brokenBank, brokenController, brokenQueue, brokenSingleton } from '../../scripts/front-failures/checks.js';
import type { Done, End } from '../../scripts/front-failures/history.js';
import { brokenOrder } from '../../scripts/front-failures/serial.js';

/** Transaction on lists as it is read aloud: `[call-return] saw x=ab y= appended x=c unknown`. */
function done(text: string): Done {
  const [, call, ended, saw = '', appended = '', result = 'ok'] =
    /^\[(\d+)-(\d+)\](?: saw ((?:\w=\w* ?)+))?(?: ?appended ((?:\w=\w ?)+))?(?: ?(unknown|failed))?$/.exec(text) ?? [];
  if (call === undefined) throw new Error(`not a transaction: ${text}`);
  const pairs = (of: string) =>
    of.split(' ').flatMap((one) => (one === '' ? [] : [one.split('=') as [string, string]]));
  return {
    call: Number(call),
    return: Number(ended),
    result: result as Done['result'],
    appended: Object.fromEntries(pairs(appended)),
    read: Object.fromEntries(pairs(saw).map(([list, values]) => [list, [...values]])),
  };
}

const orderOf = (lists: Record<string, string>, texts: readonly string[]) =>
  brokenOrder(texts.map(done), {
    lists: Object.fromEntries(Object.entries(lists).map(([list, values]) => [list, [...values]])),
  });

describe('an order of transactions', () => {
  it.each([
    { why: 'they follow each other', lists: { x: 'ab' }, texts: ['[0-1] appended x=a', '[2-3] saw x=a appended x=b'] },
    { why: 'a reader overlaps', lists: { x: 'a' }, texts: ['[0-5] appended x=a', '[1-2] saw x=', '[3-4] saw x=a'] },
    {
      why: 'an unknown one happened later',
      lists: { x: 'ba' },
      texts: ['[0-1] appended x=a unknown', '[2-3] appended x=b'],
    },
    { why: 'an unknown one never happened', lists: { x: '' }, texts: ['[0-1] appended x=a unknown', '[2-3] saw x='] },
    {
      why: 'two lists agree',
      lists: { x: 'a', y: 'b' },
      texts: ['[0-9] saw y= appended x=a', '[0-9] saw x=a appended y=b'],
    },
  ])('exists when $why', ({ lists, texts }) => {
    expect(orderOf(lists, texts)).toEqual([]);
  });

  it.each([
    { why: 'a write is lost', lists: { x: '' }, texts: ['[0-1] appended x=a'], says: 'lost: a' },
    { why: 'a refused write is there', lists: { x: 'a' }, texts: ['[0-1] appended x=a failed'], says: 'was refused' },
    { why: 'a write happened twice', lists: { x: 'aa' }, texts: ['[0-1] appended x=a'], says: 'a value twice' },
    { why: 'a reader saw another list', lists: { x: 'ab' }, texts: ['[0-1] saw x=b'], says: 'not how it begins' },
    { why: 'a reader is stale', lists: { x: 'a' }, texts: ['[0-1] appended x=a', '[2-3] saw x='], says: 'no order' },
    {
      why: 'two skipped each other (write skew)',
      lists: { x: 'a', y: 'b' },
      texts: ['[0-9] saw y= appended x=a', '[0-9] saw x= appended y=b'],
      says: 'no order explains 2',
    },
    {
      why: 'a reader saw half of a transaction',
      lists: { x: 'a', y: 'b' },
      texts: ['[0-9] appended x=a y=b', '[0-9] saw x=a y='],
      says: 'no order explains 2',
    },
    {
      why: 'two readers saw two orders',
      lists: { x: 'a', y: 'b' },
      texts: ['[0-9] appended x=a', '[0-9] appended y=b', '[0-9] saw x=a y=', '[0-9] saw x= y=b'],
      says: 'no order explains 4',
    },
  ])('does not exist when $why', ({ lists, texts, says }) => {
    expect(orderOf(lists, texts).join()).toContain(says);
  });
});

describe('the bank', () => {
  const end = (balances: Record<string, number>, transfers: End['transfers'] = []) => ({ balances, transfers }) as End;
  const moved = [{ id: 't1', from: 'a', to: 'b', amount: 3 }];

  it('is right when each balance is what its transfers make', () => {
    expect(brokenBank([{ id: 't1', result: 'ok' }], [20], 20, end({ a: 7, b: 13 }, moved))).toEqual([]);
    expect(brokenBank([{ id: 't1', result: 'unknown' }], [20], 20, end({ a: 10, b: 10 }))).toEqual([]);
  });

  it.each([
    { why: 'half of a transfer', broken: brokenBank([], [], 20, end({ a: 7, b: 10 }, moved)), says: 'b has 10' },
    { why: 'another sum', broken: brokenBank([], [20, 17], 20, end({ a: 10, b: 10 })), says: '1 of 2 readers' },
    {
      why: 'a lost transfer',
      broken: brokenBank([{ id: 't1', result: 'ok' }], [], 20, end({ a: 10, b: 10 })),
      says: 'lost',
    },
    {
      why: 'a refused transfer',
      broken: brokenBank([{ id: 't1', result: 'failed' }], [], 20, end({ a: 7, b: 13 }, moved)),
      says: 'was refused',
    },
  ])('is wrong after $why', ({ broken, says }) => {
    expect(broken.join()).toContain(says);
  });
});

describe('what must happen in one process', () => {
  const step = (version: number, token: number, by: string) => ({ version, token, by });

  it('is right when runs follow each other', () => {
    expect(brokenSingleton([step(3, 2, 'm2'), step(1, 1, 'm1'), step(2, 1, 'm1')])).toEqual([]);
  });

  it.each([
    { why: 'an older run writes after a newer one', steps: [step(1, 1, 'm1'), step(2, 2, 'm2'), step(3, 1, 'm1')] },
    { why: 'two processes have one run', steps: [step(1, 1, 'm1'), step(2, 1, 'm2')] },
  ])('is wrong when $why', ({ steps }) => {
    expect(brokenSingleton(steps)).toHaveLength(1);
  });

  it('is wrong when a job was finished twice or never', () => {
    const finished = ['j1', 'j2', 'j2'].map((job) => ({ job, by: 'm1' }));
    expect(brokenQueue(['j1'], finished)).toEqual([]);
    expect(brokenQueue(['j1', 'j2', 'j3'], finished)).toEqual([
      'job j2 was finished 2 times',
      'job j3 was finished 0 times',
    ]);
  });

  it('is wrong when a wish was not made', () => {
    expect(brokenController({ wishes: { a: 2 }, makings: { a: 2 } })).toEqual([]);
    expect(brokenController({ wishes: { a: 2, b: 1 }, makings: { a: 1 } })).toHaveLength(2);
  });
});
