import {
  type Client,
  type ClientDuplexStream,
  Metadata,
  type MethodDefinition,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { onAbort } from '../base/abort.js';
import { type Deferred, deferred } from '../base/deferred.js';
import { StoreError } from '../base/store-error.js';
import type { messages } from '../wire/index.js';
import { CallFailure, errorCarried } from './carried.js';
import { fromStatus, neverSent } from './status.js';

type Method = MethodDefinition<unknown, unknown>;
type Carrier = ClientDuplexStream<messages.MultiplexRequest, messages.MultiplexResponse>;

/** Approximate bytes of requests in one message. */
const messageBytes = 64 * 1024;

/** Largest request that travels with others; a larger one would hold them up. */
export const carriedBytesMax = 32 * 1024;

/**
 * Time without a call after which the stream is ended, milliseconds: between one and two of it. A connection without a stream
 * is idle, and the member may close it.
 */
const idleDefaultMs = 5 * 60_000;

/** One request that is to be carried. */
export interface CarriedRequest {
  readonly method: Method;
  readonly bytes: Buffer;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly forwarded: boolean;
  /** Identity for which a member makes the call; empty for its own. */
  readonly onBehalfOf: string;
  /** Trace that the call belongs to; empty for none. */
  readonly trace: string;
}

interface OpenCall {
  readonly method: Method;
  readonly answer: Deferred<unknown>;
  readonly stop: () => void;
}

/**
 * Many calls to one member on one stream. Calls of one turn of the event loop are one message. The stream is opened with the
 * first call, and again after it broke; what was under way then ends as when the connection of a single call breaks.
 */
export class CallStream {
  readonly #client: Client;
  readonly #method: Method;
  #stream: Carrier | undefined;
  #calls = new Map<number, OpenCall>();
  #lastId = 0;
  #requests: messages.Call[] = [];
  #cancelled: number[] = [];
  #flushing = false;
  #retired = false;
  /** True when there was a call since the stream was looked at last. */
  #used = false;
  #idle: NodeJS.Timeout | undefined;
  readonly #idleMs: number;
  /** True while the member does not take what was sent. */
  #full = false;

  /** @param method The method that carries the calls. */
  constructor(client: Client, method: Method, idleMs = idleDefaultMs) {
    this.#client = client;
    this.#method = method;
    this.#idleMs = idleMs;
  }

  /** Rejects as a single call does: with the store's error, or with a gRPC `ServiceError`. */
  async ask({ method, bytes, timeoutMs, signal, forwarded, onBehalfOf, trace }: CarriedRequest): Promise<unknown> {
    if (signal?.aborted) throw new CallFailure(status.CANCELLED, 'Cancelled on client');
    this.#stream ??= this.#open();
    this.#used = true;
    const id = ++this.#lastId;
    const answer = deferred<unknown>();
    const abort = () => this.#giveUp(id, status.CANCELLED, 'Cancelled on client');
    const late = () => this.#giveUp(id, status.DEADLINE_EXCEEDED, `Deadline exceeded after ${timeoutMs} ms`);
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    const forget = signal && onAbort(signal, abort);
    const stop = () => {
      clearTimeout(timer);
      forget?.();
    };
    this.#calls.set(id, { method, answer, stop });
    const wholeMs = Math.ceil(timeoutMs ?? 0);
    this.#requests.push({ id, method: method.path, request: bytes, timeoutMs: wholeMs, forwarded, onBehalfOf, trace });
    this.#flushSoon();
    return answer.promise;
  }

  /** Takes no more calls, and ends when those under way are answered. */
  retire(): void {
    this.#retired = true;
    if (this.#calls.size === 0) this.#stream?.end();
  }

  close(): void {
    const stream = this.#stream;
    this.#ended(stream, new CallFailure(status.CANCELLED, 'The channel was closed'));
    stream?.cancel();
  }

  #open(): Carrier {
    const { path, requestSerialize, responseDeserialize } = this.#method;
    const stream: Carrier = this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => messages.MultiplexResponse,
      new Metadata(),
      {},
    );
    let served = false;
    stream.on('metadata', () => (served = true));
    stream.on('data', ({ answers }: messages.MultiplexResponse) => {
      if (stream === this.#stream) for (const answer of answers) this.#answered(answer);
    });
    stream.on('drain', () => {
      if (stream !== this.#stream) return;
      this.#full = false;
      this.#flush();
    });
    stream.on('error', (error: ServiceError) =>
      // Once the member has taken the stream, a refusal says nothing about the calls on it: they may have begun.
      this.#ended(
        stream,
        served && neverSent(error) ? new CallFailure(status.UNAVAILABLE, 'Connection dropped') : fromStatus(error),
      ),
    );
    stream.on('end', () => this.#ended(stream, new CallFailure(status.UNAVAILABLE, 'Connection dropped')));
    this.#idle = setInterval(() => this.#endWhenIdle(), this.#idleMs).unref();
    return stream;
  }

  /** Looks now and then, so that calls pay nothing for it. */
  #endWhenIdle(): void {
    if (!this.#used && this.#calls.size === 0) {
      clearInterval(this.#idle);
      const stream = this.#stream;
      this.#stream = undefined; // the next call opens another
      this.#full = false;
      stream?.end();
    }
    this.#used = false;
  }

  #answered({ id, response, error }: messages.CallAnswer): void {
    const call = this.#take(id);
    if (!call) return;
    if (error) return call.answer.reject(fromStatus(errorCarried(error)));
    try {
      call.answer.resolve(call.method.responseDeserialize(response as Buffer));
    } catch (cause) {
      call.answer.reject(new CallFailure(status.INTERNAL, `the answer cannot be read: ${(cause as Error).message}`));
    }
  }

  #take(id: number): OpenCall | undefined {
    const call = this.#calls.get(id);
    if (!call) return undefined;
    this.#calls.delete(id);
    call.stop();
    if (this.#retired && this.#calls.size === 0) this.#stream?.end();
    return call;
  }

  #giveUp(id: number, code: status, details: string): void {
    const call = this.#take(id);
    if (!call) return;
    const waiting = this.#requests.findIndex((request) => request.id === id);
    if (waiting >= 0) this.#requests.splice(waiting, 1);
    else {
      this.#cancelled.push(id);
      this.#flushSoon();
    }
    call.answer.reject(new CallFailure(code, details));
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    while ((this.#requests.length > 0 || this.#cancelled.length > 0) && !this.#full && this.#stream) {
      let bytes = 0;
      let count = 0;
      while (count < this.#requests.length && bytes < messageBytes)
        bytes += (this.#requests[count++] as messages.Call).request.length;
      const calls = this.#requests.slice(0, count);
      const cancelled = this.#cancelled;
      this.#requests = this.#requests.slice(count);
      this.#cancelled = [];
      this.#full = !this.#stream.write({ calls, cancelled });
    }
  }

  /** Ends every call of a stream that broke; the next call opens another. */
  #ended(stream: Carrier | undefined, error: Error): void {
    if (stream !== this.#stream) return;
    clearInterval(this.#idle);
    const unsent = new Set(this.#requests.map(({ id }) => id));
    const calls = this.#calls;
    this.#stream = undefined;
    this.#calls = new Map();
    this.#requests = [];
    this.#cancelled = [];
    this.#full = false;
    // A refusal of the member counts for all of them.
    const { code, details = '' } = error as Partial<ServiceError>;
    const cut = !(error instanceof StoreError) && code !== status.CANCELLED;
    const never = new CallFailure(status.UNAVAILABLE, `No connection established: ${details}`);
    for (const [id, { answer, stop }] of calls) {
      stop();
      answer.reject(cut && unsent.has(id) ? never : error);
    }
  }
}
