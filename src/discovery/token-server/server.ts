import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../../base/clock.js';
import { messageOf } from '../../base/errors.js';
import { joinHostPort } from '../../base/host-port.js';
import { ListenError } from '../../base/listening.js';
import { type Logger, silentLogger } from '../../base/log.js';
import { type Random, systemRandom } from '../../base/random.js';
import { splitHostPort } from '../entry.js';
import { DiscoveryError } from '../errors.js';
import { Clusters } from './clusters.js';
import { DataFile } from './data-file.js';
import { answerRequest, type TokenReply } from './requests.js';

/** An address fits many times. */
const bodyBytesMax = 4_096;
/** Limit for a client to send its request, milliseconds. */
const requestDefaultMs = 10_000;
const connectionsMax = 5_000;
/** Interval of the search for clients that take longer, milliseconds; Node's 30 s would be three times their limit. */
const lookMs = 1_000;
/** Requests over one connection, which may all come at once; the last one's answer closes it. */
export const requestsMax = 100;

/** Options of a token server. */
export interface TokenServerOptions {
  /** `HOST:PORT`; port 0 lets the system choose. */
  readonly listen: string;
  /** File that keeps the clusters. Without it they are gone when the server is. */
  readonly dataFile?: string;
  /** Limit for a client to send its request, milliseconds; default 10,000. */
  readonly requestMs?: number;
  /** Source of time. Default: the system's. */
  readonly clock?: Clock;
  /** Source of chance, for new tokens. Default: the system's. */
  readonly random?: Random;
  /** Receives what happens, for people. */
  readonly logger?: Logger;
}

/** A hub for `token://`: clusters with a token each, and their registrations, over HTTP. */
export interface TokenServer extends AsyncDisposable {
  /** `HOST:PORT` where it is reached. */
  readonly addr: string;
  /** URL for a backend's `token.url` and for `skep create --discovery-url`. */
  readonly url: string;
  /** Takes no more requests, ends those that are under way, and has everything on disk when it resolves. */
  close(): Promise<void>;
  /** Closes it: `await using server = …`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a token server. Resolves when it serves.
 *
 * Everything that it answers with 200 is on disk and survives a restart. Each registration then has a whole TTL again.
 * @throws {DiscoveryError} `DAMAGED`: the data file is not one of a token server.
 */
export async function openTokenServer(options: TokenServerOptions): Promise<TokenServer> {
  const { clock = systemClock, random = systemRandom, logger = silentLogger } = options;
  const clusters: Clusters = new Clusters(clock, random, () => onChange());
  const file = options.dataFile === undefined ? undefined : new DataFile(options.dataFile, () => clusters.save());
  const onChange = () => {
    file?.changed();
    // An expiry has no waiting request, but a request that changes something waits for the same write.
    file?.saved().catch((error: unknown) => logger.error('cannot save', { error: messageOf(error) }));
  };
  clusters.restore((await file?.load()) ?? []);
  // Find out now, and not at the first registration, that a file cannot be written.
  file?.changed();
  await file?.saved();
  const { requestMs = requestDefaultMs } = options;
  const limits = {
    requestTimeout: requestMs,
    headersTimeout: requestMs,
    connectionsCheckingInterval: Math.min(lookMs, requestMs),
  };
  const server = createServer(limits, (request, response) => {
    answer(clusters, file, request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        // A client that closes its request wants no answer.
        if (request.destroyed && !request.complete) return;
        logger.error('cannot answer', { error: messageOf(error) });
        send(response, { status: 500, text: 'this cannot be saved now: try again' });
      },
    );
  });
  server.maxConnections = connectionsMax;
  server.maxRequestsPerSocket = requestsMax;
  server.on('dropRequest', (_request, socket) => socket.end());
  try {
    await listen(server, options.listen);
  } catch (error) {
    clusters.close();
    throw error;
  }
  const { address, port } = server.address() as AddressInfo;
  const addr = joinHostPort(address, port);
  const close = async () => {
    clusters.close();
    await stop(server);
    await file?.saved();
  };
  return { addr, url: `http://${addr}/v1`, close, [Symbol.asyncDispose]: close };
}

async function answer(clusters: Clusters, file: DataFile | undefined, request: IncomingMessage): Promise<TokenReply> {
  const body = await readBody(request);
  if (body === undefined) return { status: 413, text: `a request is at most ${bodyBytesMax} bytes long` };
  const reply = answerRequest(clusters, { method: request.method ?? '', target: request.url ?? '', body });
  await file?.saved();
  return reply;
}

/** `undefined` when it is too long; then the rest is not read. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > bodyBytesMax) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function send(response: ServerResponse, { status, text, type, allow }: TokenReply): void {
  const body = status === 200 ? text : `${text}\n`;
  response.writeHead(status, {
    'content-type': type ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(allow !== undefined && { allow }),
    ...(status === 413 && { connection: 'close' }),
  });
  response.end(body);
}

async function listen(server: Server, address: string): Promise<void> {
  const { host, port } = splitHostPort(address);
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new DiscoveryError('INVALID_ADDRESS', `${address} is not HOST:PORT`);
  try {
    server.listen(Number(port), host === '' ? undefined : host);
    await once(server, 'listening');
  } catch (cause) {
    throw new ListenError(address, cause);
  }
}

/** Requests are short: those under way get their answer, connections without one are closed. */
async function stop(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const late = setTimeout(() => server.closeAllConnections(), 1_000);
  await closed;
  clearTimeout(late);
}
