import { constants, PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { setImmediate as turn } from 'node:timers/promises';
import { all, MemoryStore, type StoreSnapshot } from 'skep';
import { encodeInSlices } from '../../src/replica/index.js';
import { systemClock } from '../../src/base/clock.js';
import { SnapshotDecoder } from '../../src/wire/index.js';
import { figure, type Figure } from './figure.js';

/**
 * A million objects: listing, saving and restoring must give the event loop back. A ticker measures how long each turn
 * of the loop takes: the time on the clock without collections of garbage, which are told apart, or the processor time
 * where that is less, because another process had the processor. Collections are whole and not in steps, so that all of
 * them are told; what V8 sweeps up after one, and its compiling, is in the turns, and
 * counted.
 */
const count = 1_000_000;

/** After a collection of the whole heap the next turns sweep up what it found, piece by piece, for this long at most. */
const sweepingMs = 500;
/** The first turns of each run are compiled while they run. */
const compilingMs = 100;

/** How long our own work kept the event loop at a time, milliseconds. */
class Slices {
  readonly own: number[] = [];
  #collections: { start: number; end: number; whole: boolean }[] = [];
  #stopped = false;
  #done: Promise<void>;
  /** Turns over 10 ms, and those of them that are V8's: sweeping, or compiling. */
  over10 = 0;
  over10Swept = 0;
  gcMs = 0;
  gcMaxMs = 0;
  readonly #observer: PerformanceObserver;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { startTime, duration, detail } = entry as typeof entry & { readonly detail: { readonly kind?: number } };
        const whole = detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
        this.#collections.push({ start: startTime, end: startTime + duration, whole });
        this.gcMs += duration;
        this.gcMaxMs = Math.max(this.gcMaxMs, duration);
      }
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#done = this.#tick();
  }

  readonly #turns: { start: number; end: number; cpuMs: number }[] = [];

  async #tick(): Promise<void> {
    let start = performance.now();
    let cpu = process.cpuUsage();
    while (!this.#stopped) {
      await turn();
      const end = performance.now();
      const { user, system } = process.cpuUsage(cpu);
      cpu = process.cpuUsage();
      this.#turns.push({ start, end, cpuMs: (user + system) / 1_000 });
      start = end;
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
    await new Promise((resolve) => setTimeout(resolve, 50)); // the observer hears of the last collections
    this.#observer.disconnect();
    for (const { start, end, cpuMs } of this.#turns) {
      let ours = end - start;
      for (const gc of this.#collections) ours -= Math.max(0, Math.min(end, gc.end) - Math.max(start, gc.start));
      const own = Math.max(0, Math.min(ours, cpuMs));
      this.own.push(own);
      if (own <= 10) continue;
      this.over10++;
      const begun = this.#turns[0]?.start ?? start;
      const sweeps = this.#collections.some((gc) => gc.whole && end > gc.start && start < gc.end + sweepingMs);
      if (sweeps || start < begun + compilingMs) this.over10Swept++;
    }
    this.own.sort((a, b) => a - b);
  }
}

async function sliced(name: string, run: () => Promise<void>): Promise<Figure> {
  globalThis.gc?.();
  const slices = new Slices();
  await turn();
  const started = performance.now();
  await run();
  const seconds = (performance.now() - started) / 1_000;
  await slices.stop();
  const at = (share: number) => Number((slices.own[Math.floor((slices.own.length - 1) * share)] ?? 0).toFixed(2));
  return {
    ...figure(name, count, seconds),
    turns: slices.own.length,
    turnsOver10Ms: slices.over10,
    ofThemSweptOrCompiled: slices.over10Swept,
    sliceP50Ms: at(0.5),
    sliceP99Ms: at(0.99),
    sliceMaxMs: at(1),
    gcMs: Math.round(slices.gcMs),
    gcMaxMs: Math.round(slices.gcMaxMs),
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
    const decoder = new SnapshotDecoder();
    for (const chunk of chunks) {
      decoder.push(chunk);
      await turn();
    }
    decoded = decoder.finish().store;
  });
  const snapshot = decoded as StoreSnapshot;
  yield await sliced('install', async () => {
    const other = new MemoryStore();
    (await other.prepare(snapshot)).install();
    if (other.use().kinds[0]?.objects !== count) throw new Error('objects are missing');
  });
  yield await sliced('restore', async () => {
    const other = new MemoryStore();
    await other.restore(snapshot);
    if (other.use().kinds[0]?.objects !== count) throw new Error('objects are missing');
  });
}
