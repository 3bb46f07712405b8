import process from 'node:process';
import type { Cancel } from '../base/clock.js';

interface Task {
  readonly at: number;
  /** Ties are broken by the order of asking: the same run every time. */
  readonly sequence: number;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * Virtual time: things happen in the order of their moments, and between two of them everything that promises have to say
 * is said. Nothing waits for a real clock.
 */
export class Scheduler {
  /** Milliseconds since the beginning of the run. */
  now = 0;
  /** Things that happened. */
  events = 0;
  /** Called after each of them, promises included. */
  afterEvent: () => void = () => undefined;
  #sequence = 0;
  readonly #heap: Task[] = [];

  /** @throws {TypeError} for a wrong time. An infinite delay never runs. */
  schedule(delayMs: number, run: () => void): Cancel {
    if (Number.isNaN(delayMs)) throw new TypeError('a delay must be a number of milliseconds');
    if (delayMs === Infinity) return () => undefined;
    const task: Task = { at: this.now + Math.max(0, delayMs), sequence: this.#sequence++, run, cancelled: false };
    this.#push(task);
    return () => {
      task.cancelled = true;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.schedule(delayMs, resolve));
  }

  /** Lets `durationMs` pass. With `until` it stops as soon as that holds. */
  async run(durationMs: number, until?: () => boolean): Promise<void> {
    if (!(Number.isFinite(durationMs) && durationMs >= 0))
      throw new TypeError('how long time passes must be a number of milliseconds from 0');
    const end = this.now + durationMs;
    await new Promise<void>((resolve, reject) => {
      let happened = false;
      // A tick that is asked for by a promise begins when all promises have said what they have to say.
      const said = Promise.resolve();
      const afterwards = () => process.nextTick(turn);
      const turn = () => {
        try {
          if (happened) this.afterEvent();
          happened = false;
          if (!until?.()) happened = this.#next(end);
          if (happened) void said.then(afterwards);
          else resolve();
        } catch (error) {
          reject(error);
        }
      };
      void said.then(afterwards);
    });
  }

  /** Lets the next thing happen. False when there is none until `end`, which it then is. */
  #next(end: number): boolean {
    for (;;) {
      const next = this.#heap[0];
      if (!next || next.at > end) {
        this.now = end;
        return false;
      }
      this.#pop();
      if (next.cancelled) continue;
      this.now = next.at;
      this.events++;
      next.run();
      return true;
    }
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(task);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Task;
      if (!before(task, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as Task;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && before(right, heap[child] as Task)) child++;
      const below = heap[child] as Task;
      if (!before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}

function before(a: Task, b: Task): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}
