import { constants } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer, Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '../base/clock.js';
import { type ListenAddress, parseListen } from '../base/listen-address.js';
import { silentLogger } from '../base/log.js';
import type { Fleet } from '../fleet/index.js';
import { EventLog } from './event-log.js';
import { ExecOwners } from './exec-owners.js';
import { Forwarding } from './forward.js';
import { listenOn } from './listening.js';
import type { DockerApi, DockerApiOptions, ServerTls } from './options.js';
import { Serving } from './serving.js';

const requestDefaultMs = 30_000;
const connectionsDefault = 4_096;
/** The longest head of a request, bytes: credentials of several registries travel in it. */
const headBytesMax = 64 * 1024;
/** Grace for answers that are under way when the API closes, milliseconds. */
const closeMs = 1_000;

/**
 * Opens the HTTP API of Docker in front of a fleet. Resolves when it serves on every address.
 *
 * Every client that reaches it owns the engines: listen on loopback or on a unix socket, or use TLS with `verify`.
 * @throws {TypeError} options that cannot be right; {ListenError} an address that is taken or not ours. Then nothing is open.
 */
export async function openDockerApi(fleet: Fleet, options: DockerApiOptions): Promise<DockerApi> {
  const { clock = systemClock, logger = silentLogger, requestMs = requestDefaultMs, replication } = options;
  if (options.listen.length === 0) throw new TypeError('listen is empty; give tcp://HOST:PORT or unix:///PATH');
  const places = options.listen.map(parseListen);
  checkTls(options.tls);
  const { swarm } = options;
  const events = new EventLog(fleet, swarm, clock);
  const api = {
    fleet,
    clock,
    logger,
    requestMs,
    version: options.version,
    events,
    execs: new ExecOwners(fleet),
    role: replication && (() => replication.role()),
    swarm,
  };
  const forwarding = replication && new Forwarding(replication, clock);
  const serving = new Serving(api, { forwarding, cors: options.cors ?? false, admission: options.admission });
  const servers: ServerOfPlace[] = [];
  try {
    for (const place of places) servers.push(await open(place, serving, options, requestMs));
  } catch (error) {
    events.close();
    await closeAll(servers, serving, clock);
    throw error;
  }
  logger.info('Docker API is open', { addresses: servers.map(({ address }) => address) });
  let closing: Promise<void> | undefined;
  return {
    addresses: servers.map(({ address }) => address),
    setTls: (tls) => {
      for (const { server } of servers) if (server instanceof TlsServer) server.setSecureContext(tlsOptions(tls));
    },
    close: () => (closing ??= closeAll(servers, serving, clock).finally(() => events.close())),
  };
}

interface ServerOfPlace {
  readonly server: Server | TlsServer;
  readonly address: string;
  /** Connections, those that were hijacked too. */
  readonly sockets: ReadonlySet<Socket>;
}

async function open(
  place: ListenAddress,
  serving: Serving,
  options: DockerApiOptions,
  requestMs: number,
): Promise<ServerOfPlace> {
  const settings = {
    maxHeaderSize: headBytesMax,
    headersTimeout: requestMs,
    requestTimeout: 0, // an archive may take hours; JSON bodies have a limit of their own
    connectionsCheckingInterval: Math.min(5_000, requestMs),
    allowHalfOpen: true,
  };
  const server =
    options.tls && place.kind === 'tcp'
      ? createTlsServer({ ...settings, ...tlsOptions(options.tls), handshakeTimeout: requestMs })
      : createServer(settings);
  server.maxConnections = options.connectionsMax ?? connectionsDefault;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => serving.serve(request, response));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    serving.serveUpgrade(request, socket, head),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => refuse(error, socket));
  return { server, sockets, address: await listenOn(server, place) };
}

/** Node's answer to what is no request has no words; this one says what is wrong. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = refusals[error.code ?? ''] ?? ['400 Bad Request', 'the request is not HTTP/1.1'];
  const body = `${JSON.stringify({ message })}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

const refusals: Readonly<Record<string, readonly [status: string, message: string]>> = {
  HPE_HEADER_OVERFLOW: [
    '431 Request Header Fields Too Large',
    `the head of the request is longer than ${headBytesMax} bytes`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the head of the request did not arrive in time'],
};

function checkTls(tls: ServerTls | undefined): void {
  if (tls?.verify && tls.ca === undefined)
    throw new TypeError('tls.verify needs tls.ca: the authorities of the clients');
}

function tlsOptions({ cert, key, ca, verify = false, ask = false }: ServerTls) {
  return {
    cert,
    key,
    ...(ca !== undefined && { ca }),
    requestCert: verify || ask,
    rejectUnauthorized: verify,
    // A session that is resumed would be authorized after its certificate has ended.
    ...(ask && { secureOptions: constants.SSL_OP_NO_TICKET }),
    minVersion: ask ? ('TLSv1.3' as const) : ('TLSv1.2' as const),
  };
}

/** Answers that are short have {@link closeMs} to end; streams end at once. */
async function closeAll(servers: readonly ServerOfPlace[], serving: Serving, clock: Clock): Promise<void> {
  const closed = servers.map(({ server }) => once(server, 'close'));
  for (const { server } of servers) {
    server.close();
    server.closeIdleConnections();
  }
  serving.close();
  const cancel = clock.schedule(closeMs, () => {
    for (const { sockets } of servers) for (const socket of sockets) socket.destroy();
  });
  await Promise.all(closed);
  cancel();
}
