import { describe, expect, it } from 'vitest';
import { createEntries, DiscoveryWatch, type Tell } from '../../src/discovery/index.js';
import { Seen } from '../support/discovery-watch.js';

const list = (text: string) => createEntries(text.split(' '));

/** A watch whose backend is this test. */
function watched(signal?: AbortSignal) {
  let told: Tell | undefined;
  let stopped: AbortSignal | undefined;
  const watch = new DiscoveryWatch((tell, stop) => {
    told = tell;
    stopped = stop;
  }, signal);
  return { watch, tell: () => told as Tell, stopped: () => stopped?.aborted };
}

describe('a watch', () => {
  it('begins when somebody listens, and stops looking when nobody does', () => {
    const { watch, tell, stopped } = watched();
    expect(stopped()).toBeUndefined();
    const seen = new Seen(watch);
    expect(stopped()).toBe(false);
    seen.stop();
    expect(stopped()).toBe(true);
    tell().entries(list('a:1'));
    expect(seen.told).toEqual([]);
  });

  it('tells an empty list first, then each list with other members, and errors beside', () => {
    const { watch, tell } = watched();
    const seen = new Seen(watch);
    for (const text of ['', '', 'a:1 b:1', 'b:1 a:1', 'a:1']) tell().entries(list(text));
    tell().error(new Error('away'));
    tell().entries(list('a:1'));
    tell().error('twice');
    tell().entries(list('a:1 a:1'));
    expect(seen.told).toEqual(['', 'a:1 b:1', 'a:1', '! away', '! twice', 'a:1 a:1']);
  });

  it('begins anew for each subscriber', () => {
    const watch = new DiscoveryWatch((tell) => tell.entries(list('a:1')));
    expect([new Seen(watch).told, new Seen(watch).told]).toEqual([['a:1'], ['a:1']]);
  });

  it('ends at once when its signal is aborted, before or after it begins', () => {
    const stop = new AbortController();
    const { watch, stopped } = watched(stop.signal);
    const seen = new Seen(watch);
    stop.abort();
    expect([seen.ended, stopped()]).toEqual([true, true]);
    expect(new Seen(watch).ended).toBe(true);
  });

  it.each([
    ['throws', () => { throw new Error('broken'); }],
    ['rejects', () => Promise.reject(new Error('broken'))],
  ])('ends with the error of a backend that %s', async (_how, look) => {
    const read = async () => { for await (const _ of new DiscoveryWatch(look)); };
    await expect(read()).rejects.toThrow('broken');
  }); // prettier-ignore
});

describe('an iterator of a watch', () => {
  it('gives a slow reader the newest list and the newest error, in the order in which they came', async () => {
    const { watch, tell } = watched();
    const reader = watch[Symbol.asyncIterator]();
    for (const text of ['', 'a:1']) tell().entries(list(text));
    for (const text of ['one', 'two']) tell().error(new Error(text));
    expect((await reader.next()).value?.entries?.join()).toBe('a:1');
    expect((await reader.next()).value?.error?.message).toBe('two');
    const next = reader.next();
    tell().entries(list('b:1'));
    expect((await next).value?.entries?.join()).toBe('b:1');
  });

  it('stops looking at break', async () => {
    const { watch, tell, stopped } = watched();
    setImmediate(() => tell().entries(list('a:1')));
    for await (const { entries } of watch) {
      expect(entries?.join()).toBe('a:1');
      break;
    }
    expect(stopped()).toBe(true);
  });

  it('ends a reader that waits when its signal is aborted, and gives nothing that was kept', async () => {
    const stop = new AbortController();
    const { watch, tell } = watched(stop.signal);
    const waiting = watch[Symbol.asyncIterator]();
    const next = waiting.next();
    const full = watch[Symbol.asyncIterator]();
    tell().entries(list('a:1'));
    stop.abort();
    expect([await next, await full.next(), await full.next()]).toEqual(Array(3).fill({ done: true, value: undefined }));
  });
});
