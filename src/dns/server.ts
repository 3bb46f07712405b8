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
  /** Grows with each change of what `find` gives: until then answers are given from what was rendered before. */
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
  const names = new ZoneCache(find, version);
  const answered = (query: DecodedPacket): Reply => {
    try {
      return answer(query, names, random);
    } catch (error) {
      failed(error);
      return failure(query);
    }
  };
  const reply = (bytes: Buffer, bytesMax: (query: DecodedPacket) => number) => {
    const query = read(bytes);
    if (query?.type === 'response') return undefined;
    const said = query ? answered(query) : answerToNonsense(bytes);
    return said && fit(said, query ? bytesMax(query) : tcpBytesMax);
  };

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
  tcp.listen(Number(wanted), host);
  await once(tcp, 'listening');
  const { port } = tcp.address() as { port: number };

  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const sources = new Sources();
  udp.on('message', (bytes, { address, port: from }) => {
    try {
      if (!sources.admits(address, systemClock.monotonic())) return;
      const said = reply(bytes, udpBytesFor);
      if (said) udp.send(said, from, address, (error) => error && failed(error));
    } catch (error) {
      failed(error);
    }
  });
  try {
    udp.bind(port, host);
    await once(udp, 'listening');
  } catch (error) {
    udp.close();
    tcp.close();
    throw error;
  }
  udp.on('error', failed);
  return {
    addr: joinHostPort(host, port),
    async close() {
      const closed = Promise.all([once(tcp, 'close'), once(udp, 'close')]);
      tcp.close();
      udp.close();
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

/**
 * Answers the queries of one connection in their order, and lets others go on in between: any number of them may come at once.
 * Who asks and does not read is not read from.
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

/** Resolves when what was written has been taken, or the connection has ended. */
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
