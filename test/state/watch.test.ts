import { filter, firstValueFrom, take as first } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { type Event, EventCreateNode, EventDeleteNode, type Tx, watch } from '../../src/index.js';
import { flush, line, newStore, record } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const nodes = (from: number, to: number) => (tx: Tx) => {
  for (let i = from; i < to; i++) tx.nodes().create({ id: `n${i}` });
};

describe('events', () => {
  it('come one a change, in call order, never merged, with what was before; then the commit', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    await store.update((tx) => {
      tx.nodes().create({ id: 'n1' });
      tx.nodes().update({ id: 'n1', status: { message: 'a' } });
      tx.networks().create({ id: 'w1' });
      tx.nodes().update({ id: 'n1', status: { message: 'b' } });
      tx.nodes().delete('n1');
    });
    expect(seen.lines).toEqual([
      'create node n1 @1',
      'update node n1 @1',
      'create network w1 @1',
      'update node n1 @1',
      'delete node n1 @1',
      'commit @1',
    ]);
    const [create, a, , b, remove, commit] = seen.events as [Event, Event, Event, Event, Event, Event];
    expect(create).not.toHaveProperty('old');
    expect(a).toMatchObject({ old: { status: { message: '' } }, object: { status: { message: 'a' } } });
    expect(b).toMatchObject({ old: { status: { message: 'a' } }, object: { status: { message: 'b' } } });
    expect(remove).toMatchObject({ object: { status: { message: 'b' } } });
    expect(remove).not.toHaveProperty('old');
    expect(commit).toStrictEqual({ action: 'commit', kind: 'commit', version: 1 });
  });

  it('are frozen, and share their objects with the store', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    await store.update(node('n1'));
    for (const event of seen.events) expect(Object.isFrozen(event)).toBe(true);
    const [create] = seen.events;
    if (create?.action !== 'create') throw new Error('no create');
    expect(create.object).toBe(store.view((tx) => tx.nodes().get('n1')));
  });
});

