import {
  Agent,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as httpRequest,
  type RequestOptions,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { type Clock, systemClock } from '../../base/clock.js';
import { type EngineAddress, parseEngineAddress } from './address.js';
import { type Body, inPieces, readErrorText } from './body.js';
import { type CallName, EngineError, errorOfAnswer } from './errors.js';
import { type DeadlineKind, Exchange } from './exchange.js';
import { type Query, target } from './query.js';
import { type EngineTimeouts, timeoutsFrom } from './timeouts.js';
import { type EngineTls, readTls, type TlsMaterial } from './tls.js';

/** Bytes both ways, with counts. A socket is one. */
export type EngineConnection = Duplex & { readonly bytesRead: number; readonly bytesWritten: number };

/** Makes a connection on which the engine speaks plain HTTP. The signal gives up what does not stand yet. */
export type Connect = (signal: AbortSignal) => Promise<EngineConnection>;

/** Settings of an {@link EngineTransport}. */
export interface TransportOptions {
  /** `HOST:PORT`, `tcp://…`, `http(s)://…` or `unix:///PATH`. */
  readonly address: string;
  /** Makes the connections in the place of the address, one for each request: through a manager. The address is a name then. */
  readonly connect?: Connect | undefined;
  /** Certificates and keys for TLS. Default: none, and those of Node for an address with `https`. */
  readonly tls?: EngineTls | undefined;
  /** Deadlines that differ from {@link engineTimeouts}, milliseconds. */
  readonly timeouts?: Partial<EngineTimeouts> | undefined;
  /** Default {@link systemClock}. */
  readonly clock?: Clock | undefined;
}

/** One request. */
export interface TransportRequest {
  /** Text goes to the engine as it is. */
  readonly query?: string | Query | undefined;
  /** Headers beside `Host`. */
  readonly headers?: OutgoingHttpHeaders | undefined;
  /** Body of the request. */
  readonly body?: Body | undefined;
  /** Ends the request; it rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
  /** Default: `readMs` of the timeouts, and for the other deadlines `streamMs` and `progressMs`. */
  readonly timeoutMs?: number | undefined;
  /** Extent of the deadline. Default `whole`. */
  readonly deadline?: DeadlineKind | undefined;
  /** True when the engine changes something on it. Default: true unless the method is GET, HEAD or OPTIONS. */
  readonly mutates?: boolean | undefined;
}

/** A connection that an engine gave away. */
export interface Upgraded {
  /** Stream of bytes, both ways. The end of one way leaves the other open. */
  readonly socket: Duplex;
  /** Bytes that came together with the headers: they precede those of the socket. */
  readonly head: Buffer;
  /** Answer that gave the connection away: its status and headers. */
  readonly response: IncomingMessage;
}

/** Silence of a connection before the system asks whether the other side is still there, milliseconds. */
const keepAliveMs = 10_000;

/** The most idle connections that are kept. */
const idleMax = 8;

/** Longest life of an idle connection, milliseconds: longer than the time between two pings, so that one of them stays. */
const idleMs = 15_000;

/** HTTP with one engine. Any status is an answer here; no API version is added. */
export class EngineTransport {
  /** Address, as errors name it. */
  readonly engine: string;
  /** Address of the engine, in its parts. */
  readonly address: EngineAddress;
  /** Deadlines, milliseconds. */
  readonly timeouts: EngineTimeouts;
  /** Clock of the deadlines. */
  readonly clock: Clock;
  readonly #agent: Agent;
  readonly #tls: TlsMaterial | undefined;
  readonly #connect: Connect | undefined;
  readonly #open = new Set<Exchange>();
  #closed = false;

  constructor({ address, connect, tls, timeouts, clock = systemClock }: TransportOptions) {
    this.address = parseEngineAddress(address, tls !== undefined);
    this.engine = this.address.text;
    this.timeouts = timeoutsFrom(timeouts);
    this.clock = clock;
    this.#connect = connect;
    const secure = !connect && this.address.kind === 'tcp' && this.address.secure;
    this.#tls = secure ? readTls(tls ?? {}) : undefined;
    const options = {
      keepAlive: true,
      keepAliveMsecs: keepAliveMs,
      maxFreeSockets: idleMax,
      timeout: idleMs,
      scheduling: 'lifo',
    } as const;
    this.#agent = this.#tls ? new HttpsAgent({ ...options, ...this.#tls }) : new Agent(options);
  }

  /**
   * Sends a request and resolves with the headers of its answer, whatever its status. Read the body to its end, or
   * destroy it: the connection is not free before. The deadline goes on over the body unless it is of the kind `start`.
   *
   * A read that meets a kept connection which the engine has just closed is sent once more over a new one.
   * @throws {EngineError} `UNREACHABLE`, `TIMEOUT`, `TLS`, `BAD_ANSWER`, `ABORTED` or `CLOSED`. After the headers, the body
   *   fails with the same errors, or with that of the connection.
   */
  async request(method: string, path: string, options: TransportRequest = {}): Promise<IncomingMessage> {
    return (await this.exchange(method, path, options)).response;
  }

  /** The same, with the exchange that gives errors of the body their code. */
  async exchange(
    method: string,
    path: string,
    options: TransportRequest = {},
  ): Promise<{ readonly response: IncomingMessage; readonly exchange: Exchange }> {
    const exchange = this.#begin(method, path, options);
    try {
      const response = await this.#attempts(method, path, options, exchange);
      exchange.answered(response);
      return { response, exchange };
    } catch (cause) {
      exchange.end();
      throw exchange.failure(cause);
    }
  }

  /**
   * Sends a request that turns the connection into a stream of bytes, and resolves when the engine has agreed (101). The
   * connection is its own; `signal` and `close` end it at any time.
   * @throws {EngineError} as `request`, and the engine's refusal.
   */
  async upgrade(method: string, path: string, options: TransportRequest = {}): Promise<Upgraded> {
    const exchange = this.#begin(method, path, { ...options, deadline: 'start' });
    try {
      const answer = await this.#upgradeOnce(method, path, options, exchange);
      if ('socket' in answer) return answer;
      const call = this.#name(method, path);
      const { response } = answer;
      throw errorOfAnswer(call, response.statusCode ?? 0, await readErrorText(response));
    } catch (cause) {
      const error = exchange.failure(cause);
      exchange.stop('CLOSED', 'has failed');
      exchange.end();
      throw error;
    }
  }

  /** Ends everything that is under way, and closes all connections. */
  close(): void {
    this.#closed = true;
    for (const exchange of [...this.#open]) exchange.stop('CLOSED', 'ended because the client was closed');
    this.#agent.destroy();
  }

  #begin(method: string, path: string, options: TransportRequest): Exchange {
    const call = this.#name(method, path);
    const { deadline = 'whole', signal } = options;
    if (this.#closed) throw new EngineError('CLOSED', `the client of engine ${this.engine} was closed; make a new one`);
    if (signal?.aborted) {
      throw new EngineError('ABORTED', `${method} ${call.path} of engine ${this.engine} was aborted`, {
        cause: signal.reason,
      });
    }
    const { readMs, streamMs, progressMs } = this.timeouts;
    const exchange = new Exchange({
      ...call,
      clock: this.clock,
      timeoutMs:
        options.timeoutMs ?? { whole: readMs, start: streamMs, connect: streamMs, progress: progressMs }[deadline],
      deadline,
      mutates: options.mutates ?? !isRead(method),
      secure: this.#tls !== undefined,
      signal,
      onEnd: (ended) => this.#open.delete(ended),
    });
    this.#open.add(exchange);
    return exchange;
  }

  async #attempts(
    method: string,
    path: string,
    options: TransportRequest,
    exchange: Exchange,
  ): Promise<IncomingMessage> {
    const kept = this.#send(method, path, options, { agent: this.#agent });
    exchange.attempt(kept);
    try {
      return await answerOf(kept);
    } catch (cause) {
      if (!isRead(method) || options.body !== undefined || exchange.ending || !wasStale(kept, cause)) throw cause;
      const fresh = this.#send(method, path, options, { agent: false });
      exchange.attempt(fresh);
      return answerOf(fresh);
    }
  }

  #upgradeOnce(
    method: string,
    path: string,
    options: TransportRequest,
    exchange: Exchange,
  ): Promise<Upgraded | { readonly response: IncomingMessage }> {
    const headers = { ...options.headers, connection: 'Upgrade', upgrade: 'tcp' };
    const request = this.#send(method, path, { ...options, headers }, { agent: false, ...halfOpen });
    exchange.attempt(request);
    return new Promise((resolve, reject) => {
      request.on('error', reject);
      request.once('response', (response) => {
        exchange.refused(response);
        resolve({ response });
      });
      request.once('upgrade', (response, socket: EngineConnection, head) => {
        socket.on('error', () => undefined); // who reads or writes it learns of the end; no other listener is needed
        if (socket instanceof Socket) socket.setKeepAlive(true, keepAliveMs);
        exchange.upgraded(socket);
        resolve({ response, socket, head });
      });
    });
  }

  #send(method: string, path: string, { query, headers, body }: TransportRequest, more: RequestOptions): ClientRequest {
    const all = {
      method,
      path: target(path, query),
      headers: { host: this.#hostHeader(), ...headers },
      timeout: 0, // that of the agent is for connections without a request
    };
    const request = this.#connect ? through(this.#connect, all) : this.#direct({ ...all, ...this.#place(), ...more });
    const sent = body === undefined ? undefined : inPieces(body);
    if (sent instanceof Readable) pipeline(sent, request, () => undefined);
    else request.end(sent);
    return request;
  }

  #direct(options: RequestOptions): ClientRequest {
    return this.#tls ? httpsRequest({ ...options, ...this.#tls }) : httpRequest(options);
  }

  #place(): RequestOptions {
    if (this.address.kind === 'unix') return { socketPath: this.address.socketPath };
    return { host: this.address.host, port: this.address.port };
  }

  /** Engines refuse a Host that is a path. */
  #hostHeader(): string {
    return this.address.kind === 'unix' ? 'docker' : this.engine;
  }

  #name(method: string, path: string): CallName {
    return { engine: this.engine, method, path: path.replace(/\?.*$/s, '') };
  }
}

/** Sends a request over a connection of its own. A request that ends before the connection stands gives it up. */
function through(connect: Connect, options: RequestOptions): ClientRequest {
  const over = new AbortController();
  const createConnection: RequestOptions['createConnection'] = (_options, done) => {
    connect(over.signal).then(
      (connection) => done(null, connection),
      (error: unknown) => done(error as Error, undefined as never),
    );
    return undefined;
  };
  const request = httpRequest({ ...options, createConnection });
  request.once('close', () => over.abort());
  return request;
}

/** An option of `net.connect` that the types of requests leave out. */
const halfOpen: RequestOptions & { readonly allowHalfOpen: true } = { allowHalfOpen: true };

const isRead = (method: string) => ['GET', 'HEAD', 'OPTIONS'].includes(method.toUpperCase());

function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('error', reject);
    request.once('response', resolve);
  });
}

/** A kept connection that the other side had closed before the request came. */
function wasStale(request: ClientRequest, cause: unknown): boolean {
  const code = (cause as { code?: unknown }).code;
  return request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}
