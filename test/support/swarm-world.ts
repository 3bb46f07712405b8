import { timerMaxMs } from '../../src/base/clock.js';
import { newId } from '../../src/base/ids.js';
import { systemRandom } from '../../src/base/random.js';
import { isStoreErrorOf } from '../../src/base/store-error.js';
import { ApiWrites } from '../../src/api/writes.js';
import type { SwarmBackend, SwarmMember } from '../../src/docker/index.js';
import { type DeepPartial, type Node, type Task, type TaskState, taskStateOrder } from '../../src/kinds/index.js';
import { EventCommit } from '../../src/kinds/index.js';
import { applyChanges, type Ports, step } from '../../src/orchestrate/index.js';
import { meetsPlacement, placeOnNodes } from '../../src/schedule/index.js';
import { MemoryStore, watch } from '../../src/state/index.js';

/** The end of a task, and what is said about it. */
export interface Fate {
  readonly state: TaskState;
  readonly err: string;
}

export const clusterId = 'c'.repeat(25);
const member: SwarmMember = { id: '1', name: 'm1', addr: '127.0.0.1:4242', leader: true, reachable: true };

/** A backend on a store alone: the rules of the API hold as on a leader. */
export function memoryBackend(store: MemoryStore, members: readonly SwarmMember[] = [member]): SwarmBackend {
  return {
    view: (read) => store.view(read as never),
    async write(changes, { reason }) {
      await store.update(
        (tx) => {
          const writes = new ApiWrites(tx, store.kinds);
          for (const change of changes) {
            if (change.do === 'create') writes.create(change.kind, change.object);
            else if (change.do === 'update') writes.update(change.kind, change.object, change);
            else writes.remove(change.kind, change.id, change);
          }
          writes.finish();
        },
        { reason },
      );
    },
    cluster: () => ({ id: clusterId, self: '1', members }),
    events: (read) => {
      const subscription = watch(store.queue).subscribe((event) => read(event));
      return () => subscription.unsubscribe();
    },
    newId: () => newId(systemRandom),
  };
}

/** What becomes of a task, by its command and its image: as on the machine whose answers the tests have. */
export function fateOf({ spec }: Task): Fate | undefined {
  const { image = '', args = [] } = spec.container ?? {};
  if (image.includes('nosuch')) return { state: 'rejected', err: `No such image: ${image}` };
  if (args[0] === 'false') return { state: 'failed', err: 'task: non-zero exit (1)' };
  if (args[0] === 'true') return { state: 'complete', err: '' };
  return undefined;
}

/**
 * A store with a control loop and a pretend driver: whatever is assigned runs at once, and what is to stop stops. Time is
 * that of the system, because real clients wait.
 */
export class SwarmWorld {
  readonly store = new MemoryStore();
  readonly backend = memoryBackend(this.store);
  readonly #ports: Ports = { newId: () => newId(systemRandom), place: placeOnNodes, meets: meetsPlacement };
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Infinity;
  #running: Promise<void> | undefined;
  #again = false;
  #wakeAt = Infinity;
  #held = false;
  #closed = false;

  constructor() {
    const subscription = watch(this.store.queue, EventCommit()).subscribe(() => this.#wake(0));
    this.#stop = () => subscription.unsubscribe();
  }

  async addNode(id: string, hostname: string, more: DeepPartial<Node> = {}): Promise<void> {
    await this.store.update((tx) => {
      tx.nodes().create({
        id,
        description: {
          hostname,
          platform: { architecture: 'x86_64', os: 'linux' },
          resources: { nanoCpus: 4e9, memoryBytes: 8 * 2 ** 30 },
          engine: { engineVersion: '20.10.24', plugins: ['local'].map((name) => ({ type: 'Volume', name })) },
        },
        status: { state: 'ready', addr: '127.0.0.1', timestamp: Date.now() },
        ...more,
      });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
    await this.#running;
    await this.store.close();
  }

  /** Lets nothing happen but what the test does itself, until `resume`. Resolves when the turn that runs is over. */
  async hold(): Promise<void> {
    this.#held = true;
    clearTimeout(this.#timer);
    this.#dueAt = Infinity;
    await this.#running;
  }

  /** Ends {@link hold}. */
  resume(): void {
    this.#held = false;
    this.#wake(0);
  }

  /** Runs a turn at this time, or at an earlier one that was asked for before. */
  #wake(at: number): void {
    if (this.#held || this.#closed || this.#running || at >= this.#dueAt) {
      this.#again ||= this.#running !== undefined;
      return;
    }
    clearTimeout(this.#timer);
    this.#dueAt = at;
    const waitMs = Math.min(timerMaxMs, Math.max(0, at - Date.now()));
    this.#timer = setTimeout(() => void this.#run(), waitMs);
  }

  async #run(): Promise<void> {
    this.#dueAt = Infinity;
    this.#again = false;
    this.#running = this.#turn();
    await this.#running;
    this.#running = undefined;
    this.#wake(this.#again ? 0 : this.#wakeAt);
  }

  async #turn(): Promise<void> {
    const now = Date.now();
    const { changes, wakeAt } = this.store.view((tx) => step(tx, now, this.#ports));
    try {
      if (changes.length > 0) await this.store.update((tx) => applyChanges(tx, changes));
      else await this.#drive(now);
    } catch (error) {
      if (!isStoreErrorOf(error, ['SEQUENCE_CONFLICT', 'NOT_FOUND'])) throw error;
      this.#again = true;
    }
    this.#wakeAt = wakeAt ?? Infinity;
  }

  /** Moves every task one step on. */
  async #drive(now: number): Promise<void> {
    const moves = this.store.view((tx) => tx.tasks().find()).flatMap((task) => this.#move(task) ?? []);
    if (moves.length === 0) return;
    await this.store.update((tx) => {
      for (const { task, state, err } of moves) {
        const running = state === 'running' ? { runningAt: now } : {};
        const container = { containerId: task.id.padEnd(64, '0'), pid: 1, exitCode: state === 'failed' ? 1 : 0 };
        const status = { ...task.status, state, err, message: messageOf(state), timestamp: now, container, ...running };
        tx.tasks().update({ ...task, status });
      }
    });
  }

  #move(task: Task): { task: Task; state: TaskState; err: string } | undefined {
    const { status, desiredState, nodeId } = task;
    const order = taskStateOrder(status.state);
    if (nodeId === undefined || order > taskStateOrder('running') || order < taskStateOrder('assigned'))
      return undefined;
    const fate = fateOf(task);
    if (taskStateOrder(desiredState) >= taskStateOrder('shutdown')) return { task, state: 'shutdown', err: '' };
    if (fate?.state === 'rejected') return { task, ...fate };
    if (desiredState === 'ready') return status.state === 'ready' ? undefined : { task, state: 'ready', err: '' };
    if (status.state !== 'running') return { task, state: 'running', err: '' };
    return fate && { task, ...fate };
  }
}

const messages: Partial<Record<TaskState, string>> = {
  ready: 'prepared',
  running: 'started',
  complete: 'finished',
  failed: 'started',
  rejected: 'preparing',
};
const messageOf = (state: TaskState) => messages[state] ?? state;
