import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import {
  EventCommit,
  EventCreateNode,
  EventUpdateNode,
  MemoryStore,
  type NodeCheckFunc,
  nodeCheckId,
  StoreError,
  type Tx,
  watch,
} from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf, codeOfError, flush, newStore, record, take } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

const create =
  (...ids: string[]) =>
  (tx: Tx) =>
    ids.forEach((id) => tx.nodes().create({ id }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('history', () => {
  it('holds nothing of what it gave up', async () => {
    const store = new MemoryStore({ history: { transactions: 3 } });
    const records: WeakRef<object>[] = [];
    for (let i = 0; i < 20; i++) {
      await store.update((tx) => tx.nodes().create({ id: 'a' }));
      await store.update((tx) => tx.nodes().delete('a'));
      records.push(new WeakRef(store.transaction(store.version) as object));
    }
    await flush(); // what a WeakRef has shown in this turn is kept until its end
    collect();
    expect(records.map((one) => one.deref() !== undefined)).toEqual([...Array(18).fill(false), true, true]);
    expect(store.history).toHaveLength(3);
  });
});

describe('a check', () => {
  const subscribing = (store: MemoryStore, check?: NodeCheckFunc) => {
    const inner: ReturnType<typeof record>[] = [];
    const open: NodeCheckFunc = () => {
      if (inner.length > 50) throw new Error('it goes on and on');
      inner.push(record(watch(store.queue, EventCreateNode(check ?? open), EventCommit())));
      return false;
    };
    return { inner, outer: record(watch(store.queue, EventCreateNode(open))) };
  };

  it('that subscribes begins with the next transaction, whole', async () => {
    const { store } = newStore();
    const { inner, outer } = subscribing(store, () => true);
    await store.update(create('a', 'b'));
    expect([inner.length, inner.flatMap(({ lines }) => lines)]).toEqual([2, []]);
    outer.stop();
    await store.update(create('c', 'd'));
    for (const { lines } of inner) expect(lines).toEqual(['create node c @2', 'create node d @2', 'commit @2']);
  });

  it('that subscribes with itself does not go on and on', async () => {
    const { store } = newStore();
    const { inner, outer } = subscribing(store);
    await store.update(create('a', 'b'));
    expect([inner.length, outer.errors]).toEqual([2, []]);
  });

  it('that ends what it has just begun, or the store, leaves nothing behind', async () => {
    const { store } = newStore();
    watch(
      store.queue,
      EventCreateNode(() => {
        record(watch(store.queue)).stop();
        return false;
      }),
    ).subscribe();
    await store.update(create('a'));
    expect(store.queue.listeners).toBe(1);
    const late: ReturnType<typeof record>[] = [];
    const closing = record(
      watch(
        store.queue,
        EventCreateNode(() => {
          late.push(record(watch(store.queue)));
          void store.close();
          return true;
        }),
      ),
    );
    await store.update(create('b'));
    expect([closing.completed, late.map(({ completed, lines }) => [completed, lines])]).toEqual([true, [[true, []]]]);
    expect(store.queue.listeners).toBe(0);
  });
});

describe('watchFrom of a version that only the proposer knows', () => {
  const changes = [1, 2, 3, 4, 5].map((version) => ({
    version,
    time: version,
    actions: [{ action: 'create' as const, kind: 'node', object: { id: `old${version}` } as never }],
  }));
  const replicated = (transactions: number) =>
    new MemoryStore({
      proposer: new FakeProposer({ commit: 'during', version: 5, changes }),
      history: { transactions },
    });

  it.each(['subscribe', 'iterate'] as const)('is compacted once history no longer begins there: %s', async (how) => {
    const store = replicated(2);
    for (const id of ['a', 'b', 'c']) await store.update(create(id)); // 6, 7, 8; history has 7 and 8
    const lines: string[] = [];
    const error = await new Promise((resolve) => {
      if (how === 'subscribe') store.watchFrom(3).subscribe({ next: () => lines.push('event'), error: resolve });
      else void take(store.watchFrom(3)[Symbol.asyncIterator](), 1).then((read) => lines.push(...read), resolve);
    });
    expect([lines, codeOfError(error)]).toEqual([[], 'VERSION_COMPACTED']);
  });

  it.each(['subscribe', 'iterate'] as const)('is compacted when that happens while it is fetched: %s', async (how) => {
    const store = replicated(2);
    await store.update(create('a'));
    const seen = how === 'subscribe' ? record(store.watchFrom(3)) : undefined;
    const read = how === 'iterate' ? take(store.watchFrom(3)[Symbol.asyncIterator](), 1) : undefined;
    read?.catch(() => undefined);
    for (const id of ['b', 'c']) void store.update(create(id));
    await flush();
    if (seen) expect([seen.lines, seen.errors.map(codeOfError)]).toEqual([[], ['VERSION_COMPACTED']]);
    if (read) expect(await codeOf(read)).toBe('VERSION_COMPACTED');
  });

  it('goes on into the history without a gap while it reaches', async () => {
    const store = replicated(2);
    await store.update(create('a'));
    const read = take(store.watchFrom(3)[Symbol.asyncIterator](), 6);
    expect(await read).toEqual([
      ...['create node old4 @4', 'commit @4', 'create node old5 @5', 'commit @5'],
      ...['create node a @6', 'commit @6'],
    ]);
  });
});

describe('literals of watches', () => {
  it('leave nothing behind, whatever their fields are called', async () => {
    const { store } = newStore();
    const before = new Map<string, number>();
    const round = (from: number) => {
      for (let i = from; i < from + 20_000; i++) {
        const literal = { [`field number ${i}, which is ${'x'.repeat(200)} long`]: 'x' } as never;
        record(watch(store.queue, EventUpdateNode(literal))).stop();
      }
    };
    round(0);
    await flush();
    collect();
    before.set('heap', process.memoryUsage().heapUsed);
    round(20_000);
    await flush();
    collect();
    expect(process.memoryUsage().heapUsed - (before.get('heap') ?? 0)).toBeLessThan(2_000_000); // the names alone are 4.8 MB
  });

  it('find by the field that they name, and those that share it', async () => {
    const { store } = newStore();
    const [first, second] = ['a', 'b'].map((id) => record(watch(store.queue, EventCreateNode({ id }))));
    const checked = record(watch(store.queue, EventCreateNode({ id: 'b' }, nodeCheckId)));
    await store.update(create('a', 'b'));
    first?.stop();
    await store.update((tx) => ['a', 'b'].forEach((id) => tx.nodes().delete(id)));
    await store.update(create('a', 'b'));
    expect([first?.lines, second?.lines, checked.lines]).toEqual([
      ['create node a @1'],
      ['create node b @1', 'create node b @3'],
      ['create node b @1', 'create node b @3'],
    ]);
  });
});

describe('one signal for very many watches', () => {
  it('has one listener, and ends them all', () => {
    const { store } = newStore();
    const controller = new AbortController();
    const { signal } = controller;
    const seen = Array.from({ length: 2_000 }, () => record(watch(store.queue, { signal })));
    const iterators = Array.from({ length: 2_000 }, () => watch(store.queue, { signal })[Symbol.asyncIterator]());
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(store.queue.listeners).toBe(4_000);
    controller.abort();
    expect(store.queue.listeners).toBe(0);
    expect(seen.every(({ completed }) => completed)).toBe(true);
    return expect(iterators[7]?.next()).resolves.toEqual({ done: true, value: undefined });
  });

  it('has one listener for all its writes and batches, and none when they are over', async () => {
    const proposer = new FakeProposer({ commit: 'hold' });
    const { store } = newStore({ proposer });
    const { signal } = new AbortController();
    const writes = Array.from({ length: 50 }, (_, i) => store.update(create(`n${i}`), { signal }));
    const batch = store.batch(async (group) => group.update(create('b')), { signal });
    await flush();
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    proposer.commit(51);
    await Promise.all([...writes, batch]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('an iterator', () => {
  it('that was returned is done, also when an error waited to be read', async () => {
    const { store } = newStore();
    const events = watch(store.queue, { limit: 1 })[Symbol.asyncIterator]();
    await store.update(create('a'));
    await store.update(create('b')); // an overflow
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    const refused = store.watchFrom(99)[Symbol.asyncIterator]();
    await refused.return?.();
    expect(await refused.next()).toEqual({ done: true, value: undefined });
    controlOf(store).end(new StoreError('CLOSED', 'over'));
  });
});
