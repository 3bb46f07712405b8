import { setMaxListeners } from 'node:events';
import { onAbort } from '../base/abort.js';
import type { Clock } from '../base/clock.js';
import { endable } from '../base/endable.js';
import { isSocketPath } from '../base/host-port.js';
import { StoreError } from '../base/store-error.js';
import { beginCall, endWith } from '../base/tracing.js';
import { orAborted, pause, within } from '../base/waiting.js';
import {
  Channel,
  clearText,
  connectionLost,
  type Dialing,
  fromStatus,
  LocalChannel,
  methodOf,
  neverSent,
  notServed,
  type OpenedTunnel,
  openTunnel,
  timedOut,
  type Unreached,
  whyUnreached,
} from '../rpc/index.js';
import type { messages } from '../wire/index.js';
import { explained, failureOf, notLeader } from './failures.js';
import { refusalAt } from './refusal.js';
import { openSingle, type OpenWatch, type WatchSink, WatchStream } from './watch-stream.js';

type Method = ReturnType<typeof methodOf>;
type ServiceName = Parameters<typeof methodOf>[0];
/** A connection to a member, or to the one in this process. */
export type Asked = Channel | LocalChannel;

/** Wait before the next member is asked, milliseconds. */
const againMs = 100;
/** Least time left to begin an attempt, milliseconds. A shorter one would be cut off with an unknown outcome. */
const worthMs = 50;
/** Least time that one of several members has to answer, milliseconds. */
const attemptMs = 1_000;

/** Options of one call. */
interface AskOptions {
  /** Gives up: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For all attempts together, milliseconds; default as for the client. */
  readonly timeoutMs?: number;
}

interface CallsOptions {
  /** For each call, milliseconds. */
  readonly timeoutMs: number;
  /** Limit for tries while no member can be reached at all, milliseconds; default `timeoutMs`. */
  readonly unreachableMs?: number | undefined;
  readonly clock: Clock;
  /** Credentials of connections; default clear text. */
  readonly dialing?: Dialing | undefined;
  /** Instead of hosts: the only member that is asked. */
  readonly local?: LocalChannel | undefined;
  /** Identity that a member asks for; empty for its own. */
  readonly onBehalfOf?: string;
}

interface StreamOptions {
  /** Limit for the whole stream, milliseconds. */
  readonly timeoutMs?: number;
  /** Limit for each message, milliseconds. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal | undefined;
  readonly trace?: string | undefined;
}

/** Error for a member that has a call and stays silent. It looks like a gRPC deadline: `timedOut` recognizes it. */
export class Silent extends Error {
  readonly code = 4;

  constructor(addr: string, idleMs: number) {
    super(`the member at ${addr} said nothing for ${idleMs} ms`);
  }
}

/** Asks members one after the other until one answers. */
export class Calls {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly unreachableMs: number;
  readonly #dialing: Dialing;
  readonly #onBehalfOf: string;
  readonly #channels = new Map<string, Asked>();
  readonly #watches = new WeakMap<Channel, WatchStream>();
  readonly #local: boolean;
  readonly #closed = new AbortController();
  #hosts: string[];

