import { readFileSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { systemClock } from '../../src/base/clock.js';
import { all, MemoryStore, type StoreSnapshot } from '../../src/index.js';
import { decodeInSlices, encodeInSlices } from '../../src/replica/index.js';
import { controlOf } from '../../src/state/index.js';
import { type Figure, figure } from './figure.js';

/**
 * A million objects: listing, saving and restoring must give the event loop back. A ticker measures how long each turn
 * of the loop takes: the time on the clock, or the main thread's processor time where that is less because something else
 * had the processor; without collections of garbage, which are told apart. V8 collects at once and not in steps, because
 * it does not report the steps.
 */
const count = 1_000_000;

/** Processor time of the main thread, milliseconds; of the whole process where the system does not say. */
function processorMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  }
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** How long our own work kept the event loop at a time, milliseconds. */
class Slices {
  readonly own: number[] = [];
  readonly #turns: (Stretch & { readonly cpuMs: number })[] = [];
  readonly #collections: Stretch[] = [];
  readonly #observer: PerformanceObserver;
  readonly #done: Promise<void>;
  #stopped = false;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        this.#collections.push({ start: startTime, end: startTime + duration });
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#done = this.#tick();
  }

  async #tick(): Promise<void> {
    let start = performance.now();
    let cpu = processorMs();
    while (!this.#stopped) {
      await turn();
      const end = performance.now();
      const now = processorMs();
      this.#turns.push({ start, end, cpuMs: now - cpu });
      start = end;
      cpu = now;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    await new Promise((resolve) => setTimeout(resolve, 50)); // the observer hears of the last collections
    this.#observer.disconnect();
    for (const { start, end, cpuMs } of this.#turns) {
      let collecting = 0;
      for (const gc of this.#collections) collecting += Math.max(0, Math.min(end, gc.end) - Math.max(start, gc.start));
      this.own.push(Math.max(0, Math.min(end - start, cpuMs) - collecting));
    }
    this.own.sort((a, b) => a - b);
  }

  get collectionsMs(): number[] {
    return this.#collections.map(({ start, end }) => end - start);
  }
}

async function sliced(name: string, run: () => Promise<void>): Promise<Figure> {
  globalThis.gc?.();
  // V8 sweeps what that collection left when it comes to it, up to 100 ms of it in the next turn: that is not ours to measure.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const slices = new Slices();
  await turn();
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1_000;
  await slices.stop();
  const collections = slices.collectionsMs;
  const at = (share: number) => Number((slices.own[Math.floor((slices.own.length - 1) * share)] ?? 0).toFixed(2));
  return {
    ...figure(name, count, seconds),
    turns: slices.own.length,
    turnsOver10Ms: slices.own.filter((ms) => ms > 10).length,
    sliceP50Ms: at(0.5),
    sliceP99Ms: at(0.99),
    sliceMaxMs: at(1),
    gcMs: Math.round(collections.reduce((sum, ms) => sum + ms, 0)),
    gcMaxMs: Math.round(Math.max(0, ...collections)),
  };
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
