import { describe, expect, it } from 'vitest';
import {
  applyEvent,
  type Event,
  EventCreateNode,
  EventCreateTask,
  MemoryStore,
  nodeCheckName,
  nodeCheckState,
  type StoreAction,
  type StoreOptions,
  taskCheckNodeId,
  type Tx,
  watch,
} from '../../src/index.js';
import { codeOf, newStore, thrownCode } from '../support/state-events.js';

describe('an object that is no plain data', () => {
  class Made {
    readonly id = 'a';
  }
  it.each<[string, () => object]>([
    ['a promise that nobody awaited', () => Promise.resolve({ id: 'a' })],
    ['a map', () => new Map()],
    ['a date', () => new Date()],
    ['an error', () => new Error('e')],
    ['an instance', () => new Made()],
    ['an heir', () => Object.create({ id: 'a' }) as object],
  ])('is refused: %s', async (_what, make) => {
    const { store } = newStore();
    await store.update((tx) => tx.nodes().create({ id: 'a', role: 'manager' }));
    for (const write of [
      (tx: Tx) => void tx.nodes().create(make()),
      (tx: Tx) => void tx.nodes().update(make() as never),
    ])
      await expect(store.update(write)).rejects.toThrow(
        /^INVALID_OBJECT: node: must be a plain object: no instance of a class, no promise$/,
      );
    expect(store.view((tx) => tx.nodes().get('a')?.role)).toBe('manager');
  });

  it('may have no prototype at all', async () => {
    const { store } = newStore();
    await store.update((tx) => tx.nodes().create(Object.assign(Object.create(null) as object, { id: 'a' })));
    expect(store.view((tx) => tx.nodes().get('a')?.id)).toBe('a');
  });
});

describe('an event that was read from somewhere', () => {
  it('is taken as a copy, in canonical form', async () => {
    const { store } = newStore();
    const events: Event[] = [];
    watch(store.queue, EventCreateNode()).subscribe((event) => events.push(event));
    await store.update((tx) => tx.nodes().create({ id: 'n' }));
    const parsed = JSON.parse(JSON.stringify(events[0])) as Event & { object: { role: string } };
    const copy = new MemoryStore();
    applyEvent(copy, parsed);
    parsed.object.role = 'changed';
    expect(copy.view((tx) => tx.nodes().get('n'))).toEqual(store.view((tx) => tx.nodes().get('n')));
    expect(Object.isFrozen(copy.view((tx) => tx.nodes().get('n')?.spec))).toBe(true);
  });

  it('is refused where it says what no object can be', () => {
    const at = (object: object) => ({ action: 'create', kind: 'node', object, version: 1 }) as never as Event;
    const meta = { version: 1, createdAt: 1, updatedAt: 1 };
    expect(thrownCode(() => applyEvent(new MemoryStore(), at({ id: 'n', meta, role: 'boss' })))).toBe('INVALID_OBJECT');
  });
});

describe('a logged action', () => {
  const node = (part: object) => ({ action: 'create', kind: 'node', object: { id: 'n', ...part } });
  it.each<[string, object, string]>([
    ['a version in words', node({ meta: { version: 'x' } }), 'meta.version'],
    ['a version below nothing', node({ meta: { version: -1 } }), 'meta.version'],
    ['a time that is no number', node({ meta: { createdAt: Number.NaN } }), 'meta.createdAt'],
    ['half a millisecond', node({ meta: { updatedAt: 0.5 } }), 'meta.updatedAt'],
    ['a meta that is none', node({ meta: 5 }), 'meta'],
    ['a misspelt action', { ...node({}), action: 'crate' }, 'action'],
    ['nothing to remove', { action: 'remove', kind: 'node' }, 'id'],
    ['no id', { action: 'create', kind: 'node', object: {} }, 'id'],
  ])('is refused with %s', (_what, action, path) => {
    const store = new MemoryStore();
    const apply = () => store.applyStoreActions([action as StoreAction], { version: 1, time: 1 });
    expect(thrownCode(apply)).toBe('INVALID_OBJECT');
    expect(apply).toThrow(expect.objectContaining({ details: expect.objectContaining({ path }) as object }) as Error);
    expect(store.version).toBe(0);
  });

  it.each([Number.NaN, 1.5, Infinity, undefined])('is refused when it was made at %s', (time) => {
    const store = new MemoryStore();
    const apply = () => store.applyStoreActions([node({}) as StoreAction], { version: 1, time: time as number });
    expect(thrownCode(apply)).toBe('INVALID_OBJECT');
  });

  it('of version 0 makes an object that nobody can expect', async () => {
    const store = new MemoryStore();
    const meta = { version: 0, createdAt: 0, updatedAt: 0 };
    store.applyStoreActions([node({ meta }) as StoreAction], { version: 1, time: 1 });
    expect(await codeOf(store.update((tx) => tx.nodes().update({ id: 'n', meta })))).toBe('SEQUENCE_CONFLICT');
  });
});

