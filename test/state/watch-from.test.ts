import { describe, expect, it } from 'vitest';
import {
  type Change,
  type Event,
  EventCommit,
  EventCreateNode,
  MemoryStore,
  type StoreAction,
  type Tx,
  viewAndWatch,
} from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf, flush, line, newStore, record, take } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const iterate = (source: AsyncIterable<Event>) => source[Symbol.asyncIterator]();

/** A store of `count` transactions, each of which creates one node. */
async function filled(count: number, history?: { transactions?: number; bytes?: number }) {
  const made = newStore(history ? { history } : {});
  for (let i = 1; i <= count; i++) await made.store.update(node(`n${i}`));
  return made;
}
const linesOf = (from: number, to: number) => {
  const lines: string[] = [];
  for (let v = from; v <= to; v++) lines.push(`create node n${v} @${v}`, `commit @${v}`);
  return lines;
};

describe('watchFrom', () => {
  it.each([0, 1, 2, 3])('gives everything after version %i, then goes on live', async (from) => {
    const { store } = await filled(3);
    const seen = record(store.watchFrom(from));
    const events = iterate(store.watchFrom(from));
    await store.update(node('n4'));
    await store.update(node('n5'));
    expect(seen.lines).toEqual(linesOf(from + 1, 5));
    expect(await take(events, 2 * (5 - from))).toEqual(linesOf(from + 1, 5));
    await events.return?.();
    seen.stop();
    expect(store.queue.listeners).toBe(0);
  });

  it('filters history as it filters what is live', async () => {
    const { store } = await filled(2);
    const seen = record(store.watchFrom(0, EventCreateNode({ id: 'n2' }), EventCommit()));
    expect(seen.lines).toEqual(['commit @1', 'create node n2 @2', 'commit @2']);
  });

  it('says VERSION_AHEAD and VERSION_COMPACTED through the watch', async () => {
    const { store } = await filled(5, { transactions: 2 });
    for (const [version, code, known] of [
      [6, 'VERSION_AHEAD', 5],
      [2, 'VERSION_COMPACTED', 3],
    ] as const) {
      expect(record(store.watchFrom(version)).errors).toMatchObject([{ code, details: { version: known } }]);
      expect(await codeOf(iterate(store.watchFrom(version)).next())).toBe(code);
    }
    expect(record(store.watchFrom(3)).lines).toEqual(linesOf(4, 5));
    expect(store.queue.listeners).toBe(1);
  });

  it('logs an error that nobody listens to', async () => {
    const { store, logged } = await filled(1);
    store.watchFrom(9).subscribe();
    expect(logged).toHaveLength(1);
    await flush();
  });

  it.each([-1, 1.5, NaN, '1' as unknown as number])('refuses %s for a version at once', async (version) => {
    const { store } = newStore();
    expect(() => store.watchFrom(version)).toThrow(TypeError);
  });

  it('reads history at the pace of the reader, without a buffer', async () => {
    const { store } = await filled(3);
    const events = iterate(store.watchFrom(0));
    expect(store.queue.listeners).toBe(0);
    expect(await take(events, 3)).toEqual(linesOf(1, 3).slice(0, 3));
    await store.update(node('n4'));
    expect(await take(events, 5)).toEqual(linesOf(2, 4).slice(1));
  });

  it('tells a reader that history has left behind, and skips nothing', async () => {
    const { store } = await filled(3, { transactions: 3 });
    const events = iterate(store.watchFrom(0));
    expect(await take(events, 2)).toEqual(linesOf(1, 1));
    for (let i = 4; i <= 6; i++) await store.update(node(`n${i}`));
    expect(await codeOf(events.next())).toBe('WATCH_OVERFLOW');
  });

  it('keeps at least one transaction when history is bounded by bytes', async () => {
    const { store } = await filled(5, { bytes: 1 });
    expect(record(store.watchFrom(4)).lines).toEqual(linesOf(5, 5));
    expect(record(store.watchFrom(3)).errors).toMatchObject([{ code: 'VERSION_COMPACTED' }]);
  });

  it('replays what a handler writes while it is replayed to', async () => {
    const { store } = await filled(2);
    const seen: string[] = [];
    store.watchFrom(0).subscribe((event) => {
      seen.push(line(event));
      if (event.version <= 2 && event.action === 'commit') void store.update(node(`n${event.version + 2}`));
    });
    await flush();
    expect(seen).toEqual(linesOf(1, 4));
  });

  it('can be left while it is replayed to', async () => {
    const { store } = await filled(3);
    const seen: string[] = [];
    const subscription = store.watchFrom(0).subscribe({
      next: (event) => {
        seen.push(line(event));
        if (seen.length === 3) throw new Error('enough');
      },
      error: () => undefined,
    });
    expect(seen).toHaveLength(3);
    expect([subscription.closed, store.queue.listeners]).toEqual([true, 0]);
  });
});

