import type { CallOptions } from './calls.js';
import { EngineError } from './errors.js';
import { filtersText, segment } from './query.js';
import { defined, SystemCalls } from './system-calls.js';
import type {
  CommitOptions,
  ContainerChange,
  ContainerInspect,
  ContainerProcesses,
  ContainerSummary,
  ContainerUpdate,
  CreateContainerBody,
  CreatedContainer,
  Filters,
  WaitResult,
} from './types.js';

/** Options of `listContainers`. */
export interface ListContainersOptions extends CallOptions {
  /** True for all; default: those that run. */
  readonly all?: boolean | undefined;
  /** True asks for sizes, which takes the engine long. */
  readonly size?: boolean | undefined;
  /** Filters of Docker: `status`, `label`, `name`, … */
  readonly filters?: Filters | undefined;
  /** The newest so many. */
  readonly limit?: number | undefined;
  /** Created before this container, which is given by id or name. */
  readonly before?: string | undefined;
  /** Created after it. */
  readonly since?: string | undefined;
}

/** Options of `stopContainer` and `restartContainer`. */
export interface StopOptions extends CallOptions {
  /**
   * Seconds between the signal and the kill. Default: what the container was made with, or 10. The deadline of the call
   * counts on 10, so give one of the two for a container that takes longer.
   */
  readonly timeoutS?: number | undefined;
}

/** Seconds that an engine gives a container to end. */
const graceS = 10;

/** Calls about containers. */
export class ContainerCalls extends SystemCalls {
  /** Lists containers: those that run, or all. */
  async listContainers(options: ListContainersOptions = {}): Promise<ContainerSummary[]> {
    const { all, size, filters, limit, before, since } = options;
    const query = { all, size, limit, before, since, filters: filtersText(filters) };
    return this.json('GET', '/containers/json', { query, timeoutMs: this.timeouts.readMs, ...defined(options) });
  }

  /** Reads everything about a container. `size` adds its sizes, which takes the engine long. */
  async inspectContainer(
    id: string,
    options: CallOptions & { readonly size?: boolean } = {},
  ): Promise<ContainerInspect> {
    const call = { query: { size: options.size }, timeoutMs: this.timeouts.readMs, ...defined(options) };
    return this.json('GET', `${at(id)}/json`, call);
  }

  /**
   * Creates a container, which does not run yet.
   * @throws {EngineError} `CONFLICT`: the name is taken. `NOT_FOUND`: the image is not there; pull it.
   */
  async createContainer(
    config: CreateContainerBody,
    name?: string,
    options: CallOptions & { readonly platform?: string } = {},
  ): Promise<CreatedContainer> {
    const query = { name, platform: options.platform };
    const call = { query, json: config, timeoutMs: this.timeouts.createMs, ...defined(options) };
    return this.json('POST', '/containers/create', call);
  }

  /** Starts a container. False: it ran already. */
  async startContainer(id: string, options: CallOptions = {}): Promise<boolean> {
    const { status } = await this.answer('POST', `${at(id)}/start`, {
      timeoutMs: this.timeouts.startMs,
      ...defined(options),
    });
    return status !== 304;
  }

  /** Stops a container. False: it had stopped already. */
  async stopContainer(id: string, options: StopOptions = {}): Promise<boolean> {
    const call = { query: { t: graceOf(options) }, timeoutMs: this.#stopMs(options), ...defined(options) };
    return (await this.answer('POST', `${at(id)}/stop`, call)).status !== 304;
  }

  /** Stops a container, and starts it again. */
  async restartContainer(id: string, options: StopOptions = {}): Promise<void> {
    const timeoutMs = this.#stopMs(options) + this.timeouts.startMs;
    await this.answer('POST', `${at(id)}/restart`, { query: { t: graceOf(options) }, timeoutMs, ...defined(options) });
  }

  /** Sends a signal to the process of a container. @param signal Its name or number; default `SIGKILL`. */
  async killContainer(id: string, signal?: string, options: CallOptions = {}): Promise<void> {
    await this.#change('POST', `${at(id)}/kill`, options, { signal });
  }

  /** Pauses all processes of a container. */
  async pauseContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.#change('POST', `${at(id)}/pause`, options);
  }

