import { describe, expect, it } from 'vitest';
import { byName, fork, MemoryStore, type StoreAction, type StoreSnapshot, type Tx, watch } from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf, flush, newStore, record, thrownCode } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

const network = (id: string, name: string) => ({ id, spec: { annotations: { name } } });
const make =
  (...pairs: [string, string][]) =>
  (tx: Tx) => {
    for (const [id, name] of pairs) tx.networks().create(network(id, name));
  };
const names = (store: MemoryStore) =>
  Object.fromEntries(store.view((tx) => tx.networks().find()).map((one) => [one.id, one.spec.annotations.name]));

/** The snapshot as it comes from a file. */
function parsed(snapshot: StoreSnapshot): StoreSnapshot {
  return JSON.parse(JSON.stringify(snapshot)) as StoreSnapshot;
}

describe('save and restore', () => {
  it.each([{}, null, undefined, 'a file', { version: 1, time: 1 }, { version: '1', time: 1, tables: {} }])(
    'takes no %j for a snapshot, and loses nothing',
    async (given) => {
      const { store } = newStore();
      await store.update(make(['a', 'x']));
      await expect(store.restore(given as never)).rejects.toThrow(/^restore takes a snapshot, as save\(\) returns it$/);
      expect(names(store)).toEqual({ a: 'x' });
    },
  );

  it('saves one list a kind, by id', async () => {
    const { store } = newStore();
    await store.update(make(['b', 'x'], ['a', 'y']));
    const { version, tables } = store.save();
    expect(version).toBe(1);
    expect(tables.network.map(({ id }) => id)).toEqual(['a', 'b']);
    await store.update((tx) => tx.networks().delete('a'));
    expect(tables.network).toHaveLength(2);
  });

  it.each([
    { from: 'a store', pass: (snapshot: StoreSnapshot) => snapshot },
    { from: 'a file', pass: parsed },
  ])('restores from $from with the differences as events, in one version above both', async ({ pass }) => {
    const { store: source } = newStore();
    await source.update(make(['same', 'same'], ['changed', 'after'], ['new', 'new']));
    await source.update((tx) => void tx.nodes().create({ id: 'n1' }));
    const { store, clock } = newStore();
    await store.update(make(['same', 'same'], ['changed', 'before'], ['gone', 'gone']));
    const kept = store.view((tx) => tx.networks().get('same'));
    clock.advance(50);
    const seen = record(watch(store.queue));
    await store.restore(pass(source.save()));
    expect(store.version).toBe(3);
    expect([...seen.lines].sort()).toEqual([
      'commit @3',
      'create network new @3',
      'create node n1 @3',
      'delete network gone @3',
      'update network changed @3',
    ]);
    expect(seen.lines.at(-1)).toBe('commit @3');
    expect(store.view((tx) => tx.networks().get('same'))).toBe(kept);
    expect(store.view((tx) => tx.networks().get('new'))?.meta).toEqual({
      version: 3,
      createdAt: 1_000_000,
      updatedAt: 1_000_050,
    });
    expect(seen.events.find(({ action }) => action === 'update')).toMatchObject({
      old: { spec: { annotations: { name: 'before' } } },
    });
  });

  it('goes above the version of the snapshot when that is higher', async () => {
    const { store: source } = newStore();
    for (let i = 0; i < 5; i++) await source.update(make([`w${i}`, `w${i}`]));
    const { store } = newStore();
    const seen = record(watch(store.queue));
    await store.restore(source.save());
    expect(store.version).toBe(6);
    expect(seen.lines).toHaveLength(6);
    await store.update(make(['next', 'next']));
    expect(seen.lines.at(-1)).toBe('commit @7');
    expect(record(store.watchFrom(6)).lines).toEqual(['create network next @7', 'commit @7']);
    expect(record(store.watchFrom(0)).errors).toMatchObject([{ code: 'VERSION_COMPACTED' }]);
  });

  it('gives what it holds already one version and no object events', async () => {
    const { store } = newStore();
    await store.update(make(['a', 'x']));
    const seen = record(watch(store.queue));
    await store.restore(store.save());
    expect([store.version, seen.lines]).toEqual([2, ['commit @2']]);
  });

  it.each([
    { what: 'moved to another id', before: [['a', 'x']], after: [['b', 'X']] },
    {
      what: 'were exchanged',
      before: [
        ['a', 'x'],
        ['b', 'y'],
      ],
      after: [
        ['a', 'y'],
        ['b', 'x'],
      ],
    },
    {
      what: 'went round',
      before: [
        ['a', 'x'],
        ['b', 'y'],
        ['c', 'z'],
      ],
      after: [
        ['a', 'y'],
        ['b', 'z'],
        ['c', 'x'],
      ],
    },
    {
      what: 'were freed and taken',
      before: [
        ['a', 'x'],
        ['b', 'y'],
      ],
      after: [
        ['b', 'x'],
        ['c', 'y'],
      ],
    },
  ] as { what: string; before: [string, string][]; after: [string, string][] }[])(
    'keeps the name index right when names $what',
    async ({ before, after }) => {
      const { store: source } = newStore();
      await source.update(make(...after));
      const { store } = newStore();
      await store.update(make(...before));
      const copy = fork(store);
      await store.restore(parsed(source.save()));
      expect(names(copy.store)).toEqual(Object.fromEntries(after));
      expect(names(store)).toEqual(Object.fromEntries(after));
      for (const [id, name] of after) {
        expect(store.view((tx) => tx.networks().find(byName(name))).map((one) => one.id)).toEqual([id]);
        expect(await codeOf(store.update(make(['fresh', name])))).toBe('NAME_CONFLICT');
      }
    },
  );

  it('makes other writers wait, not views', async () => {
    const { store: source } = newStore();
    await source.update(make(['a', 'x']));
    const { store } = newStore();
    const restored = store.restore(source.save());
    const write = store.update(make(['b', 'y']));
    expect(names(store)).toEqual({});
    await Promise.all([restored, write]);
    expect(names(store)).toEqual({ a: 'x', b: 'y' });
  });

  it('is not for a store with a proposer', async () => {
    const store = new MemoryStore({ proposer: new FakeProposer() });
    expect(await codeOf(store.restore(newStore().store.save()))).toBe('NOT_SUPPORTED');
  });

  it('refuses a snapshot that could not have been saved, and changes nothing', async () => {
    const { store: source } = newStore();
    await source.update(make(['a', 'x'], ['b', 'y']));
    const good = parsed(source.save());
    const { store } = newStore();
    await store.update(make(['kept', 'kept']));
    const withRows = (rows: unknown[]) => ({ ...good, tables: { ...good.tables, network: rows } }) as StoreSnapshot;
    const [a] = good.tables.network as unknown[];
    expect(await codeOf(store.restore(withRows([{ ...(a as object), colour: 'red' }])))).toBe('INVALID_OBJECT');
    expect(await codeOf(store.restore(withRows([{ ...(a as object), id: '' }])))).toBe('INVALID_OBJECT');
    expect(await codeOf(store.restore(withRows([a, { ...(a as object), id: 'twin' }])))).toBe('NAME_CONFLICT');
    expect([names(store), store.version]).toEqual([{ kept: 'kept' }, 1]);
  });
});

