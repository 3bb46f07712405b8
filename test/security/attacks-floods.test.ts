import { connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';
import { callRaw } from '../support/raw-calls.js';
import { endHeaders, endStream, frame, frameType, RawHttp2, requestHeaders } from '../support/raw-http2.js';
import { credited, type Pair, SecureWorld } from '../support/secure.js';

/* Floods, each with its count: the member stays up, holds no more than its limits, and serves a caller that behaves. */

const world = new SecureWorld();
const opened: { destroy(): void }[] = [];
const rows: string[] = [];
let member: OpenReplica;
let admin: Client;
let viewer: Pair;
let port = 0;

beforeAll(async () => {
  member = await world.open('m1');
  admin = await world.admin(member);
  await admin.putUser({ name: 'vera', roles: ['viewer'] });
  viewer = await credited(member, { kind: 'user', name: 'vera' });
  port = Number(member.addr.split(':')[1]);
});
afterEach(() => {
  for (const one of opened.splice(0)) one.destroy();
});
afterAll(async () => {
  console.info(['flood | sent | became of it | calls of another, served', ...rows].join('\n'));
  await world.close();
});

const health = { path: '/grpc.health.v1.Health/Check', requestStream: false, responseStream: false };
const whoAmI = requestHeaders('/skep.v1.Access/WhoAmI');

/** A caller that behaves, on a connection of its own from before, who asks again and again. */
async function other(): Promise<{ end(): Promise<string> }> {
  const client = world.raw(member, viewer);
  expect(await callRaw(client, health, Buffer.alloc(0))).toMatchObject({ code: 0 });
  let asked = 0;
  let served = 0;
  let over = false;
  const asking = (async () => {
    while (!over) {
      asked++;
      if ((await callRaw(client, health, Buffer.alloc(0), { timeoutMs: 30_000 })).code === 0) served++;
    }
  })();
  return {
    end: async () => {
      over = true;
      await asking;
      expect(served).toBe(asked);
      expect(served).toBeGreaterThan(0);
      return `${served} of ${asked}`;
    },
  };
}

/** Connects at once with all that a function begins; says which are open. */
function sockets(count: number, begin: (socket: Socket) => void, localAddress = '127.0.0.1') {
  const all = Array.from({ length: count }, () => {
    const one = { socket: connect({ port, host: '127.0.0.1', localAddress }), open: true };
    one.socket.on('error', () => undefined).on('close', () => (one.open = false));
    begin(one.socket);
    opened.push(one.socket);
    return one;
  });
  return { open: () => all.filter((one) => one.open).length };
}

describe('sockets that say nothing', { timeout: 120_000 }, () => {
  it('10,000, as fast as they come: an address has 64 at a time, and then none', async () => {
    const good = await other();
    let most = 0;
    const groups: ReturnType<typeof sockets>[] = [];
    for (let sent = 0; sent < 10_000; sent += 250) {
      groups.push(sockets(250, () => undefined));
      await until('the rest is refused', () => {
        const now = groups.reduce((sum, { open }) => sum + open(), 0);
        return now <= 64;
      });
      most = Math.max(
        most,
        groups.reduce((sum, { open }) => sum + open(), 0),
      );
    }
    expect(most).toBeGreaterThan(0);
    await until('all are ended', () => groups.every(({ open }) => open() === 0), 30_000);
    rows.push(`silent sockets | 10,000 | all ended, at most ${most} open at a time | ${await good.end()}`);
  });

  it('a byte now and then: no handshake lasts longer than five seconds', async () => {
    const good = await other();
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    const timers: NodeJS.Timeout[] = [];
    const slow = sockets(60, (socket) => {
      let at = 0;
      timers.push(
        setInterval(() => socket.writable && socket.write(Buffer.of(hello[at++ % hello.length] ?? 0)), 1_000),
      );
      socket.write(hello.subarray(0, 1));
    });
    await until('all are ended', () => slow.open() === 0, 30_000);
    for (const timer of timers) clearInterval(timer);
    rows.push(`a byte a second in a handshake | 60 sockets | all ended | ${await good.end()}`);
  });

  it('from 200 addresses: 256 at a time in all, and the member serves when they are over', async () => {
    const groups: ReturnType<typeof sockets>[] = [];
    const now = () => groups.reduce((sum, { open }) => sum + open(), 0);
    for (let n = 0; n < 200; n++) {
      groups.push(sockets(10, () => undefined, `127.0.1.${n + 1}`));
      // As many as the system lets wait for a connection: it would delay more.
      if (n % 20 === 19) await until('the rest is refused', () => now() <= 256, 30_000);
    }
    await until('all are ended', () => now() === 0, 30_000);
    const good = await other();
    await turn();
    rows.push(`silent sockets of 200 addresses | 2,000 | all ended, at most 256 open at a time | ${await good.end()}`);
  });
});

describe('frames without end', { timeout: 120_000 }, () => {
  const floods: readonly [string, number, (n: number) => Buffer][] = [
    ['PING', 10_000, () => frame(frameType.ping, 0, 0, Buffer.alloc(8))],
    ['SETTINGS', 10_000, () => frame(frameType.settings, 0, 0)],
    ['empty DATA', 10_000, () => frame(frameType.data, 0, 1)],
    [
      'HEADERS with RST_STREAM (rapid reset)',
      10_000,
      (n) =>
        Buffer.concat([
          frame(frameType.headers, endHeaders, 2 * n + 1, whoAmI),
          frame(frameType.reset, 0, 2 * n + 1, Buffer.of(0, 0, 0, 8)),
        ]),
    ],
    [
      'CONTINUATION',
      10_000,
      (n) =>
        n === 0
          ? frame(frameType.headers, 0, 1, whoAmI)
          : frame(
              frameType.continuation,
              0,
              1,
              Buffer.concat([Buffer.of(0x00, 1, 0x78, 100), Buffer.alloc(100, 0x78)]),
            ),
    ],
    ['HEADERS of streams that stay open', 10_000, (n) => frame(frameType.headers, endHeaders, 2 * n + 1, whoAmI)],
  ];

  it.each(floods)('%s', async (what, count, make) => {
    const good = await other();
    const before = process.memoryUsage();
    const attacker = await RawHttp2.open(member, viewer);
    opened.push(attacker.socket);
    if (what === 'empty DATA') attacker.socket.write(frame(frameType.headers, endHeaders, 1, whoAmI));
    const sent = await attacker.flood(count, make, turn);
    const last = frame(frameType.ping, 0, 0, Buffer.alloc(8));
    // What was sent has been read when the connection is ended, or a ping behind it is answered.
    const pings = attacker.count(frameType.ping);
    if (attacker.socket.writable) attacker.socket.write(last);
    await until('it is answered or ended', () => attacker.closed || attacker.count(frameType.ping) > pings, 30_000);
    const grown =
      process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown).toBeLessThan(256 * 1024 * 1024);
    const refused = attacker.count(frameType.reset);
    const told = attacker.count(frameType.goaway) > 0 ? 'told to go away' : 'answered';
    const fate = attacker.closed ? 'connection ended' : refused > 0 ? `${refused} streams refused` : told;
    rows.push(`${what} | ${sent} | ${fate} | ${await good.end()}`);
  });

  it('streams beyond the limit are refused, and the others stay', async () => {
    const attacker = await RawHttp2.open(member, viewer);
    opened.push(attacker.socket);
    await attacker.flood(3_000, (n) => frame(frameType.headers, endHeaders, 2 * n + 1, whoAmI), turn);
    await until('the rest is refused', () => attacker.closed || attacker.count(frameType.reset) >= 1_000);
    expect(attacker.count(frameType.headers)).toBe(0); // no answer: none has sent its message
  });

  it('a caller without an identity gets four streams', async () => {
    const attacker = await RawHttp2.open(member);
    opened.push(attacker.socket);
    const sent = await attacker.flood(1_000, (n) => frame(frameType.headers, endHeaders, 2 * n + 1, whoAmI), turn);
    await until('the rest is refused', () => attacker.closed || attacker.count(frameType.reset) >= 996);
    rows.push(`streams without an identity | ${sent} | 4 open, the others refused | -`);
  });
});

