import { messageOf } from '../../base/errors.js';
import { aborted, pause } from '../../base/waiting.js';
import {
  byNodeId,
  EventCreateTask,
  EventDeleteTask,
  EventUpdateTask,
  type Task,
  taskCheckNodeId,
} from '../../kinds/index.js';
import { Actions } from './actions.js';
import type { Action } from './decide.js';
import { EngineNetworks } from './engine-networks.js';
import { FileVolumes } from './file-volumes.js';
import { Images } from './images.js';
import { Mutations } from './mutations.js';
import type { Observed } from './observed.js';
import { Observer } from './observer.js';
import type { DriverOptions, DriverTimes } from './options.js';
import { Orphans } from './orphans.js';
import { Preparation } from './preparation.js';
import { refusalOf } from './refusal.js';
import { Reports } from './reports.js';
import { rejected } from './status.js';
import { Steps } from './steps.js';
import { Sweeper } from './sweeper.js';
import { Workbench } from './workbench.js';

/** One stay at an engine: from the moment in which the driver may act until its signal aborts. */
export class DriverRun {
  readonly #options: DriverOptions;
  readonly #times: DriverTimes;
  readonly #signal: AbortSignal;
  readonly #observer: Observer;
  readonly #reports: Reports;
  readonly #bench: Workbench;
  readonly #sweeper: Sweeper;

  constructor(options: DriverOptions, times: DriverTimes, signal: AbortSignal) {
    const { client, clusterId, nodeId, store, clock, random, logger, report, confirmGone, holds } = options;
    this.#options = options;
    this.#times = times;
    this.#signal = signal;
    const observer = new Observer({
      ...{ client, clusterId, clock, random, logger, times },
      onChange: (taskId) => this.#bench.lookSoon(taskId),
      onList: () => this.#lookAtAll(),
    });
    const mutations = new Mutations(client, signal, holds);
    const inUse = (has: (container: Observed) => boolean) => observer.all.some((one) => one.taskId !== '' && has(one));
    const isMounted = (volume: string) => inUse(({ volumes }) => volumes.includes(volume));
    const isUsed = (name: string) => inUse((one) => one.networks.includes(name));
    const files = new FileVolumes({ mutations, clusterId, random, isMounted });
    const networks = new EngineNetworks({ client, mutations, signal, clusterId, isUsed });
    const images = new Images({ client, mutations, signal, clock, logger, memoryMs: times.pullMemoryMs });
    const made = { client, signal, logger, nodeId, clusterId, store, mutations, observer, images, files, networks };
    const task = (id: string) => this.#task(id);
    const stored = (id: string) => task(id)?.status.state;
    const reports = new Reports({ report, stored, clock, againMs: times.reportAgainMs });
    const actions = new Actions({
      ...{ nodeId, task, observer, reports },
      now: () => clock.now(),
      preparation: new Preparation(made),
      steps: new Steps({ mutations, observer }),
    });
    this.#observer = observer;
    this.#reports = reports;
    this.#sweeper = new Sweeper({ ...made, clock, times });
    const orphans = new Orphans({
      clock,
      signal,
      logger,
      confirmGone,
      onGone: (id) => this.#bench.begin(id, 'remove'),
    });
    this.#bench = new Workbench({
      ...{ clock, signal, logger, retryMs: times.retryMs },
      next: (id) => actions.next(id),
      perform: (id, action, cancelled) => this.#perform(actions, id, action, cancelled),
      failed: (id, action, error) => this.#failed(id, action, error),
      isReady: () => observer.listed,
      ask: (id) => orphans.ask(id),
    });
  }

  /** Drives until the signal aborts, and all work has ended. */
  async run(): Promise<void> {
    const signal = this.#signal;
    await Promise.all([
      this.#observer.run(signal),
      this.#reports.run(signal),
      this.#sweeper.run(signal),
      this.#follow(),
    ]);
    await this.#bench.settled();
  }

  async #perform(actions: Actions, taskId: string, action: Action, cancelled: AbortSignal): Promise<void> {
    await actions.perform(taskId, action, cancelled);
    if (action === 'remove') this.#sweeper.sweepSoon();
  }

  /** A preparation that is refused is the end of its task. */
  #failed(taskId: string, action: Action, error: unknown): boolean {
    if (action !== 'prepare' && action !== 'finish') return false;
    const refusal = refusalOf(error);
    if (refusal !== undefined) this.#reports.put(taskId, rejected(refusal, this.#options.clock.now()));
    return refusal !== undefined;
  }

  /** Follows the tasks of the node. A watch that breaks, as after a restored snapshot, begins anew from what is stored. */
  async #follow(): Promise<void> {
    const { clock, logger } = this.#options;
    while (!this.#signal.aborted) {
      try {
        await this.#watch();
      } catch (error) {
        logger.debug(`the watch of the tasks of a node begins anew: ${messageOf(error)}`);
      }
      await pause(clock, this.#times.retryMs, this.#signal);
    }
  }

  async #watch(): Promise<void> {
    const { store, nodeId } = this.#options;
    const { watch } = store.viewAndWatch(
      () => undefined,
      EventCreateTask({ nodeId }, taskCheckNodeId),
      EventUpdateTask({ nodeId }, taskCheckNodeId),
      EventDeleteTask({ nodeId }, taskCheckNodeId),
    );
    let end = () => undefined as void;
    const ended = new Promise<void>((resolve, reject) => {
      const subscription = watch.subscribe({
        next: (event) => event.kind === 'task' && this.#bench.lookSoon(event.object.id),
        error: reject,
        complete: resolve,
      });
      end = () => subscription.unsubscribe();
    });
    this.#lookAtAll();
    try {
      await Promise.race([ended, aborted(this.#signal)]);
    } finally {
      end();
    }
  }

  #lookAtAll(): void {
    const { store, nodeId } = this.#options;
    for (const { id } of store.view((tx) => tx.tasks().find(byNodeId(nodeId)))) this.#bench.lookSoon(id);
    for (const id of this.#observer.taskIds) this.#bench.lookSoon(id);
    this.#sweeper.sweepSoon();
  }

  #task(id: string): Task | undefined {
    return this.#options.store.view((tx) => tx.tasks().get(id));
  }
}
