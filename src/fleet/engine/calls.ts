import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { orAborted } from '../../base/waiting.js';
import {
  agreedApiVersion,
  type ApiVersion,
  apiVersionMax,
  apiVersionMin,
  isApiVersion,
  refusesVersion,
} from './api-version.js';
import { type Answer, type Body, parseJson, readBody, readErrorText } from './body.js';
import { EngineError, errorOfAnswer } from './errors.js';
import type { DeadlineKind, Exchange } from './exchange.js';
import type { Query } from './query.js';
import type { EngineTimeouts } from './timeouts.js';
import { EngineTransport, type TransportOptions, type Upgraded } from './transport.js';
import type { EngineVersion } from './types.js';

/** Options of every call. */
export interface CallOptions {
  /** Ends the call; it rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Deadline of this call in the place of the client's, milliseconds. */
  readonly timeoutMs?: number | undefined;
}

/** Settings of a client. */
export interface DockerClientOptions extends TransportOptions {
  /** API version for every call, e.g. `1.41`. Default: the newest that the engine and this client know. */
  readonly apiVersion?: string | undefined;
  /** The longest answer that is read whole, bytes. Default 64 MiB. */
  readonly answerBytesMax?: number | undefined;
}

/** A call without its API version. */
export interface Call extends CallOptions {
  readonly query?: Query | undefined;
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: Body | undefined;
  readonly deadline?: DeadlineKind | undefined;
  readonly mutates?: boolean | undefined;
  /** True for paths without a version. */
  readonly bare?: boolean | undefined;
}

const answerBytesMaxDefault = 64 * 1024 * 1024;

/**
 * Calls of an engine: the API version in the path, JSON in both directions, and an error for every answer that is no success.
 */
export class Calls {
  /** HTTP with the engine, for requests that are passed through. */
  readonly transport: EngineTransport;
  protected readonly timeouts: EngineTimeouts;
  readonly #answerBytesMax: number;
  readonly #fixed: ApiVersion | undefined;
  #version: Promise<ApiVersion> | undefined;

  constructor({ apiVersion, answerBytesMax = answerBytesMaxDefault, ...transport }: DockerClientOptions) {
    if (apiVersion !== undefined && !isApiVersion(apiVersion)) {
      throw new EngineError(
        'UNSUPPORTED',
        `apiVersion must be like ${apiVersionMax}, is ${JSON.stringify(apiVersion)}`,
      );
    }
    if (!(answerBytesMax > 0)) throw new RangeError(`answerBytesMax must be more than 0, is ${answerBytesMax}`);
    this.transport = new EngineTransport(transport);
    this.timeouts = this.transport.timeouts;
    this.#answerBytesMax = answerBytesMax;
    this.#fixed = apiVersion;
  }

  /** Address, as errors name it. */
  get engine(): string {
    return this.transport.engine;
  }

