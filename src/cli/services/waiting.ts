import type { Clock } from '../../base/clock.js';
import { isStoreErrorOf } from '../../base/store-error.js';
import { pause } from '../../base/waiting.js';
import { Waker } from '../../base/waker.js';
import type { Client, Selector, WatchMessage } from '../../client/index.js';
import type { StoredObject, Task } from '../../kinds/index.js';
import { isOver } from '../../orchestrate/index.js';
import { type Outcome, outcomeOf, type ServiceProgress, serviceProgress } from './progress.js';
import { ClusterView } from './view.js';

/** Services to wait for. */
export interface Wait {
  readonly client: Client;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ids of the services, with the version of the spec that should come to run. */
  readonly services: ReadonlyMap<string, number>;
  /** Nodes on which no task may be left. */
  readonly emptyNodes?: readonly string[];
  /** Version of the write: what members saw before says nothing. */
  readonly version: number;
  /** Limit of the wait, ms. */
  readonly limitMs: number;
  /** Called with the progress after each change. */
  readonly onProgress?: ((services: readonly ServiceProgress[]) => void) | undefined;
}

/** End of a wait, with the last that was seen. */
export interface Waited {
  readonly outcome: Exclude<Outcome, 'going'> | 'timeout';
  readonly services: readonly ServiceProgress[];
  readonly view: ClusterView;
}

/** Time for which nothing must change before tasks that wait for nodes end the wait, ms. */
const unplacedMs = 5_000;
/** Interval at which the watch begins again while no member answers, ms. */
const againMs = 500;

/** Follows services until they are as their specs say, nothing more happens, or the time is over. */
export async function waitForServices(wait: Wait): Promise<Waited> {
  const { clock, signal, limitMs } = wait;
  const following = new Following(wait);
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const watching = following.run(ends);
  const until = clock.monotonic() + limitMs;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (following.failure) throw following.failure.error;
      const { services, outcome, lookAt } = following.look();
      if (outcome !== 'going') return { outcome, services, view: following.view };
      const leftMs = until - clock.monotonic();
      if (leftMs <= 0) return { outcome: 'timeout', services, view: following.view };
      await following.changed(Math.min(leftMs, Math.max(1, lookAt - clock.now())));
    }
  } finally {
    stop.abort();
    await watching;
  }
}

/** The services and their tasks as a watch brings them. */
class Following {
  readonly view = new ClusterView();
  failure: { readonly error: unknown } | undefined;
  readonly #wait: Wait;
  readonly #waker: Waker;
  /** Time at which each task was first seen running, ms since the epoch. */
  readonly #running = new Map<string, number>();
  #version = -1;
  #changedAt: number;

  constructor(wait: Wait) {
    this.#wait = wait;
    this.#waker = new Waker(wait.clock);
    this.#changedAt = wait.clock.now();
  }

  /** Resolves after a change, or when the time has passed. */
  async changed(withinMs: number): Promise<void> {
    await this.#waker.wait(withinMs);
  }

  /** Follows until the signal aborts. A cluster without a leader is waited for. */
  async run(signal: AbortSignal): Promise<void> {
    const { client, clock, services, emptyNodes = [] } = this.#wait;
    const wake = () => this.#waker.wake();
    signal.addEventListener('abort', wake, { once: true });
    const selectors: Selector[] = [
      // An empty list would select all.
      ...(services.size > 0
        ? [
            { kind: 'service', ids: [...services.keys()] },
            { kind: 'task', serviceIds: [...services.keys()] },
          ]
        : []),
      { kind: 'node' },
      ...(emptyNodes.length > 0 ? [{ kind: 'task', nodeIds: emptyNodes }] : []),
    ];
    while (!signal.aborted) {
      this.#begin();
      try {
        for await (const message of client.messages({ selectors, snapshot: true, matchEither: true, signal }))
          this.#take(message);
      } catch (error) {
        if (!isStoreErrorOf(error, ['NOT_LEADER', 'QUORUM_LOST'])) {
          this.failure = { error };
          wake();
          return;
        }
      }
      await pause(clock, againMs, signal);
    }
  }

  #begin(): void {
    this.view.clear();
    this.#version = -1;
  }

  /** Judges what is known now. `lookAt` is the time at which the answer may change by itself. */
  look(): { services: ServiceProgress[]; outcome: Outcome; lookAt: number } {
    const { services: expected, version, clock, onProgress } = this.#wait;
    const now = clock.now();
    if (this.#version < version) return { services: [], outcome: 'going', lookAt: Infinity };
    const services = [...expected].map(([id, specVersion]) => this.#progress(id, specVersion, now));
    onProgress?.(services);
    const outcome = this.#isEmptying() ? 'going' : outcomeOf(services);
    const settles = services.flatMap(({ settlesAt }) => settlesAt ?? []);
    if (outcome !== 'unplaced') return { services, outcome, lookAt: Math.min(Infinity, ...settles) };
    const lookAt = this.#changedAt + unplacedMs;
    return { services, outcome: now >= lookAt ? outcome : 'going', lookAt };
  }

  /** Tells whether tasks are left on nodes that are to be empty. */
  #isEmptying(): boolean {
    const { emptyNodes = [] } = this.#wait;
    if (emptyNodes.length === 0) return false;
    return [...this.view.tasks.values()].some((task) => emptyNodes.includes(task.nodeId ?? '') && !isOver(task));
  }

  #progress(id: string, specVersion: number, now: number): ServiceProgress {
    const service = this.view.services.get(id);
    const gone = { id, name: id, job: false, wanted: 0, done: 0 };
    if (!service) return { ...gone, phase: 'stopped', because: 'the service was removed meanwhile' };
    const runningSince = (taskId: string) => this.#running.get(taskId) ?? now;
    return serviceProgress(this.view, service, { runningSince, specVersion }, now);
  }

  #take(message: WatchMessage): void {
    if (message.type === 'resync') this.#begin();
    else if (message.type === 'snapshot') for (const { kind, object } of message.objects) this.#set(kind, object);
    else {
      const before = this.#version;
      this.#version = message.version;
      if (message.type === 'transaction') {
        for (const { action, kind, object } of message.events)
          if (action === 'delete') this.view.remove(kind, object.id);
          else this.#set(kind, object);
        this.#changedAt = this.#wait.clock.now();
      }
      // A bookmark says nothing new, unless it is the first that reaches the awaited version.
      if (message.type !== 'bookmark' || before < this.#wait.version) this.#waker.wake();
    }
  }

  #set(kind: string, object: StoredObject): void {
    this.view.set(kind, object);
    const running = kind === 'task' && (object as Task).status.state === 'running';
    if (running && !this.#running.has(object.id)) this.#running.set(object.id, this.#wait.clock.now());
  }
}
