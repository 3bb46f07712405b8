import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { decode, type DecodedPacket } from 'dns-packet';
import { Slicer, systemClock } from '../base/clock.js';
import { messageOf } from '../base/errors.js';
import { joinHostPort, splitHostPort } from '../base/host-port.js';
import type { Logger } from '../base/log.js';
import type { Random } from '../base/random.js';
import { answer, answerToNonsense, failure, type Reply } from './answer.js';
import { fit, tcpBytesMax, udpBytesFor } from './fit.js';
import { Sources } from './sources.js';
import type { FindInstances } from './zone.js';
import { ZoneCache } from './zone-cache.js';

/** Limits of connections: their silence, milliseconds, and their number. */
const silenceMs = 10_000;
const connectionsMax = 200;

export interface DnsOptions {
  /** `HOST:PORT`, for UDP and TCP. */
  readonly listen: string;
  readonly find: FindInstances;
  /** Version of the result of `find`; rendered answers are reused until it grows. */
  readonly version: () => number;
  readonly random: Random;
  readonly logger: Logger;
}

export interface DnsServer {
  readonly addr: string;
  close(): Promise<void>;
}

/** Answers for the zone over UDP and TCP. Rejects when it cannot listen on both. */
export async function openDnsServer({ listen, find, version, random, logger }: DnsOptions): Promise<DnsServer> {
  const { host, port: wanted } = splitHostPort(listen);
  const failed = (error: unknown) => logger.warn('a DNS query was not answered', { error: messageOf(error) });
  const responder: Responder = { reply: replyWith({ names: new ZoneCache(find, version), random, failed }), failed };
  const tcp = await openTcp(host, Number(wanted), responder);
  try {
    const udp = await openUdp(host, tcp.port, responder);
    return {
      addr: joinHostPort(host, tcp.port),
      async close() {
        await Promise.all([tcp.close(), udp.close()]);
      },
    };
  } catch (error) {
    await tcp.close();
    throw error;
  }
}

/** Bytes of a query to bytes of its response; `undefined` where none is due. */
type Respond = (query: Buffer, bytesMax: (query: DecodedPacket) => number) => Buffer | undefined;

interface Responder {
  readonly reply: Respond;
  /** Reports a query that could not be answered. */
  readonly failed: (error: unknown) => void;
}

interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

function replyWith(options: {
  readonly names: ZoneCache;
  readonly random: Random;
  readonly failed: Responder['failed'];
}): Respond {
  const { names, random, failed } = options;
  const answered = (query: DecodedPacket): Reply => {
    try {
      return answer(query, names, random);
    } catch (error) {
      failed(error);
      return failure(query);
    }
  };
  return (bytes, bytesMax) => {
    const query = read(bytes);
    if (query?.type === 'response') return undefined;
    const reply = query ? answered(query) : answerToNonsense(bytes);
    return reply && fit(reply, query ? bytesMax(query) : tcpBytesMax);
  };
}

async function openTcp(host: string, wanted: number, { reply, failed }: Responder): Promise<Listener> {
  const connections = new Set<Socket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => undefined);
    socket.setTimeout(silenceMs, () => socket.destroy());
    serveConnection(socket, (query) => reply(query, () => tcpBytesMax)).catch((error: unknown) => {
      if (!socket.destroyed) failed(error);
      socket.destroy();
    });
  });
  tcp.maxConnections = connectionsMax;
  tcp.listen(wanted, host);
  await once(tcp, 'listening');
  return {
    port: (tcp.address() as { port: number }).port,
    async close() {
      const closed = once(tcp, 'close');
      tcp.close();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/** Takes the port that TCP has: a client asks again over TCP at the same port. */
async function openUdp(host: string, port: number, { reply, failed }: Responder): Promise<Listener> {
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const sources = new Sources();
  udp.on('message', (bytes, { address, port: from }) => {
    try {
      if (!sources.admits(address, systemClock.monotonic())) return;
      const response = reply(bytes, udpBytesFor);
      if (response) udp.send(response, from, address, (error) => error && failed(error));
    } catch (error) {
      failed(error);
    }
  });
  try {
    udp.bind(port, host);
    await once(udp, 'listening');
  } catch (error) {
    udp.close();
    throw error;
  }
  udp.on('error', failed);
  return {
    port,
    async close() {
      const closed = once(udp, 'close');
      udp.close();
      await closed;
    },
  };
}

/**
 * Answers the queries of one connection in their order, and gives other connections a turn in between. Stops reading from
 * a client that does not read its responses.
 */
async function serveConnection(socket: Socket, reply: (query: Buffer) => Buffer | undefined): Promise<void> {
  const slicer = new Slicer(systemClock);
  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      const end = 2 + rest.readUInt16BE(0);
      const bytes = reply(rest.subarray(2, end));
      rest = rest.subarray(end);
      if (bytes && !socket.write(framed(bytes))) await drained(socket);
      if (slicer.due) await slicer.pause();
      if (socket.destroyed) return;
    }
  }
}

/** Resolves when the written bytes have been sent, or the connection has ended. */
function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      socket.off('drain', go).off('close', go);
      resolve();
    };
    socket.on('drain', go).on('close', go);
    if (socket.destroyed) go();
  });
}

function read(bytes: Buffer): DecodedPacket | undefined {
  try {
    return decode(bytes);
  } catch {
    return undefined;
  }
}

function framed(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
