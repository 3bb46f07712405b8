import { Duplex } from 'node:stream';
import {
  type ClientDuplexStream,
  type ClientReadableStream,
  Metadata,
  type MethodDefinition,
  status,
  type StatusObject,
} from '@grpc/grpc-js';
import { onAbort } from '../base/abort.js';
import { systemClock } from '../base/clock.js';
import type { LocalApi } from '../base/local-api.js';
import { type CallOptions, type Channel, metadataOf, written } from './channel.js';
import { fromStatus, toStatus } from './status.js';

type Method = MethodDefinition<unknown, unknown>;
type Done = (error: Partial<StatusObject> | null, response?: unknown) => void;
type Unary = (call: object, done: Done) => void;
type Streaming = (call: object, done?: Done) => void;

/** A status as grpc-js would hand it to a client. */
class LocalStatus extends Error {
  readonly code: status;
  readonly details: string;
  readonly metadata: Metadata;

  constructor({ code = status.UNKNOWN, details = '', metadata = new Metadata() }: Partial<StatusObject>) {
    super(details);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
  }
}

const isStatus = (error: unknown): error is Partial<StatusObject> =>
  !(error instanceof Error) && typeof (error as Partial<StatusObject> | undefined)?.code === 'number';

/** The error of a call that a handler has answered with. */
const errorOf = (answer: Partial<StatusObject>) => fromStatus(new LocalStatus(answer));

/**
 * A connection to a member in this process that is none: handlers are called as they are for a call of the network. What
 * passes between is encoded and decoded, so neither side shares an object with the other.
 */
export class LocalChannel implements Pick<
  Channel,
  'addr' | 'unary' | 'serverStream' | 'duplex' | 'upload' | 'close' | 'connected'
> {
  readonly addr = 'this process';
  readonly connected = true;
  readonly #api: LocalApi;
  readonly #open = new Set<LocalEnd>();

  constructor(api: LocalApi) {
    this.#api = api;
  }

  /** Calls a method with one request and one response. */
  async unary<Req, Res>(method: Method, request: Req, options: CallOptions = {}): Promise<Res> {
    const { timeoutMs, signal } = options;
    const asked = method.requestDeserialize(written(method, request));
    const handler = (await this.#api.handlerOf(method.path)) as Unary;
    const call = { ...callOf(options), request: asked, cancelled: false };
    const answer = await new Promise<unknown>((resolve, reject) => {
      const end = (code: status, details: string) => {
        call.cancelled = true;
        reject(new LocalStatus({ code, details }));
      };
      const late = () => end(status.DEADLINE_EXCEEDED, 'this member did not answer in time');
      const cancel = timeoutMs === undefined ? undefined : systemClock.schedule(timeoutMs, late);
      const forget = signal && onAbort(signal, () => end(status.CANCELLED, 'the call was cancelled'));
      handler(call, (error, response) => {
        cancel?.();
        forget?.();
        if (error) reject(errorOf(error));
        else resolve(response);
      });
    });
    return method.responseDeserialize(method.responseSerialize(answer)) as Res;
  }

  /** Calls a method that answers with a stream. */
  serverStream<Req, Res>(method: Method, request: Req, options: CallOptions = {}): ClientReadableStream<Res> {
    const asked = method.requestDeserialize(written(method, request));
    const client = this.#begin(method, options, { request: asked });
    client.end();
    return client as unknown as ClientReadableStream<Res>;
  }

  /** Calls a method with a stream in both directions. */
  duplex<Req, Res>(method: Method, options: CallOptions = {}): ClientDuplexStream<Req, Res> {
    return this.#begin(method, options) as unknown as ClientDuplexStream<Req, Res>;
  }

  /** Sends everything, with backpressure, and resolves with the answer. */
  async upload<Res>(method: Method, requests: AsyncIterable<object>, options: CallOptions = {}): Promise<Res> {
    let answered = false;
    const answer = new Promise<unknown>((resolve, reject) => {
      const client = this.#begin(method, options, {}, (error, response) => {
        answered = true;
        if (error) reject(errorOf(error));
        else resolve(response);
      });
      client.on('error', reject);
      const send = async () => {
        for await (const request of requests) {
          if (answered) return;
          if (!client.write(request)) await Promise.race([answer, new Promise((go) => client.once('drain', go))]);
        }
        client.end();
      };
      send().catch((error: unknown) => {
        client.cancel();
        reject(error);
      });
    });
    return method.responseDeserialize(method.responseSerialize(await answer)) as Res;
  }

  /** Ends the streams. */
  close(): void {
    for (const end of this.#open) end.cancel();
  }

  /** Begins a call with streams. Returns the end of the client. */
  #begin(method: Method, options: CallOptions, call: object = {}, done?: Done): LocalEnd {
    const { timeoutMs, signal } = options;
    const server = new LocalEnd((answer) => method.responseDeserialize(method.responseSerialize(answer)));
    const client = new LocalEnd((request) => method.requestDeserialize(method.requestSerialize(request)));
    server.join(client);
    if (done) server.end(); // it answers by `done`
    Object.assign(server, callOf(options), call);
    server.on('error', (error: unknown) => {
      // Handlers emit what they would send: a status, with the store's code in its metadata.
      client.destroy(errorOf(isStatus(error) ? error : toStatus(error)));
      server.destroy();
    });
    const late = () => client.fail(status.DEADLINE_EXCEEDED, 'this member did not answer in time');
    const cancel = timeoutMs === undefined ? undefined : systemClock.schedule(timeoutMs, late);
    const forget = signal && onAbort(signal, () => client.cancel());
    this.#open.add(client);
    client.once('close', () => {
      cancel?.();
      forget?.();
      this.#open.delete(client);
    });
    this.#api.handlerOf(method.path).then(
      (handler) => (server.destroyed ? undefined : (handler as Streaming)(server, done)),
      (error: unknown) => server.emit('error', error),
    );
    return client;
  }
}

