import { constants, X509Certificate } from 'node:crypto';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer, type TlsOptions, type TLSSocket } from 'node:tls';
import { Allowances } from '../base/allowances.js';
import { atTime } from '../base/at-time.js';
import type { Clock } from '../base/clock.js';
import { splitHostPort } from '../base/host-port.js';
import { ListenError } from '../base/listening.js';
import type { Logger } from '../base/log.js';
import type { Presented } from '../identity/index.js';
import { readCertificate } from '../pki/index.js';
import type { Bundle } from './dialing.js';
import { type HandshakeRates, handshakeRates, SocketCounts, type SocketLimits } from './socket-limits.js';

/** Limits of a connection before it is known who is there, milliseconds. */
const firstByteMs = 3_000;
const handshakeMs = 5_000;

/** First byte of a TLS connection: a handshake record. */
const handshakeRecord = 0x16;

/** TLS 1.3 and nothing older, without tickets: a resumed session would be authorized after its certificate has ended. */
const tlsFixed: TlsOptions = {
  minVersion: 'TLSv1.3',
  requestCert: true,
  rejectUnauthorized: false, // asked in `shownBy`, and nowhere else
  secureOptions: constants.SSL_OP_NO_TICKET,
};

/** A connection whose handshake is over. */
export interface Connection {
  readonly socket: TLSSocket;
  /** Address and port of the other side, as grpc-js calls them: unique among the open ones. */
  readonly peer: string;
  /** Certificate that one of our roots signed, whether or not it still counts. */
  readonly presented: Presented | undefined;
}

/** Takes the connections of a port: TLS only, each with what it has proved. */
export class Door {
  readonly #net: NetServer;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #accept: (connection: Connection) => void;
  readonly #counts: SocketCounts;
  readonly #handshakes: Allowances;
  readonly #protocol: 'h2' | 'http/1.1';
  readonly #clearAnswer: string;
  /** Sockets whose handshake is not over, by peer, with what to do when it is. */
  readonly #waiting = new Map<string, { readonly socket: Socket; readonly known: () => void }>();
  readonly #connections = new Map<string, Connection>();
  #tls: TlsServer | undefined;
  #roots: readonly X509Certificate[] = [];

  /** `accept` gets each connection; it may destroy its socket. */
  constructor(options: {
    clock: Clock;
    logger: Logger;
    accept: (connection: Connection) => void;
    limits?: SocketLimits;
    handshakes?: HandshakeRates;
    /** Protocol inside TLS. */
    protocol?: 'h2' | 'http/1.1';
    /** Answer to a caller in clear text, before its connection ends. */
    clearAnswer?: string;
  }) {
    this.#protocol = options.protocol ?? 'h2';
    this.#clearAnswer = options.clearAnswer ?? '';
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#accept = options.accept;
    this.#counts = new SocketCounts(options.limits);
    this.#handshakes = new Allowances(options.handshakes ?? handshakeRates, () => options.clock.monotonic());
    this.#net = createServer({ noDelay: true }, (socket) => this.#onSocket(socket));
  }

  /** Binds to `HOST:PORT`. Resolves with the port. An error begins with `says`. */
  listen(addr: string, says = ''): Promise<number> {
    const { host, port } = splitHostPort(addr);
    return new Promise<number>((resolve, reject) => {
      this.#net.once('error', (error) => reject(new ListenError(addr, error, says)));
      this.#net.listen(Number(port), host, () => resolve((this.#net.address() as AddressInfo).port));
    });
  }

