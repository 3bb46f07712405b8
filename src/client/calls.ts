import { setMaxListeners } from 'node:events';
import { sleep, type Clock } from '../base/clock.js';
import { Channel, connectionLost, fromStatus, methodOf, neverSent, notServed, timedOut } from '../rpc/index.js';
import { isStoreError, StoreError } from '../state/index.js';
import type { messages } from '../wire/index.js';

type ServiceName = Parameters<typeof methodOf>[0];

/** How long to wait before the next member is asked, milliseconds. */
const againMs = 100;
/** How long one of several members may take to answer, at least, milliseconds. */
const attemptMs = 1_000;

/** What one call may have of its own. */
interface AskOptions {
  /** Gives up: the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** For all attempts together, milliseconds; default as for the client. */
  readonly timeoutMs?: number;
}

/** Asks members one after the other until one answers. */
export class Calls {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly #channels = new Map<string, Channel>();
  readonly #closed = new AbortController();
  #hosts: string[];

  constructor(hosts: readonly string[], timeoutMs: number, clock: Clock) {
    this.#hosts = [...hosts];
    this.timeoutMs = timeoutMs;
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

  /** A connection to the next member in turn. */
  next(): Channel {
    return this.#channel(this.#rotate());
  }

  /** Remembers where the other members are, in case the ones we were told of go away. */
  async learn(signal?: AbortSignal): Promise<void> {
    const { members } = await this.unary<messages.LocalStatus>('membership', 'Local', {}, { signal });
    for (const { addr } of members) if (addr !== '' && !this.#hosts.includes(addr)) this.#hosts.push(addr);
  }

  /** One answer. Writes must carry a request id: they may be asked again. */
  unary<Res>(service: ServiceName, name: string, request: object, options: AskOptions = {}): Promise<Res> {
    const method = methodOf(service, name);
    const signal = options.signal ? AbortSignal.any([this.closed, options.signal]) : this.closed;
    const attempt = (channel: Channel, timeoutMs: number) =>
      channel.unary<object, Res>(method, request, { timeoutMs, signal });
    return this.#asking(request, attempt, options);
  }

  /** All messages of a stream that ends: of one member, or none. For reads. */
  collect<Res>(service: ServiceName, name: string, request: object): Promise<Res[]> {
    return this.#asking(request, async (channel, timeoutMs) => {
      const found: Res[] = [];
      for await (const message of this.#stream<Res>(channel, service, name, request, timeoutMs)) found.push(message);
      return found;
    });
  }

  /** The messages of a stream that ends, as they come: of the first member that begins to answer. */
  async *pages<Res>(service: ServiceName, name: string, request: object): AsyncGenerator<Res, void> {
    const begun = await this.#asking(request, async (channel) => {
      const stream = this.#stream<Res>(channel, service, name, request)[Symbol.asyncIterator]();
      return { stream, first: await stream.next() };
    });
    try {
      for (let next = begun.first; !next.done; next = await begun.stream.next()) yield next.value;
    } finally {
      await begun.stream.return?.(undefined);
    }
  }

  /** Sends chunks to the member that leads, or to one that hands them on. Not asked again: it cannot be known how far it came. */
  async upload<Res>(service: ServiceName, name: string, requests: AsyncIterable<object>): Promise<Res> {
    await this.learn(); // the first in turn is then one that answers
    return this.#channel(this.#hosts[0] as string).upload<Res>(methodOf(service, name), requests, {
      signal: this.closed,
    });
  }

  async *#stream<Res>(
    channel: Channel,
    service: ServiceName,
    name: string,
    request: object,
    timeoutMs?: number,
  ): AsyncGenerator<Res, void> {
    const stream = channel.serverStream<object, Res>(methodOf(service, name), request, {
      ...(timeoutMs !== undefined && { timeoutMs }),
    });
    const stop = () => stream.cancel();
    this.closed.addEventListener('abort', stop, { once: true });
    try {
      for await (const message of stream as AsyncIterable<Res>) yield message;
    } catch (error) {
      throw error instanceof StoreError ? error : fromStatus(error as never);
    } finally {
      this.closed.removeEventListener('abort', stop);
      stream.cancel();
    }
  }

  async #asking<Res>(
    request: object,
    attempt: (channel: Channel, timeoutMs: number) => Promise<Res>,
    { signal: stop, timeoutMs: most = this.timeoutMs }: AskOptions = {},
  ): Promise<Res> {
    const { signal } = this.#closed;
    const until = this.clock.monotonic() + most;
    const atLeastMs = Math.min(attemptMs, most / 2);
    let unknown = false; // may an earlier attempt have been carried out?
    let unreached: unknown;
    for (;;) {
      if (signal.aborted) throw new StoreError('CLOSED', 'the client is closed');
      stop?.throwIfAborted();
      // A member that is silent must not use up the time of the others.
      const left = Math.max(1, until - this.clock.monotonic());
      const timeoutMs =
        this.#hosts.length === 1 ? left : Math.min(left, Math.max(atLeastMs, left / this.#hosts.length));
      try {
        return await attempt(this.#channel(this.#hosts[0] as string), timeoutMs);
      } catch (error) {
        if (signal.aborted) throw new StoreError('CLOSED', closedWhile(request), { cause: error });
        stop?.throwIfAborted();
        const kind = failureOf(error);
        unknown ||= kind === 'unknown';
        if (neverSent(error)) unreached = error;
        // Reads may be asked again, and so may writes: they carry a request id.
        if (kind === 'final') {
          // Whoever refuses now does not speak for the member that was silent: it may still carry out what it was asked.
          if (unknown && isWrite(request) && error instanceof StoreError) throw stillUnknown(error);
          throw error;
        }
        if (this.clock.monotonic() + againMs >= until)
          // An attempt that was cut short by our own time says less than the one before it.
          throw explained(timedOut(error) && timeoutMs < atLeastMs ? (unreached ?? error) : error, {
            unknown: unknown && isWrite(request),
            hosts: this.#hosts,
            timeoutMs: most,
          });
        this.#rotate();
        await sleep(this.clock, againMs);
      }
    }
  }

  /** The next member in turn. */
  #rotate(): string {
    const [first, ...rest] = this.#hosts;
    this.#hosts = [...rest, first as string];
    return first as string;
  }

  #channel(addr: string): Channel {
    let channel = this.#channels.get(addr);
    if (!channel) this.#channels.set(addr, (channel = new Channel(addr)));
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

