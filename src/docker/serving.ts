import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf } from '../base/errors.js';
import { ApiError, refusalOf } from './answers.js';
import { type Api, Exchange, type Upgrade } from './exchange.js';
import type { Forwarding } from './forward.js';
import { needOf } from './needs.js';
import type { Admission } from './options.js';
import { readUpgradeBody } from './requests.js';
import { Router } from './router.js';
import { engineRoutes, routes } from './routes/index.js';
import { apiVersion, splitVersion } from './versions.js';

const corsHeaders = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'Origin, X-Requested-With, Content-Type, Accept, X-Registry-Auth',
  'access-control-allow-methods': 'GET, POST, DELETE, PUT, OPTIONS, HEAD',
};

/** Time for a client to notice that its request was refused before it was sent whole, milliseconds. */
const drainMs = 5_000;

/** Reason for what ends because the API closes. */
const closing = () => new ApiError(503, 'the API is closing; send the request to another manager');

/** Hands a request on to the primary. */
type HandOn = (body?: Buffer) => Promise<boolean>;

/** The role of this manager may change between the question and the answer. */
const handOnOrRefuse = (handOn: HandOn) => async (body?: Buffer) => {
  if (!(await handOn(body)))
    throw new ApiError(503, 'this manager has just become the primary; send the request again');
};

/** Answers every request of every address: finds its handler, and makes sure that each gets exactly one answer. */
export class Serving {
  readonly #api: Api;
  readonly #forwarding: Forwarding | undefined;
  readonly #admission: Admission | undefined;
  readonly #cors: boolean;
  readonly #router: Router;
  /** Ends of what is under way. */
  readonly #running = new Set<AbortController>();
  #closed = false;

  constructor(
    api: Api,
    {
      forwarding,
      cors,
      admission,
    }: { forwarding?: Forwarding | undefined; cors: boolean; admission?: Admission | undefined },
  ) {
    this.#api = api;
    this.#forwarding = forwarding;
    this.#admission = admission;
    this.#cors = cors;
    this.#router = new Router(api.swarm ? routes : engineRoutes);
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    void this.#run(request, response, undefined);
  }

  /** Answers a request that asks to turn its connection into a stream. Handlers may as well just answer it. */
  serveUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(socket as Socket);
    response.once('finish', () => {
      response.detachSocket(socket as Socket);
      socket.end(() => socket.destroy());
    });
    void this.#run(request, response, { socket, head });
  }

  /** Ends all streams, and whatever else waits. */
  close(): void {
    this.#closed = true;
    for (const controller of this.#running) controller.abort(closing());
  }

  async #run(
    request: IncomingMessage,
    response: ServerResponse,
    raw: { readonly socket: Duplex; readonly head: Buffer } | undefined,
  ): Promise<void> {
    const controller = new AbortController();
    this.#running.add(controller);
    response.once('close', () => {
      if (!response.writableFinished) controller.abort(new ApiError(499, 'the client went away'));
    });
    this.#setHeaders(response);
    try {
      if (this.#closed) controller.abort(closing());
      await this.#answer(request, response, raw, controller.signal);
    } catch (error) {
      this.#refuse(request, response, error, {
        gone: controller.signal.aborted && !this.#closed,
        raw: raw !== undefined,
      });
    } finally {
      this.#running.delete(controller);
    }
  }

  #setHeaders(response: ServerResponse): void {
    response.setHeader('Api-Version', apiVersion);
    response.setHeader('Docker-Experimental', 'false');
    response.setHeader('Ostype', 'linux');
    response.setHeader('Server', `skep/${this.#api.version} (linux)`);
    if (this.#cors) for (const [name, value] of Object.entries(corsHeaders)) response.setHeader(name, value);
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    raw: { readonly socket: Duplex; readonly head: Buffer } | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    const [pathAndVersion = '', rawQuery = ''] = splitAt(request.url ?? '', '?');
    const { path } = splitVersion(pathAndVersion);
    const { method = '' } = request;
    const swarm = this.#admission?.admit(request.socket, needOf(method, path), `${method} ${path}`);
    const api = swarm ? { ...this.#api, swarm } : this.#api;
    const limit = { clock: this.#api.clock, timeoutMs: this.#api.requestMs };
    const bytes = raw && (await readUpgradeBody(request, raw.socket, raw.head, limit));
    const upgrade: Upgrade | undefined = raw && bytes && { socket: raw.socket, ...bytes };
    const forwarding = this.#forwarding;
    const handOn = forwarding && this.#handOn(forwarding, path, request, response, upgrade, signal);
    // What is of the cluster every manager has; a handler hands on what is not.
    const here = this.#api.swarm !== undefined && this.#router.isHere(method, path);
    if (handOn && !here && (await handOn())) return;
    const { handler, params } = this.#router.find(method, path);
    const x = new Exchange({
      ...{ api, request, response, upgrade, path, rawQuery, params, signal },
      ...(here && handOn && this.#api.role?.().is === 'replica' && { forward: handOnOrRefuse(handOn) }),
    });
    await handler(x);
  }

  /** Makes the call that hands a request on; it resolves with false when this manager is to answer itself. */
  #handOn(
    forwarding: Forwarding,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
    upgrade: Upgrade | undefined,
    signal: AbortSignal,
  ): HandOn {
    return async (body) => {
      const primary = await forwarding.primaryFor(path, request, signal);
      if (primary === undefined) return false;
      await forwarding.forward(primary, request, response, upgrade, signal, body);
      return true;
    };
  }

  #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    { gone, raw }: { readonly gone: boolean; readonly raw: boolean },
  ): void {
    const { status, message, unexpected } = refusalOf(error);
    if (unexpected && !gone) {
      const facts = { method: request.method, path: request.url?.split('?')[0], error: messageOf(error) };
      this.#api.logger.error('cannot answer a request', facts);
    }
    // A plain answer has no socket while it waits for the one before it; one that was hijacked has lost its own.
    if (gone || response.headersSent || response.destroyed || (raw && !response.socket)) {
      // Half an answer must not look like a whole one.
      (response.socket ?? request.socket).destroy();
      return;
    }
    const body = Buffer.from(`${JSON.stringify({ message })}\n`);
    response.writeHead(this.#closed ? 503 : status, {
      'content-type': 'application/json',
      'content-length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    if (!request.complete) this.#drain(request);
  }

  /**
   * Reads the rest of a body that is not wanted. A connection that is closed with unread bytes takes the answer with it, so
   * the client would see a broken pipe.
   */
  #drain(request: IncomingMessage): void {
    const cancel = this.#api.clock.schedule(drainMs, () => request.socket.destroy());
    request.once('close', cancel).once('end', cancel).resume();
  }
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