  /**
   * Finds the API version on first use: the engine's, 1.41 at most. An engine that was replaced by another version refuses
   * the version once; then it is found again.
   */
  async apiVersion(signal?: AbortSignal): Promise<ApiVersion> {
    if (this.#fixed) return this.#fixed;
    const finding = (this.#version ??= this.#findVersion());
    finding.catch(() => {
      if (this.#version === finding) this.#version = undefined;
    });
    try {
      return await orAborted(finding, signal);
    } catch (cause) {
      if (!signal?.aborted) throw cause;
      throw new EngineError('ABORTED', `a call of engine ${this.engine} was aborted`, { cause: signal.reason });
    }
  }

  /**
   * Reads a JSON answer. A large list costs its parsing, which holds up everything else in this process: 10 to 15 ms for a
   * MiB. `null` for an empty answer.
   */
  protected async json<T>(method: string, path: string, call: Call = {}): Promise<T> {
    return parseJson(this.#name(method, path), await this.answer(method, path, call)) as T;
  }

  /** Reads an answer to its end. A status of 304 is one of success: there was nothing to do. */
  protected async answer(method: string, path: string, call: Call = {}): Promise<Answer> {
    const { response, exchange } = await this.#open(method, path, call);
    try {
      const { outcomeUnknown } = exchange;
      const limits = { bytesMax: this.#answerBytesMax, outcomeUnknown };
      const body = await readBody(this.#name(method, path), response, limits);
      return { status: response.statusCode ?? 0, headers: response.headers, body, outcomeUnknown };
    } catch (cause) {
      throw exchange.failure(cause);
    }
  }

  /** Resolves with the headers of an answer whose body goes on. Default deadline: `start`. */
  protected async stream(method: string, path: string, call: Call = {}): Promise<IncomingMessage> {
    return (await this.#open(method, path, { deadline: 'start', ...call })).response;
  }

  /** The same, with pieces whose errors are those of an engine. They must be read to their end, or returned early. */
  protected async opened(method: string, path: string, call: Call = {}) {
    const { response, exchange } = await this.#open(method, path, { deadline: 'start', ...call });
    return { response, pieces: piecesOf(response, exchange) };
  }

  /** The pieces alone; the call is made when the first one is asked for. */
  protected async *pieces(method: string, path: string, call: Call = {}): AsyncGenerator<Buffer, undefined> {
    yield* (await this.opened(method, path, call)).pieces;
    return undefined;
  }

  protected async upgrade(method: string, path: string, call: Call = {}): Promise<Upgraded> {
    return this.#withVersion(call, (prefix) => this.transport.upgrade(method, `${prefix}${path}`, wire(call)));
  }

  #open(method: string, path: string, call: Call) {
    return this.#withVersion(call, async (prefix) => {
      const opened = await this.transport.exchange(method, `${prefix}${path}`, wire(call));
      const status = opened.response.statusCode ?? 0;
      if ((status >= 200 && status < 300) || status === 304) return opened;
      try {
        const name = this.#name(method, path);
        throw errorOfAnswer(name, status, await readErrorText(opened.response));
      } catch (cause) {
        throw opened.exchange.failure(cause);
      }
    });
  }

  /** Runs a call; once more when the engine refuses the version, which it does before it does anything else. */
  async #withVersion<T>(call: Call, run: (prefix: string) => Promise<T>): Promise<T> {
    if (call.bare) return run('');
    const prefix = `/v${await this.apiVersion(call.signal)}`;
    const finding = this.#version;
    try {
      return await run(prefix);
    } catch (error) {
      if (!this.#refused(error) || call.body instanceof Readable) throw error;
      if (this.#version === finding) this.#version = undefined;
      return run(`/v${await this.apiVersion(call.signal)}`);
    }
  }

  #refused(error: unknown): boolean {
    return !this.#fixed && error instanceof EngineError && refusesVersion(error.engineMessage ?? '');
  }

  async #findVersion(): Promise<ApiVersion> {
    const call = { bare: true, timeoutMs: this.timeouts.pingMs };
    const { 'api-version': told } = (await this.answer('GET', '/_ping', call)).headers;
    if (isApiVersion(told) && agreedApiVersion(told) === told) return told;
    const { ApiVersion: newest, MinAPIVersion: oldest } = await this.json<EngineVersion>('GET', '/version', call);
    if (!isApiVersion(newest)) {
      throw new EngineError(
        'BAD_ANSWER',
        `engine ${this.engine} does not name its API version; is it a Docker engine?`,
      );
    }
    const agreed = agreedApiVersion(newest, isApiVersion(oldest) ? oldest : undefined);
    if (agreed) return agreed;
    const message = `engine ${this.engine} has API version ${newest}; upgrade it to ${apiVersionMin} or later`;
    throw new EngineError('UNSUPPORTED', message);
  }

  #name(method: string, path: string) {
    return { engine: this.engine, method, path };
  }
}

async function* piecesOf(response: IncomingMessage, exchange: Exchange): AsyncGenerator<Buffer, undefined> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch (cause) {
    throw exchange.failure(cause);
  }
  return undefined;
}

function wire({ json, headers, body, ...call }: Call) {
  if (json === undefined) return { ...call, headers, body };
  return { ...call, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
}