/** The facts of a call that handlers look at. */
function callOf({ timeoutMs, trace }: CallOptions) {
  const deadline = timeoutMs === undefined ? Infinity : systemClock.now() + timeoutMs;
  return { metadata: metadataOf({ trace }), getDeadline: () => deadline, getPeer: () => 'this process' };
}

/** One end of a call with streams: what is written here is read at the other end, with backpressure. */
class LocalEnd extends Duplex {
  /** True when the other end gave up, as handlers ask it. */
  cancelled = false;
  #peer: LocalEnd | undefined;
  readonly #convert: (message: unknown) => unknown;
  /** Lets the other end write on. */
  #go: (() => void) | undefined;

  constructor(convert: (message: unknown) => unknown) {
    super({ objectMode: true, highWaterMark: 4 });
    this.#convert = convert;
  }

  join(peer: LocalEnd): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  /** Ends the call from the side of the client. */
  cancel(): void {
    this.fail(status.CANCELLED, 'the call was cancelled');
  }

  fail(code: status, details: string): void {
    if (this.destroyed) return;
    const peer = this.#peer;
    // An end that was read, or that nothing reads, is no error.
    this.destroy(this.listenerCount('error') > 0 ? new LocalStatus({ code, details }) : undefined);
    if (!peer || peer.destroyed) return;
    peer.cancelled = true;
    peer.emit('cancelled');
    peer.destroy();
  }

  override _read(): void {
    const go = this.#go;
    this.#go = undefined;
    go?.();
  }

  override _write(message: unknown, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    if (!peer || peer.destroyed) return done();
    let converted: unknown;
    try {
      converted = this.#convert(message);
    } catch (error) {
      return done(error as Error);
    }
    if (peer.push(converted)) done();
    else peer.#go = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#peer && !this.#peer.destroyed) this.#peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const go = this.#go;
    this.#go = undefined;
    go?.();
    done(error);
  }
}