describe('applyStoreActions', () => {
  const act = (action: 'create' | 'update', object: object) =>
    ({ action, kind: 'network', object }) as unknown as StoreAction;

  it('applies logged values as they are, in one version, with events and history', async () => {
    const { store } = newStore();
    const seen = record(watch(store.queue));
    const meta = { version: 1, createdAt: 5, updatedAt: 6 };
    store.applyStoreActions(
      [act('create', { ...network('a', 'x'), meta }), act('update', { ...network('a', 'y'), meta })],
      {
        version: 1,
        time: 7,
        actor: 'ann',
        requestId: 'r1',
      },
    );
    store.applyStoreActions([{ action: 'remove', kind: 'network', id: 'a' }], { version: 2, time: 8 });
    expect(seen.lines).toEqual([
      'create network a @1',
      'update network a @1',
      'commit @1',
      'delete network a @2',
      'commit @2',
    ]);
    expect(seen.events[1]).toMatchObject({ object: { meta }, old: { spec: { annotations: { name: 'x' } } } });
    expect(store.history[0]).toMatchObject({ actor: 'ann', requestId: 'r1', time: 7 });
    expect(store.versionOfRequest('r1')).toBe(1);
    await flush();
  });

  it('makes no version checks on objects', () => {
    const { store } = newStore();
    store.applyStoreActions([act('create', network('a', 'x'))], { version: 1, time: 1 });
    store.applyStoreActions([act('update', { ...network('a', 'x'), meta: { version: 99 } })], { version: 2, time: 2 });
    expect(store.view((tx) => tx.networks().get('a'))?.meta.version).toBe(99);
  });

  it.each<{ what: string; actions: StoreAction[]; version: number; code: string }>([
    { what: 'a hole', actions: [], version: 3, code: 'VERSION_GAP' },
    { what: 'a repeat', actions: [], version: 1, code: 'VERSION_GAP' },
    { what: 'an id that is taken', actions: [act('create', network('a', 'z'))], version: 2, code: 'ALREADY_EXISTS' },
    { what: 'a name that is taken', actions: [act('create', network('b', 'X'))], version: 2, code: 'NAME_CONFLICT' },
    { what: 'an update of nothing', actions: [act('update', network('b', 'z'))], version: 2, code: 'NOT_FOUND' },
    {
      what: 'a removal of nothing',
      actions: [{ action: 'remove', kind: 'network', id: 'b' }],
      version: 2,
      code: 'NOT_FOUND',
    },
    { what: 'a misfit', actions: [act('create', { id: 'b', colour: 1 })], version: 2, code: 'INVALID_OBJECT' },
    {
      what: 'a kind that cannot be',
      actions: [{ action: 'create', kind: '__proto__', object: { id: 'b' } } as unknown as StoreAction],
      version: 2,
      code: 'INVALID_OBJECT',
    },
  ])('stops loudly at $what and applies nothing', ({ actions, version, code }) => {
    const { store } = newStore();
    store.applyStoreActions([act('create', network('a', 'x'))], { version: 1, time: 1 });
    expect(
      thrownCode(() => store.applyStoreActions([act('create', network('c', 'c')), ...actions], { version, time: 2 })),
    ).toBe(code);
    expect([names(store), store.version]).toEqual([{ a: 'x' }, 1]);
  });

  it('never lets the time go back', async () => {
    const { store, clock } = newStore();
    store.applyStoreActions([act('create', network('a', 'x'))], { version: 1, time: 2_000_000 });
    store.applyStoreActions([act('create', network('b', 'y'))], { version: 2, time: 5 });
    expect(clock.now()).toBe(1_000_000);
    const made = await store.update((tx) => tx.networks().update(network('a', 'x')));
    expect(made.meta.updatedAt).toBe(2_000_000);
  });
});

