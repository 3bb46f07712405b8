import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { type Logger, silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { EngineDriver, type TaskReport } from '../../src/fleet/driver/index.js';
import { DockerClient } from '../../src/fleet/index.js';
import { type DeepPartial, type Task, type TaskState, taskStateOrder } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { impatient, until } from './fleet.js';

/** Times that keep a test short. Nothing is asserted about how long anything takes. */
const quick = { listMinMs: 40, listMaxMs: 80, retryMs: 15, reportAgainMs: 30, pullMemoryMs: 60_000, sweepMs: 10 };

export const nodeId = 'node1';
export const clusterId = 'cluster1';

export interface BedOptions {
  readonly address: string;
  readonly client?: DockerClient;
  readonly logger?: Logger;
  readonly times?: Partial<typeof quick>;
}

/** A store with one node, and drivers of its engine. What they report is written as the leader would. */
export class DriverBed {
  readonly store = new MemoryStore();
  readonly reports: TaskReport[] = [];
  /** Ids that the drivers have asked about. */
  readonly asked: string[] = [];
  /** False loses a report. */
  takes: (report: TaskReport) => boolean = () => true;
  /** Tells whether a task exists no more. */
  isGone: (id: string) => boolean = (id) => !this.store.view((tx) => tx.tasks().get(id));
  readonly #options: BedOptions;

  constructor(options: BedOptions) {
    this.#options = options;
  }

  static async open(options: BedOptions): Promise<DriverBed> {
    const bed = new DriverBed(options);
    await bed.store.update((tx) => {
      tx.nodes().create({ id: nodeId, description: { hostname: 'node-1', platform: { os: 'linux' } } });
    });
    return bed;
  }

  /** Starts a driver that ends with the test. Returns a function that ends it before. */
  drive(client = this.#options.client ?? this.client()): () => Promise<void> {
    const { logger = silentLogger, times } = this.#options;
    const stop = new AbortController();
    const driver = new EngineDriver({
      ...{ client, nodeId, clusterId, store: this.store, clock: systemClock, random: systemRandom, logger },
      report: (update) => this.#take(update),
      confirmGone: (ids) => {
        this.asked.push(...ids);
        return Promise.resolve(new Set(ids.filter((id) => this.isGone(id))));
      },
      times: { ...quick, ...times },
    });
    const run = driver.run(stop.signal);
    const end = async () => {
      stop.abort();
      await run;
    };
    onTestFinished(end);
    return end;
  }

  /** A client of the engine that is closed with the test. */
  client(): DockerClient {
    const client = new DockerClient({ address: this.#options.address, timeouts: impatient });
    onTestFinished(() => client.close());
    return client;
  }

  #take(update: TaskReport): void {
    this.reports.push(update);
    if (!this.takes(update)) return;
    void this.store.update((tx) => {
      const task = tx.tasks().get(update.id);
      if (!task || taskStateOrder(update.status.state) <= taskStateOrder(task.status.state)) return;
      tx.tasks().update({ ...task, status: update.status });
    });
  }

  /** Adds a task that a scheduler has put on the node. */
  async addTask(id: string, literal: DeepPartial<Task> = {}): Promise<void> {
    const container = { image: 'busybox', args: ['sleep', '1000'], stopGracePeriodMs: 0, ...literal.spec?.container };
    await this.store.update((tx) => {
      tx.tasks().create({
        ...{ id, nodeId, slot: 1, serviceId: 'service1', serviceAnnotations: { name: 'web' } },
        ...{ desiredState: 'running', status: { state: 'assigned' } },
        ...literal,
        spec: { ...literal.spec, container },
      });
    });
  }

  async want(id: string, desiredState: TaskState): Promise<void> {
    await this.store.update((tx) => {
      const task = tx.tasks().get(id);
      if (task) tx.tasks().update({ ...task, desiredState });
    });
  }

  async remove(id: string): Promise<void> {
    await this.store.update((tx) => tx.tasks().delete(id));
  }

  task(id: string): Task {
    const task = this.store.view((tx) => tx.tasks().get(id));
    if (!task) throw new Error(`no task ${id}`);
    return task;
  }

  state(id: string): TaskState {
    return this.task(id).status.state;
  }

  /** Waits until the store shows that state. */
  async until(id: string, state: TaskState): Promise<Task> {
    await until(() => this.state(id) === state);
    return this.task(id);
  }

  /** States that were reported of a task, each once. */
  reported(id: string): TaskState[] {
    return [...new Set(this.reports.filter((one) => one.id === id).map(({ status }) => status.state))];
  }
}
