import {
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServerDuplexStream,
  type ServiceDefinition,
  type StatusObject,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { StoreError } from '../base/store-error.js';
import { spanContextOf, traceKey } from '../base/trace-context.js';
import type { Turns } from '../base/turns.js';
import type { messages } from '../wire/index.js';
import { carriedError } from './carried.js';
import { methodOf } from './definitions.js';
import { forwardedKey } from './forwarded.js';
import { admit, authorizationIn, type Recognizing } from './guard.js';
import { gone, readRequest } from './serving.js';
import { toStatus } from './status.js';

type Method = MethodDefinition<unknown, unknown>;
type Handler = handleUnaryCall<unknown, unknown>;
type Carried = ServerDuplexStream<Buffer, messages.MultiplexResponse>;

/** Calls of one stream that are under way at a time; more wait, and the stream is not read meanwhile. */
const openMax = 1_024;

/** Bytes of answers that wait for a caller who does not read; the stream is not read while there are more. */
const unsentBytesMax = 1024 * 1024;

/** Approximate bytes of answers in one message. */
const messageBytes = 64 * 1024;

/** Methods that streams of calls may name, by path. */
export class UnaryMethods {
  readonly #methods = new Map<string, { readonly method: Method; readonly handler: Handler }>();

  /** Adds those methods of a service that have one request and one response. */
  add(definition: object, handlers: Readonly<Record<string, unknown>>): void {
    for (const [name, method] of Object.entries(definition) as [string, Method][]) {
      const handler = handlers[name] as Handler | undefined;
      if (handler && !method.requestStream && !method.responseStream)
        this.#methods.set(method.path, { method, handler });
    }
  }

  /** @throws {StoreError} `NOT_SUPPORTED` */
  get(path: string): { readonly method: Method; readonly handler: Handler } {
    const found = this.#methods.get(path);
    if (!found) throw new StoreError('NOT_SUPPORTED', `${path} cannot be called on a stream of calls`, { path });
    return found;
  }
}

/** The `Calls` service, as a server takes it. */
export function multiplexed({
  methods,
  turns,
  recognizing,
}: {
  readonly methods: UnaryMethods;
  readonly turns: Turns;
  /** Finds out who makes a call: each is judged by itself. Absent in clear text. */
  readonly recognizing?: Recognizing;
}): [ServiceDefinition<UntypedServiceImplementation>, UntypedServiceImplementation] {
  const method = methodOf('calls', 'Multiplex');
  // Reading is work that waits for its turn, and whose errors are ours to word.
  const unread = { ...method, requestDeserialize: (bytes: Buffer) => bytes };
  const serve = (stream: Carried) => void new MultiplexServing({ stream, method, methods, turns, recognizing });
  return [{ Multiplex: unread }, { Multiplex: serve }];
}

/** One call of a stream, as far as handlers look at it. */
class StreamedCall {
  request: unknown;
  cancelled = false;
  readonly metadata = new Metadata();
  readonly #deadline: number;

  readonly #peer: string;

  constructor({ timeoutMs, forwarded, trace }: messages.Call, peer: string) {
    this.#peer = peer;
    this.#deadline = timeoutMs === 0 ? Infinity : Date.now() + timeoutMs;
    if (forwarded) this.metadata.set(forwardedKey, '1');
    if (spanContextOf(trace)) this.metadata.set(traceKey, trace);
  }

  getDeadline(): number {
    return this.#deadline;
  }

  getPeer(): string {
    return this.#peer;
  }
}

/** Serves one stream of calls: begins each in its turn, and sends answers as they come, those of one turn together. */
class MultiplexServing {
  readonly #stream: Carried;
  readonly #methods: UnaryMethods;
  readonly #turns: Turns;
  readonly #recognizing: Recognizing | undefined;
  readonly #open = new Map<number, StreamedCall>();
  /** Calls that have arrived and wait until fewer are under way. */
  #waiting: messages.Call[] = [];
  /** Position of the first that waits. */
  #first = 0;
  #answers: messages.CallAnswer[] = [];
  #answerBytes = 0;
  #flushing = false;
  /** True while the caller does not take what was sent. */
  #full = false;
  #ended = false;

  constructor({
    stream,
    method,
    methods,
    turns,
    recognizing,
  }: {
    readonly stream: Carried;
    readonly method: Method;
    readonly methods: UnaryMethods;
    readonly turns: Turns;
    readonly recognizing: Recognizing | undefined;
  }) {
    this.#recognizing = recognizing;
    this.#stream = stream;
    this.#methods = methods;
    this.#turns = turns;
    // An error that comes after this says nothing about the calls: they may have begun.
    stream.sendMetadata(new Metadata());
    stream.on('data', (bytes: Buffer) => turns.run(() => this.#take(method, bytes)));
    stream.on('drain', () => this.#drained());
    stream.on('end', () => this.#end());
    stream.on('error', () => this.#end());
    stream.on('cancelled', () => this.#end());
  }

  #take(method: Method, bytes: Buffer): void {
    if (this.#ended) return;
    try {
      const { calls, cancelled } = readRequest(method, bytes) as messages.MultiplexRequest;
      for (const call of calls) this.#waiting.push(call);
      for (const id of cancelled) this.#cancel(id);
    } catch (error) {
      return this.#fail(error);
    }
    this.#beginSome();
  }

  /** Ends the stream with a status: the caller is broken. */
  #fail(error: unknown): void {
    this.#stream.emit('error', toStatus(error));
  }

  #cancel(id: number): void {
    const call = this.#open.get(id);
    if (call) call.cancelled = true;
    else {
      this.#waiting = this.#waiting.slice(this.#first).filter((one) => one.id !== id);
      this.#first = 0;
    }
  }

  #beginSome(): void {
    while (this.#first < this.#waiting.length && this.#open.size < openMax && !this.#ended)
      this.#begin(this.#waiting[this.#first++] as messages.Call);
    if (this.#first === this.#waiting.length) {
      this.#waiting = [];
      this.#first = 0;
    }
    this.#readOrRest();
  }

  #begin(given: messages.Call): void {
    const { id, method: path, request } = given;
    // Answers of two calls with one id could not be told apart.
    if (this.#open.has(id))
      return this.#fail(new StoreError('INVALID_OBJECT', `call ${id} is still open; choose another id`, { path: 'calls.id' })); // prettier-ignore
    const peer = this.#stream.getPeer();
    const call = new StreamedCall(given, peer);
    this.#open.set(id, call);
    this.#turns.run(() => {
      if (call.cancelled) return this.#answered(id, { id, ...failed(gone) });
      try {
        const { method, handler } = this.#methods.get(path);
        if (this.#recognizing) {
          const { metadata } = call;
          const { onBehalfOf, forwarded } = given;
          const authorization = authorizationIn(this.#stream);
          admit(this.#recognizing, { path, peer, authorization, onBehalfOf, forwarded, metadata });
        }
        call.request = readRequest(method, request as Buffer);
        handler(call as never, (error, response) =>
          this.#turns.run(() => this.#answered(id, answerOf(id, method, error, response))),
        );
      } catch (error) {
        this.#answered(id, { id, ...failed(toStatus(error)) });
      }
    });
  }

  /** Keeps an answer until the end of this turn of the event loop. */
  #answered(id: number, answer: messages.CallAnswer): void {
    const call = this.#open.get(id);
    if (!call || this.#ended) return;
    this.#open.delete(id);
    if (!call.cancelled) {
      this.#answers.push(answer);
      this.#answerBytes += answer.response.length;
    }
    if (!this.#flushing) {
      this.#flushing = true;
      setImmediate(() => {
        this.#flushing = false;
        this.#flush();
        this.#beginSome();
      });
    }
  }

  #flush(): void {
    while (this.#answers.length > 0 && !this.#full && !this.#ended) {
      let bytes = 0;
      let count = 0;
      while (count < this.#answers.length && bytes < messageBytes)
        bytes += (this.#answers[count++] as messages.CallAnswer).response.length;
      const answers = this.#answers.slice(0, count);
      this.#answers = this.#answers.slice(count);
      this.#answerBytes -= bytes;
      this.#full = !this.#stream.write({ answers });
    }
    this.#readOrRest();
  }

  #drained(): void {
    this.#full = false;
    this.#flush();
  }

  /** Reads no further calls while there is enough to do, or while nothing is taken. */
  #readOrRest(): void {
    if (this.#first < this.#waiting.length || this.#answerBytes > unsentBytesMax) this.#stream.pause();
    else if (this.#stream.isPaused()) this.#stream.resume();
  }

  /** The caller has gone: whatever is under way has no one to answer. */
  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const call of this.#open.values()) call.cancelled = true;
    this.#open.clear();
    this.#waiting = [];
    this.#first = 0;
    this.#answers = [];
    this.#stream.end();
  }
}

type Failure = Omit<messages.CallAnswer, 'id'>;

const nothing = new Uint8Array();

function answerOf(id: number, { responseSerialize }: Method, error: unknown, response: unknown): messages.CallAnswer {
  if (error !== null && error !== undefined) return { id, ...failed(error) };
  try {
    return { id, response: responseSerialize(response) };
  } catch (cause) {
    return { id, ...failed(toStatus(cause)) };
  }
}

const failed = (of: Partial<StatusObject>): Failure => ({ response: nothing, error: carriedError(of) });
