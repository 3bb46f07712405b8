import type { Readable } from 'node:stream';
import type { CallOptions } from './calls.js';
import { at, ContainerCalls } from './container-calls.js';
import { jsonObjects } from './json-splitter.js';
import { defined } from './system-calls.js';
import type { Upgraded } from './transport.js';
import type { ContainerStats } from './types.js';

/** Options of `containerLogs`. */
export interface LogsOptions extends CallOptions {
  /** True for what is still to be written, until the container ends. */
  readonly follow?: boolean | undefined;
  /** Default true. */
  readonly stdout?: boolean | undefined;
  /** Default true. */
  readonly stderr?: boolean | undefined;
  /** Seconds since the epoch, with up to nine decimals. */
  readonly since?: string | number | undefined;
  /** Seconds since the epoch; later lines are left out. */
  readonly until?: string | number | undefined;
  /** True puts the time of each line before it. */
  readonly timestamps?: boolean | undefined;
  /** The last so many lines; default all. */
  readonly tail?: number | 'all' | undefined;
}

/** Options of `attach`. */
export interface AttachOptions extends CallOptions {
  /** True sends what was written before, too. */
  readonly logs?: boolean | undefined;
  /** False only with `logs`. Default true. */
  readonly stream?: boolean | undefined;
  /** True connects the input of the process. */
  readonly stdin?: boolean | undefined;
  /** Default true. */
  readonly stdout?: boolean | undefined;
  /** Default true. */
  readonly stderr?: boolean | undefined;
  /** Keys that detach a terminal: `ctrl-p,ctrl-q`. Default: those of the engine. */
  readonly detachKeys?: string | undefined;
}

/** The longest set of figures that is read, bytes. */
const statsBytesMax = 1024 * 1024;

/** Calls about what a container writes and uses. */
export class StreamCalls extends ContainerCalls {
  /**
   * Opens the log of a container. Without a terminal it has frames: `demultiplex` takes them apart. Destroy the stream when
   * it is not read to its end.
   */
  async containerLogs(id: string, options: LogsOptions = {}): Promise<Readable> {
    const { follow, stdout = true, stderr = true, since, until, timestamps, tail } = options;
    const query = { follow, stdout, stderr, since, until, timestamps, tail };
    return this.stream('GET', `${at(id)}/logs`, { query, ...defined(options) });
  }

  /**
   * Connects to the process of a container. Without a terminal its output has frames: `demultiplex(socket, head)`. End the
   * socket to end its input; the output goes on.
   */
  async attach(id: string, options: AttachOptions = {}): Promise<Upgraded> {
    const { logs, stream = true, stdin, stdout = true, stderr = true, detachKeys } = options;
    const query = { logs, stream, stdin, stdout, stderr, detachKeys };
    return this.upgrade('POST', `${at(id)}/attach`, { query, mutates: false, ...defined(options) });
  }

  /** Sets the size of a container's terminal: `h` lines of `w` columns. */
  async resizeContainer(id: string, size: { readonly h: number; readonly w: number }, options: CallOptions = {}) {
    const call = { query: { ...size }, timeoutMs: this.timeouts.changeMs, ...defined(options) };
    await this.answer('POST', `${at(id)}/resize`, call);
  }

  /** Reads the figures of a container once. An engine takes a second or two: it compares two moments. */
  async containerStats(id: string, options: CallOptions = {}): Promise<ContainerStats> {
    const call = { query: { stream: false }, timeoutMs: this.timeouts.readMs, ...defined(options) };
    return this.json('GET', `${at(id)}/stats`, call);
  }

  /** Reads the figures of a container every second, until it is removed, or the caller stops. */
  async *followStats(id: string, options: CallOptions = {}): AsyncGenerator<ContainerStats, undefined> {
    const pieces = this.pieces('GET', `${at(id)}/stats`, { query: { stream: true }, ...defined(options) });
    yield* jsonObjects(pieces, statsBytesMax) as AsyncGenerator<ContainerStats, undefined>;
    return undefined;
  }
}
