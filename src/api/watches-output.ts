import type { ServerDuplexStream } from '@grpc/grpc-js';
import { grouped } from '../base/grouped.js';
import { methodOf } from '../rpc/index.js';
import type { messages } from '../wire/index.js';

type Stream = Pick<ServerDuplexStream<unknown, messages.WatchesResponse>, 'write'>;
type Delivery = messages.WatchDelivery;

/** Approximate bytes of deliveries in one message. */
const messageBytes = 64 * 1024;

/** Bytes of deliveries that wait to be written; what else is to be said waits until there are fewer. */
const waitingBytesMax = 256 * 1024;

/** Overhead of a delivery, and of each watch that it is for, bytes. */
const deliveryBytes = 8;
const watchBytes = 3;

const nothing = new Uint8Array();
const { responseSerialize } = methodOf('watch', 'Watch');

/** Encoded responses: many streams may be given the same one. */
const encoded = new WeakMap<messages.WatchResponse, Buffer>();

function bytesOf(response: messages.WatchResponse): Buffer {
  let bytes = encoded.get(response);
  if (!bytes) encoded.set(response, (bytes = responseSerialize(response)));
  return bytes;
}

/** Output of a stream of watches: what is said in one turn of the event loop is written together. */
export class WatchesOutput {
  readonly #stream: Stream;
  #waiting: Delivery[] = [];
  #bytes = 0;
  /** Those who wait until there is room, in order. */
  #callers: (() => void)[] = [];
  #flushing = false;
  /** True while the caller does not take what was written. */
  #full = false;
  #ended = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Says one response to several watches. Waits while the stream is not read; returns at once when it has ended. */
  say(watches: readonly number[], response: messages.WatchResponse): Promise<void> {
    return this.#put(() => ({ watches, response: bytesOf(response) }));
  }

  /** Tells watches that they are over. */
  tellEnd(watches: readonly number[], end: messages.CallError): void {
    if (!this.#ended) this.#add({ watches, response: nothing, end });
  }

  /** The stream can take more. */
  drained(): void {
    this.#full = false;
    this.#flush();
  }

  /** Lets go of everything: there is no one to read it. */
  end(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#letIn();
  }

  #put(make: () => Delivery): Promise<void> {
    return new Promise((resolve, reject) => {
      const put = () => {
        try {
          if (!this.#ended) this.#add(make());
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      if (this.#hasRoom && this.#callers.length === 0) put();
      else this.#callers.push(put);
    });
  }

  get #hasRoom(): boolean {
    return this.#ended || (!this.#full && this.#bytes < waitingBytesMax);
  }

  #add(delivery: Delivery): void {
    this.#waiting.push(delivery);
    this.#bytes += sizeOf(delivery);
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.#flush();
    });
  }

  #flush(): void {
    const groups = grouped(this.#waiting, { bytes: messageBytes }, sizeOf);
    let written = 0;
    while (!this.#full && !this.#ended) {
      const { value: deliveries } = groups.next();
      if (!deliveries) break;
      written += deliveries.length;
      this.#full = !this.#stream.write({ deliveries });
    }
    for (const delivery of this.#waiting.splice(0, written)) this.#bytes -= sizeOf(delivery);
    this.#letIn();
  }

  #letIn(): void {
    let entered = 0;
    while (entered < this.#callers.length && this.#hasRoom) this.#callers[entered++]?.();
    this.#callers.splice(0, entered);
  }
}

const sizeOf = ({ watches, response }: Delivery) => deliveryBytes + watches.length * watchBytes + response.length;