describe('viewAndWatch', () => {
  it('watches everything that comes after what was read, and only that', async () => {
    const { store } = await filled(2);
    const { value, version, watch } = viewAndWatch(store, (tx) => tx.nodes().find().length);
    expect([value, version]).toEqual([2, 2]);
    await store.update(node('n3'));
    const seen = record(watch);
    await store.update(node('n4'));
    expect(seen.lines).toEqual(linesOf(3, 4));
  });

  it('reads what is committed only, inside an update too', async () => {
    const { store } = await filled(1);
    let seen: ReturnType<typeof record> | undefined;
    await store.update((tx) => {
      tx.nodes().create({ id: 'n2' });
      const { value, version, watch } = store.viewAndWatch((read) => read.nodes().find().length);
      expect([value, version]).toEqual([1, 1]);
      seen = record(watch);
    });
    expect(seen?.lines).toEqual(linesOf(2, 2));
  });

  it('may be subscribed to more than once, each time from its version', async () => {
    const { store } = await filled(1);
    const { watch } = store.viewAndWatch(() => 0);
    const first = record(watch);
    await store.update(node('n2'));
    const second = record(watch);
    await store.update(node('n3'));
    expect(first.lines).toEqual(linesOf(2, 3));
    expect(second.lines).toEqual(linesOf(2, 3));
    expect(await take(iterate(watch), 4)).toEqual(linesOf(2, 3));
  });

  it('holds nothing for a watch that is never read', async () => {
    const { store } = await filled(1);
    store.viewAndWatch(() => 0);
    store.watchFrom(0);
    expect(store.queue.listeners).toBe(0);
  });

  it('says VERSION_COMPACTED when history has moved on before it begins', async () => {
    const { store } = await filled(1, { transactions: 2 });
    const { watch } = store.viewAndWatch(() => 0);
    for (let i = 2; i <= 5; i++) await store.update(node(`n${i}`));
    expect(record(watch).errors).toMatchObject([{ code: 'VERSION_COMPACTED' }]);
  });
});

describe('an installed snapshot', () => {
  it('lets watches go on from the history in it', async () => {
    const { store: leader } = await filled(5);
    const { store } = await filled(2);
    const live = record(store.watchFrom(0));
    const { watch } = store.viewAndWatch(() => 0);
    (await controlOf(store).prepare(leader.save())).install();
    expect(live.lines).toEqual(linesOf(1, 5));
    expect(record(watch).lines).toEqual(linesOf(3, 5));
    await store.update(node('n6'));
    expect(live.lines).toEqual(linesOf(1, 6));
  });

  it('ends watches that lie before its history with RESYNC and the version', async () => {
    const { store: leader } = await filled(9, { transactions: 2 });
    const { store } = await filled(3);
    const live = record(store.watchFrom(3));
    const reading = iterate(store.watchFrom(0));
    expect(await take(reading, 2)).toEqual(linesOf(1, 1));
    (await controlOf(store).prepare(leader.save())).install();
    expect(live.errors).toMatchObject([{ code: 'RESYNC', details: { version: 9 } }]);
    expect(await codeOf(reading.next())).toBe('RESYNC');
    expect(store.queue.listeners).toBe(0);
    const after = record(store.watchFrom(7));
    await store.update(node('n10'));
    expect(after.lines).toEqual(linesOf(8, 10));
  });

  it('ends an iterator that waits with RESYNC', async () => {
    const { store: leader } = await filled(9, { transactions: 2 });
    const { store } = await filled(3);
    const waiting = iterate(store.watchFrom(3)).next();
    (await controlOf(store).prepare(leader.save())).install();
    expect(await codeOf(waiting)).toBe('RESYNC');
  });

  it('takes the remembered requests along', async () => {
    const { store: leader } = newStore();
    await leader.update(node('n1'), { requestId: 'r1' });
    const { store } = newStore();
    (await controlOf(store).prepare(leader.save())).install();
    await store.update(node('again'), { requestId: 'r1' });
    expect(store.view((tx) => tx.nodes().find())).toHaveLength(1);
  });
});

describe('a store over a proposer with a past', () => {
  const create = (id: string): StoreAction =>
    ({ action: 'create', kind: 'node', object: { id } }) as unknown as StoreAction;
  const changes: Change[] = [1, 2, 3].map((version) => ({ version, time: version, actions: [create(`n${version}`)] }));

  it('asks the proposer for what is older than its history', async () => {
    const proposer = new FakeProposer({ version: 3, changes, commit: 'during' });
    const store = new MemoryStore({ proposer });
    const seen = record(store.watchFrom(1));
    const events = iterate(store.watchFrom(1));
    await store.update(node('n4'));
    await flush();
    expect(seen.lines).toEqual(linesOf(2, 4));
    expect(await take(events, 6)).toEqual(linesOf(2, 4));
    await store.update(node('n5'));
    expect(seen.lines).toEqual(linesOf(2, 5));
  });

  it('asks for no more than it needs, and for all when an event tells of an object from before', async () => {
    const asked: string[] = [];
    class Compacted extends FakeProposer {
      override changesBetween(from: number, to: number): Promise<readonly Change[]> {
        asked.push(`${from}-${to}`);
        return from < 1 ? Promise.reject(new Error('compacted')) : super.changesBetween(from, to);
      }
    }
    const store = new MemoryStore({ proposer: new Compacted({ version: 3, changes }) });
    expect(await take(iterate(store.watchFrom(1)), 4)).toEqual(linesOf(2, 3));
    expect(asked).toEqual(['1-3']);
    const update = { version: 3, time: 3, actions: [{ ...create('n1'), action: 'update' } as StoreAction] };
    const other = new MemoryStore({
      proposer: new Compacted({ version: 3, changes: [...changes.slice(0, 2), update] }),
    });
    expect(await codeOf(iterate(other.watchFrom(1)).next())).toBe('VERSION_COMPACTED');
    expect(asked).toEqual(['1-3', '1-3', '0-3']);
  });

  it('says VERSION_COMPACTED when the proposer does not know either', async () => {
    const store = new MemoryStore({ proposer: new FakeProposer({ version: 3, commit: 'during' }) });
    const seen = record(store.watchFrom(1));
    await flush();
    expect(seen.errors).toMatchObject([{ code: 'VERSION_COMPACTED' }]);
    expect(await codeOf(iterate(store.watchFrom(1)).next())).toBe('VERSION_COMPACTED');
  });
});