  constructor(
    hosts: readonly string[],
    { timeoutMs, unreachableMs = timeoutMs, clock, dialing = clearText, onBehalfOf = '', local }: CallsOptions,
  ) {
    this.#dialing = dialing;
    this.#onBehalfOf = onBehalfOf;
    this.#local = local !== undefined;
    if (local) this.#channels.set(local.addr, local);
    this.#hosts = local ? [local.addr] : [...hosts];
    this.timeoutMs = timeoutMs;
    this.unreachableMs = unreachableMs;
    this.clock = clock;
    setMaxListeners(0, this.#closed.signal); // one for each call that is under way
  }

  /** Aborted by {@link close}. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Ends what is under way: calls reject with `CLOSED`. */
  close(): void {
    this.#closed.abort();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** Number of known members. */
  get hosts(): number {
    return this.#hosts.length;
  }

  /** A connection to the next member in turn. */
  next(): Asked {
    return this.#channel(this.#rotate());
  }

  /** Remembers where the other members are, in case the configured ones go away. */
  async learn(signal?: AbortSignal): Promise<void> {
    if (this.#local) return;
    const { members } = await this.unary<messages.LocalStatus>('membership', 'Local', {}, { signal });
    // A control socket speaks for its own machine; at the addresses of others there is no identity to show.
    if (this.#hosts.some(isSocketPath)) return;
    for (const { addr } of members) if (addr !== '' && !this.#hosts.includes(addr)) this.#hosts.push(addr);
  }

  /** One answer. Writes must carry a request id: they may be asked again. */
  unary<Res>(service: ServiceName, name: string, request: object, options: AskOptions = {}): Promise<Res> {
    const method = methodOf(service, name);
    const signal = options.signal ? AbortSignal.any([this.closed, options.signal]) : this.closed;
    const span = beginCall(method.path, 'client');
    const trace = span?.trace;
    const attempt = (channel: Asked, timeoutMs: number) =>
      channel.unary<object, Res>(method, request, { timeoutMs, signal, onBehalfOf: this.#onBehalfOf, trace });
    return endWith(span, this.#asking(request, attempt, options));
  }

  /** Asks every member that is known, once. Resolves with what those said that answered in time. */
  async everyone<Res>(
    service: ServiceName,
    name: string,
    request: object,
    { timeoutMs = this.timeoutMs, signal }: AskOptions,
  ): Promise<Res[]> {
    const stop = signal ? AbortSignal.any([this.closed, signal]) : this.closed;
    const options = { timeoutMs, signal: stop, onBehalfOf: this.#onBehalfOf };
    const ask = (host: string) => this.#channel(host).unary<object, Res>(methodOf(service, name), request, options);
    const answers = await Promise.allSettled(this.#hosts.map(ask));
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  }

  /** All messages of a stream that ends: of one member, or none. For reads. */
  collect<Res>(service: ServiceName, name: string, request: object, options: AskOptions = {}): Promise<Res[]> {
    const { signal } = options;
    const method = methodOf(service, name);
    const span = beginCall(method.path, 'client');
    const attempt = async (channel: Asked, timeoutMs: number) => {
      const found: Res[] = [];
      const stream = this.#stream<Res>(channel, method, request, { timeoutMs, signal, trace: span?.trace });
      for await (const message of stream) found.push(message);
      return found;
    };
    return endWith(span, this.#asking(request, attempt, options));
  }

  /**
   * Yields the converted messages of a finite stream as they arrive, from the first member that begins to answer. A
   * member that then stays silent for the timeout of a call is given up: `NOT_LEADER`.
   */
  pages<Res, T>(
    service: ServiceName,
    name: string,
    request: object,
    { of, signal }: { readonly of: (message: Res) => T; readonly signal?: AbortSignal | undefined },
  ): AsyncGenerator<T, void> {
    const run = (stop: AbortSignal) => this.#pages(methodOf(service, name), request, { of, signal: stop });
    return endable(run, signal, { onAbort: 'throw' });
  }

  async *#pages<Res, T>(
    method: Method,
    request: object,
    { of, signal }: { readonly of: (message: Res) => T; readonly signal: AbortSignal },
  ): AsyncGenerator<T, void> {
    const begin = async (channel: Asked, timeoutMs: number) => {
      const { addr } = channel;
      const stop = new AbortController();
      const options = { signal: AbortSignal.any([signal, stop.signal]), idleMs: this.timeoutMs };
      const stream = this.#stream<Res>(channel, method, request, options);
      try {
        const first = await within(this.clock, timeoutMs, stream.next(), () => new Silent(addr, timeoutMs));
        return { stream, addr, first };
      } catch (error) {
        stop.abort();
        throw error;
      }
    };
    const { stream, addr, first } = await this.#asking(request, begin, { signal });
    try {
      for (let next = first; !next.done; next = await stream.next()) yield of(next.value);
    } catch (error) {
      if (!connectionLost(error) && !timedOut(error)) throw error;
      throw notLeader(`the member at ${addr} did not send everything: ${(error as Error).message}`, error);
    } finally {
      await stream.return();
    }
  }

  /** Opens a connection to an engine at some member; {@link close} ends it. Asks again only while it does not stand. */
  tunnel(target: messages.EngineTarget, { signal }: AskOptions = {}): Promise<OpenedTunnel> {
    const attempt = async (channel: Asked, timeoutMs: number) => {
      const stop = new AbortController();
      const any = AbortSignal.any([this.closed, stop.signal, ...(signal ? [signal] : [])]);
      const opening = openTunnel(channel, target, { signal: any, onBehalfOf: this.#onBehalfOf });
      try {
        const made = await within(this.clock, timeoutMs, opening, () => new Silent(channel.addr, timeoutMs));
        const forget = onAbort(this.closed, () =>
          made.tunnel.destroy(new StoreError('CLOSED', 'the client is closed')),
        );
        made.tunnel.once('close', forget);
        return made;
      } catch (error) {
        stop.abort();
        opening.then(
          ({ tunnel }) => tunnel.destroy(),
          () => undefined,
        );
        throw error;
      }
    };
    return this.#asking(target, attempt, { signal });
  }

  /** Sends chunks to the member that leads, or to one that hands them on. Not asked again: it cannot be known how far it came. */
  async upload<Res>(
    service: ServiceName,
    name: string,
    requests: AsyncIterable<object>,
    { signal }: AskOptions = {},
  ): Promise<Res> {
    await this.learn(signal); // the first in turn is then a member that answers
    const stop = signal ? AbortSignal.any([this.closed, signal]) : this.closed;
    const channel = this.#channel(this.#hosts[0] as string);
    const options = { signal: stop, onBehalfOf: this.#onBehalfOf };
    return orAborted(channel.upload<Res>(methodOf(service, name), requests, options), signal);
  }

  /** Reads one stream of one member. Frees it when it ends, is left, or a signal aborts. */
  async *#stream<Res>(
    channel: Asked,
    method: Method,
    request: object,
    { timeoutMs, idleMs, signal, trace }: StreamOptions,
  ): AsyncGenerator<Res, void> {
    const stream = channel.serverStream<object, Res>(method, request, {
      onBehalfOf: this.#onBehalfOf,
      ...(timeoutMs !== undefined && { timeoutMs }),
      trace,
    });
    const stop = () => stream.cancel();
    const ends = [this.closed, ...(signal ? [signal] : [])];
    const forget = ends.map((end) => onAbort(end, stop)); // at once, if a signal aborted meanwhile
    const messages = (stream as AsyncIterable<Res>)[Symbol.asyncIterator]();
    const next = () =>
      idleMs === undefined
        ? messages.next()
        : within(this.clock, idleMs, messages.next(), () => new Silent(channel.addr, idleMs));
    try {
      for (let message = await next(); !message.done; message = await next()) yield message.value;
    } catch (error) {
      if (this.closed.aborted) throw new StoreError('CLOSED', 'the client is closed', { cause: error });
      throw error instanceof StoreError || error instanceof Silent ? error : fromStatus(error as never);
    } finally {
      for (const cancel of forget) cancel();
      stream.cancel();
    }
  }

  /** The stream of the watches at one member. */
  watches(channel: Channel): WatchStream {
    let stream = this.#watches.get(channel);
    if (!stream) this.#watches.set(channel, (stream = new WatchStream(channel, this.#onBehalfOf)));
    return stream;
  }

  /** Opens a watch at a member, with a call of its own. */
  watchAlone(channel: Asked, request: messages.WatchRequest, sink: WatchSink): OpenWatch {
    return openSingle(channel, request, sink, this.#onBehalfOf);
  }

  async #asking<Res>(
    request: object,
    attempt: (channel: Asked, timeoutMs: number) => Promise<Res>,
    { signal: stop, timeoutMs: most = this.timeoutMs }: AskOptions = {},
  ): Promise<Res> {
    const { signal } = this.#closed;
    const begun = this.clock.monotonic();
    const until = begun + most;
    const atLeastMs = Math.min(attemptMs, most / 2);
    let unknown = false; // may an earlier attempt have been carried out?
    const unreached = new Map<string, unknown>(); // why, by host
    const refusals = new Map<string, StoreError>(); // of members that do not know this caller
    for (;;) {
      if (signal.aborted) throw new StoreError('CLOSED', 'the client is closed');
      stop?.throwIfAborted();
      // A member that is silent must not use up the time of the others.
      const left = Math.max(1, until - this.clock.monotonic());
      const timeoutMs =
        this.#hosts.length === 1 ? left : Math.min(left, Math.max(atLeastMs, left / this.#hosts.length));
      const host = this.#hosts[0] as string;
      try {
        return await orAborted(attempt(this.#channel(host), timeoutMs), stop);
      } catch (error) {
        if (signal.aborted) throw new StoreError('CLOSED', closedWhile(request), { cause: error });
        stop?.throwIfAborted();
        const kind = failureOf(error);
        unknown ||= kind === 'unknown';
        if (neverSent(error)) unreached.set(host, error);
        else if (!timedOut(error) || timeoutMs >= atLeastMs) unreached.delete(host); // else cut short: it says less
        const refusal = notServed(error) ? await this.#refusal(host) : undefined;
        if (refusal) refusals.set(host, refusal);
        else refusals.delete(host);
        // Reads may be asked again, and so may writes: they carry a request id.
        if (kind === 'final') {
          // This refusal says nothing of the silent member: it may still carry out the request.
          if (unknown && isWrite(request) && error instanceof StoreError) throw stillUnknown(error);
          throw error;
        }
        const again = this.clock.monotonic() + againMs;
        const noneReached = unreached.size + refusals.size === this.#hosts.length;
        if (again + worthMs > until || (noneReached && again > begun + this.unreachableMs))
          throw explained(refusals.get(host) ?? (timedOut(error) ? (unreached.get(host) ?? error) : error), {
            unknown: unknown && isWrite(request),
            hosts: [...this.#hosts].sort(), // however often they took turns
            unreached: await this.#whysOf(unreached),
            timeoutMs: most,
          });
        this.#rotate();
        await pause(this.clock, againMs, stop);
      }
    }
  }

  /** Asks a member that does not serve a method to this caller whom it sees. `undefined` in clear text, or without an answer. */
  async #refusal(host: string): Promise<StoreError | undefined> {
    const channel = this.#channel(host);
    if (this.#dialing === clearText || channel instanceof LocalChannel) return undefined;
    return refusalAt(channel, this.#dialing);
  }

  #whysOf(unreached: ReadonlyMap<string, unknown>): Promise<Unreached[]> {
    return Promise.all([...unreached].map(([host, error]) => whyUnreached(host, this.#dialing, error)));
  }

  /** The next member in turn. */
  #rotate(): string {
    const [first, ...rest] = this.#hosts;
    this.#hosts = [...rest, first as string];
    return first as string;
  }

  #channel(addr: string): Asked {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr, { dialing: this.#dialing })));
    return channel;
  }
}

const isWrite = (request: object) => 'info' in request;

function stillUnknown(refusal: StoreError): StoreError {
  const message = `an earlier attempt was not answered and may still be carried out; the last one was refused: ${refusal.message}`;
  return new StoreError('OUTCOME_UNKNOWN', message, { cause: refusal });
}

const closedWhile = (request: object) =>
  `the client was closed before an answer came${isWrite(request) ? '; the change may still commit' : ''}`;
