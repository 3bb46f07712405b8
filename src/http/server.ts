import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { joinHostPort, splitHostPort } from '../base/host-port.js';
import { ListenError } from '../base/listening.js';
import type { Logger } from '../base/log.js';
import { HttpError, refusal, safeHeaders, send, sendJson } from './answer.js';
import { Asked } from './asked.js';
import { EventSender, eventStreamOf } from './events.js';
import { alive, type Health, ready } from './health.js';
import { isOurHost } from './hosts.js';
import type { ShownMember } from './member.js';
import { Exposition } from './metrics/exposition.js';
import { type PageFile, readPage } from './page-files.js';
import { everyone, type Gate, type Reader } from './reader.js';
import { findRoute, jsonRoutes } from './routes/index.js';

/** Limits for a request to arrive, milliseconds, and for its head, bytes. */
const requestMs = 10_000;
const headBytesMax = 16 * 1024;
const connectionsMax = 1_024;
/** Most streams that are open at a time. */
const streamsMax = 256;

/** Parts of an HTTP endpoint. */
export interface HttpOptions {
  /** `HOST:PORT`; the system chooses port 0. */
  readonly listen: string;
  /** Member that answers; `undefined` while none runs. */
  readonly member: () => ShownMember | undefined;
  /** Further names at which it may be asked, beside addresses and `localhost`. */
  readonly names?: readonly string[];
  /** Origins of pages that may read the answers. */
  readonly origins?: readonly string[];
  /** Says who asks, and takes the connections; without one, everyone who reaches the endpoint may ask. */
  readonly gate?: Gate | undefined;
  /** Folder of the page. */
  readonly pageFolder: string;
  /** Version of this package. */
  readonly version: string;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** An HTTP endpoint that is open. */
export interface HttpEndpoint {
  /** `HOST:PORT` */
  readonly addr: string;
  /** URL of the page. */
  readonly url: string;
  /** Ends all streams, too. */
  close(): Promise<void>;
}

/**
 * Opens the HTTP endpoint of a member: JSON, events, metrics, health and the web page. Read only.
 * @throws {ListenError}
 */
export async function openHttp(options: HttpOptions): Promise<HttpEndpoint> {
  const page = await readPage(options.pageFolder);
  const face = new Face(options, page);
  const server = createServer(
    { maxHeaderSize: headBytesMax, headersTimeout: requestMs, requestTimeout: requestMs },
    (request, response) => face.serve(request, response),
  );
  server.maxConnections = connectionsMax;
  const { gate } = options;
  const port = await (gate
    ? gate.listen(options.listen, (connection) => void server.emit('connection', connection))
    : listen(server, options.listen));
  const addr = joinHostPort(splitHostPort(options.listen).host, port);
  options.logger.info('HTTP endpoint is open', { addr });
  return {
    addr,
    url: `${gate ? 'https' : 'http'}://${addr}/`,
    async close() {
      face.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      gate?.close();
      await closed;
    },
  };
}

function listen(server: Server, addr: string): Promise<number> {
  const { host, port } = splitHostPort(addr);
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new ListenError(addr, error, 'cannot serve HTTP: ')));
    server.listen(Number(port), host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Answers requests. */
class Face {
  readonly #options: HttpOptions;
  readonly #page: ReadonlyMap<string, PageFile>;
  readonly #host: string;
  readonly #clock: Clock;
  readonly #streams = new Set<EventSender>();
  readonly #expositions = new Map<ShownMember, Exposition>();

  constructor(options: HttpOptions, page: ReadonlyMap<string, PageFile>) {
    this.#options = options;
    this.#page = page;
    this.#host = splitHostPort(options.listen).host;
    this.#clock = options.clock ?? systemClock;
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    response.on('error', () => undefined); // the caller has gone
    for (const [name, value] of Object.entries(safeHeaders)) response.setHeader(name, value);
    this.#answer(request, response).catch((error: unknown) => {
      const { status, body, headers } = refusal(error);
      if (status === 500)
        this.#options.logger.error('an HTTP answer failed', { path: request.url, error: messageOf(error) });
      if (response.headersSent) response.destroy();
      else sendJson(response, status, body, headers);
    });
  }

  close(): void {
    for (const stream of this.#streams) stream.close();
    for (const exposition of this.#expositions.values()) exposition.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, headers } = request;
    if (!isOurHost(headers.host, { listen: this.#host, names: this.#options.names ?? [] }))
      throw new HttpError(
        421,
        'WRONG_HOST',
        `"${headers.host ?? ''}" is no name of this endpoint: ask by address, or name it with --http-name`,
      );
    this.#allowOrigin(request, response);
    if (method !== 'GET' && method !== 'HEAD')
      throw new HttpError(405, 'READ_ONLY', `${method} is not answered: this endpoint only reads`, {
        Allow: 'GET, HEAD',
      });
    const { pathname, searchParams } = urlOf(request);
    const asked = new Asked(searchParams);
    if (pathname === '/healthz') return this.#health(response, asked, alive(this.#options.member()));
    if (pathname === '/readyz') return this.#health(response, asked, await ready(this.#options.member()));
    const reader = this.#options.gate?.admit(request, pathname);
    if (pathname === '/metrics') return this.#metrics(response, asked);
    if (pathname === '/api') return list(response, asked);
    if (pathname === '/api/events') return this.#events(request, response, { asked, reader });
    const found = findRoute(pathname);
    if (found) {
      const member = this.#mustHave();
      const body = await found.route.answer({
        member,
        asked,
        reader: reader ?? everyone(member.replica.store),
        parts: found.parts,
        clock: this.#clock,
      });
      return sendJson(response, 200, body);
    }
    const file = this.#page.get(pathname);
    if (file) return sendFile(request, response, file);
    if (pathname === '/') throw new HttpError(404, 'NOT_FOUND', 'the page is not built: run "npm run build"');
    throw new HttpError(404, 'NOT_FOUND', `there is nothing at ${pathname}: see /api`);
  }

  /** Pages of the origins that were named may read; a browser keeps all others out. */
  #allowOrigin({ headers }: IncomingMessage, response: ServerResponse): void {
    const { origin } = headers;
    const allowed = this.#options.origins ?? [];
    if (allowed.length > 0) response.setHeader('Vary', 'Origin');
    if (origin === undefined || !allowed.includes(origin)) {
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
      return;
    }
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.setHeader('Access-Control-Allow-Origin', origin);
    if (this.#options.gate) response.setHeader('Access-Control-Allow-Credentials', 'true');
  }

  #mustHave(): ShownMember {
    const member = this.#options.member();
    if (member && !member.replica.store.queue.closed) return member;
    throw new HttpError(503, 'UNAVAILABLE', 'no member runs in this process: try again', { 'Retry-After': '1' });
  }

  /** Health, for everyone. Strangers hear no name of a member. */
  #health(response: ServerResponse, asked: Asked, { ok, says }: Health): void {
    asked.finish();
    const text = !this.#options.gate ? says : ok ? 'ok' : 'not ok';
    send(response, ok ? 200 : 503, `${text}\n`, { 'Content-Type': 'text/plain; charset=utf-8' });
  }

  async #metrics(response: ServerResponse, asked: Asked): Promise<void> {
    asked.finish();
    const member = this.#mustHave();
    let exposition = this.#expositions.get(member);
    if (!exposition) {
      for (const old of this.#expositions.values()) old.close(); // another member answers from now on
      this.#expositions.clear();
      const { version } = this.#options;
      exposition = new Exposition(member, { version, streams: () => this.#streams.size });
      this.#expositions.set(member, exposition);
    }
    const { text, type } = await exposition.scrape();
    send(response, 200, text, { 'Content-Type': type });
  }

  async #events(
    request: IncomingMessage,
    response: ServerResponse,
    { asked, reader }: { readonly asked: Asked; readonly reader: Reader | undefined },
  ): Promise<void> {
    const member = this.#mustHave();
    const stream = eventStreamOf(request, member.replica.store, asked);
    if (this.#streams.size >= streamsMax)
      throw new HttpError(503, 'LIMIT_EXCEEDED', `${streamsMax} streams are open, at most: close some`, {
        'Retry-After': '5',
      });
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') return void response.end();
    const sender = new EventSender({
      ...{ member, response, stream, clock: this.#clock },
      reader: reader ?? everyone(member.replica.store),
    });
    this.#streams.add(sender);
    try {
      await sender.run();
    } finally {
      this.#streams.delete(sender);
    }
  }
}

function urlOf({ url = '/' }: IncomingMessage): URL {
  try {
    return new URL(url, 'http://localhost');
  } catch {
    throw new HttpError(400, 'INVALID_REQUEST', 'the path cannot be read');
  }
}

function list(response: ServerResponse, asked: Asked): void {
  asked.finish();
  const routes = jsonRoutes.map(({ path, says }) => ({ path, says }));
  const events = { path: '/api/events', says: 'server-sent events of changes: kind, action, id, from' };
  sendJson(response, 200, { routes: [...routes, events] });
}

function sendFile({ headers }: IncomingMessage, response: ServerResponse, file: PageFile): void {
  const { type, tag, plain, gzipped } = file;
  const caching = { 'Cache-Control': 'no-cache', ETag: tag, Vary: 'Accept-Encoding' };
  if (headers['if-none-match'] === tag) {
    response.writeHead(304, caching);
    response.end();
    return;
  }
  const zip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
  send(response, 200, zip ? gzipped : plain, {
    ...caching,
    'Content-Type': type,
    ...(zip && { 'Content-Encoding': 'gzip' }),
  });
}
