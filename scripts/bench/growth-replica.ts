/** One durable replica, for the suite `growth`: filled, loaded and opened again by its parent. */
import process from 'node:process';
import { type OpenReplica, openReplica, type Task } from '../../src/index.js';
import { serve } from './child.js';
import { figure, loaded, percentiles } from './figure.js';
import { Slices } from './slices.js';

/** What a process holds, and what its load was like. */
export interface GrowthLoad {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly ownMaxMs: number;
  readonly turnsOver10Ms: number;
  readonly gcMs: number;
  readonly gcMaxMs: number;
  readonly cpuUs: number;
  readonly heapMiB: number;
  readonly rssMiB: number;
}

const writers = 64;
/** Time that the collector gets to clean up before something is measured. */
const sweepMs = 1_000;
const taskId = (i: number) => `task${String(i).padStart(7, '0')}`;
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: console.error };
let replica: OpenReplica;

const taskOf = (i: number) => ({
  id: taskId(i),
  serviceId: `service${i % 1_000}`,
  slot: i,
  nodeId: `node${i % 1_000}`,
  spec: { container: { image: 'registry.example/app:1.2.3', env: ['A=1', 'B=2'] } },
});

async function fill(tasks: number): Promise<void> {
  await replica.store.batch(async (batch) => {
    for (let i = 0; i < tasks; i++) await batch.update((tx) => void tx.tasks().create(taskOf(i)));
  });
}

/** `seconds` of updates, each of another task, by writers in this process. */
async function updates({ tasks, seconds }: { tasks: number; seconds: number }): Promise<GrowthLoad> {
  globalThis.gc?.();
  // V8 sweeps what that collection left when it comes to it, hundreds of milliseconds of it in the next turn.
  await new Promise((resolve) => setTimeout(resolve, sweepMs));
  let next = 0;
  const touch = (task: Task): Task => ({ ...task, status: { ...task.status, message: `update ${next}` } });
  const slices = new Slices();
  const before = process.cpuUsage();
  const { latencies, seconds: took } = await loaded(writers, seconds, () => {
    const id = taskId((next++ * 7_919) % tasks);
    return replica.store.update((tx) => {
      const task = tx.tasks().get(id);
      if (task) tx.tasks().update(touch(task));
    });
  });
  const { user, system } = process.cpuUsage(before);
  // Before anything is made of the latencies: to sort them is not the replica's work.
  const { sliceMaxMs, turnsOver10Ms, gcMs, gcMaxMs } = await slices.stop();
  const { heapUsed, rss } = process.memoryUsage();
  return {
    perSecond: figure('updates', latencies.length, took).perSecond,
    ...percentiles(latencies),
    ownMaxMs: sliceMaxMs,
    ...{ turnsOver10Ms, gcMs, gcMaxMs },
    cpuUs: Math.round((user + system) / latencies.length),
    heapMiB: Math.round(heapUsed / 2 ** 20),
    rssMiB: Math.round(rss / 2 ** 20),
  };
}

serve({
  /** Resolves with the milliseconds that it took, those of processor time, and the number of tasks. */
  async open(dataDir: string) {
    const started = performance.now();
    const before = process.cpuUsage();
    replica = await openReplica({ name: 'm1', dataDir, logger: quiet });
    const tasks = replica.store.view((tx) => tx.tasks().count());
    const { user, system } = process.cpuUsage(before);
    const cpuMs = Math.round((user + system) / 1_000);
    return { ms: performance.now() - started, cpuMs, tasks, rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20) };
  },
  fill,
  updates,
});
