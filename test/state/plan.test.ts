import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { all, byIdPrefix, byRole, MemoryStore, type Plan, type Tx, watch } from '../../src/index.js';
import { codeOf, flush, record } from '../support/state-events.js';
import { FakeProposer, notLeader } from '../support/state-proposer.js';

async function withNodes(...ids: string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.update((tx) => ids.forEach((id) => tx.nodes().create({ id, description: { hostname: id } })));
  return store;
}

describe('plan', () => {
  it('says what would be done, field by field, and does nothing', async () => {
    const store = await withNodes('a', 'b');
    const seen = record(watch(store.queue));
    const plan = store.plan((tx) => {
      const a = tx.nodes().get('a');
      tx.nodes().update({
        ...a,
        id: 'a',
        spec: { ...a?.spec, availability: 'drain', annotations: { labels: { tier: '1' } } },
      });
      tx.nodes().delete('b');
      tx.networks().create({ id: 'w', spec: { annotations: { name: 'web' }, internal: true } });
      return tx.nodes().find().length;
    });
    expect(plan).toMatchObject({ version: 1, value: 1 });
    expect(plan.changes.map(({ action, kind, object }) => `${action} ${kind} ${object.id}`)).toEqual([
      'update node a',
      'delete node b',
      'create network w',
    ]);
    expect(plan.changes[0]?.fields).toEqual([
      { path: 'spec.annotations.labels.tier', new: '1' },
      { path: 'spec.availability', old: 'active', new: 'drain' },
    ]);
    expect(plan.changes[1]?.fields).toContainEqual({ path: 'description.hostname', old: 'b' });
    expect(plan.changes[2]?.fields).toContainEqual({ path: 'spec.internal', new: true });
    expect([store.version, seen.lines]).toEqual([1, []]);
  });

  it('throws what the callback throws, and refuses one that waits', async () => {
    const store = await withNodes('a');
    expect(() => store.plan(() => expect.fail('no'))).toThrow('no');
    // @ts-expect-error a plan cannot wait
    expect(() => store.plan(() => Promise.resolve())).toThrow('ASYNC_CALLBACK');
    expect(() => store.plan((tx) => tx.nodes().create({ id: 'a' }))).toThrow('ALREADY_EXISTS');
  });

  it('hands out a transaction that is over with the callback', async () => {
    const store = await withNodes('a');
    let kept: Tx | undefined;
    store.plan((tx) => void (kept = tx));
    expect(() => kept?.nodes()).toThrow('TX_CLOSED');
  });
});

