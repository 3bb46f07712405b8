import type { Cancel, Clock } from '../../src/base/clock.js';
import { systemClock } from '../../src/base/clock.js';
import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { isStoreErrorOf } from '../../src/base/store-error.js';
import { Waker } from '../../src/base/waker.js';
import { type DeepPartial, type Node, type Task, type TaskState, taskStateOrder } from '../../src/kinds/index.js';
import { applyChanges, type Ports, step } from '../../src/orchestrate/index.js';
import { meetsPlacement, placeOnNodes } from '../../src/schedule/index.js';
import type { MemoryStore } from '../../src/state/index.js';
import type { Fate } from './orchestrate.js';

/** The time of this computer, which a test moves on. */
export class ShiftedClock implements Clock {
  #ahead = 0;
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>();

  now(): number {
    return Math.round(systemClock.now() + this.#ahead);
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#ahead;
  }

  schedule(delayMs: number, run: () => void): Cancel {
    const timer = { at: this.monotonic() + delayMs, run: () => once() };
    const cancel = () => {
      this.#timers.delete(timer);
      cancelReal();
    };
    const once = () => {
      cancel();
      run();
    };
    const cancelReal = systemClock.schedule(Math.min(delayMs, 2 ** 31 - 1), once);
    this.#timers.add(timer);
    return cancel;
  }

  advance(ms: number): void {
    this.#ahead += ms;
    for (const { at, run } of [...this.#timers]) if (at <= this.monotonic()) run();
  }
}

const isOver = ({ status }: Task) => taskStateOrder(status.state) > taskStateOrder('running');

/** The control loop and the drivers of all nodes on a store: real passes, and tasks whose fate a test decides. */
export class PretendFleet {
  readonly clock = new ShiftedClock();
  /** Decides what happens to a task that is free to run. */
  fate: (task: Task) => Fate = () => 'run';
  readonly #store: MemoryStore;
  readonly #waker = new Waker(systemClock);
  readonly #ports: Ports = {
    newId: () => newId(systemRandom),
    place: placeOnNodes,
    meets: meetsPlacement,
  };
  #closed = false;
  readonly #running: Promise<void>;

  constructor(store: MemoryStore) {
    this.#store = store;
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#waker.wake();
    await this.#running;
  }

  tasks(): Task[] {
    return this.#store.view((tx) => tx.tasks().find());
  }

  /** Adds nodes that are ready, each with four CPUs and 8 GiB. */
  async addNodes(...names: string[]): Promise<void> {
    for (const name of names) await this.addNode(name);
  }

  async addNode(name: string, more: DeepPartial<Node> = {}): Promise<void> {
    await this.#store.update((tx) => {
      tx.nodes().create({
        id: `id-${name}`,
        description: { hostname: name, resources: { nanoCpus: 4e9, memoryBytes: 8 * 2 ** 30 } },
        status: { state: 'ready', timestamp: this.clock.now() },
        ...more,
      });
    });
  }

  /** Takes everything away: for the next test. */
  async clear(): Promise<void> {
    this.fate = () => 'run';
    await this.#store.update((tx) => {
      for (const { id } of tx.services().find()) tx.services().delete(id);
      for (const { id } of tx.networks().find()) tx.networks().delete(id);
      for (const { id } of tx.secrets().find()) tx.secrets().delete(id);
      for (const { id } of tx.configs().find()) tx.configs().delete(id);
      for (const { id } of tx.tasks().find()) tx.tasks().delete(id);
      for (const { id } of tx.nodes().find()) tx.nodes().delete(id);
    });
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        if ((await this.#pass()) || (await this.#act())) continue;
      } catch (error) {
        // Somebody else wrote meanwhile: the next pass reads again.
        if (this.#closed) return;
        if (!isStoreErrorOf(error, ['SEQUENCE_CONFLICT', 'NOT_FOUND'])) throw error;
      }
      await this.#waker.wait(10);
    }
  }

  async #pass(): Promise<boolean> {
    const { changes } = this.#store.view((tx) => step(tx, this.clock.now(), this.#ports));
    if (changes.length > 0) await this.#store.update((tx) => applyChanges(tx, changes));
    return changes.length > 0;
  }

  /** Moves each task by one state; tells whether any has moved. */
  async #act(): Promise<boolean> {
    const next = this.tasks().flatMap((task): [Task, TaskState][] => {
      const state = this.#nextState(task);
      return state === undefined ? [] : [[task, state]];
    });
    if (next.length === 0) return false;
    await this.#store.update((tx) => {
      for (const [{ id }, state] of next) {
        const task = tx.tasks().get(id);
        if (!task) continue;
        const now = this.clock.now();
        const err = state === 'failed' ? 'task: non-zero exit (1)' : state === 'rejected' ? 'No such image: i' : '';
        const status = { ...task.status, state, timestamp: now, err, message: state };
        tx.tasks().update({ ...task, status: state === 'running' ? { ...status, runningAt: now } : status });
      }
    });
    return true;
  }

  #nextState(task: Task): TaskState | undefined {
    const node = this.#store.view((tx) => tx.nodes().get(task.nodeId ?? ''));
    if (!node || node.status.state !== 'ready' || isOver(task)) return undefined;
    if (taskStateOrder(task.status.state) < taskStateOrder('assigned')) return undefined;
    const fate = this.fate(task);
    if (fate === 'hang') return undefined;
    if (taskStateOrder(task.desiredState) >= taskStateOrder('shutdown')) return 'shutdown';
    if (fate === 'reject') return 'rejected';
    if (task.desiredState === 'ready') return task.status.state === 'ready' ? undefined : 'ready';
    if (task.status.state !== 'running') return 'running';
    if (fate === 'fail') return 'failed';
    return fate === 'complete' || task.desiredState === 'complete' ? 'complete' : undefined;
  }
}
