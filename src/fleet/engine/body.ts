import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { messageOf } from '../../base/errors.js';
import { type CallName, EngineError } from './errors.js';

/** Body of a request. */
export type Body = Buffer | string | Readable;

/** The longest text of an error that is read, bytes. */
const errorBytesMax = 64 * 1024;

/** An answer that was read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** True when the call has changed something, if it cannot be told from the body what. */
  readonly outcomeUnknown: boolean;
}

const pieceBytes = 64 * 1024;

/**
 * Reads a body to its end. The caller gives errors of the connection their code.
 * @throws {EngineError} `TOO_LARGE`; the connection is closed then.
 */
export async function readBody(
  call: CallName,
  response: IncomingMessage,
  { bytesMax, outcomeUnknown }: { readonly bytesMax: number; readonly outcomeUnknown: boolean },
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > bytesMax) {
      const what = `engine ${call.engine} answered ${call.method} ${call.path}`;
      throw new EngineError(
        'TOO_LARGE',
        `${what} with more than ${bytesMax} bytes; ask for less, or raise answerBytesMax`,
        { outcomeUnknown },
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Reads the text of a refusal, and no more of it than a message needs. */
export async function readErrorText(response: IncomingMessage): Promise<string> {
  let text = '';
  response.setEncoding('utf8');
  for await (const piece of response as AsyncIterable<string>) {
    text += piece;
    if (text.length > errorBytesMax) break;
  }
  return text.slice(0, errorBytesMax);
}

/** JSON of an answer. @throws {EngineError} `BAD_ANSWER` */
export function parseJson(call: CallName, { status, body, outcomeUnknown }: Answer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch (cause) {
    const what = `engine ${call.engine} answered ${call.method} ${call.path} with what is not JSON`;
    throw new EngineError('BAD_ANSWER', `${what}: ${messageOf(cause)}`, { cause, status, outcomeUnknown });
  }
}

/** A long body in pieces: the progress of one big write cannot be seen. */
export function inPieces(body: Body): Body {
  return typeof body === 'object' && Buffer.isBuffer(body) && body.length > pieceBytes
    ? Readable.from(pieces(body))
    : body;
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}
