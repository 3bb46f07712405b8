import type { Clock } from '../../src/base/clock.js';
import { EventCreateTask, EventUpdateTask, type Task, type TaskState, taskStateOrder } from '../../src/kinds/index.js';
import { type MemoryStore, watch } from '../../src/state/index.js';

/** Time for which reports of a node are gathered, ms. */
const gatherMs = 100;

/**
 * Drivers of all nodes, without containers: each task goes as far as it should, in two steps. Each node writes what it has
 * to say in one transaction, ten times a second, as drivers do.
 */
export class PretendDrivers {
  readonly #store: MemoryStore;
  readonly #clock: Clock;
  readonly #open = new Map<string, Set<string>>();
  readonly #subscription: { unsubscribe(): void };
  #cancel: () => void;
  #ended = false;

  constructor(store: MemoryStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#subscription = watch(store.queue, EventCreateTask(), EventUpdateTask()).subscribe(({ object }) =>
      this.#note(object),
    );
    this.#cancel = clock.schedule(gatherMs, () => this.#report());
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
    this.#subscription.unsubscribe();
  }

  #note(task: Task): void {
    if (task.nodeId === undefined || nextState(task) === undefined) return;
    const open = this.#open.get(task.nodeId);
    if (open) open.add(task.id);
    else this.#open.set(task.nodeId, new Set([task.id]));
  }

  #report(): void {
    const all = [...this.#open.values()];
    this.#open.clear();
    const write = (ids: Set<string>) =>
      this.#store.update((tx) => {
        for (const id of ids) {
          const task = tx.tasks().get(id);
          const state = task && nextState(task);
          if (!task || !state) continue;
          const now = this.#clock.now();
          const runningAt = state === 'running' ? { runningAt: now } : {};
          tx.tasks().update({ ...task, status: { ...task.status, state, timestamp: now, ...runningAt } });
        }
      });
    // One after the other, with the turn of others between.
    const next = () => {
      const ids = all.shift();
      if (this.#ended) return;
      if (!ids) this.#cancel = this.#clock.schedule(gatherMs, () => this.#report());
      else {
        write(ids).catch(() => undefined); // the leader is gone: so are we
        this.#cancel = this.#clock.schedule(0, next);
      }
    };
    next();
  }
}

/** The next state of a task that its node reports. */
function nextState({ status, desiredState }: Task): TaskState | undefined {
  const [order, wanted] = [taskStateOrder(status.state), taskStateOrder(desiredState)];
  if (order < taskStateOrder('assigned') || order > taskStateOrder('running')) return undefined;
  if (wanted >= taskStateOrder('shutdown')) return 'shutdown';
  if (order < taskStateOrder('preparing')) return 'preparing';
  return desiredState === 'running' && status.state !== 'running' ? 'running' : undefined;
}
