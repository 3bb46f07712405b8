import { type ClientRequest, type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { onAbort } from '../base/abort.js';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { splitHostPort } from '../base/host-port.js';
import { ApiError } from './answers.js';
import type { Upgrade } from './exchange.js';
import type { ClientTls, Replication } from './options.js';
import { joinStreams } from './streams.js';

const waitDefaultMs = 10_000;
/** Limit for the primary to take a connection, milliseconds. */
const connectMs = 10_000;

/** Paths that every manager answers about itself. */
const ownPaths = /^\/(?:_ping|info|version|debug(?:\/.*)?)$/;

/** Marks a request that a replica has handed on: it is not handed on again. */
const mark = 'X-Skep-Forwarded';

/** Headers of one connection. */
const hopHeaders = /^(?:connection|keep-alive|proxy-connection|transfer-encoding)$/i;

/** The same, and the length of a body that was read already. */
const upgradeHeaders = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|content-length)$/i;

/** Hands requests to the primary as they are, and its answers back. */
export class Forwarding {
  readonly #replication: Replication;
  readonly #clock: Clock;

  constructor(replication: Replication, clock: Clock) {
    this.#replication = replication;
    this.#clock = clock;
  }

  /**
   * Resolves with the primary's address, or `undefined` when this manager is to answer itself. Waits while no primary is known.
   * @throws {ApiError} 503
   */
  async primaryFor(path: string, request: IncomingMessage, signal: AbortSignal): Promise<string | undefined> {
    if (ownPaths.test(path) || this.#replication.role().is === 'primary') return undefined;
    if (request.headers[mark.toLowerCase()] !== undefined) {
      throw new ApiError(503, 'this cluster manager is not the primary any more; send the request again');
    }
    await this.#known(signal);
    const role = this.#replication.role();
    return role.is === 'primary' ? undefined : role.primary;
  }

  /** Hands a request to the primary. Streams and hijacked connections go through; a body that was read goes as it is given. */
  async forward(
    primary: string,
    request: IncomingMessage,
    response: ServerResponse,
    upgrade: Upgrade | undefined,
    signal: AbortSignal,
    body?: Buffer,
  ): Promise<void> {
    const outgoing = open(primary, request, this.#replication.tls, upgrade, signal);
    const cancel = this.#limitConnecting(outgoing);
    if (upgrade) outgoing.end(upgrade.body);
    else if (body) outgoing.end(body);
    else pipeline(request, outgoing).catch(() => undefined); // the answer, or its failure, says it
    let answer: Answer;
    try {
      answer = await answerOf(outgoing);
    } catch (error) {
      throw new ApiError(500, `Unable to reach primary cluster manager (${primary}): ${messageOf(error)}`, {
        cause: error,
      });
    } finally {
      cancel();
    }
    if (answer.socket && upgrade) await joinUpgraded(response, upgrade, answer, answer.socket, signal);
    else await passBack(response, answer.incoming);
  }

  async #known(signal: AbortSignal): Promise<void> {
    const known = () => {
      const role = this.#replication.role();
      return role.is === 'primary' || role.primary !== undefined;
    };
    if (known()) return;
    const waitMs = this.#replication.waitMs ?? waitDefaultMs;
    await new Promise<void>((resolve, reject) => {
      const stops: (() => void)[] = [];
      const end = (settle: () => void) => () => {
        for (const stop of stops) stop();
        settle();
      };
      stops.push(this.#replication.onChange(() => known() && end(resolve)()));
      const late = new ApiError(503, `no primary cluster manager is known after ${waitMs} ms; try again later`);
      stops.push(
        this.#clock.schedule(
          waitMs,
          end(() => reject(late)),
        ),
      );
      stops.push(
        onAbort(
          signal,
          end(() => reject(signal.reason)),
        ),
      );
    });
  }

  #limitConnecting(outgoing: ClientRequest): () => void {
    const cancel = this.#clock.schedule(connectMs, () =>
      outgoing.destroy(new ApiError(504, `no connection within ${connectMs} ms`)),
    );
    outgoing.once('socket', (socket: Socket) => socket.once('connect', cancel));
    return cancel;
  }
}

interface Answer {
  readonly incoming: IncomingMessage;
  /** Present when the primary turned the connection into a stream. */
  readonly socket?: Socket;
  readonly head: Buffer;
}

function open(
  primary: string,
  request: IncomingMessage,
  tls: ClientTls | undefined,
  upgrade: Upgrade | undefined,
  signal: AbortSignal,
): ClientRequest {
  const { host, port } = splitHostPort(primary);
  const headers = endToEnd(request.rawHeaders, upgrade ? upgradeHeaders : hopHeaders);
  headers.push(mark, '1');
  // Headers as a list are sent as they are: without a length the body would be sent in chunks, which an upgrade has no way to end.
  if (upgrade) headers.push('Connection', 'Upgrade', 'Content-Length', String(upgrade.body.length));
  else if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  // `allowHalfOpen` is an option of net.connect that the types of requests leave out.
  const halfOpen: object = { allowHalfOpen: true };
  const { method = 'GET', url: path = '/' } = request;
  const options = { host, port: Number(port), method, path, headers, agent: false as const, signal, ...halfOpen };
  return tls ? httpsRequest({ ...options, ...tlsOptions(tls) }) : httpRequest(options);
}

function tlsOptions({ ca, cert, key, verify = true }: ClientTls) {
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    rejectUnauthorized: verify,
    minVersion: 'TLSv1.2' as const,
  };
}

/** Names and values in turn, as Node has raw headers, without those of one connection. */
function endToEnd(raw: readonly string[], left = hopHeaders): string[] {
  return raw.filter((_, at) => !left.test(raw[at - (at % 2)] ?? ''));
}

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.once('response', (incoming) => resolve({ incoming, head: Buffer.alloc(0) }));
    outgoing.once('upgrade', (incoming, socket: Socket, head) => resolve({ incoming, socket, head }));
  });
}

async function passBack(response: ServerResponse, incoming: IncomingMessage): Promise<void> {
  // The answer is the primary's, its versions too.
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.sendDate = false;
  response.writeHead(incoming.statusCode ?? 502, endToEnd(incoming.rawHeaders));
  response.flushHeaders();
  await pipeline(incoming, response);
}

async function joinUpgraded(
  response: ServerResponse,
  upgrade: Upgrade,
  { incoming, head }: Answer,
  socket: Socket,
  signal: AbortSignal,
): Promise<void> {
  response.detachSocket(upgrade.socket as Socket);
  const headers = incoming.rawHeaders.map((text, at) => (at % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
  upgrade.socket.write(`HTTP/1.1 101 ${incoming.statusMessage ?? ''}\r\n${headers}\r\n`);
  await joinStreams({ socket: upgrade.socket, head: upgrade.head }, { socket, head }, signal);
}
