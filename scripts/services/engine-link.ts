import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { onAbort } from '../../src/base/abort.js';
import type { Cancel } from '../../src/base/clock.js';
import { deferred } from '../../src/base/deferred.js';
import type { Answer } from '../../src/fleet/engine/body.js';
import type { Call } from '../../src/fleet/engine/calls.js';
import { DockerClient } from '../../src/fleet/engine/docker-client.js';
import { EngineError, type EngineErrorCode, errorOfAnswer, maybeDone } from '../../src/fleet/engine/errors.js';
import { queryText } from '../../src/fleet/engine/query.js';
import type { SimClock } from '../../src/testing/sim-clock.js';
import type { Asking, SimEngine, SimRequest } from './sim-engine.js';

/** Process that a link belongs to. */
export interface LinkProcess {
  readonly member: number;
  readonly clock: SimClock;
  /** Called right before a request leaves. */
  readonly onSend: (request: SimRequest) => void;
}

type Response = Pick<IncomingMessage, 'statusCode' | 'headers'>;

/**
 * Client of a simulated engine: the calls, checks and errors of the real client, over a connection in virtual time in
 * the place of HTTP.
 */
export class SimEngineLink extends DockerClient {
  readonly #engine: SimEngine;
  readonly #process: LinkProcess;
  readonly #under = new Set<LinkExchange>();
  #closed = false;

  constructor(engine: SimEngine, process: LinkProcess) {
    super({ address: engine.address, apiVersion: '1.41', clock: process.clock });
    this.#engine = engine;
    this.#process = process;
  }

  override close(): void {
    this.#closed = true;
    super.close();
    for (const exchange of [...this.#under]) exchange.fail('CLOSED', 'ended because the client was closed');
  }

  protected override async answer(method: string, path: string, call: Call = {}): Promise<Answer> {
    const exchange = this.#begin(method, path, call);
    const { statusCode = 0, headers } = await exchange.head;
    const pieces: Buffer[] = [];
    for await (const piece of exchange.pieces()) pieces.push(piece);
    const body = Buffer.concat(pieces);
    this.#refuse(method, path, statusCode, body);
    return { status: statusCode, headers, body, outcomeUnknown: exchange.mutates };
  }

  protected override async opened(method: string, path: string, call: Call = {}) {
    const exchange = this.#begin(method, path, call);
    const response = await exchange.head;
    const { statusCode = 0 } = response;
    if (statusCode >= 300) {
      const pieces: Buffer[] = [];
      for await (const piece of exchange.pieces()) pieces.push(piece);
      this.#refuse(method, path, statusCode, Buffer.concat(pieces));
    }
    if (call.deadline !== 'progress') exchange.endDeadline();
    return { response: response as IncomingMessage, pieces: exchange.pieces() };
  }

  protected override stream(method: string, path: string): never {
    throw new Error(`the simulation does not answer ${method} ${path}`);
  }

  #refuse(method: string, path: string, status: number, body: Buffer): void {
    if ((status >= 200 && status < 300) || status === 304) return;
    throw errorOfAnswer({ engine: this.engine, method, path }, status, body.toString());
  }

  #begin(method: string, path: string, call: Call): LinkExchange {
    const { signal } = call;
    if (this.#closed) throw new EngineError('CLOSED', `the client of engine ${this.engine} was closed; make a new one`);
    if (signal?.aborted) throw new EngineError('ABORTED', `${method} ${path} of engine ${this.engine} was aborted`);
    const { readMs, streamMs, progressMs } = this.timeouts;
    const { deadline = 'whole' } = call;
    const timeoutMs =
      call.timeoutMs ?? { whole: readMs, start: streamMs, connect: streamMs, progress: progressMs }[deadline];
    const request: SimRequest = {
      ...{ from: this.#process.member, method, path },
      query: new URLSearchParams(queryText(call.query ?? '')),
      body: bodyOf(call),
    };
    this.#process.onSend(request);
    const { clock } = this.#process;
    const name = `${method} ${path} of engine ${this.engine}`;
    const mutates = call.mutates ?? method !== 'GET';
    const exchange = new LinkExchange({
      clock,
      timeoutMs,
      signal,
      name,
      mutates,
      onEnd: (it) => this.#under.delete(it),
    });
    this.#under.add(exchange);
    exchange.carriedBy(this.#engine.send(request, exchange));
    return exchange;
  }
}

function bodyOf({ json, body }: Call): Uint8Array {
  if (json !== undefined) return Buffer.from(JSON.stringify(json));
  if (body instanceof Readable) throw new Error('the simulation sends no streams');
  return body === undefined ? new Uint8Array() : Buffer.from(body);
}

interface ExchangeOptions {
  readonly clock: SimClock;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly name: string;
  readonly mutates: boolean;
  readonly onEnd: (exchange: LinkExchange) => void;
}

/** One request of a link, with its deadline. */
class LinkExchange implements Asking {
  readonly #options: ExchangeOptions;
  readonly #head = deferred<Response>();
  readonly #cancelDeadline: Cancel;
  readonly #forget: Cancel | undefined;
  #giveUp: Cancel = () => undefined;
  #pieces: Buffer[] = [];
  #ended = false;
  #failure: EngineError | undefined;
  #wake: () => void = () => undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    const { clock, timeoutMs, signal } = options;
    this.#head.promise.catch(() => undefined);
    this.#cancelDeadline = clock.schedule(timeoutMs, () =>
      this.fail('TIMEOUT', `had no answer within ${timeoutMs} ms`),
    );
    this.#forget = signal && onAbort(signal, () => this.fail('ABORTED', 'was aborted'));
  }

  get head(): Promise<Response> {
    return this.#head.promise;
  }

  get mutates(): boolean {
    return this.#options.mutates;
  }

  carriedBy(giveUp: Cancel): void {
    this.#giveUp = giveUp;
    if (this.#failure) giveUp();
  }

  /** The headers are here, and what follows may take for ever. */
  endDeadline(): void {
    this.#cancelDeadline();
  }

  async *pieces(): AsyncGenerator<Buffer, undefined> {
    try {
      for (;;) {
        for (const piece of this.#pieces.splice(0)) yield piece;
        if (this.#failure) throw this.#failure;
        if (this.#ended) return undefined;
        if (this.#pieces.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      if (!this.#ended) this.#giveUp();
      this.#end();
    }
  }

  fail(code: EngineErrorCode, why: string): void {
    if (this.#ended || this.#failure) return;
    const { name, mutates } = this.#options;
    const error = new EngineError(code, `${name} ${why}${mutates ? maybeDone : ''}`, { outcomeUnknown: mutates });
    this.#failure = error;
    this.#giveUp();
    this.#head.reject(error);
    this.#end();
  }

  onHead(statusCode: number, headers: Readonly<Record<string, string>>): void {
    this.#head.resolve({ statusCode, headers });
  }

  onPiece(piece: Uint8Array): void {
    this.#pieces.push(Buffer.from(piece));
    this.#wake();
  }

  onEnd(): void {
    this.#ended = true;
    this.#end();
  }

  onBroken(why: string): void {
    this.fail('UNREACHABLE', `gave no whole answer: ${why}`);
  }

  deliver(run: () => void): void {
    this.#options.clock.deliver(run);
  }

  #end(): void {
    this.#cancelDeadline();
    this.#forget?.();
    this.#options.onEnd(this);
    this.#wake();
  }
}
