import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  connectivityState,
  Metadata,
  type MethodDefinition,
} from '@grpc/grpc-js';
import { onAbort } from '../base/abort.js';
import { deferred } from '../base/deferred.js';
import { messageOf } from '../base/errors.js';
import { isSocketPath } from '../base/host-port.js';
import { StoreError } from '../base/store-error.js';
import { traceKey } from '../base/trace-context.js';
import { methodOf } from './definitions.js';
import { clearText, type Dialing } from './dialing.js';
import { forwardedKey, onBehalfKey } from './forwarded.js';
import { CallStream, carriedBytesMax } from './multiplex-client.js';
import { fromStatus, notServed } from './status.js';

const mebibyte = 1024 * 1024;

/** Most bytes of one message; larger things go in pieces. */
export const messageBytesMax = 16 * mebibyte;

/** grpc-js sets none of these by default: no keepalive, no limits. */
export const commonOptions: ChannelOptions = {
  'grpc.max_receive_message_length': messageBytesMax,
  'grpc.max_send_message_length': messageBytesMax,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
};

const clientOptions: ChannelOptions = {
  ...commonOptions,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  'grpc.enable_retries': 0,
  // Members are reached at their addresses: a proxy of the environment, meant for the outside world, cannot reach them.
  'grpc.enable_http_proxy': 0,
};

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** The caller is a member that does not lead: the call is not forwarded again. */
  readonly forwarded?: boolean;
  /** Identity for which a member makes the call; default its own. */
  readonly onBehalfOf?: string;
  /** Trace that the call belongs to. */
  readonly trace?: string | undefined;
}

/** Messages as a server sends them. */
export type ServerStream<T> = ClientReadableStream<T>;

/** Options of a connection. */
export interface ChannelSettings {
  /** Makes a TCP connection that is not shared. */
  readonly own?: boolean;
  /** Credentials; default clear text. */
  readonly dialing?: Dialing;
  /** Refuses every server but the member of this id, where there are credentials. */
  readonly member?: number;
}

/** A connection to one address. */
export class Channel {
  readonly addr: string;
  readonly #settings: ChannelSettings;
  #made: { readonly client: Client; readonly generation: number };
  /** Stream of the small calls; opened by the first. */
  #calls: CallStream | undefined;

  constructor(addr: string, settings: ChannelSettings = {}) {
    this.addr = addr;
    this.#settings = settings;
    this.#made = this.#make();
  }

  /** Number of the credentials that new calls show. */
  get generation(): number {
    return (this.#settings.dialing ?? clearText).generation;
  }

  get connected(): boolean {
    return this.#made.client.getChannel().getConnectivityState(false) === connectivityState.READY;
  }

  #make(): { readonly client: Client; readonly generation: number } {
    const { own, dialing = clearText, member } = this.#settings;
    const { generation } = dialing;
    const client = new Client(targetOf(this.addr), dialing.credentials(member), {
      ...clientOptions,
      ...(own && { 'grpc.use_local_subchannel_pool': 1 }),
      ...dialing.options,
    });
    return { client, generation };
  }

