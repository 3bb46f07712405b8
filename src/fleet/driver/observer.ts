import { onAbort } from '../../base/abort.js';
import type { Clock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { Limiter } from '../../base/limiter.js';
import type { Logger } from '../../base/log.js';
import type { Random } from '../../base/random.js';
import { Waker } from '../../base/waker.js';
import type { DockerClient } from '../engine/docker-client.js';
import { isEngineError } from '../engine/errors.js';
import type { EngineEvent } from '../engine/types.js';
import { clusterLabel } from './labels.js';
import { type Observed, observedInDetail, observedInList } from './observed.js';
import type { DriverTimes } from './options.js';

/** Settings of an {@link Observer}. */
export interface ObserverOptions {
  readonly client: DockerClient;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly times: Pick<DriverTimes, 'listMinMs' | 'listMaxMs' | 'retryMs'>;
  /** Called when a container of a task has changed, appeared or disappeared. */
  readonly onChange: (taskId: string) => void;
  /** Called after each list of all containers. */
  readonly onList: () => void;
}

/** Events after which a container is read again. Those of checks and commands within it are many and say nothing. */
const telling = new Set(['create', 'start', 'die', 'destroy', 'health_status', 'pause', 'unpause', 'rename']);
/** Most inspections at a time. */
const inspectionsMax = 8;
const waitStepsMax = 10;

/**
 * Knows the containers of a cluster on one engine: from lists, from events, and from what the driver itself has done.
 * Answers that overtake each other do no harm: each counts as of the moment in which it was asked for.
 */
export class Observer {
  readonly #options: ObserverOptions;
  readonly #found = new Map<string, { readonly container: Observed; readonly asked: number }>();
  /** Moments of reads that found a container gone; kept until a list was asked for later. */
  readonly #gone = new Map<string, number>();
  readonly #ofTask = new Map<string, Set<string>>();
  readonly #inspections = new Limiter(inspectionsMax);
  /** Containers that are being read after an event; true: another event has come meanwhile. */
  readonly #reading = new Map<string, boolean>();
  readonly #lister: Waker;
  #asked = 0;
  #listed = false;
  #signal: AbortSignal | undefined;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#lister = new Waker(options.clock);
  }

  /** False until the first list has arrived: what is not known then may well be there. */
  get listed(): boolean {
    return this.#listed;
  }

  /** All containers of the cluster on this engine. */
  get all(): readonly Observed[] {
    return [...this.#found.values()].map(({ container }) => container);
  }

  /** Containers with the label of a task: one, unless its labels were copied. */
  allOfTask(taskId: string): readonly Observed[] {
    const ids = [...(this.#ofTask.get(taskId) ?? [])];
    return ids.flatMap((id) => this.#found.get(id)?.container ?? []);
  }

  /** The container of a task: the one with its name, where labels were copied. */
  ofTask(taskId: string): Observed | undefined {
    const all = this.allOfTask(taskId);
    return all.find(({ name }) => name.endsWith(`.${taskId}`)) ?? all[0];
  }

  /** Ids of all tasks that have a container. */
  get taskIds(): Iterable<string> {
    return this.#ofTask.keys();
  }

  /** Follows the engine until the signal aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clusterId, logger } = this.#options;
    this.#signal = signal;
    const forget = onAbort(signal, () => this.#lister.wake());
    const monitor = client.startMonitorEvents((event) => this.#react(event), {
      filters: { type: ['container'], label: [`${clusterLabel}=${clusterId}`] },
      // An engine keeps few events, and none over a restart.
      onConnect: () => this.listSoon(),
      onError: (error) => logger.debug(`the events of an engine broke off: ${messageOf(error)}`),
    });
    try {
      await this.#lists(signal);
    } finally {
      monitor.stop();
      forget();
    }
  }

  /** Lists all containers soon. */
  listSoon(): void {
    this.#lister.wake();
  }

  /** Reads one container again. Resolves with what is known of it then; `undefined` when it is gone. */
  async refresh(id: string): Promise<Observed | undefined> {
    const asked = ++this.#asked;
    const container = await this.#inspect(id);
    if (container) this.#keep(container, asked);
    else this.#drop(id, asked);
    return this.#found.get(id)?.container;
  }

  /** Reads a container by its name. Resolves with `undefined` when there is none, or it is not of this cluster. */
  async byName(name: string): Promise<Observed | undefined> {
    const asked = ++this.#asked;
    const container = await this.#inspect(name);
    if (container) this.#keep(container, asked);
    return container;
  }

  /** Takes in a container that the driver has just made. */
  created(container: Observed): void {
    this.#keep(container, ++this.#asked);
  }

  /** Takes out a container that the driver has just removed. */
  removed(id: string): void {
    this.#drop(id, ++this.#asked);
  }

  async #inspect(idOrName: string): Promise<Observed | undefined> {
    const { client, clusterId } = this.#options;
    try {
      const answer = await this.#inspections.run(() => client.inspectContainer(idOrName, { signal: this.#signal }));
      return answer.Config.Labels?.[clusterLabel] === clusterId ? observedInDetail(answer) : undefined;
    } catch (error) {
      if (isEngineError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }

  async #lists(signal: AbortSignal): Promise<void> {
    const { listMinMs, listMaxMs, retryMs } = this.#options.times;
    let failures = 0;
    while (!signal.aborted) {
      try {
        await this.#list(signal);
        failures = 0;
        this.#options.onList();
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        this.#options.logger.debug(`the containers of an engine were not listed: ${messageOf(error)}`);
      }
      const waitMs =
        failures > 0
          ? Math.min(failures, waitStepsMax) * retryMs
          : listMinMs + this.#options.random(listMaxMs - listMinMs + 1);
      await this.#lister.wait(waitMs);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { client, clusterId } = this.#options;
    const asked = ++this.#asked;
    const filters = { label: [`${clusterLabel}=${clusterId}`] };
    const listed = await client.listContainers({ all: true, filters, signal });
    const there = new Set(listed.map(({ Id }) => Id));
    for (const summary of listed) this.#keepListed(observedInList(summary), asked);
    for (const id of this.#found.keys()) if (!there.has(id)) this.#drop(id, asked);
    for (const [id, moment] of this.#gone) if (moment < asked) this.#gone.delete(id);
    this.#listed = true;
  }

  /** A list says less than an inspection: what that told stays while the container is as before. */
  #keepListed(container: Observed, asked: number): void {
    const known = this.#found.get(container.id)?.container;
    const same = known?.details && known.state === container.state && known.health === container.health;
    this.#keep(same ? { ...container, details: known.details } : container, asked);
  }

  #keep(container: Observed, asked: number): void {
    const { id, taskId } = container;
    if ((this.#found.get(id)?.asked ?? 0) > asked || (this.#gone.get(id) ?? 0) > asked) return;
    this.#found.set(id, { container, asked });
    if (taskId === '') return;
    const ofTask = this.#ofTask.get(taskId) ?? new Set();
    this.#ofTask.set(taskId, ofTask.add(id));
    this.#options.onChange(taskId);
  }

  #drop(id: string, asked: number): void {
    const known = this.#found.get(id);
    if (known && known.asked > asked) return;
    this.#gone.set(id, asked);
    if (!known) return;
    this.#found.delete(id);
    const { taskId } = known.container;
    const ofTask = this.#ofTask.get(taskId);
    ofTask?.delete(id);
    if (ofTask?.size === 0) this.#ofTask.delete(taskId);
    if (taskId !== '') this.#options.onChange(taskId);
  }

  #react(event: EngineEvent): void {
    const action = (event.Action ?? event.status ?? '').split(':')[0] ?? '';
    const id = event.Actor?.ID ?? event.id;
    if (!telling.has(action) || id === undefined || this.#signal?.aborted) return;
    if (action === 'destroy') return this.removed(id);
    if (this.#reading.has(id)) this.#reading.set(id, true);
    else void this.#readAfter(id);
  }

  /** Reads a container until no event has come while it was read. */
  async #readAfter(id: string): Promise<void> {
    do {
      this.#reading.set(id, false);
      try {
        await this.refresh(id);
      } catch {
        this.listSoon(); // the list has its own patience with an engine that does not answer
      }
    } while (this.#reading.get(id) && !this.#signal?.aborted);
    this.#reading.delete(id);
  }
}
