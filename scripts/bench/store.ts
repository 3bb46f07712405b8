import { all, byName, MemoryStore, type Tx } from '../../src/index.js';
import { type Figure, figure, measure } from './figure.js';

/** The store alone, in this process: 10,000 nodes, as SwarmKit's own benchmarks have it. */
const count = 10_000;
const ids = Array.from({ length: count }, (_, i) => `node${String(i).padStart(6, '0')}`);

function createAll(tx: Tx): undefined {
  for (const id of ids) tx.nodes().create({ id, description: { hostname: `host-${id}` } });
}

async function filled(): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.update(createAll);
  return store;
}

function touch(tx: Tx, id: string): undefined {
  const node = tx.nodes().get(id);
  if (node) tx.nodes().update({ ...node, spec: { ...node.spec, availability: 'drain' } });
}

export async function* storeSuite(): AsyncGenerator<Figure> {
  yield await measure(
    'createNode',
    count,
    5,
    () => new MemoryStore(),
    (store: MemoryStore) => store.update(createAll),
  );
  yield await measure('updateNode', count, 5, filled, (store: MemoryStore) =>
    store.update((tx) => ids.forEach((id) => touch(tx, id))),
  );
  yield await measure('updateNodeTransaction', count, 5, filled, async (store: MemoryStore) => {
    for (const id of ids) await store.update((tx) => touch(tx, id));
  });
  yield await measure('deleteNodeTransaction', count, 5, filled, async (store: MemoryStore) => {
    for (const id of ids) await store.update((tx) => tx.nodes().delete(id));
  });
  yield await measure('getNode', count, 20, filled, (store: MemoryStore) => {
    store.view((tx) => {
      const nodes = tx.nodes();
      for (const id of ids) if (!nodes.get(id)) throw new Error(`${id} is not there`);
    });
  });
  yield await measure('findAllNodes', 100, 5, filled, (store: MemoryStore) => {
    for (let i = 0; i < 100; i++)
      if (store.view((tx) => tx.nodes().find(all).length) !== count) throw new Error('nodes are missing');
  });
  yield await measure('findNodeByName', count, 5, filled, (store: MemoryStore) => {
    for (const id of ids)
      if (store.view((tx) => tx.nodes().find(byName(`host-${id}`)).length) !== 1) throw new Error(`${id} is not found`);
  });
  yield await measure('nodeConcurrency', count, 3, filled, async (store: MemoryStore) => {
    const slice = count / 5;
    const writer = async (from: number) => {
      for (const id of ids.slice(from, from + slice)) await store.update((tx) => touch(tx, id));
    };
    const reader = async () => {
      for (const id of ids) store.view((tx) => tx.nodes().get(id));
      await Promise.resolve();
    };
    await Promise.all([0, 1, 2, 3, 4].flatMap((i) => [writer(i * slice), reader()]));
  });
  const snapshot = (await filled()).save();
  yield await measure(
    'restore',
    count,
    5,
    () => new MemoryStore(),
    (store: MemoryStore) => store.restore(snapshot),
  );
  yield heapPerTask();
}

/** Heap that one typical task takes, all indexes included; `bytesPerTask`. */
function heapPerTask(): Figure {
  const collect = (globalThis as { gc?: () => void }).gc ?? (() => undefined);
  const tasks = 50_000;
  collect();
  const before = process.memoryUsage().heapUsed;
  const start = performance.now();
  const store = new MemoryStore({ history: { transactions: 1 } });
  void store.batch(async (batch) => {
    for (let i = 0; i < tasks; i++) {
      void batch.update(
        (tx) =>
          void tx.tasks().create({
            serviceId: `service${i % 100}`,
            slot: i,
            nodeId: `node${i % 1_000}`,
            spec: { container: { image: 'registry.example/app:1.2.3', env: ['A=1', 'B=2'] } },
          }),
      );
    }
  });
  const seconds = (performance.now() - start) / 1_000;
  collect();
  const bytes = process.memoryUsage().heapUsed - before;
  const stored = store.view((tx) => tx.tasks().find().length);
  return figure('heapPerTask', stored, seconds, { bytesPerTask: Math.round(bytes / stored) });
}
