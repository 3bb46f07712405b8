import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore, specVersionOf, type Tx } from '../../src/index.js';
import { controlOf } from '../../src/state/index.js';
import { codeOf } from '../support/state-events.js';

const text = (bytes: number) => 'x'.repeat(bytes);
const node = (id: string, bytes = 0) => ({ id, status: { message: text(bytes) } });

describe('limits of a kind', () => {
  it('refuse one object too many, and take another when one goes', async () => {
    const store = new MemoryStore({ limits: { kinds: { node: { objects: 2 } } } });
    await store.update((tx) => ['a', 'b'].forEach((id) => tx.nodes().create({ id })));
    await expect(store.update((tx) => tx.nodes().create({}))).rejects.toThrow('LIMIT_EXCEEDED: there are 2 nodes');
    await store.update((tx) => tx.nodes().update({ id: 'a' }));
    await store.update((tx) => {
      tx.nodes().delete('a');
      tx.nodes().create({ id: 'c' });
    });
    await store.update((tx) => tx.tasks().create({}));
  });

  it('refuse bytes too many, but never a transaction that makes it less', async () => {
    const kinds = { node: { bytes: 3_000 } };
    const store = new MemoryStore({ limits: { kinds } });
    await store.update((tx) => tx.nodes().create(node('a', 1_000)));
    expect(await codeOf(store.update((tx) => tx.nodes().create(node('b', 3_000))))).toBe('LIMIT_EXCEEDED');
    const full = new MemoryStore({ limits: { kinds: { node: { bytes: 500 } } } });
    await full.restore(store.save());
    await full.update((tx) => tx.nodes().update(node('a', 900)));
    expect(await codeOf(full.update((tx) => tx.nodes().update(node('a', 901))))).toBe('LIMIT_EXCEEDED');
    await full.update((tx) => tx.nodes().delete('a'));
  });

  it('hold inside of a batch: the step is refused alone', async () => {
    const store = new MemoryStore({ limits: { kinds: { node: { objects: 2 } } } });
    const codes: string[] = [];
    await store.batch(async (batch) => {
      for (const id of ['a', 'b', 'c'])
        await batch
          .update((tx) => void tx.nodes().create({ id }))
          .catch((error: { code: string }) => codes.push(error.code));
    });
    expect(codes).toEqual(['LIMIT_EXCEEDED']);
    expect(store.view((tx) => tx.nodes().count())).toBe(2);
  });
});

describe('use', () => {
  it('counts objects and bytes as they come and go, in whatever way', async () => {
    const step = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.nat({ max: 300 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 8 }), async (transactions) => {
        const store = new MemoryStore();
        for (const steps of transactions) {
          await store.update((tx: Tx) => {
            for (const [id, bytes, remove] of steps) {
              const there = tx.nodes().get(id);
              if (there && remove) tx.nodes().delete(id);
              else if (there) tx.nodes().update(node(id, bytes));
              else tx.nodes().create(node(id, bytes));
            }
          });
        }
        const copy = new MemoryStore();
        (await controlOf(copy).prepare(JSON.parse(JSON.stringify(store.save())) as never)).install();
        const sum = store.view((tx) =>
          tx
            .nodes()
            .find()
            .reduce((total, one) => total + store.bytesOf('node', one), 0),
        );
        const useOf = (one: MemoryStore) => one.use().kinds.find(({ kind }) => kind === 'node');
        expect(useOf(store)).toEqual({ kind: 'node', objects: store.view((tx) => tx.nodes().count()), bytes: sum });
        expect(useOf(copy)).toEqual(useOf(store));
      }),
    );
  });
});

describe('the version of the spec', () => {
  it('is that of the transaction that last changed the spec', async () => {
    const store = new MemoryStore();
    const versions: number[] = [];
    const write = async (
      change: (tx: Tx) => { id: string; meta: { version: number; createdAt: number; updatedAt: number } },
    ) => versions.push(specVersionOf(await store.update(change)));
    await write((tx) => tx.nodes().create({ id: 'a' }));
    await write((tx) => tx.nodes().update({ id: 'a', status: { state: 'ready' } }));
    await write((tx) => tx.nodes().update({ id: 'a', spec: { availability: 'drain' } }));
    await write((tx) => tx.nodes().update({ id: 'a', spec: { availability: 'drain' }, role: 'manager' }));
    expect(versions).toEqual([1, 1, 3, 3]);
    const stored = store.view((tx) => tx.nodes().get('a'));
    expect(Object.keys(stored?.meta ?? {})).toEqual(['version', 'createdAt', 'updatedAt']);
  });

  it('is kept through batches whose group was cut', async () => {
    const store = new MemoryStore({ limits: { batchChanges: 2 } });
    await store.update((tx) => ['a', 'b', 'c'].forEach((id) => tx.nodes().create({ id })));
    await store.batch(async (batch) => {
      for (const id of ['a', 'b', 'c']) await batch.update((tx) => void tx.nodes().update({ id, role: 'manager' }));
    });
    expect(store.view((tx) => tx.nodes().find().map(specVersionOf))).toEqual([1, 1, 1]);
  });
});
