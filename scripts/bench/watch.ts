import { EventUpdateTask, MemoryStore, taskCheckNodeId, watch } from '../../src/index.js';
import { type Figure, figure } from './figure.js';

const watchers = 1_000;
const updates = 10_000;

/** 10,000 task updates, without watchers and with 1,000 who each look for another node. */
export async function* watchSuite(): AsyncGenerator<Figure> {
  yield await run('updatesUnwatched', 0);
  yield await run('updatesWatchedByNode', watchers);
}

async function run(name: string, count: number): Promise<Figure> {
  const store = new MemoryStore();
  const tasks = await store.update((tx) =>
    Array.from({ length: watchers }, (_, i) => tx.tasks().create({ nodeId: `node${i}` })),
  );
  let seen = 0;
  for (let i = 0; i < count; i++)
    watch(store.queue, EventUpdateTask({ nodeId: `node${i}` }, taskCheckNodeId)).subscribe(() => seen++);
  const start = performance.now();
  for (let i = 0; i < updates; i++) {
    const task = tasks[i % tasks.length];
    if (task) await store.update((tx) => void tx.tasks().update({ ...task, meta: undefined, slot: i }));
  }
  const seconds = (performance.now() - start) / 1_000;
  if (count > 0 && seen !== updates) throw new Error(`the watchers saw ${seen} of ${updates} updates`);
  await store.close();
  return figure(name, updates, seconds, { watchers: count });
}
