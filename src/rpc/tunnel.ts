import { Duplex } from 'node:stream';
import type { ClientDuplexStream, ServerDuplexStream } from '@grpc/grpc-js';
import { onAbort } from '../base/abort.js';
import { StoreError } from '../base/store-error.js';
import type { messages } from '../wire/index.js';
import type { CallOptions, Channel } from './channel.js';
import { methodOf } from './definitions.js';
import { fromStatus, toStatus } from './status.js';

/** Most bytes of one message: small writes that wait are sent together, large ones in pieces. */
const pieceBytesMax = 64 * 1024;

/** Messages that both sides send once the connection stands. */
type Carried = { readonly data: Uint8Array } | { readonly end: object };

/** A call of `Engines.Open`, as either side sees it. */
interface Carrier {
  /** Sends a message, and calls back when HTTP/2 has taken it. */
  write(message: Carried, done: (error?: Error | null) => void): unknown;
  pause(): unknown;
  resume(): unknown;
  /** Ends the call when both directions have ended. */
  finish(): void;
  /** Ends the call at once. */
  abort(error: Error): void;
}

/**
 * A connection to an engine inside a gRPC call: bytes in both directions, each with an end of its own. It reads no
 * faster than its reader, and a write is done when the flow control of HTTP/2 has let it through.
 */
export class Tunnel extends Duplex {
  /** Bytes that have arrived. */
  bytesRead = 0;
  /** Bytes that were sent. */
  bytesWritten = 0;
  readonly #carrier: Carrier;
  #theirEnd = false;
  #ourEnd = false;

  constructor(carrier: Carrier) {
    super({ readableHighWaterMark: pieceBytesMax, writableHighWaterMark: 4 * pieceBytesMax });
    this.#carrier = carrier;
  }

  /** Takes a message of the other side. */
  receive(message: Carried): void {
    if (this.destroyed) return;
    if ('data' in message) {
      const { buffer, byteOffset, length } = message.data;
      this.bytesRead += length;
      if (length > 0 && !this.#theirEnd && !this.push(Buffer.from(buffer, byteOffset, length))) this.#carrier.pause();
      return;
    }
    if (this.#theirEnd) return;
    this.#theirEnd = true;
    this.push(null);
    this.#finish();
  }

  /** The other side sends nothing more. Without its end in due form the connection broke. */
  broke(error?: Error): void {
    if (this.#theirEnd && this.#ourEnd) return;
    this.destroy(error ?? new StoreError('ENGINE_UNREACHABLE', 'the connection to the engine broke; try again'));
  }

  /** Closes when everything has been written: HTTP does this after an answer. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  override _read(): void {
    this.#carrier.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, 0, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), 0, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#ourEnd = true;
    this.#carrier.write({ end: {} }, (error) => {
      done(error);
      this.#finish();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (!this.#theirEnd || !this.#ourEnd || error)
      this.#carrier.abort(error ?? new StoreError('CLOSED', 'the connection to the engine was closed'));
    done(error);
  }

  #send(bytes: Buffer, from: number, done: (error?: Error | null) => void): void {
    const data = bytes.subarray(from, from + pieceBytesMax);
    this.#carrier.write({ data }, (error) => {
      this.bytesWritten += data.length;
      if (error || from + data.length >= bytes.length || this.destroyed) done(error);
      else this.#send(bytes, from + data.length, done);
    });
  }

  #finish(): void {
    if (this.#theirEnd && this.#ourEnd) this.#carrier.finish();
  }
}

/** Connection that a member has opened, with the facts that it gave. */
export interface OpenedTunnel {
  readonly tunnel: Tunnel;
  readonly opened: messages.EngineOpened;
}

/**
 * Opens a connection to an engine at a member. The signal and the end of the channel count until it stands.
 * @throws {StoreError} what the member answered; or a gRPC error.
 */
export function openTunnel(
  channel: Pick<Channel, 'duplex'>,
  target: messages.EngineTarget,
  { signal, forwarded = false, onBehalfOf = '' }: Pick<CallOptions, 'signal' | 'forwarded' | 'onBehalfOf'> = {},
): Promise<OpenedTunnel> {
  const call = channel.duplex<messages.EngineRequest, messages.EngineResponse>(methodOf('engines', 'Open'), {
    forwarded,
    onBehalfOf,
  });
  return new Promise((resolve, reject) => {
    const forget = signal && onAbort(signal, () => call.cancel());
    let tunnel: Tunnel | undefined;
    call.on('data', (message: messages.EngineResponse) => {
      if ('opened' in message) {
        forget?.();
        tunnel ??= new Tunnel(clientCarrier(call));
        call.pause(); // until the reader asks
        resolve({ tunnel, opened: message.opened });
      } else if (tunnel) tunnel.receive(message);
    });
    const end = (error?: Error) => {
      forget?.();
      if (tunnel) tunnel.broke(error);
      else reject(error ?? new StoreError('INCOMPATIBLE', 'the member ended the call before it opened a connection'));
    };
    call.on('error', (error) => end(fromStatus(error as never)));
    call.on('end', () => end());
    call.write({ target });
  });
}

function clientCarrier(call: ClientDuplexStream<messages.EngineRequest, messages.EngineResponse>): Carrier {
  return {
    write: (message, done) => call.write(message, done),
    pause: () => call.pause(),
    resume: () => call.resume(),
    finish: () => call.end(),
    abort: () => call.cancel(),
  };
}

/** Call of `Engines.Open` at the member that serves it. */
export type TunnelCall = ServerDuplexStream<messages.EngineRequest, messages.EngineResponse>;

/** Carries an accepted call, once its first message was read. Says that the connection stands. */
export function acceptTunnel(call: TunnelCall, opened: messages.EngineOpened): Tunnel {
  const tunnel = new Tunnel({
    write: (message, done) => call.write(message, done),
    pause: () => call.pause(),
    resume: () => call.resume(),
    finish: () => call.end(),
    abort: (error) => call.emit('error', toStatus(error)),
  });
  call.on('data', (message: messages.EngineRequest) => {
    if (!('target' in message)) tunnel.receive(message);
  });
  call.on('end', () => tunnel.broke());
  call.on('cancelled', () => tunnel.broke());
  call.pause();
  call.write({ opened });
  return tunnel;
}