describe('a watch that is never read', { timeout: 120_000 }, () => {
  it('holds no more than its limit, and holds nobody up', async () => {
    const good = await other();
    const readers = await Promise.all(Array.from({ length: 20 }, () => RawHttp2.open(member, viewer)));
    // An empty request watches everything. The window of a stream is 64 KiB, and is never opened again.
    const request = frame(frameType.data, endStream, 1, Buffer.alloc(5));
    for (const reader of readers) {
      opened.push(reader.socket);
      reader.socket.write(
        Buffer.concat([frame(frameType.headers, endHeaders, 1, requestHeaders('/skep.v1.Watch/Watch')), request]),
      );
    }
    await until('all watch', () => readers.every((reader) => reader.count(frameType.headers) > 0));
    for (const reader of readers) reader.socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    const data = Buffer.alloc(64 * 1024, 7).toString('base64');
    const writes = 400;
    for (let n = 0; n < writes; n++)
      await admin.create('config', { spec: { annotations: { name: `big-${n}` }, data } });
    const grown = (process.memoryUsage().arrayBuffers - before) / 1024 / 1024;
    expect(grown).toBeLessThan(512);
    rows.push(
      `watches that are never read | 20, during ${writes} writes of 64 KiB | ${Math.max(0, Math.round(grown))} MiB more buffers | ${await good.end()}`,
    );
  });
});
