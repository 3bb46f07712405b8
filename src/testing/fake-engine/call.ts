import type { FakeEngine } from './engine.js';
import { goJson } from './events.js';
import { FakeEngineError } from './types.js';

/** Answer of a fake engine, as far as its calls need one. A `ServerResponse` is one. */
export interface FakeAnswer {
  statusCode: number;
  setHeader(name: string, value: string | number): unknown;
  flushHeaders(): void;
  write(chunk: string | Uint8Array): unknown;
  end(chunk?: string | Uint8Array): unknown;
  /** Runs `run` when the client has gone or the answer is complete. */
  once(event: 'close', run: () => void): unknown;
}

/** One request to a fake engine, and how to answer it. */
export class FakeCall {
  readonly engine: FakeEngine;
  readonly method: string;
  /** Without the version of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Parts of the path that the route names. */
  readonly parts: readonly string[];
  readonly body: Uint8Array;
  readonly #response: FakeAnswer;

  constructor(
    engine: FakeEngine,
    { method = 'GET' }: { readonly method?: string | undefined },
    response: FakeAnswer,
    target: { readonly path: string; readonly query: URLSearchParams; readonly parts: readonly string[] },
    body: Uint8Array,
  ) {
    this.engine = engine;
    this.method = method;
    this.path = target.path;
    this.query = target.query;
    this.parts = target.parts;
    this.body = body;
    this.#response = response;
  }

  /** First named part of the path. */
  get id(): string {
    return this.parts[0] ?? '';
  }

  flag(name: string): boolean {
    return /^(1|true)$/i.test(this.query.get(name) ?? '');
  }

  seconds(name: string): number | undefined {
    const text = this.query.get(name);
    return text === null || text === '' ? undefined : Number(text);
  }

  /** The body as JSON; nothing is `{}` where `empty` allows it. */
  json<T>({ empty = true } = {}): T {
    const text = new TextDecoder().decode(this.body);
    if (text === '' && empty) return {} as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new FakeEngineError(500, text === '' ? 'EOF' : 'unexpected EOF');
    }
  }

  send(status: number, value?: unknown): void {
    if (value === undefined) return this.#end(status, '', undefined);
    this.#end(status, `${goJson(value)}\n`, 'application/json');
  }

  sendBytes(bytes: Uint8Array, type: string, headers: Readonly<Record<string, string>> = {}): void {
    for (const [name, header] of Object.entries(headers)) this.#response.setHeader(name, header);
    this.#end(200, bytes, type);
  }

  #end(status: number, body: string | Uint8Array, type: string | undefined): void {
    const response = this.#response;
    response.statusCode = status;
    if (type !== undefined) response.setHeader('Content-Type', type);
    if (status !== 204 && status !== 304) response.setHeader('Content-Length', Buffer.byteLength(body));
    response.end(this.method === 'HEAD' ? '' : body);
  }

  /** Begins an answer that goes on: its head leaves at once. */
  stream(type: string | undefined): FakeAnswer {
    const response = this.#response;
    if (type !== undefined) response.setHeader('Content-Type', type);
    response.flushHeaders();
    return response;
  }

  /** Runs when the client has gone or the answer is complete. */
  onClose(run: () => void): void {
    this.#response.once('close', run);
  }
}