describe('a restore', () => {
  it('knows the requests that made what is restored, and those from before', async () => {
    const { store: source } = newStore();
    await source.update(make(['a', 'x']), { requestId: 'theirs' });
    const { store } = newStore();
    await store.update(make(['b', 'y']), { requestId: 'ours' });
    await store.restore(parsed(source.save()));
    await store.update(make(['c', 'z']), { requestId: 'theirs' });
    await store.update(make(['d', 'w']), { requestId: 'ours' });
    expect(names(store)).toEqual({ a: 'x' });
  });
});

describe('a restore that is refused', () => {
  it.each([
    ['no list', 7],
    ['an entry that is none', [['r1', 1], null]],
    ['an entry without a version', [['r1', 1], ['r2']]],
    ['a version that is none', [['r1', '1']]],
  ])('leaves nothing for the next write to carry out: requests with %s', async (_what, requests) => {
    const { store: source } = newStore();
    await source.update(make(['b', 'other']));
    const { store } = newStore();
    await store.update(make(['a', 'x']), { requestId: 'mine' });
    const seen = record(watch(store.queue));
    const damaged = { ...parsed(source.save()), requests } as unknown as StoreSnapshot;
    const refused = store.restore(damaged);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'requests' } });
    await store.update(make(['c', 'z']));
    expect(names(store)).toEqual({ a: 'x', c: 'z' });
    expect(seen.lines).toEqual(['create network c @2', 'commit @2']);
    expect([store.versionOfRequest('mine'), store.versionOfRequest('r1')]).toEqual([1, undefined]);
  });

  it.each([
    ['history with a hole', { history: [{ version: 1 }, { version: 3 }] }],
    ['history that is none', { history: null }],
    ['requests that are none', { requests: [null] }],
  ])('leaves everything as it was when it is an installation: %s', async (_what, damage) => {
    const { store } = newStore();
    await store.update(make(['a', 'x']));
    const damaged = { ...parsed(store.save()), version: 9, tables: {}, ...damage } as unknown as StoreSnapshot;
    await expect(
      controlOf(store)
        .prepare(damaged)
        .then((prepared) => prepared.install()),
    ).rejects.toThrow();
    await store.update(make(['b', 'y']));
    expect([names(store), store.version]).toEqual([{ a: 'x', b: 'y' }, 2]);
    expect(store.history.map(({ version }) => version)).toEqual([1, 2]);
  });
});

describe('what a log brings during a restore', () => {
  const create = (id: string): StoreAction[] => [
    { action: 'create', kind: 'network', object: network(id, id) as never },
  ];

  it.each([{ above: true }, { above: false }])(
    'is told of, and goes with a delete (the snapshot is newer: $above)',
    async ({ above }) => {
      const { store: source } = newStore();
      for (const id of above ? ['s1', 's2', 's3', 's4'] : ['s1']) await source.update(make([id, id]));
      const { store } = newStore();
      await store.update(make(['a', 'a']));
      await store.update(make(['b', 'b']));
      const seen = record(watch(store.queue));
      const snapshot = source.save();
      const tables = {
        ...snapshot.tables,
        get network() {
          if (store.version === 2) store.applyStoreActions(create('x'), { version: 3, time: 1 });
          return snapshot.tables.network;
        },
      };
      await store.restore({ ...snapshot, tables });
      const gone = seen.lines.filter((one) => one.startsWith('delete')).map((one) => one.split(' ')[2]);
      expect(gone.sort()).toEqual(['a', 'b', 'x']);
      expect(seen.lines).toContain('create network x @3');
      expect(Object.keys(names(store))).toEqual(above ? ['s1', 's2', 's3', 's4'] : ['s1']);
      expect(store.version).toBe(above ? 5 : 4);
    },
  );

  it('ends it when there is no end to it, and nothing is lost', async () => {
    const { store } = newStore();
    let version = 0;
    const tables = {
      get network() {
        store.applyStoreActions(create(`x${++version}`), { version, time: 1 });
        return [];
      },
    };
    expect(await codeOf(store.restore({ ...newStore().store.save(), tables } as unknown as StoreSnapshot))).toBe(
      'BUSY',
    );
    expect(version).toBeGreaterThan(1);
    expect(store.view((tx) => tx.networks().count())).toBe(version);
    await store.update(make(['after', 'after']));
    expect(store.version).toBe(version + 1);
  });
});