  /** Lets the processes of a paused container go on. */
  async unpauseContainer(id: string, options: CallOptions = {}): Promise<void> {
    await this.#change('POST', `${at(id)}/unpause`, options);
  }

  /** Gives a container another name. */
  async renameContainer(id: string, name: string, options: CallOptions = {}): Promise<void> {
    await this.#change('POST', `${at(id)}/rename`, options, { name });
  }

  /** Removes a container. `force` kills it first; `volumes` removes those without a name, too. */
  async removeContainer(
    id: string,
    options: CallOptions & { readonly force?: boolean; readonly volumes?: boolean; readonly link?: boolean } = {},
  ): Promise<void> {
    const query = { force: options.force, v: options.volumes, link: options.link };
    await this.answer('DELETE', at(id), { query, timeoutMs: this.timeouts.removeMs, ...defined(options) });
  }

  /** Changes limits and the restart policy. */
  async updateContainer(
    id: string,
    update: ContainerUpdate,
    options: CallOptions = {},
  ): Promise<{ readonly Warnings: readonly string[] | null }> {
    const call = { json: update, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    return this.json('POST', `${at(id)}/update`, call);
  }

  /**
   * Waits until a container has ended. It may take for ever: only `signal` and `timeoutMs` limit it.
   * @param options.condition `not-running` (default), `next-exit` or `removed`; engines before API 1.30 know the first only.
   */
  async waitContainer(
    id: string,
    options: CallOptions & { readonly condition?: 'not-running' | 'next-exit' | 'removed' } = {},
  ): Promise<WaitResult> {
    // Engines before API 1.30 send no headers before the end.
    const deadline = options.timeoutMs === undefined ? 'connect' : 'whole';
    const query = { condition: options.condition };
    return this.json('POST', `${at(id)}/wait`, { query, mutates: false, deadline, ...defined(options) });
  }

  /** Lists the processes of a container. @param psArgs Options of `ps` on the engine; default `-ef`. */
  async topContainer(id: string, psArgs?: string, options: CallOptions = {}): Promise<ContainerProcesses> {
    const call = { query: { ps_args: psArgs }, timeoutMs: this.timeouts.readMs, ...defined(options) };
    return this.json('GET', `${at(id)}/top`, call);
  }

  /** Lists files that differ from those of the image. */
  async containerChanges(id: string, options: CallOptions = {}): Promise<ContainerChange[]> {
    const call = { timeoutMs: this.timeouts.readMs, ...defined(options) };
    return (await this.json<ContainerChange[] | null>('GET', `${at(id)}/changes`, call)) ?? [];
  }

  /** Makes an image of a container. */
  async commit(options: CommitOptions & CallOptions): Promise<{ readonly Id: string }> {
    const { container, repo, tag, comment, author, pause, changes, config } = options;
    const query = { container, repo, tag, comment, author, pause, changes };
    const call = { query, json: config ?? {}, timeoutMs: this.timeouts.workMs, ...defined(options) };
    return this.json('POST', '/commit', call);
  }

  async #change(method: string, path: string, options: CallOptions, query = {}): Promise<void> {
    await this.answer(method, path, { query, timeoutMs: this.timeouts.changeMs, ...defined(options) });
  }

  #stopMs(options: StopOptions): number {
    return (options.timeoutS ?? graceS) * 1_000 + this.timeouts.stopMs;
  }
}

/** Path of a container. */
export const at = (id: string) => `/containers/${segment('container', id)}`;

function graceOf({ timeoutS }: StopOptions): number | undefined {
  if (timeoutS === undefined || (Number.isInteger(timeoutS) && timeoutS >= 0)) return timeoutS;
  throw new EngineError('BAD_REQUEST', `timeoutS must be a whole number of seconds from 0, is ${timeoutS}`);
}
