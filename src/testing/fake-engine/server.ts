import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { FakeCall } from './call.js';
import { apiVersion, apiVersionMin, FakeEngine, type FakeEngineOptions } from './engine.js';
import { type Called, Connections, type FakeCallMatch, type FakeEngineFaults, PlannedFaults } from './faults.js';
import { hijackUpgrade, plainTerminal } from './hijack.js';
import { findRoute } from './routes.js';
import { FakeEngineError } from './types.js';

/** Settings of a fake engine and of its port. */
export interface OpenFakeEngineOptions extends FakeEngineOptions {
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** Default: one that the system chooses. */
  readonly port?: number;
}

/** A fake engine that serves Docker's API over HTTP. */
export interface FakeEngineServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
  /** The engine behind it; another one after it was wiped. */
  readonly model: FakeEngine;
  /** Faults to inject. */
  readonly faults: FakeEngineFaults;
  /** Open connections. */
  readonly connections: number;
  /** Number of calls so far. */
  readonly calls: number;
  /** Stops serving, and ends all processes of its containers. */
  close(): Promise<void>;
  /** Closes it: `await using server = …`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a fake Docker engine on a port of its own. Close it in the end. */
export async function openFakeEngine(options: OpenFakeEngineOptions = {}): Promise<FakeEngineServer> {
  const server = new EngineServer(options);
  await server.listen(options.port ?? 0);
  return server;
}

class EngineServer implements FakeEngineServer {
  model: FakeEngine;
  readonly faults: FakeEngineFaults;
  readonly #options: OpenFakeEngineOptions;
  readonly #planned = new PlannedFaults();
  /** Never listens itself: connections are handed to it, so that they can be held back. */
  readonly #http: Server;
  readonly #connections: Connections;
  #net: NetServer | undefined;
  #port = 0;
  #calls = 0;

  constructor(options: OpenFakeEngineOptions) {
    this.#options = options;
    this.model = new FakeEngine(options);
    this.#http = createHttpServer((request, response) => void this.#serve(request, response));
    this.#http.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      void this.#upgrade(request, socket, head);
    });
    this.#http.keepAliveTimeout = 0;
    this.#http.requestTimeout = 0;
    this.#http.headersTimeout = 0;
    this.#connections = new Connections((socket) => this.#http.emit('connection', socket));
    this.faults = this.#makeFaults();
  }

  get address(): string {
    const host = this.#options.host ?? '127.0.0.1';
    return `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  get connections(): number {
    return this.#connections.open;
  }

  get calls(): number {
    return this.#calls;
  }

  async listen(port: number): Promise<void> {
    const net = createServer({ allowHalfOpen: true }, (socket) => this.#connections.accept(socket));
    net.listen(port, this.#options.host ?? '127.0.0.1');
    await once(net, 'listening');
    this.#port = (net.address() as AddressInfo).port;
    this.#net = net;
  }

  async close(): Promise<void> {
    await this.#goDown();
    this.model.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #goDown(): Promise<void> {
    const net = this.#net;
    this.#net = undefined;
    const closed = net && once(net, 'close');
    net?.close();
    this.#connections.resetAll();
    await closed;
  }

  #makeFaults(): FakeEngineFaults {
    const planned = this.#planned;
    return {
      hang: () => this.#connections.hang(),
      resume: () => this.#connections.resume(),
      slow: (ms) => void (planned.delayMs = ms),
      kill: () => this.#goDown(),
      comeBack: async (as = 'same') => {
        if (this.#net) throw new TypeError(`the fake engine at ${this.address} is running: kill it first`);
        if (as === 'rebooted') this.model.containers.reboot();
        if (as === 'wiped') {
          this.model.close();
          const { id: _id, ...options } = this.#options;
          this.model = new FakeEngine(options);
        }
        await this.listen(this.#port);
      },
      loseAnswer: (match, times = 1) => planned.loseAnswer(match, times),
      fail: (match, status, message, times = 1) => planned.fail(match, status, message, times),
      reset: (match: FakeCallMatch = {}) => this.#connections.reset(match),
      skewClock: (ms) => void (this.model.moments.skewMs = ms),
    };
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setHeaders(response);
    const socket = request.socket;
    try {
      const body = await bodyOf(request);
      const target = targetOf(request);
      this.#connections.begin(socket, target);
      response.once('close', () => this.#connections.end(socket));
      const open = (type: string, tty: boolean) => plainTerminal(response, type, tty);
      await this.#answer(request, response, target, body, open);
    } catch (error) {
      refuse(response, error);
    }
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const { response, body, open } = await hijackUpgrade(request, socket, head);
    setHeaders(response);
    try {
      const target = targetOf(request);
      this.#connections.begin(socket, target);
      await this.#answer(request, response, target, body, open);
    } catch (error) {
      refuse(response, error);
    }
  }

  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    target: Target,
    body: Uint8Array,
    open: Parameters<NonNullable<ReturnType<typeof findRoute>>['run']>[1],
  ): Promise<void> {
    this.#calls += 1;
    const fault = this.#planned.take(target);
    if (this.#planned.delayMs > 0) await delay(this.model, this.#planned.delayMs);
    if (fault?.status !== undefined) throw new FakeEngineError(fault.status, fault.message);
    const found = findRoute(target.method, target.path);
    if (!found) throw new FakeEngineError(404, 'page not found');
    const run = (to: ServerResponse, opening: typeof open) =>
      found.run(new FakeCall(this.model, request, to, { ...target, parts: found.parts }, body), opening);
    if (!fault) return run(response, open);
    // The answer goes nowhere: to a response that has no connection.
    const nowhere = new ServerResponse(request);
    try {
      await run(nowhere, deafTerminal);
    } finally {
      nowhere.emit('close');
      request.socket.resetAndDestroy();
    }
  }
}

interface Target extends Called {
  readonly query: URLSearchParams;
}

/** Path without version, and the query. Refuses versions that the engine does not know. */
function targetOf({ method = 'GET', url = '/' }: IncomingMessage): Target {
  const [rawPath = '/', query = ''] = [url.split('?')[0], url.slice(url.indexOf('?') + 1 || url.length)];
  const [, version, rest] = /^\/v(\d+\.\d+)(\/.*)$/.exec(rawPath) ?? [];
  if (version !== undefined && compare(version, apiVersion) > 0) {
    const most = `Maximum supported API version is ${apiVersion}`;
    throw new FakeEngineError(400, `client version ${version} is too new. ${most}`);
  }
  if (version !== undefined && compare(version, apiVersionMin) < 0) {
    const least = `Minimum supported API version is ${apiVersionMin}, please upgrade your client to a newer version`;
    throw new FakeEngineError(400, `client version ${version} is too old. ${least}`);
  }
  return { method, path: rest ?? rawPath, query: new URLSearchParams(query) };
}

function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

function setHeaders(response: ServerResponse): void {
  response.setHeader('Api-Version', apiVersion);
  response.setHeader('Docker-Experimental', 'false');
  response.setHeader('Ostype', 'linux');
  response.setHeader('Server', 'Docker/20.10.24 (linux)');
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const status = error instanceof FakeEngineError ? error.status : 500;
  const message = error instanceof Error ? error.message : String(error);
  const body = `${JSON.stringify({ message })}\n`;
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** The end of a hijacked connection that has no client. */
const deafTerminal = () => ({
  write: () => undefined,
  end: () => undefined,
  onInput: () => undefined,
  onGone: (run: () => void) => run(),
});

const delay = ({ moments: { clock } }: FakeEngine, ms: number) =>
  new Promise<void>((resolve) => void clock.schedule(ms, resolve));
