import { type Channel, errorCarried, fromStatus, methodOf } from '../rpc/index.js';
import { DecodeError, type messages } from '../wire/index.js';
import { Arrived } from './watch-arrived.js';

type WatchRequest = messages.WatchRequest;
type Stream = ReturnType<typeof Channel.prototype.duplex<messages.WatchesRequest, messages.WatchesResponse>>;

/** Receiver of what a member sends to one watch. */
export interface WatchSink {
  take(arrived: Arrived): void;
  /** Called once: the member sends no more, with its error if there is one. */
  over(error: Error | undefined): void;
}

/** A watch at one member. */
export interface OpenWatch {
  /** Asks for nothing more for now; what is under way still arrives. */
  pause(): void;
  resume(): void;
  /** Lets it go. */
  end(): void;
}

/** One call for one watch, at members that carry no others. */
export function openSingle(
  channel: Pick<Channel, 'serverStream'>,
  request: WatchRequest,
  sink: WatchSink,
  onBehalfOf: string,
): OpenWatch {
  const method = methodOf('watch', 'Watch');
  const stream = channel.serverStream<object, messages.WatchResponse>(method, request, { onBehalfOf });
  stream.on('data', (response: messages.WatchResponse) => sink.take(new Arrived(response, 0)));
  stream.on('error', (error) => sink.over(fromStatus(error as never)));
  stream.on('end', () => sink.over(undefined));
  return { pause: () => stream.pause(), resume: () => stream.resume(), end: () => stream.cancel() };
}

const { responseDeserialize } = methodOf('watch', 'Watch');

/**
 * Watches at one member on one stream: `Watch.Multiplex`. What several of them get arrives once, and is read once. What they
 * ask in one turn of the event loop is one message.
 */
export class WatchStream {
  readonly #channel: Channel;
  readonly #onBehalfOf: string;
  #carrier: Carrier | undefined;

  /** @param onBehalfOf Identity for which a member watches; empty for its own. */
  constructor(channel: Channel, onBehalfOf: string) {
    this.#channel = channel;
    this.#onBehalfOf = onBehalfOf;
  }

  /** Opens a watch; the stream is opened with the first, and closed with the last. */
  open(request: WatchRequest, sink: WatchSink): OpenWatch {
    const { generation } = this.#channel;
    if (!this.#carrier || this.#carrier.over || this.#carrier.generation !== generation)
      this.#carrier = new Carrier(this.#channel, generation, this.#onBehalfOf);
    return this.#carrier.open(request, sink);
  }
}

/** One stream, from its first watch to its last. */
class Carrier {
  readonly generation: number;
  readonly #stream: Stream;
  readonly #sinks = new Map<number, WatchSink>();
  #lastId = 0;
  #unsent = nothingToSay();
  #flushing = false;
  #over = false;

  constructor(channel: Channel, generation: number, onBehalfOf: string) {
    this.generation = generation;
    this.#stream = channel.duplex(methodOf('watch', 'Multiplex'), { onBehalfOf });
    this.#stream.on('data', ({ deliveries }: messages.WatchesResponse) => {
      for (const delivery of deliveries) this.#deliver(delivery);
    });
    this.#stream.on('error', (error) => this.#end(fromStatus(error as never)));
    this.#stream.on('end', () => this.#end(undefined));
  }

  /** True when it takes no more watches. */
  get over(): boolean {
    return this.#over;
  }

  open(request: WatchRequest, sink: WatchSink): OpenWatch {
    const id = ++this.#lastId;
    this.#sinks.set(id, sink);
    this.#unsent.begun.push({ id, request });
    this.#flushSoon();
    return {
      pause: () => this.#say('paused', id),
      resume: () => this.#say('resumed', id),
      end: () => this.#forget(id),
    };
  }

  #say(what: 'paused' | 'resumed', id: number): void {
    if (this.#over || !this.#sinks.has(id)) return;
    // The member takes the lists one after the other: of two for one watch in one message the last one counts.
    const other = this.#unsent[what === 'paused' ? 'resumed' : 'paused'];
    const before = other.indexOf(id);
    if (before >= 0) other.splice(before, 1);
    else this.#unsent[what].push(id);
    this.#flushSoon();
  }

  #forget(id: number): void {
    if (!this.#sinks.delete(id) || this.#over) return;
    if (this.#sinks.size === 0) {
      this.#over = true;
      this.#stream.cancel();
      return;
    }
    this.#unsent.ended.push(id);
    this.#flushSoon();
  }

  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      const said = this.#unsent;
      this.#unsent = nothingToSay();
      if (!this.#over) this.#stream.write(said);
    });
  }

  #deliver({ watches, response, end }: messages.WatchDelivery): void {
    if (end) {
      const error = end.status === 0 ? undefined : fromStatus(errorCarried(end));
      for (const id of watches) {
        const sink = this.#sinks.get(id);
        this.#forget(id);
        sink?.over(error);
      }
      return;
    }
    let arrived: Arrived;
    try {
      arrived = new Arrived(responseDeserialize(response as Buffer) as messages.WatchResponse, response.length);
    } catch (cause) {
      const error = new DecodeError(`a response of a watch cannot be read: ${(cause as Error).message}`, { cause });
      for (const id of watches) this.#sinks.get(id)?.over(error);
      return;
    }
    for (const id of watches) this.#sinks.get(id)?.take(arrived);
  }

  #end(error: Error | undefined): void {
    if (this.#over) return;
    this.#over = true;
    const sinks = [...this.#sinks.values()];
    this.#sinks.clear();
    for (const sink of sinks) sink.over(error);
  }
}

const nothingToSay = () => ({
  begun: [] as messages.WatchBegin[],
  ended: [] as number[],
  paused: [] as number[],
  resumed: [] as number[],
});