  /** The client with the newest credentials. What is under way on an older one ends there. */
  get #client(): Client {
    const { generation } = this.#settings.dialing ?? clearText;
    if (generation !== this.#made.generation) {
      const { client } = this.#made;
      this.#made = this.#make();
      this.#calls?.retire();
      this.#calls = undefined;
      client.close();
    }
    return this.#made.client;
  }

  /**
   * Rejects with the store error that the server answered, or with a gRPC `ServiceError`; with a `TypeError` when the
   * request cannot be written, before anything is sent.
   */
  async unary<Req, Res>(
    method: MethodDefinition<unknown, unknown>,
    request: Req,
    options: CallOptions = {},
  ): Promise<Res> {
    const bytes = written(method, request);
    // The first call connects: single calls say best why that fails.
    if (bytes.length > carriedBytesMax || !this.connected) return this.#single<Res>(method, bytes, options);
    const { timeoutMs, signal, forwarded = false, onBehalfOf = '', trace = '' } = options;
    try {
      return (await this.#carried.ask({ method, bytes, timeoutMs, signal, forwarded, onBehalfOf, trace })) as Res;
    } catch (error) {
      if (!notServed(error)) throw error;
      return this.#single<Res>(method, bytes, options);
    }
  }

  get #carried(): CallStream {
    const client = this.#client; // first: it lets go of a stream with older credentials
    return (this.#calls ??= new CallStream(client, methodOf('calls', 'Multiplex')));
  }

  /** One call with a stream of its own. */
  #single<Res>(method: MethodDefinition<unknown, unknown>, bytes: Buffer, options: CallOptions): Promise<Res> {
    const { promise, resolve, reject } = deferred<Res>();
    const { path, responseDeserialize } = method;
    const call = this.#client.makeUnaryRequest(
      path,
      asIs,
      responseDeserialize,
      bytes,
      metadataOf(options),
      deadlineOf(options),
      (error, response) => {
        if (error) reject(fromStatus(error));
        else resolve(response as Res);
      },
    );
    const { signal } = options;
    const forget = signal && onAbort(signal, () => call.cancel());
    return forget ? promise.finally(forget) : promise;
  }

  serverStream<Req, Res>(
    method: MethodDefinition<unknown, unknown>,
    request: Req,
    options: CallOptions = {},
  ): ClientReadableStream<Res> {
    const { path, responseDeserialize } = method;
    return this.#client.makeServerStreamRequest(
      path,
      asIs,
      responseDeserialize as (bytes: Buffer) => Res,
      written(method, request),
      metadataOf(options),
      deadlineOf(options),
    );
  }

  duplex<Req, Res>(
    method: MethodDefinition<unknown, unknown>,
    options: CallOptions = {},
  ): ClientDuplexStream<Req, Res> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#client.makeBidiStreamRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Res,
      metadataOf(options),
      deadlineOf(options),
    );
  }

  /** `done` gets the error that ended the stream, or `undefined`. */
  clientStream<Req>(
    method: MethodDefinition<unknown, unknown>,
    done: (error: Error | undefined) => void,
    options: CallOptions = {},
  ): ClientWritableStream<Req> {
    const { path, requestSerialize, responseDeserialize } = method;
    return this.#client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadataOf(options),
      deadlineOf(options),
      (error) => done(error ? fromStatus(error) : undefined),
    );
  }

  /** Sends everything, with backpressure, and resolves with the answer. */
  async upload<Res>(
    method: MethodDefinition<unknown, unknown>,
    requests: AsyncIterable<object>,
    options: CallOptions = {},
  ): Promise<Res> {
    const { promise, resolve, reject } = deferred<Res>();
    const { path, requestSerialize, responseDeserialize } = method;
    const call = this.#client.makeClientStreamRequest(
      path,
      requestSerialize,
      responseDeserialize,
      metadataOf(options),
      deadlineOf(options),
      (error, response) => {
        if (error) reject(fromStatus(error));
        else resolve(response as Res);
      },
    );
    const { signal } = options;
    const forget = signal && onAbort(signal, () => call.cancel());
    let answered = false;
    const over = promise.then(
      () => (answered = true),
      () => (answered = true),
    );
    try {
      for await (const request of requests) {
        if (answered) break;
        if (!call.write(request)) await Promise.race([over, new Promise((go) => call.once('drain', go))]);
      }
      call.end();
      return await promise;
    } catch (error) {
      call.cancel();
      throw error;
    } finally {
      forget?.();
    }
  }

  close(): void {
    this.#calls?.close();
    this.#made.client.close();
  }
}

/** Names the resolver: grpc-js would take a host called `unix`, or `dns`, for the name of one. */
function targetOf(addr: string): string {
  return isSocketPath(addr) ? addr : `dns:${addr}`;
}

/** Returns the headers of a call. */
export function metadataOf({ forwarded, onBehalfOf = '', trace = '' }: CallOptions): Metadata {
  const metadata = new Metadata();
  if (forwarded) metadata.set(forwardedKey, '1');
  if (onBehalfOf !== '') metadata.set(onBehalfKey, onBehalfOf);
  if (trace !== '') metadata.set(traceKey, trace);
  return metadata;
}

function deadlineOf({ timeoutMs }: CallOptions): { deadline?: number } {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

const asIs = (bytes: Buffer) => bytes;

/** Returns the bytes of a request. Throws `TypeError`: an error inside gRPC would look like a broken connection. */
export function written({ path, requestSerialize }: MethodDefinition<unknown, unknown>, request: unknown): Buffer {
  const bytes = serialized({ path, requestSerialize }, request);
  if (bytes.length <= messageBytesMax) return bytes;
  throw new StoreError('TOO_LARGE', `the request takes ${bytes.length} bytes, at most ${messageBytesMax} can be sent`);
}

function serialized(
  { path, requestSerialize }: Pick<MethodDefinition<unknown, unknown>, 'path' | 'requestSerialize'>,
  request: unknown,
): Buffer {
  try {
    return requestSerialize(request);
  } catch (cause) {
    throw new TypeError(`${path.split('/').at(-1)} cannot be asked this: ${messageOf(cause)}`, { cause });
  }
}