describe('apply', () => {
  it('makes the changes as one transaction, with actor and reason', async () => {
    const store = await withNodes('a', 'b');
    const plan = store.plan((tx) => {
      tx.nodes().delete('a');
      tx.nodes().create({ id: 'c' });
    });
    expect(await store.apply(plan, { actor: 'ann', reason: 'move' })).toBe(2);
    expect(
      store.view((tx) =>
        tx
          .nodes()
          .find()
          .map(({ id, meta }) => `${id}@${meta.version}`),
      ),
    ).toEqual(['b@1', 'c@2']);
    expect(store.transaction(2)).toMatchObject({ actor: 'ann', reason: 'move' });
    expect(await codeOf(store.apply(plan))).toBe('SEQUENCE_CONFLICT');
    expect(await store.apply(store.plan((tx) => tx.nodes().find().length))).toBe(2);
  });

  it('takes a plan itself, and not a copy', async () => {
    const store = await withNodes('a');
    const plan = store.plan((tx) => tx.nodes().delete('a'));
    await expect(store.apply({ ...plan })).rejects.toThrow('itself and not a copy');
    const other = await withNodes('a', 'b');
    await expect(other.apply(plan)).rejects.toThrow('of this store');
    expect(other.version).toBe(1);
  });

  it.each<{ read: (tx: Tx) => unknown; write: (tx: Tx) => unknown; refused: boolean; why: string }>([
    {
      why: 'an object that was read changed',
      read: (tx) => tx.nodes().get('a'),
      write: (tx) => tx.nodes().update({ id: 'a' }),
      refused: true,
    },
    {
      why: 'another one changed',
      read: (tx) => tx.nodes().get('a'),
      write: (tx) => tx.nodes().update({ id: 'b' }),
      refused: false,
    },
    {
      why: 'what was not there came',
      read: (tx) => tx.nodes().get('z'),
      write: (tx) => tx.nodes().create({ id: 'z' }),
      refused: true,
    },
    {
      why: 'what was found went',
      read: (tx) => tx.nodes().find(),
      write: (tx) => tx.nodes().delete('b'),
      refused: true,
    },
    {
      why: 'more is found',
      read: (tx) => tx.nodes().find(byIdPrefix('b')),
      write: (tx) => tx.nodes().create({ id: 'b2' }),
      refused: true,
    },
    {
      why: 'nothing more is found',
      read: (tx) => tx.nodes().find(byIdPrefix('b')),
      write: (tx) => tx.nodes().create({ id: 'c' }),
      refused: false,
    },
    {
      why: 'the limit hides what came',
      read: (tx) => tx.nodes().find(all, { limit: 1 }),
      write: (tx) => tx.nodes().create({ id: 'z' }),
      refused: false,
    },
    {
      why: 'there are more',
      read: (tx) => tx.nodes().count(),
      write: (tx) => tx.nodes().create({ id: 'z' }),
      refused: true,
    },
    {
      why: 'another kind changed',
      read: (tx) => tx.nodes().find(),
      write: (tx) => tx.tasks().create({}),
      refused: false,
    },
  ])('is refused $refused when $why', async ({ read, write, refused }) => {
    const store = await withNodes('a', 'b');
    const plan = store.plan((tx) => {
      read(tx);
      tx.networks().create({ id: 'w' });
    });
    await store.update((tx) => void write(tx));
    if (refused) expect(await codeOf(store.apply(plan))).toBe('SEQUENCE_CONFLICT');
    else expect(await store.apply(plan)).toBe(3);
  });

  it('checks again what others may have taken since', async () => {
    const store = new MemoryStore();
    const create = (tx: Tx) => tx.networks().create({ id: 'x', spec: { annotations: { name: 'web' } } });
    const plan = store.plan((tx) => create(tx).id);
    await store.update((tx) => tx.networks().create({ id: 'y', spec: { annotations: { name: 'WEB' } } }).id);
    expect(await codeOf(store.apply(plan))).toBe('NAME_CONFLICT');
    expect(store.version).toBe(1);
  });

  const id = fc.constantFrom('a', 'b', 'c');
  const step = fc.oneof(
    id.map((one) => (tx: Tx) => void (tx.nodes().get(one) ? tx.nodes().delete(one) : tx.nodes().create({ id: one }))),
    id.map((one) => (tx: Tx) => {
      const node = tx.nodes().get(one);
      if (node) tx.nodes().update({ ...node, role: node.role === 'worker' ? 'manager' : 'worker' });
    }),
    id.map((one) => (tx: Tx) => {
      if (tx.nodes().find(byRole('manager')).length > 0 && !tx.nodes().get(one)) tx.nodes().create({ id: one });
    }),
    fc.constant((tx: Tx) => {
      const [first] = tx.nodes().find();
      if (first && tx.nodes().count() > 1) tx.nodes().delete(first.id);
    }),
  );
  const steps = fc.array(step, { maxLength: 4 });

  it('does what the callback would do now, or is refused', async () => {
    await fc.assert(
      fc.asyncProperty(steps, steps, steps, async (before, planned, between) => {
        const content = (store: MemoryStore) =>
          store.view((tx) =>
            tx
              .nodes()
              .find()
              .map(({ meta: _, ...node }) => node),
          );
        const run = (all: readonly ((tx: Tx) => void)[]) => (tx: Tx) => all.forEach((one) => one(tx));
        const [store, twin] = [new MemoryStore(), new MemoryStore()];
        for (const one of [store, twin]) await one.update(run(before));
        const plan: Plan = store.plan(run(planned));
        for (const one of [store, twin]) await one.update(run(between));
        await twin.update(run(planned));
        const before2 = content(store);
        const applied = await store.apply(plan).then(
          () => true,
          () => false,
        );
        expect(content(store)).toEqual(applied ? content(twin) : before2);
        if (between.length === 0) expect(applied).toBe(true);
      }),
    );
  });
});

describe('a plan that rests on a transaction that was refused', () => {
  const named = (hostname: string) => (tx: Tx) => void tx.nodes().create({ id: 'a', description: { hostname } });
  const reads: readonly [string, (tx: Tx) => unknown][] = [
    ['get', (tx) => tx.nodes().get('a')],
    ['find', (tx) => tx.nodes().find(byIdPrefix('a'))],
    ['update', (tx) => tx.nodes().update({ id: 'a', role: 'manager' })],
    ['delete', (tx) => tx.nodes().delete('a')],
  ];

  it.each(reads)('is refused when its version was given again: %s', async (_what, read) => {
    const proposer = new FakeProposer({ commit: 'hold' });
    const store = new MemoryStore({ proposer });
    const refused = store.update(named('first'));
    const plan = store.plan((tx) => {
      read(tx);
      tx.networks().create({ id: 'net' });
    });
    proposer.refuse(notLeader());
    expect(await codeOf(refused)).toBe('NOT_LEADER');
    const second = store.update(named('second'));
    proposer.commit();
    await second;
    expect(store.version).toBe(plan.version);
    expect(await codeOf(store.apply(plan))).toBe('SEQUENCE_CONFLICT');
    expect(store.view((tx) => tx.nodes().get('a'))).toMatchObject({
      role: 'worker',
      description: { hostname: 'second' },
    });
  });

  it('is carried out when the same was written again', async () => {
    const proposer = new FakeProposer({ commit: 'hold' });
    const store = new MemoryStore({
      proposer,
      clock: { now: () => 7, monotonic: () => 7, schedule: () => () => undefined },
    });
    store.update(named('same')).catch(() => undefined);
    const plan = store.plan((tx) => tx.nodes().update({ id: 'a', role: 'manager' }));
    proposer.refuse(notLeader());
    await flush();
    void store.update(named('same'));
    const applied = store.apply(plan);
    proposer.commit(2);
    expect(await applied).toBe(2);
  });
});
