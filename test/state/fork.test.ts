import { describe, expect, it } from 'vitest';
import { applyEvent, type Event, fork, MemoryStore, type Tx, watch } from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf, flush, newStore, record, thrownCode } from '../support/state-events.js';

const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const content = (store: MemoryStore) => {
  const { version, time, tables } = store.save();
  return { version, time, tables: { ...tables } };
};

describe('fork', () => {
  it('is a copy that follows, whole transactions at a time', async () => {
    const { store } = newStore();
    await store.update(node('n1'), { actor: 'ann', requestId: 'r1' });
    const copy = fork(store);
    expect(content(copy.store)).toEqual(content(store));
    expect(copy.store.history).toEqual(store.history);
    const seen = record(watch(copy.store.queue));
    await store.update((tx) => {
      tx.nodes().update({ id: 'n1', role: 'manager' });
      tx.nodes().delete('n1');
      tx.nodes().create({ id: 'n2' });
    });
    expect(seen.lines).toEqual(['update node n1 @2', 'delete node n1 @2', 'create node n2 @2', 'commit @2']);
    expect(content(copy.store)).toEqual(content(store));
    expect(copy.store.versionOfRequest('r1')).toBe(1);
    copy.close();
    await store.update(node('n3'));
    expect(copy.store.version).toBe(2);
    expect(store.queue.listeners).toBe(0);
  });

  it('has it before the promise of the original resolves', async () => {
    const { store } = newStore();
    const copy = fork(store);
    await store.update(node('n1'));
    expect(copy.store.view((tx) => tx.nodes().get('n1'))).toBe(store.view((tx) => tx.nodes().get('n1')));
  });

  it('is for reading only', async () => {
    const { store } = newStore();
    const copy = fork(store);
    expect(await codeOf(copy.store.update(node('n1')))).toBe('NOT_SUPPORTED');
    expect(await codeOf(copy.store.batch((batch) => batch.update(node('n1'))))).toBe('NOT_SUPPORTED');
    expect(await codeOf(copy.store.restore(store.save()))).toBe('NOT_SUPPORTED');
  });

  it('can be forked again', async () => {
    const { store } = newStore();
    const second = fork(fork(store).store);
    await store.update(node('n1'));
    expect(content(second.store)).toEqual(content(store));
  });

  it('follows a store whose history is short, or skips versions', async () => {
    const { store: source } = newStore();
    for (let i = 0; i < 5; i++) await source.update(node(`n${i}`));
    const { store } = newStore({ history: { transactions: 1 } });
    await store.update(node('a'));
    await store.update(node('b'));
    const copy = fork(store);
    await store.restore(source.save());
    expect(store.version).toBe(6);
    expect(content(copy.store)).toEqual(content(store));
    await store.update(node('c'));
    expect(content(copy.store)).toEqual(content(store));
  });

  it('follows a store that installs a snapshot', async () => {
    const { store: source } = newStore();
    for (let i = 0; i < 5; i++) await source.update(node(`n${i}`));
    const { store } = newStore();
    const copy = fork(store);
    (await controlOf(store).prepare(source.save())).install();
    expect(content(copy.store)).toEqual(content(source));
    const { store: short } = newStore({ history: { transactions: 1 } });
    for (let i = 0; i < 9; i++) await short.update(node(`m${i}`));
    (await controlOf(store).prepare(short.save())).install();
    expect(content(copy.store)).toEqual(content(short));
  });

  it.each<{ what: string; spoil: (copy: MemoryStore) => unknown }>([
    { what: 'was closed', spoil: (copy) => copy.close() },
    {
      what: 'was written to behind its back',
      spoil: (copy) => copy.applyStoreActions([], { version: 1, time: 0 }),
    },
  ])('harms nobody when its store $what', async ({ spoil }) => {
    const { store } = newStore();
    const copy = fork(store);
    const seen = record(watch(store.queue));
    await spoil(copy.store);
    await store.update(node('n1'));
    expect(seen.lines).toEqual(['create node n1 @1', 'commit @1']);
    await store.update(node('n2'));
    expect(seen.lines).toHaveLength(4);
  });

  it('stays readable when the original closes', async () => {
    const { store } = newStore();
    await store.update(node('n1'));
    const copy = fork(store);
    await store.close();
    expect(copy.store.view((tx) => tx.nodes().find())).toHaveLength(1);
    copy.close();
  });
});

describe('applyEvent', () => {
  it('takes over what one event says; commits change nothing', async () => {
    const { store } = newStore();
    const { store: copy } = newStore();
    watch(store.queue).subscribe((event: Event) => applyEvent(copy, event));
    await store.update(node('n1'));
    await store.update((tx) => tx.nodes().update({ id: 'n1', role: 'manager' }));
    await store.update(node('n2'));
    await store.update((tx) => tx.nodes().delete('n1'));
    expect(copy.save().tables.node).toEqual(store.save().tables.node);
    expect(copy.version).toBe(4);
  });

  it('refuses what does not fit', async () => {
    const { store } = newStore();
    const { store: copy } = newStore();
    const seen = record(watch(store.queue));
    await store.update(node('n1'));
    await store.update((tx) => tx.nodes().delete('n1'));
    const [create, , remove] = seen.events as [Event, Event, Event];
    expect(thrownCode(() => applyEvent(copy, remove))).toBe('NOT_FOUND');
    applyEvent(copy, create);
    expect(thrownCode(() => applyEvent(copy, create))).toBe('ALREADY_EXISTS');
  });

  it('never lets the time go back', async () => {
    const { store, clock } = newStore();
    const { store: copy, clock: copyClock } = newStore();
    await store.update(node('old'));
    clock.advance(5_000);
    const seen = record(watch(store.queue));
    watch(store.queue).subscribe((event: Event) =>
      event.version === 2 || event.version === 3 ? applyEvent(copy, event) : 0,
    );
    applyEvent(copy, store.history[0]?.events[0] as Event);
    await store.update(node('new'));
    await store.update((tx) => tx.nodes().delete('old'));
    expect(seen.lines).toHaveLength(4);
    expect(copyClock.now()).toBe(1_000_000);
    const made = await copy.update((tx) => tx.nodes().update({ id: 'new' }));
    expect(made.meta.updatedAt).toBeGreaterThanOrEqual(1_005_000);
    await flush();
  });
});

describe('a fork of a store that is restored', () => {
  it('follows, and so do its watches, though versions are skipped', async () => {
    const { store } = newStore();
    const { store: source } = newStore();
    for (const id of ['a', 'b', 'c']) await source.update(node(id), { requestId: `r${id}` });
    const copy = fork(store);
    const [here, there] = [record(watch(store.queue)), record(watch(copy.store.queue))];
    await store.restore(source.save());
    await store.update(node('d'));
    expect(there.lines).toEqual(['create node a @4', 'create node b @4', 'create node c @4', 'commit @4', 'create node d @5', 'commit @5']); // prettier-ignore
    expect([there.lines, there.errors]).toEqual([here.lines, []]);
    expect(content(copy.store)).toEqual(content(store));
    expect(copy.store.versionOfRequest('rb')).toBe(2);
  });
});
