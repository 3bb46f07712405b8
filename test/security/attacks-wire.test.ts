import { type ClientHttp2Session, connect as connectHttp2, constants, type IncomingHttpHeaders } from 'node:http2';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';
import { callRaw } from '../support/raw-calls.js';
import { authorityOf, credited, type Pair, SecureWorld } from '../support/secure.js';

/* Connections that break the rules are ended, and cost the others nothing. */

const world = new SecureWorld();
const open: { destroy(): void }[] = [];
let member: OpenReplica;
let viewer: Pair;
let port = 0;

beforeAll(async () => {
  member = await world.open('m1');
  const admin = await world.admin(member);
  await admin.putUser({ name: 'vera', roles: ['viewer'] });
  viewer = await credited(member, { kind: 'user', name: 'vera' });
  port = Number(member.addr.split(':')[1]);
});
afterEach(() => {
  for (const one of open.splice(0)) one.destroy();
});
afterAll(() => world.close());

const health = { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false };
/** A well-behaved caller is served meanwhile. */
const expectServed = async () =>
  expect(await callRaw(world.raw(member, viewer), health, Buffer.alloc(0))).toMatchObject({ code: 0 });

function tcp(): { socket: Socket; closed: () => boolean } {
  const socket = connectTcp(port, '127.0.0.1');
  open.push(socket);
  let closed = false;
  socket
    .on('error', () => undefined)
    .on('data', () => undefined)
    .once('close', () => (closed = true));
  return { socket, closed: () => closed };
}

/** Tries a handshake. Resolves with its socket, or `undefined` when it fails or is ended at once. */
function handshake(options: ConnectionOptions): Promise<TLSSocket | undefined> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'], ...options });
  open.push(socket);
  return new Promise((resolve) => {
    socket.once('error', () => resolve(undefined)).once('close', () => resolve(undefined));
    // A server of TLS 1.3 refuses after the client believes that all is well.
    socket.once('data', () => resolve(socket));
    socket.once('secureConnect', () => socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1'));
  });
}

function http2(): ClientHttp2Session {
  const { root, domain } = authorityOf(member);
  const session = connectHttp2(`https://127.0.0.1:${port}`, {
    ca: root.certificate,
    cert: viewer.certificate,
    key: viewer.key,
    servername: `${domain}.skep`,
  });
  open.push(session);
  session.on('error', () => undefined);
  return session;
}

/** Sends one gRPC request. Resolves with its status, or with the reason why the stream ended. */
function request(session: ClientHttp2Session, headers: Record<string, string>, body: Buffer): Promise<string> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/skep.v1.Access/WhoAmI',
    'content-type': 'application/grpc',
    te: 'trailers',
    ...headers,
  });
  return new Promise((resolve) => {
    let status = '';
    const take = (given: IncomingHttpHeaders) => (status = given['grpc-status']?.toString() ?? status);
    stream.on('response', take).on('trailers', take);
    stream.on('error', () => undefined).on('data', () => undefined);
    stream.on('close', () => resolve(status === '' ? `ended ${stream.rstCode}` : status));
    stream.end(body);
  });
}

const framed = (flag: number, body: Buffer) => {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
};

describe('a handshake', () => {
  it.each<[string, ConnectionOptions, boolean]>([
    ['of TLS 1.3 with h2', {}, true],
    ['of TLS 1.2', { maxVersion: 'TLSv1.2' }, false],
    ['without a protocol', { ALPNProtocols: [] }, false],
    ['for http/1.1', { ALPNProtocols: ['http/1.1'] }, false],
  ])('%s', async (_, options, taken) => {
    expect((await handshake(options)) !== undefined).toBe(taken);
    await expectServed();
  });

  it('of clear text is ended at the first byte', async () => {
    const { socket, closed } = tcp();
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
    await until('it is ended', closed);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['that sends nothing', () => undefined],
    ['that stops after a byte', (socket) => void socket.write(Buffer.from([0x16]))],
    ['that sends half of a hello', (socket) => void socket.write(Buffer.from('1603010200010001fc0303', 'hex'))],
  ])('%s is ended, and others are served meanwhile', async (_, begin) => {
    const many = Array.from({ length: 20 }, () => tcp());
    for (const { socket } of many) begin(socket);
    await expectServed();
    await until('all are ended', () => many.every(({ closed }) => closed()), 15_000);
  });
});

describe('a caller with a certificate', () => {
  it('is refused headers of 60 kB', async () => {
    const session = http2();
    const fat = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-fat-${i}`, 'x'.repeat(1_000)]));
    expect(await request(session, fat, framed(0, Buffer.alloc(0)))).toBe('8');
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`x-${i}`, 'x']));
    expect(await request(session, many, framed(0, Buffer.alloc(0)))).toBe('8');
    await expectServed();
  });

  it('is refused a message that becomes too large when it is unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    const ended = await request(http2(), { 'grpc-encoding': 'gzip' }, framed(1, bomb));
    expect(['8', '13']).toContain(ended);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    await expectServed();
  });

  it('is refused a message that says it is larger than it may be', async () => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(0x7fffffff, 1);
    expect(await request(http2(), {}, head)).not.toBe('0');
    await expectServed();
  });

  it('can open and reset many streams without harm to others', async () => {
    const session = http2();
    for (let i = 0; i < 2_000 && !session.destroyed; i++) {
      const stream = session.request({ ':method': 'POST', ':path': '/skep.v1.Access/WhoAmI' });
      stream.on('error', () => undefined);
      stream.close(constants.NGHTTP2_CANCEL);
    }
    await expectServed();
  });

  it('is answered one ping after the other', async () => {
    const session = http2();
    let answered = 0;
    for (let i = 0; i < 500 && !session.destroyed; i++) session.ping(() => answered++);
    await until('some are answered', () => answered > 0 || session.destroyed);
    await expectServed();
  });
});
