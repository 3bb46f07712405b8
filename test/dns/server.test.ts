import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { decode, type DecodedPacket, encode, type Packet, streamEncode } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { freePort, until } from '../../scripts/waiting.js';
import { CatalogAgent, SkepCatalogBackend } from '../../src/catalog/index.js';
import type { Context } from '../../src/cli/index.js';
import { Client } from '../../src/client/index.js';
import { runManager } from '../../src/daemon/manager.js';
import { type DnsServer, openDnsServer } from '../../src/dns/index.js';
import { queriesMax, Sources } from '../../src/dns/sources.js';

let server: DnsServer;
/** Queries that were answered in this turn of the event loop, and in the one with most. */
let [inTurn, longest] = [0, 0];
const many = Array.from({ length: 100 }, (_, i) => ({
  ...{ host: `10.0.0.${i}`, port: 80, weight: 1, health: 'passing', tags: [] as string[] },
}));

beforeAll(async () => {
  server = await openDnsServer({
    listen: '127.0.0.1:0',
    find: (name) => (name === 'web' ? (many as never) : []),
    version: () => {
      inTurn++;
      longest = Math.max(longest, inTurn);
      setImmediate(() => (inTurn = 0));
      return 1;
    },
    random: seededRandom(1),
    logger: silentLogger,
  });
});
afterAll(() => server.close());

const query: Packet = { type: 'query', id: 1, questions: [{ name: 'web.service.skep', type: 'A' }] };
const still = { version: () => 1, random: () => 0 };
const portOf = (addr: string) => Number(addr.split(':')[1]);

/** Sends each, and resolves with the first answer. */
async function overUdp(addr: string, ...packets: Buffer[]): Promise<DecodedPacket> {
  const socket = createSocket('udp4');
  try {
    const answered = once(socket, 'message') as Promise<[Buffer]>;
    for (const packet of packets) socket.send(packet, portOf(addr), '127.0.0.1');
    return decode((await answered)[0]);
  } finally {
    socket.close();
  }
}

/** Sends the pieces, and resolves with as many answers as were asked for. */
async function overTcp(addr: string, pieces: readonly Buffer[], count: number): Promise<DecodedPacket[]> {
  const socket: Socket = connect(portOf(addr), '127.0.0.1');
  socket.setNoDelay(true);
  const found: DecodedPacket[] = [];
  let rest: Buffer = Buffer.alloc(0);
  socket.on('data', (piece) => {
    rest = Buffer.concat([rest, piece]);
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE(0)) {
      found.push(decode(rest.subarray(2, 2 + rest.readUInt16BE(0))));
      rest = rest.subarray(2 + rest.readUInt16BE(0));
    }
  });
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until('everything is answered', () => found.length === count);
  socket.destroy();
  return found;
}

describe('the DNS server', () => {
  it('answers over UDP what fits, and over TCP everything', async () => {
    const short = await overUdp(server.addr, encode(query));
    expect(short).toMatchObject({ id: 1, flag_tc: true });
    expect(short.answers?.length).toBeLessThan(100);
    const [whole] = await overTcp(server.addr, [streamEncode(query)], 1);
    expect(whole).toMatchObject({ id: 1, flag_tc: false });
    expect(whole?.answers).toHaveLength(100);
  });

  it('goes on after what is no query', async () => {
    const nonsense = [Buffer.from('hello'), Buffer.alloc(0), encode({ type: 'response', id: 5 })];
    expect(await overUdp(server.addr, ...nonsense, encode(query))).toMatchObject({ id: 1 });
    const broken = encode(query).subarray(0, 20);
    expect(await overUdp(server.addr, broken)).toMatchObject({ id: 1, flags: 1, questions: [] });
  });

  it('takes queries over TCP in pieces and several at once', async () => {
    const both = Buffer.concat([streamEncode(query), streamEncode({ ...query, id: 2 })]);
    const pieces = [both.subarray(0, 1), both.subarray(1, 30), both.subarray(30)];
    expect((await overTcp(server.addr, pieces, 2)).map(({ id }) => id)).toEqual([1, 2]);
  });

  it('says so when it cannot look', async () => {
    const find = () => {
      throw new Error('broken');
    };
    const broken = await openDnsServer({ listen: '127.0.0.1:0', find, ...still, logger: silentLogger });
    expect(await overUdp(broken.addr, encode(query))).toMatchObject({ id: 1, flags: 2 });
    await broken.close();
  });

  it('refuses to begin where somebody is already', async () => {
    const again = openDnsServer({ listen: server.addr, find: () => [], ...still, logger: silentLogger });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('skep manager --dns', () => {
  it('answers from the catalogue in its store, and ends with the member', async () => {
    const stop = new AbortController();
    let out = '';
    const streams = { out: (text: string) => void (out += text), err: (text: string) => void (out += text) };
    const listen = `127.0.0.1:${await freePort()}`;
    const flags = { name: 'm1', listen, peers: [], join: [], logLevel: 'error', dns: '127.0.0.1:0' };
    const ended = runManager(flags, { streams, env: {}, signal: stop.signal } as unknown as Context);
    await until('it is ready', () => out.includes('\n'));
    const dns = / dns=(\S+)/.exec(out)?.[1] ?? '';
    const client = new Client({ hosts: [listen] });
    const agent = new CatalogAgent({ backend: new SkepCatalogBackend({ client }), ttlMs: 10_000 });
    await agent.register({ id: 'w1', name: 'Web', addr: '10.0.0.1', port: 80 });
    for (const name of ['web.service.skep', 'Web.service.skep', 'wEB.Service.sKEP']) {
      const asked = encode({ ...query, questions: [{ name, type: 'A' }] });
      expect((await overUdp(dns, asked)).answers).toMatchObject([{ name, type: 'A', data: '10.0.0.1' }]);
    }
    await agent.leave();
    expect(await overUdp(dns, encode(query))).toMatchObject({ flags: 0x403 });
    client.close();
    stop.abort();
    expect(await ended).toBe(0);
    const there = { listen: dns, find: () => [], ...still, logger: silentLogger };
    await (await openDnsServer(there)).close();
  });
});

describe('many queries at once', () => {
  it('over one connection are answered in slices: nobody waits for all of them', async () => {
    const bytes = streamEncode({ ...query, questions: [{ name: 'web.service.skep', type: 'SRV' }] });
    const count = 2_000;
    longest = 0;
    const found = await overTcp(server.addr, [Buffer.concat(Array.from({ length: count }, () => bytes))], count);
    expect(found).toHaveLength(count);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(count / 2);
  });

  it('of one source over UDP are not all answered, and those of another are', () => {
    const sources = new Sources();
    const admitted = (source: string, now: number) => Array.from({ length: 2_000 }, () => sources.admits(source, now));
    expect(admitted('10.0.0.1', 5_000).filter(Boolean)).toHaveLength(queriesMax);
    expect(sources.admits('10.0.0.2', 5_999)).toBe(true);
    expect(sources.admits('10.0.0.1', 5_999)).toBe(false);
    expect(sources.admits('10.0.0.1', 6_000)).toBe(true);
    const forged = Array.from({ length: 20_000 }, (_, i) => sources.admits(`10.1.${i >> 8}.${i & 255}`, 7_000));
    expect(forged.filter(Boolean)).toHaveLength(10_000);
  });
});
