import { describe, expect, it } from 'vitest';
import { MemoryStore, type Node, specVersionOf, type Tx } from '../../src/index.js';
import { codeOf, newStore } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

/** The message of a node is as long as the node is said to be large; what has none takes one byte. */
const sizeOf = (action: { readonly object?: unknown }) =>
  (action.object as Node | undefined)?.status.message.length || 1;
const node = (id: string, bytes: number) => ({ id, status: { message: 'x'.repeat(bytes) } });

function replicated() {
  const proposer = new FakeProposer({ commit: 'during', sizeOf: sizeOf as never });
  const { store } = newStore({ proposer, limits: { transactionBytes: 1_000 } });
  return { proposer, store };
}

const first = (tx: Tx) => void tx.nodes().create(node('n1', 700));
const get = (store: MemoryStore, id: string) => store.view((tx) => tx.nodes().get(id));

describe('a step that does not fit beside what is in the group', () => {
  it('is given objects of the version that is stored', async () => {
    const { proposer, store } = replicated();
    const made: Node[] = [];
    const versions: number[] = [];
    await store.batch(async (batch) => {
      await batch.update(first);
      await batch.update((tx) => {
        made.push(tx.nodes().create(node('n2', 400)));
        versions.push(tx.version, made[0]?.meta.version ?? 0);
      });
    });
    expect(versions).toEqual([2, 2]);
    expect(made[0]).toBe(get(store, 'n2'));
    expect(made[0]?.meta).toMatchObject({ version: 2 });
    expect(Object.isFrozen(made[0]?.meta)).toBe(true);
    expect(proposer.committed.map(({ version, actions }) => [version, actions.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    const [logged] = proposer.committed[1]?.actions ?? [];
    expect(logged).toMatchObject({ object: { id: 'n2', meta: { version: 2 } } });
    await store.update((tx) => tx.nodes().update({ ...(made[0] as Node), role: 'manager' }));
  });

  it('corrects what it was given before it turned out not to fit', async () => {
    const { store } = replicated();
    const made: Node[] = [];
    await store.batch(async (batch) => {
      await batch.update(first);
      await batch.update((tx) => {
        const early = tx.nodes().create(node('n2', 100));
        const same = tx.nodes().update({ ...early, role: 'manager' });
        Object.assign(same.meta, { version: 77, createdAt: 0 }); // nothing that a callback does to it lasts
        const old = tx.nodes().get('n1') as Node;
        const role = tx.nodes().update({ ...old, role: 'manager', status: node('n1', 10).status });
        const late = tx.nodes().create(node('n3', 500));
        made.push(early, same, role, late);
        tx.nodes().create(node('n4', 1));
      });
      await batch.update((tx) => void tx.nodes().create(node('n5', 1)));
    });
    expect(made.map(({ meta }) => meta.version)).toEqual([2, 2, 2, 2]);
    expect(made.map(({ meta }) => Object.isFrozen(meta))).toEqual([true, true, true, true]);
    expect(made.slice(1)).toEqual([get(store, 'n2'), get(store, 'n1'), get(store, 'n3')]);
    expect(made.map(specVersionOf)).toEqual([2, 2, 1, 2]); // the spec of n1 is the one of the group before
    expect(made[1]?.meta.createdAt).toBe(made[0]?.meta.createdAt);
    expect(
      store.history.map(({ events }) => events.map(({ object }) => `${object.id}@${object.meta.version}`)),
    ).toEqual([['n1@1'], ['n2@2', 'n2@2', 'n1@2', 'n3@2', 'n4@2', 'n5@2']]);
  });

  it.each([
    ['throws', () => expect.fail('mine'), 1],
    ['is too large alone', (tx: Tx) => void tx.nodes().create(node('n4', 900)), 'TOO_LARGE'],
  ] as const)('leaves the group as it was when it %s after all', async (_what, end, code) => {
    const { proposer, store } = replicated();
    await store.batch(async (batch) => {
      await batch.update(first);
      const failing = batch.update((tx) => {
        tx.nodes().create(node('n2', 400));
        end(tx);
      });
      if (code === 'TOO_LARGE') expect(await codeOf(failing)).toBe(code);
      else await expect(failing).rejects.toThrow('mine');
      await batch.update((tx) => void tx.nodes().create(node('n3', 300)));
    });
    expect(proposer.committed.map(({ actions }) => actions.length)).toEqual([2]);
    expect(['n1', 'n2', 'n3'].map((id) => get(store, id)?.meta.version)).toEqual([1, undefined, 1]);
  });

  it('counts the bytes of each group once', async () => {
    const { store } = replicated();
    await store.batch(async (batch) => {
      for (let i = 0; i < 10; i++) await batch.update((tx) => void tx.nodes().create(node(`n${i}`, 400)));
    });
    expect(store.use().kinds.find(({ kind }) => kind === 'node')?.bytes).toBe(4_000);
    expect(store.history.map(({ bytes }) => bytes)).toEqual([800, 800, 800, 800, 800]);
  });
});
