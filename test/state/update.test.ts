import { describe, expect, it } from 'vitest';
import { type MemoryStore, type ReadTx, type Tx, type UpdateOptions, watch } from '../../src/index.js';
import { codeOf, flush, newStore, record, settled, thrownCode } from '../support/state-events.js';

const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const idsOf = (store: MemoryStore) => store.view((tx) => tx.nodes().find()).map(({ id }) => id);

/** Runs a callback that the compiler would refuse. */
function updateLoose(store: MemoryStore, write: (tx: Tx) => unknown, options?: UpdateOptions): Promise<unknown> {
  return store.update(write as (tx: Tx) => undefined, options);
}

describe('update in a store alone', () => {
  it('runs the callback at once and once, and resolves with its value', async () => {
    const { store } = newStore();
    let runs = 0;
    const promise = store.update((tx) => {
      runs++;
      return tx.nodes().create({ id: 'n1' });
    });
    expect(runs).toBe(1);
    expect(idsOf(store)).toEqual(['n1']);
    expect((await promise).id).toBe('n1');
    expect(runs).toBe(1);
  });

  it('shows a transaction its own writes, and a view inside it only what is committed', async () => {
    const { store } = newStore();
    await store.update((tx) => {
      tx.nodes().create({ id: 'n1' });
      expect(tx.nodes().get('n1')).toBeDefined();
      expect(tx.nodes().find()).toHaveLength(1);
      expect(idsOf(store)).toEqual([]);
    });
    expect(idsOf(store)).toEqual(['n1']);
  });

  it.each([
    { what: 'an error', error: new Error('mine') },
    { what: 'a string', error: 'mine' },
    { what: 'undefined', error: undefined },
  ])('leaves nothing when the callback throws $what, and passes it on unchanged', async ({ error }) => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    const promise = store.update((tx) => {
      tx.nodes().create({ id: 'n1' });
      throw error;
    });
    expect(await promise.catch((reason: unknown) => ({ reason }))).toEqual({ reason: error });
    expect([idsOf(store), store.version, seen.lines]).toEqual([[], 0, []]);
    await store.update(node('n2'));
    expect(seen.lines).toEqual(['create node n2 @1', 'commit @1']);
  });

  it('makes no version and no events without changes', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    expect(await store.update((tx) => tx.nodes().find().length)).toBe(0);
    expect([store.version, seen.lines]).toEqual([0, []]);
  });

  it('never throws synchronously', async () => {
    const { store } = newStore();
    const throwing = updateLoose(store, () => {
      throw new Error('mine');
    });
    await expect(throwing).rejects.toThrow('mine');
    await expect(updateLoose(store, undefined as never)).rejects.toThrow(TypeError);
  });

  it('runs a nested update as its own later transaction', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    let inner: Promise<void> | undefined;
    await store.update((tx) => {
      inner = store.update((later) => {
        expect(later.nodes().get('n1')).toBeDefined();
        later.nodes().create({ id: 'n2' });
      });
      expect(tx.nodes().get('n2')).toBeUndefined();
      tx.nodes().create({ id: 'n1' });
    });
    await inner;
    expect(seen.lines).toEqual(['create node n1 @1', 'commit @1', 'create node n2 @2', 'commit @2']);
  });

  it('runs a nested update although the outer one throws', async () => {
    const { store } = newStore();
    let inner: Promise<void> | undefined;
    const outer = store.update((tx) => {
      tx.nodes().create({ id: 'n1' });
      inner = store.update(node('n2'));
      throw new Error('mine');
    });
    await expect(outer).rejects.toThrow('mine');
    await inner;
    expect(idsOf(store)).toEqual(['n2']);
  });

  it('takes any number of nested updates', async () => {
    const { store } = newStore();
    const inner: Promise<void>[] = [];
    await store.update(() => {
      for (let i = 0; i < 20_000; i++) inner.push(store.update(node(`n${i}`)));
    });
    await Promise.all(inner);
    expect(store.version).toBe(20_000);
  });

  it('closes tx, its tables and the tx of a view behind them', async () => {
    const { store } = newStore();
    let kept: Tx | undefined;
    const table = await store.update((tx) => {
      kept = tx;
      return tx.nodes();
    });
    expect(thrownCode(() => kept?.nodes())).toBe('TX_CLOSED');
    expect(thrownCode(() => table.get('n1'))).toBe('TX_CLOSED');
    expect(thrownCode(() => table.find())).toBe('TX_CLOSED');
    expect(thrownCode(() => table.create({}))).toBe('TX_CLOSED');
    expect(thrownCode(() => table.update({ id: 'n1' }))).toBe('TX_CLOSED');
    expect(thrownCode(() => table.delete('n1'))).toBe('TX_CLOSED');
    let read: ReadTx | undefined;
    const readTable = store.view((tx) => (read = tx).nodes());
    expect(thrownCode(() => read?.nodes())).toBe('TX_CLOSED');
    expect(thrownCode(() => readTable.find())).toBe('TX_CLOSED');
  });

  it.each([
    { what: 'a promise', value: () => Promise.resolve(1) },
    { what: 'a promise that rejects', value: () => Promise.reject(new Error('nobody listens')) },
    { what: 'a thenable', value: () => ({ then: () => undefined }) },
    { what: 'a function that is one', value: () => Object.assign(() => undefined, { then: () => undefined }) },
  ])('refuses a callback that returns $what', async ({ value }) => {
    const { store } = newStore();
    const promise = updateLoose(store, (tx) => {
      tx.nodes().create({ id: 'n1' });
      return value();
    });
    expect(await codeOf(promise)).toBe('ASYNC_CALLBACK');
    expect(thrownCode(() => store.view(value as unknown as () => undefined))).toBe('ASYNC_CALLBACK');
    expect(store.version).toBe(0);
    await flush();
  });

  it('rejects with the reason of a signal that is aborted beforehand, and runs nothing', async () => {
    const { store } = newStore();
    let runs = 0;
    const reason = new Error('stop');
    const signal = AbortSignal.abort(reason);
    await expect(updateLoose(store, () => runs++, { signal })).rejects.toBe(reason);
    await expect(store.batch(() => void runs++, { signal })).rejects.toBe(reason);
    expect(runs).toBe(0);
  });

  it.each<UpdateOptions>([{ timeoutMs: 0 }, { timeoutMs: NaN }, { requestId: '' }, { actor: 5 as unknown as string }])(
    'refuses the options %j at once',
    (options) => {
      const { store } = newStore();
      expect(() => store.update(() => 0, options)).toThrow(TypeError);
    },
  );

  it('does nothing when a request is repeated', async () => {
    const { store } = newStore();
    const options = { requestId: 'r1' };
    await store.update(node('n1'), options);
    await store.update(node('n2'), options);
    expect(idsOf(store)).toEqual(['n1']);
    expect(store.versionOfRequest('r1')).toBe(1);
    await store.update(() => 0, { requestId: 'r2' });
    await store.update(node('n3'), { requestId: 'r2' });
    expect(store.versionOfRequest('r2')).toBe(2);
  });

  it('remembers the last 10,000 requests', async () => {
    const { store } = newStore({ history: { transactions: 1 } });
    await store.update((tx) => tx.nodes().create({ id: 'n1' }));
    const touch = (requestId: string) => store.update((tx) => tx.nodes().update({ id: 'n1' }), { requestId });
    for (let i = 0; i <= 10_000; i++) await touch(`r${i}`);
    expect([store.versionOfRequest('r0'), store.versionOfRequest('r1')]).toEqual([undefined, 3]);
  });

  it('keeps who and why in history', async () => {
    const { store } = newStore();
    await store.update(node('n1'), { actor: 'ann', reason: 'because', requestId: 'r1' });
    expect(store.history).toMatchObject([{ version: 1, actor: 'ann', reason: 'because', requestId: 'r1' }]);
  });

  it('arms no timer for a write that is done at once', async () => {
    const { store, clock } = newStore();
    await store.update(node('n1'));
    await store.update(() => 0);
    expect(clock.armed).toBe(0);
  });

  it('is over with close: open reads stay, writes reject, a second close is harmless', async () => {
    const { store } = newStore();
    await store.update(node('n1'));
    await store.close();
    await store.close();
    expect(idsOf(store)).toEqual(['n1']);
    expect(store.version).toBe(1);
    expect(await codeOf(store.update(node('n2')))).toBe('CLOSED');
    expect(await codeOf(store.batch(() => undefined))).toBe('CLOSED');
    expect(await codeOf(store.restore(store.save()))).toBe('CLOSED');
    expect(thrownCode(() => store.applyStoreActions([], { version: 2, time: 0 }))).toBe('CLOSED');
  });

  it('rejects what waits for its turn when the store closes', async () => {
    const { store, clock } = newStore();
    let inner: Promise<void> | undefined;
    let stop = () => undefined as void;
    const batch = store.batch(async (b) => {
      await b.update(node('n1'));
      inner = store.update(node('n2'));
      await new Promise<void>((resolve) => (stop = resolve));
    });
    batch.catch(() => undefined);
    await flush();
    expect(await settled(inner as Promise<void>)).toBe(false);
    await store.close();
    expect(await codeOf(inner as Promise<void>)).toBe('CLOSED');
    stop();
    expect(await codeOf(batch)).toBe('CLOSED');
    expect(clock.armed).toBe(0);
  });

  it('says BUSY when a batch keeps the turn for too long, and runs nothing', async () => {
    const { store, clock } = newStore();
    let stop = () => undefined as void;
    const batch = store.batch(async (b) => {
      await b.update(node('n1'));
      await new Promise<void>((resolve) => (stop = resolve));
    });
    await flush();
    const late = store.update(node('n2'), { timeoutMs: 50 });
    clock.advance(50);
    expect(await codeOf(late)).toBe('BUSY');
    stop();
    await batch;
    expect(idsOf(store)).toEqual(['n1']);
  });
});
