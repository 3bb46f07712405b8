import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../../src/base/clock.js';
import { all, MemoryStore, type StoreSnapshot } from '../../src/index.js';
import { decodeInSlices, encodeInSlices } from '../../src/replica/index.js';
import { controlOf } from '../../src/state/index.js';
import { type Figure, figure } from './figure.js';
import { Slices } from './slices.js';

/**
 * A million objects: listing, saving and restoring must give the event loop back. Collections of garbage are told apart
 * from our own work. V8 collects at once and not in steps, because it does not report the steps.
 */
const count = 1_000_000;

async function sliced(name: string, run: () => Promise<void>): Promise<Figure> {
  globalThis.gc?.();
  // V8 sweeps what that collection left when it comes to it, up to 100 ms of it in the next turn: that is not ours to measure.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const slices = new Slices();
  await turn();
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1_000;
  return { ...figure(name, count, seconds), ...(await slices.stop()) };
}

export async function* millionSuite(): AsyncGenerator<Figure> {
  setFlagsFromString('--no-incremental-marking');
  const store = new MemoryStore();
  for (let i = 0; i < count; i += 1_000) {
    await store.update((tx) => {
      for (let n = i; n < i + 1_000; n++) tx.nodes().create({ id: `node${String(n).padStart(7, '0')}` });
    });
  }
  yield await sliced('listInPages', async () => {
    const view = store.openView().nodes();
    let seen = 0;
    for (let last: string | undefined; ;) {
      const page = view.find(all, { limit: 1_000, after: last });
      seen += page.length;
      if (page.length < 1_000) break;
      last = page.at(-1)?.id;
      await turn();
    }
    if (seen !== count) throw new Error(`${seen} of ${count} were listed`);
  });
  const chunks: Uint8Array[] = [];
  yield await sliced('save', async () => {
    const content = { clusterId: 'c', lineage: 'l', members: [], removed: [], store: store.save() };
    for await (const chunk of encodeInSlices(content, systemClock)) chunks.push(chunk);
  });
  let decoded: StoreSnapshot | undefined;
  yield await sliced('decode', async () => {
    decoded = (await decodeInSlices(Readable.from(chunks), systemClock)).store;
  });
  const snapshot = decoded as StoreSnapshot;
  yield await sliced('install', async () => {
    const other = new MemoryStore();
    (await controlOf(other).prepare(snapshot)).install();
    if (other.use().kinds[0]?.objects !== count) throw new Error('objects are missing');
  });
  yield await sliced('restore', async () => {
    const other = new MemoryStore();
    await other.restore(snapshot);
    if (other.use().kinds[0]?.objects !== count) throw new Error('objects are missing');
  });
}
