import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Duplex, Readable } from 'node:stream';
import type { Clock } from '../base/clock.js';
import type { Logger } from '../base/log.js';
import type { Fleet } from '../fleet/index.js';
import { ApiError } from './answers.js';
import type { EventLog } from './event-log.js';
import type { ExecOwners } from './exec-owners.js';
import type { Role } from './options.js';
import { readBytes, readJson } from './requests.js';
import type { SwarmBackend } from './swarm/backend.js';

/** The parts that handlers work with. */
export interface Api {
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Version of skep. */
  readonly version: string;
  readonly events: EventLog;
  readonly execs: ExecOwners;
  /** Absent for a manager that is alone. */
  readonly role: (() => Role) | undefined;
  /** Limit for a client to send a JSON body, milliseconds. */
  readonly requestMs: number;
  /** Content of the cluster; absent for a manager of engines alone. */
  readonly swarm: SwarmBackend | undefined;
}

/** Connection that the client asked to turn into a stream of bytes. */
export interface Upgrade {
  readonly socket: Duplex;
  /** The body of the request. */
  readonly body: Buffer;
  /** Bytes of the stream that have come already. */
  readonly head: Buffer;
}

/** One request and its answer. */
export class Exchange {
  readonly api: Api;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Present when the client asks to hijack the connection. */
  readonly upgrade: Upgrade | undefined;
  readonly method: string;
  /** Path without version and query. */
  readonly path: string;
  /** Query as it came, without `?`. */
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  /** Parts of the path that the route names, decoded. */
  readonly params: readonly string[];
  /** Aborts when the client goes away before it has its whole answer, and when the API closes. */
  readonly signal: AbortSignal;
  /** Hands the request on to the primary; absent when this manager is to answer. A body that was read goes as it is given. */
  readonly forward: ((body?: Buffer) => Promise<void>) | undefined;

  constructor(parts: {
    readonly api: Api;
    readonly request: IncomingMessage;
    readonly response: ServerResponse;
    readonly upgrade?: Upgrade | undefined;
    readonly path: string;
    readonly rawQuery: string;
    readonly params: readonly string[];
    readonly signal: AbortSignal;
    readonly forward?: ((body?: Buffer) => Promise<void>) | undefined;
  }) {
    this.api = parts.api;
    this.request = parts.request;
    this.response = parts.response;
    this.upgrade = parts.upgrade;
    this.method = parts.request.method ?? '';
    this.path = parts.path;
    this.rawQuery = parts.rawQuery;
    this.query = new URLSearchParams(parts.rawQuery);
    this.params = parts.params;
    this.signal = parts.signal;
    this.forward = parts.forward;
  }

  /** The first parameter of the path, a name. */
  get name(): string {
    return this.params[0] ?? '';
  }

  /** Body of the request, to be read once. */
  get body(): Readable {
    return this.upgrade ? Readable.from(this.upgrade.body.length > 0 ? [this.upgrade.body] : []) : this.request;
  }

  get hasBody(): boolean {
    const { headers } = this.request;
    return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  }

  /** Reads a flag of the query as Docker does: everything is true but nothing, `0`, `no`, `false` and `none`. */
  flag(name: string): boolean {
    return !['', '0', 'no', 'false', 'none'].includes((this.query.get(name) ?? '').trim().toLowerCase());
  }

  /** Reads a whole number of the query. @throws {ApiError} 400 */
  number(name: string): number | undefined {
    const text = this.query.get(name) ?? '';
    if (text === '') return undefined;
    if (!/^-?\d{1,15}$/.test(text))
      throw new ApiError(400, `${name} must be a whole number, is ${JSON.stringify(text)}`);
    return Number(text);
  }

  /** Reads the body as a JSON object; `{}` when there is none. @throws {ApiError} */
  json(): Promise<Readonly<Record<string, unknown>>> {
    const { clock, requestMs } = this.api;
    return readJson(this.body, this.request.headers, { clock, timeoutMs: requestMs });
  }

  /** Reads the body as JSON that is not parsed yet. @throws {ApiError} */
  bytes(): Promise<Buffer> {
    const { clock, requestMs } = this.api;
    return readBytes(this.body, this.request.headers, { clock, timeoutMs: requestMs });
  }

  /** Answers with JSON. */
  send(status: number, value: unknown): void {
    this.sendText(status, `${JSON.stringify(value)}\n`);
  }

  /** Answers with JSON that is text already. */
  sendText(status: number, text: string, type = 'application/json'): void {
    const bytes = Buffer.from(text);
    this.response.writeHead(status, { 'content-type': type, 'content-length': bytes.length });
    this.response.end(this.method === 'HEAD' ? undefined : bytes);
  }

  /** Answers without a body. */
  sendNothing(status: number): void {
    this.response.writeHead(status, status === 204 ? {} : { 'content-length': 0 });
    this.response.end();
  }
}