  /** Takes the certificate of this member, and the roots that it trusts. Open connections go on. */
  set({ roots, certificate = '', key }: Bundle): void {
    this.#roots = roots.map((root) => new X509Certificate(root));
    const context = {
      ...tlsFixed,
      ALPNProtocols: [this.#protocol],
      ca: [...roots],
      cert: certificate,
      key: key?.reveal(),
    };
    if (this.#tls) this.#tls.setSecureContext(context);
    else this.#tls = this.#tlsServer(context);
  }

  /** Connection of a call, by what grpc-js says about its peer. */
  find(peer: string): Connection | undefined {
    return this.#connections.get(peer);
  }

  get connections(): Iterable<Connection> {
    return this.#connections.values();
  }

  /** Takes no new connections, and ends those that have not said who they are. */
  close(): void {
    this.#net.close();
    for (const { socket } of this.#waiting.values()) socket.destroy();
  }

  #tlsServer(context: TlsOptions): TlsServer {
    const server = createTlsServer({ ...context, handshakeTimeout: handshakeMs });
    server.on('secureConnection', (socket) => this.#onSecure(socket));
    server.on('tlsClientError', (error, socket) => {
      this.#logger.debug('a TLS handshake failed', { address: socket.remoteAddress, error: error.message });
      socket.destroy();
    });
    return server;
  }

  #onSocket(socket: Socket): void {
    const address = socket.remoteAddress ?? '';
    if (!this.#counts.enter(address)) {
      socket.destroy();
      return;
    }
    const peer = peerOf(socket);
    const known = () => {
      if (this.#waiting.get(peer)?.socket !== socket) return;
      this.#waiting.delete(peer);
      this.#counts.known(address);
    };
    this.#waiting.set(peer, { socket, known });
    socket.once('close', () => {
      known();
      this.#counts.leave(address);
    });
    socket.on('error', () => socket.destroy());
    afterFirstByte(socket, this.#clock, (byte) => {
      if (byte !== handshakeRecord && this.#clearAnswer !== '')
        socket.resume().end(this.#clearAnswer, () => socket.destroy());
      else if (byte !== handshakeRecord || !this.#tls || !this.#handshakes.take(address)) socket.destroy();
      else this.#tls.emit('connection', socket);
    });
  }

  #onSecure(socket: TLSSocket): void {
    const peer = peerOf(socket);
    this.#waiting.get(peer)?.known();
    // Programs that speak HTTP/1.1 need not say so.
    const agreed = socket.alpnProtocol === this.#protocol || (this.#protocol !== 'h2' && !socket.alpnProtocol);
    if (!agreed || socket.remoteAddress === undefined) {
      socket.destroy();
      return;
    }
    const presented = this.#shownBy(socket);
    const connection: Connection = { socket, peer, presented };
    this.#connections.set(peer, connection);
    // One that has ended already may ask for the next: the limit of connections without an identity ends it.
    const ends = presented && presented.notAfter > this.#clock.now() ? presented.notAfter : undefined;
    const cancel = ends === undefined ? undefined : atTime(this.#clock, ends, () => socket.destroy());
    socket.once('close', () => {
      cancel?.();
      if (this.#connections.get(peer) === connection) this.#connections.delete(peer);
    });
    this.#accept(connection);
  }

  /**
   * Reads the certificate that the other side has shown. The one place that asks whether it is authorized: OpenSSL must say
   * so, or that the certificate has expired. In both cases one of our roots must have signed it.
   */
  #shownBy(socket: TLSSocket): Presented | undefined {
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) return undefined;
    const error = socket.authorizationError as unknown;
    if (!socket.authorized && String(error) !== 'CERT_HAS_EXPIRED') return undefined;
    const read = readCertificate(certificate, this.#roots, 'client');
    return 'problem' in read ? undefined : read;
  }
}

const peerOf = ({ remoteAddress = '', remotePort = 0 }: Socket) => `${remoteAddress}:${remotePort}`;

/** Calls `then` with the first byte of a connection, which stays in it. One that sends nothing in time is ended. */
function afterFirstByte(socket: Socket, clock: Clock, then: (byte: number) => void): void {
  // After a pause of this process the time is over for those whose byte has arrived meanwhile: it is read before the end.
  let cancel = clock.schedule(firstByteMs, () => {
    cancel = clock.schedule(1, () => socket.destroy());
  });
  const read = () => {
    const chunk = socket.read() as Buffer | null;
    if (!chunk) return;
    stop();
    socket.unshift(chunk);
    then(chunk[0] ?? -1);
  };
  const stop = () => {
    cancel();
    socket.off('readable', read).off('close', stop);
  };
  socket.on('readable', read).on('close', stop);
}
