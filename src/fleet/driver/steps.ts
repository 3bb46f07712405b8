import type { Task } from '../../kinds/index.js';
import { isEngineError } from '../engine/errors.js';
import { graceSeconds } from './container.js';
import { containerName } from './labels.js';
import type { Mutations } from './mutations.js';
import type { Observed } from './observed.js';
import type { Observer } from './observer.js';
import { refusalOf } from './refusal.js';
import { type ReportedStatus, startFailed } from './status.js';

/** Settings of {@link Steps}. */
export interface StepsOptions {
  readonly mutations: Mutations;
  readonly observer: Observer;
}

/** Seconds that an engine gives a container to end when nothing else was asked for. */
const engineGraceS = 10;

/** Steps with containers that exist. Each one reads the container afterwards, so that the next decision knows it. */
export class Steps {
  readonly #options: StepsOptions;
  /** Containers that were stopped because their check failed. An engine does not tell afterwards. */
  readonly #unhealthy = new Set<string>();

  constructor(options: StepsOptions) {
    this.#options = options;
  }

  /** Tells whether the container was stopped here because it was unhealthy. */
  wasUnhealthy({ id }: Observed): boolean {
    return this.#unhealthy.has(id);
  }

  /** Tells whether the engine has the container of a task. */
  async isThere(task: Task): Promise<boolean> {
    return (await this.#options.observer.byName(containerName(task)))?.taskId === task.id;
  }

  /** The container as an inspection tells it; `undefined` when it is gone. */
  async detailed(container: Observed): Promise<Observed | undefined> {
    return container.details ? container : this.#options.observer.refresh(container.id);
  }

  /**
   * Starts a container. Resolves with the status of the task when the engine refuses.
   * @param may Asked right before the call; false leaves the container as it is.
   */
  async start(container: Observed, may: () => boolean): Promise<((now: number) => ReportedStatus) | undefined> {
    const { mutations, observer } = this.#options;
    try {
      await mutations.change(async (client, options) => {
        if (may()) await client.startContainer(container.id, options);
      });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal !== undefined) return (now) => startFailed(refusal, now, container);
      await observer.refresh(container.id);
      throw error;
    }
    await observer.refresh(container.id);
    return undefined;
  }

  /** Stops a container because its check fails: its task has failed, whatever its exit code is. */
  async stopUnhealthy(container: Observed, graceMs: number | undefined): Promise<void> {
    this.#unhealthy.add(container.id);
    await this.stop(container, graceMs);
  }

  /** Stops a container; kills it when the engine fails at that twice. */
  async stop({ id }: Observed, graceMs: number | undefined): Promise<void> {
    const { mutations, observer } = this.#options;
    const grace = graceMs === undefined ? undefined : graceSeconds(graceMs);
    const stop = () => mutations.stop((client, options) => client.stopContainer(id, { ...options, timeoutS: grace }));
    try {
      await stop().catch((error: unknown) => (isEngineError(error, 'SERVER_ERROR') ? stop() : Promise.reject(error)));
    } catch (error) {
      if (isEngineError(error, 'SERVER_ERROR'))
        await mutations.change((client, options) => client.killContainer(id, 'SIGKILL', options));
      else if (!isEngineError(error, 'NOT_FOUND')) throw error;
    }
    await observer.refresh(id);
  }

  /** Stops and removes a container, with its volumes that have no name. One that is gone is no failure. */
  async remove(container: Observed): Promise<void> {
    const { mutations, observer } = this.#options;
    const seen = await observer.refresh(container.id);
    if (!seen) return;
    if (seen.state === 'running' || seen.state === 'paused' || seen.state === 'restarting')
      await this.stop(seen, (seen.details?.stopTimeoutS ?? engineGraceS) * 1_000);
    try {
      await mutations.change((client, options) =>
        client.removeContainer(container.id, { ...options, force: true, volumes: true }),
      );
    } catch (error) {
      if (isEngineError(error, 'CONFLICT')) return void (await observer.refresh(container.id)); // it is being removed
      if (!isEngineError(error, 'NOT_FOUND')) throw error;
    }
    this.#unhealthy.delete(container.id);
    observer.removed(container.id);
  }
}
