import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { timerMaxMs } from '../base/clock.js';
import type { EngineHandle } from '../fleet/index.js';
import { ApiError } from './answers.js';
import { requestTo, upgradeTo } from './engine-calls.js';
import type { Exchange } from './exchange.js';

/** Headers that belong to one connection, or that each side writes itself. */
const ownHeaders = new Set([
  'accept-encoding',
  'api-version',
  'connection',
  'content-length',
  'date',
  'docker-experimental',
  'expect',
  'host',
  'keep-alive',
  'ostype',
  'proxy-authorization',
  'proxy-connection',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-skep-forwarded',
]);

/** The longest answer of an engine that is read whole, bytes. */
const answerBytesMax = 32 * 1024 * 1024;

/** Limit for an engine to begin its answer when nothing else says so, milliseconds. */
const startDefaultMs = 60_000;

/** No limit: the container says when, or the client. */
export const forever = timerMaxMs;

/** Changes to a request on its way to an engine. */
export interface Passing {
  readonly method?: string;
  /** Without it the query goes as it came. */
  readonly query?: string;
  /** Without it the body goes as it comes. */
  readonly body?: Buffer;
  /** Limit for the engine to begin its answer, milliseconds. */
  readonly startMs?: number;
  /** Runs before the client has the answer, after an answer of success: a client that asks next sees the change. */
  readonly before?: () => Promise<unknown>;
  /** The same, at the end of the answer's body; its last byte waits for it. */
  readonly beforeEnd?: () => Promise<unknown>;
}

/** Sends the request to an engine and resolves with the headers of its answer, whatever its status. */
export async function askEngine(
  x: Exchange,
  engine: EngineHandle,
  path: string,
  passing: Passing = {},
): Promise<IncomingMessage> {
  const body = passing.body ?? (x.hasBody ? x.body : undefined);
  return requestTo(engine, passing.method ?? x.method, path, {
    query: passing.query ?? x.rawQuery,
    headers: { ...passedHeaders(x.request.headers), ...lengthOf(x, passing.body) },
    ...(body !== undefined && { body }),
    signal: x.signal,
    timeoutMs: passing.startMs ?? startDefaultMs,
    deadline: 'start',
  });
}

/** A body of known length stays one: some engines read no other. */
function lengthOf(x: Exchange, body: Buffer | undefined): OutgoingHttpHeaders {
  if (body) return { 'content-length': body.length, 'content-type': 'application/json' };
  const length = x.request.headers['content-length'];
  return length === undefined || !x.hasBody ? {} : { 'content-length': length };
}

/** Passes the request to an engine and its answer to the client, bytes as they come. */
export async function passThrough(
  x: Exchange,
  engine: EngineHandle,
  path: string,
  passing: Passing = {},
): Promise<void> {
  const answer = await askEngine(x, engine, path, passing);
  await passAnswer(x, answer, passing);
}

/** Passes an answer that is here to the client. */
export async function passAnswer(x: Exchange, answer: IncomingMessage, passing: Passing = {}): Promise<void> {
  const status = answer.statusCode ?? 502;
  if (status < 400 && passing.before) await quietly(x, passing.before);
  const length = answer.headers['content-length'];
  x.response.writeHead(status, {
    ...passedHeaders(answer.headers),
    ...(length !== undefined && { 'content-length': length }),
  });
  // The headers are the answer that `docker run` waits for; the body may come much later.
  x.response.flushHeaders();
  if (!passing.beforeEnd) {
    await pipeline(answer, x.response);
    return;
  }
  const { beforeEnd } = passing;
  await pipeline(
    answer,
    async function* (source) {
      let held: Buffer | undefined;
      for await (const part of source as AsyncIterable<Buffer>) {
        if (held) yield held.subarray(held.length - 1);
        held = part;
        yield part.subarray(0, part.length - 1);
      }
      await quietly(x, beforeEnd);
      if (held) yield held.subarray(held.length - 1);
    },
    x.response,
  );
}

/** A change that was made stays an answer of success, also when it cannot be looked at. */
export async function quietly(x: Exchange, look: () => Promise<unknown>): Promise<void> {
  try {
    await look();
  } catch (error) {
    x.api.logger.debug('cannot look at what has changed', { path: x.path, error: String(error) });
  }
}

/** Reads the whole answer of an engine as text. @throws {ApiError} 502 when it is too long. */
export async function readAnswer(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > answerBytesMax) throw new ApiError(502, `the engine's answer is longer than ${answerBytesMax} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function passedHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !ownHeaders.has(name)));
}

/**
 * Joins the client's connection with one of an engine, both ways. The end of one way leaves the other open: `docker run`
 * closes its input long before it has read all output.
 */
export async function hijack(x: Exchange, engine: EngineHandle, path: string): Promise<void> {
  const { upgrade } = x;
  if (!upgrade) throw new ApiError(400, 'the request must upgrade its connection');
  const { socket, head, response } = await upgradeTo(engine, x.method, path, {
    query: x.rawQuery,
    headers: { ...passedHeaders(x.request.headers), ...(upgrade.body.length > 0 && lengthOf(x, undefined)) },
    ...(upgrade.body.length > 0 && { body: upgrade.body }),
    signal: x.signal,
    timeoutMs: startDefaultMs,
  });
  const type = response.headers['content-type'] ?? 'application/vnd.docker.raw-stream';
  x.response.detachSocket(upgrade.socket as Socket);
  upgrade.socket.write(`HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n`);
  await joinStreams({ socket: upgrade.socket, head: upgrade.head }, { socket, head }, x.signal);
}

/** One side of a joined connection, and its bytes that have been read already. */
export interface Side {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/**
 * Copies bytes both ways with back-pressure. Resolves when both sides are closed. When the server's side is over, the
 * client's is ended: it has all that there will be.
 */
export async function joinStreams(client: Side, server: Side, signal: AbortSignal): Promise<void> {
  const closed = Promise.all([closing(client.socket), closing(server.socket)]);
  const destroy = () => {
    client.socket.destroy();
    server.socket.destroy();
  };
  signal.addEventListener('abort', destroy, { once: true });
  client.socket.once('error', destroy).once('close', () => server.socket.destroy());
  server.socket.once('error', destroy).once('close', () => endThenClose(client.socket));
  copy(server, client.socket);
  copy(client, server.socket);
  await closed;
  signal.removeEventListener('abort', destroy);
}

function copy({ socket, head }: Side, to: Duplex): void {
  if (head.length > 0) to.write(head);
  socket.pipe(to);
}

function endThenClose(socket: Duplex): void {
  socket.end();
  if (socket.writableFinished) socket.destroy();
  else socket.once('finish', () => socket.destroy());
}

/** Resolves when the stream is closed, however it ended. */
async function closing(stream: Duplex): Promise<void> {
  if (stream.closed) return;
  await new Promise<void>((resolve) => stream.once('close', resolve));
}

/** Writes text with back-pressure. False when the client is gone. */
export async function write(response: ServerResponse, text: string | Buffer, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted || response.destroyed) return false;
  if (response.write(text)) return true;
  try {
    await once(response, 'drain', { signal });
    return true;
  } catch {
    return false;
  }
}
