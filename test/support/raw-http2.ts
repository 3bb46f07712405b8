import { connect, type TLSSocket } from 'node:tls';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { authorityOf, type Pair } from './secure.js';

/** Types and flags of HTTP/2 frames. */
export const frameType = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goaway: 7, continuation: 9 } as const;
export const endStream = 1;
export const endHeaders = 4;

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

export function frame(type: number, flags: number, stream: number, body: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** Headers of a gRPC request, packed without any table. */
export function requestHeaders(path: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  return Buffer.concat([
    Buffer.of(0x83, 0x87), // POST, https
    ...[Buffer.of(0x04), text(path)],
    ...[Buffer.of(0x01), text('skep')],
    ...[Buffer.of(0x0f, 0x10), text('application/grpc')],
    ...[Buffer.of(0x00), text('te'), text('trailers')],
  ]);
}

/** A connection of HTTP/2 that keeps no rule: it sends the frames that it is given. */
export class RawHttp2 {
  readonly socket: TLSSocket;
  /** Frames that came back, by their type. */
  readonly came = new Map<number, number>();
  closed = false;
  #rest = Buffer.alloc(0);

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('error', () => undefined).on('close', () => (this.closed = true));
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  static open(member: OpenReplica, pair?: Pair, localAddress = '127.0.0.1'): Promise<RawHttp2> {
    const { root, domain } = authorityOf(member);
    const socket = connect({
      ...{ host: '127.0.0.1', port: Number(member.addr.split(':')[1]), localAddress },
      ...{ ca: root.certificate, servername: `${domain}.skep`, ALPNProtocols: ['h2'] },
      ...(pair && { cert: pair.certificate, key: pair.key }),
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject).once('secureConnect', () => {
        const opened = new RawHttp2(socket);
        socket.write(Buffer.concat([Buffer.from(preface), frame(frameType.settings, 0, 0)]));
        resolve(opened);
      });
    });
  }

  count(type: number): number {
    return this.came.get(type) ?? 0;
  }

  /** Sends frames one after the other, a few at a time, as long as the connection is open. Resolves with their number. */
  async flood(most: number, make: (n: number) => Buffer, pause: () => Promise<unknown>): Promise<number> {
    let sent = 0;
    while (sent < most && !this.closed) {
      const some = Array.from({ length: Math.min(100, most - sent) }, (_, i) => make(sent + i));
      if (!this.socket.writable) break;
      this.socket.write(Buffer.concat(some));
      sent += some.length;
      await pause();
    }
    return sent;
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 9) {
      const length = this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < 9 + length) return;
      const type = this.#rest[3] ?? 0;
      this.came.set(type, this.count(type) + 1);
      this.#rest = this.#rest.subarray(9 + length);
    }
  }
}