describe('a snapshot whose objects', () => {
  it.each([{}, { meta: null }, { meta: { version: 1, createdAt: null, updatedAt: 1 } }])(
    'have the meta of %j is refused',
    async (part) => {
      const { store } = newStore();
      const snapshot = { version: 1, time: 1, tables: { node: [{ id: 'b', ...part }] }, history: [], requests: [] };
      expect(await codeOf(store.restore(snapshot as never))).toBe('INVALID_OBJECT');
      expect(store.version).toBe(0);
    },
  );
});

describe('options of a store', () => {
  it.each<[StoreOptions, RegExp]>([
    [{ history: { transactions: -1 } }, /history\.transactions/],
    [{ history: { transactions: Number.NaN } }, /history\.transactions/],
    [{ history: { bytes: -1 } }, /history\.bytes/],
    [{ limits: { batchChanges: 0 } }, /limits\.batchChanges/],
    [{ limits: { transactionBytes: Number.NaN } }, /limits\.transactionBytes/],
    [{ histori: {} } as StoreOptions, /MemoryStore: there is no option "histori": known are proposer, history,/],
    [{ history: { transaction: 5 } } as StoreOptions, /history: there is no option "transaction"/],
    [{ limits: { batchChange: 5 } } as StoreOptions, /limits: there is no option "batchChange"/],
    [{ limits: { kinds: { node: { object: 1 } } } } as StoreOptions, /the limits of node: there is no option "object"/],
  ])('are refused: %j', (options, says) => {
    expect(() => new MemoryStore(options)).toThrow(says);
  });

  it('that are undefined are not given', async () => {
    const given = { history: { transactions: undefined }, limits: { batchChanges: undefined } } as never;
    const store = new MemoryStore(given);
    await store.batch(async (batch) => {
      for (let i = 0; i < 201; i++) await batch.update((tx) => void tx.nodes().create({}));
    });
    expect(store.history.map(({ events }) => events.length)).toEqual([200, 1]);
  });
});

describe('a specifier', () => {
  it('is refused when its check compares text and the literal has none there', () => {
    const { store } = newStore();
    expect(thrownCode(() => EventCreateNode({ description: { hostname: 5 } } as never, nodeCheckName))).toBe(
      'INVALID_OBJECT',
    );
    expect(thrownCode(() => EventCreateNode({ status: { state: 5 } } as never, nodeCheckState))).toBe('INVALID_OBJECT');
    expect(store.queue.listeners).toBe(0);
  });

  it('asks what is answered by a look-up first, of events that come and of those that were', async () => {
    const { store } = newStore();
    const mine = () => {
      throw new Error('mine');
    };
    const wanted = EventCreateTask({ nodeId: 'n' }, mine, taskCheckNodeId);
    const errors: unknown[] = [];
    watch(store.queue, wanted).subscribe({ error: (error) => errors.push(error) });
    await store.update((tx) => tx.tasks().create({ nodeId: 'other' }));
    store.watchFrom(0, wanted).subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([]);
    await store.update((tx) => tx.tasks().create({ nodeId: 'n' }));
    expect(errors).toHaveLength(2);
  });
});

