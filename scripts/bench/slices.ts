import { openSync, readSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import process from 'node:process';

/** How long our own work kept the event loop at a time. All but the first two are milliseconds. */
export interface SliceFigures {
  readonly turns: number;
  readonly turnsOver10Ms: number;
  readonly sliceP50Ms: number;
  readonly sliceP99Ms: number;
  readonly sliceMaxMs: number;
  readonly gcMs: number;
  readonly gcMaxMs: number;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Makes a clock of the main thread's processor time, milliseconds; of the whole process where the system does not say. */
function processorClock(): () => number {
  try {
    const file = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
    const bytes = Buffer.alloc(64);
    return () => {
      const length = readSync(file, bytes, 0, bytes.length, 0);
      return Number(bytes.toString('latin1', 0, length).split(' ')[0]) / 1e6;
    };
  } catch {
    return () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000;
    };
  }
}

const processorMs = processorClock();

/**
 * Measures each turn of the event loop: the time on the clock, or the processor time where that is less because the loop
 * waited or something else had the processor. Collections of garbage are told apart.
 *
 * It looks on and keeps the loop from nothing: a loop without work sleeps. One turn may be several slices, as it serves
 * everything that has come, so the longest slice is at most `sliceMaxMs`.
 */
export class Slices {
  readonly #turns: (Stretch & { readonly cpuMs: number })[] = [];
  readonly #collections: Stretch[] = [];
  readonly #observer: PerformanceObserver;
  #start = performance.now();
  #cpuMs = processorMs();
  #next: NodeJS.Immediate;

  constructor() {
    this.#observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        this.#collections.push({ start: startTime, end: startTime + duration });
    });
    this.#observer.observe({ entryTypes: ['gc'] });
    this.#next = this.#arm();
  }

  /** An immediate without a reference runs in every turn, and makes none. */
  #arm(): NodeJS.Immediate {
    return setImmediate(() => {
      const [end, cpuMs] = [performance.now(), processorMs()];
      this.#turns.push({ start: this.#start, end, cpuMs: cpuMs - this.#cpuMs });
      [this.#start, this.#cpuMs] = [end, cpuMs];
      this.#next = this.#arm();
    }).unref();
  }

  async stop(): Promise<SliceFigures> {
    clearImmediate(this.#next);
    await new Promise((resolve) => setTimeout(resolve, 50)); // the observer hears of the last collections
    this.#observer.disconnect();
    const own = this.#turns.map((turn) =>
      Math.max(0, Math.min(turn.end - turn.start, turn.cpuMs) - this.#collecting(turn)),
    );
    own.sort((a, b) => a - b);
    const collections = this.#collections.map(({ start, end }) => end - start);
    const at = (share: number) => Number((own[Math.floor((own.length - 1) * share)] ?? 0).toFixed(2));
    return {
      turns: own.length,
      turnsOver10Ms: own.filter((ms) => ms > 10).length,
      sliceP50Ms: at(0.5),
      sliceP99Ms: at(0.99),
      sliceMaxMs: at(1),
      gcMs: Math.round(collections.reduce((sum, ms) => sum + ms, 0)),
      gcMaxMs: Math.round(Math.max(0, ...collections)),
    };
  }

  /** Time of a turn in which garbage was collected, milliseconds. Both lists are in order of time. */
  #collecting({ start, end }: Stretch): number {
    let collecting = 0;
    for (const gc of this.#collections) {
      if (gc.start >= end) break;
      collecting += Math.max(0, Math.min(end, gc.end) - Math.max(start, gc.start));
    }
    return collecting;
  }
}