describe('a subscriber', () => {
  it('has heard it before the promise resolves, and sees at least that version', async () => {
    const { store } = newStore();
    const order: string[] = [];
    watch(store.queue).subscribe((event) => order.push(`${line(event)} v${store.version}`));
    const promise = store.update(node('n1')).then(() => order.push('resolved'));
    await promise;
    expect(order).toEqual(['create node n1 @1 v1', 'commit @1 v1', 'resolved']);
  });

  it('hears nothing of what came before it subscribed', async () => {
    const { store } = newStore();
    const source = watch(store.queue);
    await store.update(node('n1'));
    const seen = record(source);
    await store.update(node('n2'));
    expect(seen.lines).toEqual(['create node n2 @2', 'commit @2']);
    seen.stop();
    expect(store.queue.listeners).toBe(0);
  });

  it('hears transactions whole and in order, although a handler writes', async () => {
    const { store } = newStore();
    const inner: Promise<void>[] = [];
    watch(store.queue, EventCreateNode()).subscribe((event) => {
      if (event.object.id.length < 4) inner.push(store.update(node(`${event.object.id}x`)));
    });
    const seen = record(watch(store.queue));
    await store.update((tx) => {
      node('a')(tx);
      node('b')(tx);
    });
    await flush();
    await Promise.all(inner);
    expect(seen.lines.filter((text) => text.startsWith('commit'))).toEqual(
      [1, 2, 3, 4, 5, 6, 7].map((v) => `commit @${v}`),
    );
    expect(seen.lines.slice(0, 3)).toEqual(['create node a @1', 'create node b @1', 'commit @1']);
  });

  it('hears transactions in order although one commits inside a handler of another', async () => {
    const { store } = newStore({ proposer: new FakeProposer({ commit: 'during' }) });
    let inner: Promise<void> | undefined;
    const order: string[] = [];
    watch(store.queue).subscribe((event) => {
      order.push(line(event));
      if (event.version === 1) inner ??= store.update(node('n2')).then(() => void order.push('inner'));
    });
    const late = record(watch(store.queue));
    await store.update(node('n1'));
    await inner;
    expect(late.lines).toEqual(['create node n1 @1', 'commit @1', 'create node n2 @2', 'commit @2']);
    expect(order).toEqual([...late.lines, 'inner']);
  });

  it('begins with the next transaction when it subscribes inside a handler', async () => {
    const { store } = newStore();
    let inner: ReturnType<typeof record> | undefined;
    watch(store.queue).subscribe(() => (inner ??= record(watch(store.queue))));
    await store.update(nodes(0, 2));
    expect(inner?.lines).toEqual([]);
    await store.update(node('next'));
    expect(inner?.lines).toEqual(['create node next @2', 'commit @2']);
  });

  it('inside a handler that reads and watches misses nothing and hears nothing twice', async () => {
    const proposer = new FakeProposer();
    const { store } = newStore({ proposer });
    const inners: { version: number; lines: string[] }[] = [];
    watch(store.queue).subscribe((event) => {
      if (event.action !== 'commit' || event.version > 2) return;
      if (event.version === 1) proposer.commit();
      const { version, watch: source } = store.viewAndWatch((tx) => tx.nodes().find().length);
      inners.push({ version, lines: record(source).lines });
    });
    const writes = ['n1', 'n2', 'n3'].map((id) => store.update(node(id)));
    proposer.commit();
    proposer.commit();
    await Promise.all(writes);
    expect(inners).toEqual([
      { version: 2, lines: ['create node n3 @3', 'commit @3'] },
      { version: 2, lines: ['create node n3 @3', 'commit @3'] },
    ]);
  });

  it('can leave inside its handler, and take others along', async () => {
    const { store } = newStore();
    const gone = { stop: () => undefined as void };
    const seen: string[] = [];
    const subscription = watch(store.queue).subscribe((event) => {
      seen.push(line(event));
      subscription.unsubscribe();
      gone.stop();
    });
    const other = record(watch(store.queue));
    gone.stop = () => other.stop();
    await store.update(nodes(0, 3));
    expect(seen).toEqual(['create node n0 @1']);
    expect([other.lines, store.queue.listeners]).toEqual([[], 0]);
  });

  it.each([
    { what: 'next', error: true },
    { what: 'next', error: false },
  ])('whose handler throws is unsubscribed and reported once (error callback: $error)', async ({ error }) => {
    const { store, logged } = newStore();
    const reported: unknown[] = [];
    let calls = 0;
    watch(store.queue).subscribe({
      next: () => {
        calls++;
        throw new Error('mine');
      },
      ...(error && { error: (reason: unknown) => reported.push(reason) }),
    });
    const good = record(watch(store.queue));
    await store.update(nodes(0, 2));
    await store.update(node('n3'));
    expect([calls, store.queue.listeners]).toEqual([1, 1]);
    expect(good.lines).toHaveLength(5);
    expect(reported).toEqual(error ? [new Error('mine')] : []);
    expect(logged).toHaveLength(error ? 0 : 1);
    await flush();
  });

  it('whose error handler throws too harms nobody', async () => {
    const { store, logged } = newStore();
    watch(store.queue).subscribe({
      next: () => {
        throw new Error('first');
      },
      error: () => {
        throw new Error('second');
      },
    });
    await store.update(node('n1'));
    expect(logged).toHaveLength(1);
  });

  it('behind an operator whose handler throws harms nobody either', async () => {
    const { store, logged } = newStore();
    const uncaught: unknown[] = [];
    const listeners = process.rawListeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => uncaught.push(error));
    try {
      watch(store.queue)
        .pipe(filter((event) => event.action === 'create'))
        .subscribe(() => {
          throw new Error('mine');
        });
      await store.update(node('n1'));
      await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of listeners) process.on('uncaughtException', listener as () => void);
    }
    expect(uncaught).toEqual([]);
    expect(logged).toHaveLength(1);
  });

  it('may be anything that rxjs knows', async () => {
    const { store } = newStore();
    const pending = firstValueFrom(watch(store.queue, EventDeleteNode()).pipe(first(1)));
    await store.update(node('n1'));
    await store.update((tx) => tx.nodes().delete('n1'));
    expect((await pending).object.id).toBe('n1');
    expect(store.queue.listeners).toBe(0);
  });
});