describe('a callback that returns what is like a promise', () => {
  it('is refused, and what it returned is not begun', async () => {
    const { store } = newStore();
    let begun = false;
    const lazy = {
      then() {
        begun = true;
        throw new Error('mine');
      },
    };
    const callback = (): never => lazy as never;
    expect(await codeOf(store.update(callback))).toBe('ASYNC_CALLBACK');
    expect(begun).toBe(false);
  });
});

describe('a wrong value', () => {
  const strange: readonly [string, () => unknown][] = [
    ['a constructor whose name is a symbol', () => ({ constructor: { name: Symbol('x') } })],
    ['a constructor that is null', () => Object.assign(Object.create({}) as object, { constructor: null })],
    ['a symbol', () => Symbol('x')],
    ['no prototype', () => Object.create(null) as unknown],
  ];
  it.each(strange)('is refused in words, whatever it is: %s', async (_what, make) => {
    const { store } = newStore();
    const create = (literal: object) => codeOf(store.update((tx) => tx.nodes().create(literal)));
    expect(await create({ role: make() })).toBe('INVALID_OBJECT');
    expect(await create({ spec: { annotations: { name: make() } } })).toBe('INVALID_OBJECT');
    expect(await create({ spec: { annotations: { indices: make() } } })).toBe('INVALID_OBJECT');
    const apply = (action: object) =>
      thrownCode(() => store.applyStoreActions([action as StoreAction], { version: 1, time: 1 }));
    expect(apply({ action: 'create', kind: make(), object: { id: 'a' } })).toBe('INVALID_OBJECT');
    expect(apply({ action: make(), kind: 'node', object: { id: 'a' } })).toBe('INVALID_OBJECT');
  });

  it.each([2, 40])('of a secret is refused for its size: %i MB', async (megabytes) => {
    const { store } = newStore();
    const data = 'AAAA'.repeat((megabytes * 1_000_000) / 4);
    for (const table of ['secrets', 'configs'] as const)
      await expect(store.update((tx) => tx[table]().create({ spec: { data: `${data}AAAA` } }))).rejects.toThrow(
        /must be at most \d+ bytes, is \d+$/,
      );
    for (const data of ['A', 'AA', 'AAA', 'AA=A', '====', 'AA A', 'AAAA='])
      await expect(store.update((tx) => tx.secrets().create({ spec: { data } }))).rejects.toThrow('must be base64');
    for (const data of ['', 'AA==', 'AAA=', 'AAAA', '+/9a'])
      await store.update((tx) => tx.secrets().create({ spec: { data } }));
  });

  it.each([
    ['the last version', { version: Number.MAX_SAFE_INTEGER }],
    ['one before it', { version: Number.MAX_SAFE_INTEGER - 1 }],
    ['a version before the first', { version: -1 }],
    ['a time after the last', { time: 1e300 }],
    ['a part of a millisecond', { time: 1.5 }],
  ])('of a snapshot leaves a store that can be written: %s', async (_what, wrong) => {
    const { store } = newStore();
    await store.update((tx) => tx.nodes().create({ id: 'a' }));
    await expect(store.restore({ ...store.save(), ...wrong })).rejects.toThrow('restore takes a snapshot');
    await store.update((tx) => tx.nodes().create({ id: 'b' }));
    expect(store.version).toBe(2);
    const late = () => store.applyStoreActions([], { version: 3, time: 1e300 });
    expect(thrownCode(late)).toBe('INVALID_OBJECT');
  });

  it('may be as high as a version goes', async () => {
    const { store } = newStore();
    await store.restore({ ...store.save(), version: 2 ** 52 });
    await store.update((tx) => tx.nodes().create({ id: 'a' }));
    expect(store.version).toBe(2 ** 52 + 2);
  });
});