/** What a failed attempt means: `final` is an answer, `unsent` did nothing, `unknown` may have been carried out. */
function failureOf(error: unknown): 'final' | 'unsent' | 'unknown' {
  if (neverSent(error) || notServed(error) || isStoreError(error, 'NOT_LEADER')) return 'unsent';
  if (connectionLost(error) || timedOut(error)) return 'unknown';
  return isStoreError(error, 'OUTCOME_UNKNOWN') || isStoreError(error, 'CLOSED') ? 'unknown' : 'final';
}

/** The last failure in words that say what to do. */
function explained(
  error: unknown,
  { unknown, hosts, timeoutMs }: { unknown: boolean; hosts: readonly string[]; timeoutMs: number },
): unknown {
  const where = hosts.join(', ');
  if (unknown && !isStoreError(error, 'OUTCOME_UNKNOWN')) {
    const message = `no answer from ${where} within ${timeoutMs} ms: the change may still commit. Read before writing again`;
    return new StoreError('OUTCOME_UNKNOWN', message, { cause: error });
  }
  if (error instanceof StoreError) return error;
  if (neverSent(error)) return notLeader(`no member answers at ${where}: is one running there?`, error);
  if (notServed(error))
    return notLeader(`the member at ${where} does not serve this: is it still starting, or of another version?`, error);
  return notLeader(`no answer from ${where} within ${timeoutMs} ms`, error);
}

function notLeader(message: string, cause: unknown): StoreError {
  return new StoreError('NOT_LEADER', message, { cause });
}
