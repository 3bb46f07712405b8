import { describe, expect, it } from 'vitest';
import { type Event, EventCreateNode, type MemoryStore, type Tx, watch, WatchQueue } from '../../src/index.js';
import { codeOf, flush, line, newStore, record, settled, take } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const nodes = (from: number, to: number) => (tx: Tx) => {
  for (let i = from; i < to; i++) tx.nodes().create({ id: `n${i}` });
};
const iterate = (source: AsyncIterable<Event>) => source[Symbol.asyncIterator]();

describe('an iterator', () => {
  it('begins when it is made, keeps what it has not been asked for, and ends with break', async () => {
    const { store } = newStore();
    const source = watch(store.queue, EventCreateNode());
    await store.update(node('before'));
    const events = iterate(source);
    await store.update(node('n1'));
    await store.update(node('n2'));
    expect(await take(events, 2)).toEqual(['create node n1 @2', 'create node n2 @3']);
    await events.return?.();
    expect(store.queue.listeners).toBe(0);
  }, 1_000);

  it('frees everything when its loop breaks', async () => {
    const { store } = newStore();
    const seen: string[] = [];
    const reading = (async () => {
      for await (const event of watch(store.queue)) {
        seen.push(line(event));
        if (event.action === 'commit') break;
      }
    })();
    await store.update(nodes(0, 2));
    await reading;
    expect(seen).toEqual(['create node n0 @1', 'create node n1 @1', 'commit @1']);
    expect(store.queue.listeners).toBe(0);
  });

  it('answers readers that wait at the same time in order', async () => {
    const { store } = newStore();
    const events = iterate(watch(store.queue));
    const waiting = [events.next(), events.next(), events.next()];
    await store.update(node('n1'));
    expect(await settled(waiting[2] as Promise<unknown>)).toBe(false);
    await events.return?.();
    const lines = (await Promise.all(waiting)).map((next) => (next.done ? 'done' : line(next.value)));
    expect(lines).toEqual(['create node n1 @1', 'commit @1', 'done']);
  });

  it.each([
    { limit: 3, writes: [1], kept: 2, code: undefined, because: 'it fits' },
    { limit: 2, writes: [9], kept: 10, code: undefined, because: 'an empty buffer takes one of any size' },
    { limit: 4, writes: [1, 1], kept: 4, code: undefined, because: 'two fit exactly' },
    { limit: 3, writes: [1, 1], kept: 2, code: 'WATCH_OVERFLOW', because: 'the second does not fit whole' },
    { limit: 2, writes: [9, 1], kept: 10, code: 'WATCH_OVERFLOW', because: 'the buffer is over its limit already' },
    {
      limit: 5,
      writes: [1, 5, 1],
      kept: 2,
      code: 'WATCH_OVERFLOW',
      because: 'nothing comes after the first that did not fit',
    },
  ])('with limit $limit gives $kept events of $writes: $because', async ({ limit, writes, kept, code }) => {
    const { store } = newStore();
    const events = iterate(watch(store.queue, { limit }));
    let id = 0;
    for (const count of writes) await store.update(nodes(id, (id += count)));
    const lines = await take(events, kept);
    expect(lines).toHaveLength(kept);
    expect(lines.at(-1)).toMatch(/^commit/);
    if (code) {
      expect(store.queue.listeners).toBe(0);
      expect(await codeOf(events.next())).toBe(code);
      expect(await events.next()).toEqual({ done: true, value: undefined });
    } else {
      expect(await settled(events.next())).toBe(false);
    }
  });

  it('keeps 10,000 events when nothing is said', async () => {
    const { store } = newStore();
    const events = iterate(watch(store.queue));
    for (let i = 0; i < 5_000; i++) await store.update(node(`n${i}`));
    expect(store.queue.listeners).toBe(1);
    await store.update(node('one too many'));
    expect(store.queue.listeners).toBe(0);
    expect(await take(events, 10_000)).toHaveLength(10_000);
    expect(await codeOf(events.next())).toBe('WATCH_OVERFLOW');
  });
});

describe('the end of a watch', () => {
  it('comes with abort: quietly, at once, and frees everything', async () => {
    const { store } = newStore();
    const abort = new AbortController();
    const { signal } = abort;
    const seen = record(watch(store.queue, { signal }));
    const events = iterate(watch(store.queue, { signal }));
    await store.update(node('n1'));
    abort.abort();
    expect([seen.completed, seen.errors, store.queue.listeners]).toEqual([true, [], 0]);
    expect(await take(events, 1)).toEqual(['done']); // what was buffered is gone, too
    const late = record(watch(store.queue, { signal }));
    expect(late.completed).toBe(true);
    expect(await iterate(watch(store.queue, { signal })).next()).toMatchObject({ done: true });
    expect(store.queue.listeners).toBe(0);
  });

  it('comes with close: for those who listen, and for those who come later', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    const events = iterate(watch(store.queue));
    const waiting = iterate(watch(store.queue)).next();
    await store.close();
    expect([seen.completed, store.queue.listeners]).toEqual([true, 0]);
    expect(await waiting).toMatchObject({ done: true });
    expect(await events.next()).toMatchObject({ done: true });
    expect(record(watch(store.queue)).completed).toBe(true);
    expect(record(store.watchFrom(0)).completed).toBe(true);
  });

  it.each(['an iterator', 'a subscriber'])('comes with close for %s that was still catching up', async (which) => {
    const { store } = newStore({
      proposer: new FakeProposer({ version: 1, changes: [{ version: 1, time: 1, actions: [] }], commit: 'during' }),
    });
    await store.update(node('n2'));
    const source = store.watchFrom(0);
    if (which === 'an iterator') {
      const events = iterate(source);
      await store.close();
      const ended = (async () => {
        while (!(await events.next()).done);
      })();
      expect(await settled(ended)).toBe(true);
    } else {
      const seen = record(source);
      await store.close();
      await flush();
      expect(seen.completed || seen.errors.length > 0).toBe(true);
    }
  });

  it('does not hang an iterator that reads history after close', async () => {
    const { store } = newStore();
    await store.update(node('n1'));
    const events = iterate(store.watchFrom(0));
    await store.close();
    const ended = (async () => {
      while (!(await events.next()).done);
    })();
    expect(await settled(ended)).toBe(true);
  });

  it('can be a close inside a handler', async () => {
    const { store } = newStore();
    let closed: Promise<void> | undefined;
    watch(store.queue).subscribe(() => {
      closed ??= store.close();
    });
    const seen = record(watch(store.queue));
    await store.update(node('n1'));
    await closed;
    expect(seen.completed).toBe(true);
  });

  it('only takes queues of stores', () => {
    expect(() => watch(new WatchQueue())).toThrow(TypeError);
    expect(() => watch(undefined as unknown as MemoryStore['queue'])).toThrow(TypeError);
  });
});
