import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import type { Clock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { ApiError } from './answers.js';

/** The longest JSON body that is read, bytes. */
export const jsonBytesMax = 4 * 1024 * 1024;

type Fields = Readonly<Record<string, unknown>>;

/** Reads a body as one JSON object; an empty body as `{}`. @throws {ApiError} 400, 408 or 413. */
export async function readJson(body: Readable, headers: IncomingMessage['headers'], limit: BodyLimit): Promise<Fields> {
  const text = (await readBytes(body, headers, limit)).toString('utf8');
  return text.trim() === '' ? {} : parseObject(text);
}

/** Reads a body that says that it is JSON, or is empty. @throws {ApiError} 400, 408 or 413. */
export async function readBytes(
  body: Readable,
  headers: IncomingMessage['headers'],
  limit: BodyLimit,
): Promise<Buffer> {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const bytes = await readBody(body, Number(headers['content-length'] ?? 0), limit);
  if (bytes.length > 0 && type !== 'application/json' && bytes.toString('utf8').trim() !== '') {
    throw new ApiError(400, `Content-Type specified (${type ?? ''}) must be 'application/json'`);
  }
  return bytes;
}

/** Parses one JSON object. @throws {ApiError} 400 that says where it is wrong. */
export function parseObject(text: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ApiError(400, `invalid JSON in the body: ${messageOf(cause)}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ApiError(400, 'invalid JSON in the body: it must be an object');
  }
  return value as Fields;
}

/** Limits for reading a body. */
export interface BodyLimit {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/** Reads by events: leaving a loop over a request would destroy its connection, and with it the answer that says why. */
async function readBody(body: Readable, announced: number, { clock, timeoutMs }: BodyLimit): Promise<Buffer> {
  if (announced > jsonBytesMax) throw tooLong(announced);
  const parts: Buffer[] = [];
  let length = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const stop = (settle: () => void) => {
      cancel();
      body.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose).pause();
      settle();
    };
    const onData = (part: Buffer) => {
      length += part.length;
      if (length > jsonBytesMax) stop(() => reject(tooLong(length)));
      else parts.push(part);
    };
    const onEnd = () => stop(() => resolve(Buffer.concat(parts)));
    const onError = (error: Error) => stop(() => reject(error));
    const onClose = () => stop(() => reject(new ApiError(400, `the body ended after ${length} bytes`)));
    const late = new ApiError(408, `the body did not arrive within ${timeoutMs} ms`);
    const cancel = clock.schedule(timeoutMs, () => stop(() => reject(late)));
    body.on('data', onData).once('end', onEnd).once('error', onError).once('close', onClose);
  });
}

const tooLong = (bytes: number) =>
  new ApiError(413, `the body has ${bytes} bytes or more; at most ${jsonBytesMax} are read`);

/** Bytes that came with an upgrade: the body of the request, and the beginning of the stream after it. */
export interface UpgradeBytes {
  readonly body: Buffer;
  readonly head: Buffer;
}

/**
 * Reads the body of a request that upgrades. Node ends such a request at its headers: its body comes on the socket.
 * @throws {ApiError} 400, 408 or 413.
 */
export async function readUpgradeBody(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { clock, timeoutMs }: BodyLimit,
): Promise<UpgradeBytes> {
  if (request.headers['transfer-encoding'] !== undefined) {
    throw new ApiError(400, 'a request that upgrades needs a body with Content-Length; it is chunked');
  }
  const wanted = Number(request.headers['content-length'] ?? 0);
  if (wanted > jsonBytesMax) throw tooLong(wanted);
  let bytes = head;
  if (bytes.length < wanted) {
    bytes = await new Promise<Buffer>((resolve, reject) => {
      const parts = [head];
      let length = head.length;
      const stop = () => {
        cancel();
        socket.off('data', onData).off('end', onEnd).off('close', onEnd);
        socket.pause();
      };
      const onData = (part: Buffer) => {
        parts.push(part);
        length += part.length;
        if (length < wanted) return;
        stop();
        resolve(Buffer.concat(parts));
      };
      const onEnd = () => {
        stop();
        reject(new ApiError(400, `the body ended after ${length} of ${wanted} bytes`));
      };
      const cancel = clock.schedule(timeoutMs, () => {
        stop();
        reject(new ApiError(408, `the body did not arrive within ${timeoutMs} ms`));
      });
      socket.on('data', onData).once('end', onEnd).once('close', onEnd);
    });
  }
  return { body: bytes.subarray(0, wanted), head: bytes.subarray(wanted) };
}
