import { createServer, type Server, type Socket } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Client } from '../../src/client/index.js';
import { Access } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { drivers, engines, users } from '../../src/kinds/index.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { until } from '../support/network-wait.js';
import { callCarried, callRaw, type Ended } from '../support/raw-calls.js';
import { authorityOf, credited, type Pair, pairOf, SecureWorld, serialOf, signed } from '../support/secure.js';

/* Members forward calls of others. Nobody else may say for whom a call is made, and no member is believed more than that. */

const world = new SecureWorld();
let leader: OpenReplica;
let follower: OpenReplica;
let admin: Client;
let viewer: Pair;
let root: Pair;
const behalf = 'skep-on-behalf-of';

beforeAll(async () => {
  leader = await world.open('m1');
  admin = await world.admin(leader);
  const { token } = await admin.createToken({ use: 'join-member' });
  follower = await world.open('m2', { join: [leader.addr], joinToken: token });
  await admin.putUser({ name: 'vera', roles: ['viewer'] });
  viewer = await credited(leader, { kind: 'user', name: 'vera' });
  root = await credited(leader, { kind: 'user', name: 'root' });
  await until('the follower has it', () => follower.store.version === leader.store.version);
});
afterAll(() => world.close());
afterEach(() => vi.restoreAllMocks());

const metadataOf = (...pairs: readonly (readonly [string, string | Buffer])[]) => {
  const metadata = new Metadata();
  for (const [key, value] of pairs) metadata.add(key, value);
  return metadata;
};

/** Asks for a new user: what only an admin may. */
async function makeUser(pair: Pair | undefined, name: string, metadata?: Metadata): Promise<Ended> {
  const { path, requestSerialize } = methodOf('access', 'PutUser');
  const bytes = requestSerialize({ name, roles: ['admin'], disabled: false });
  const method = { path, requestStream: false, responseStream: false };
  return callRaw(world.raw(leader, pair), method, bytes, metadata ? { metadata } : {});
}

const isThere = (name: string) => leader.store.view((tx) => tx.kind(users).get(name) !== undefined);

describe('the name of another caller', () => {
  const claims: readonly (readonly [string, () => Metadata])[] = [
    ['the machine itself', () => metadataOf([behalf, 'local'])],
    ['an admin', () => metadataOf([behalf, `user/root ${serialOf(root)}`])],
    ['one name and another', () => metadataOf([behalf, 'user/x'], [behalf, 'local'])],
    ['upper case', () => metadataOf(['Skep-On-Behalf-Of', 'local'])],
    ['bytes', () => metadataOf([`${behalf}-bin`, Buffer.from('local')])],
    ['that it was forwarded', () => metadataOf([behalf, 'local'], ['skep-forwarded', '1'])],
  ];

  it.each(claims)('counts for nothing from a user: %s', async (what, metadata) => {
    expect(await makeUser(viewer, 'eve', metadata())).toMatchObject({ code: 7 });
    expect(isThere('eve'), what).toBe(false);
  });

  it.each(claims)('counts for nothing from a stranger: %s', async (what, metadata) => {
    expect(await makeUser(undefined, 'eve', metadata())).toMatchObject({ code: 16 });
    expect(isThere('eve'), what).toBe(false);
  });

  it('counts for nothing on a stream of calls', async () => {
    const { path, requestSerialize } = methodOf('access', 'PutUser');
    const request = requestSerialize({ name: 'eve', roles: ['admin'], disabled: false });
    for (const onBehalfOf of ['local', `user/root ${serialOf(root)}`]) {
      const [ended] = await callCarried(world.raw(leader, viewer), [{ method: path, request, onBehalfOf }]);
      expect(ended).toMatchObject({ code: 7 });
    }
    expect(isThere('eve')).toBe(false);
  });

  it('is believed of a member, which may do no more than that caller', async () => {
    const as = (text: string) => metadataOf([behalf, text]);
    const member = pairOf(follower);
    expect(await makeUser(member, 'made', as(`user/root ${serialOf(root)}`))).toMatchObject({ code: 0 });
    expect(await makeUser(member, 'eve', as(`user/vera ${serialOf(viewer)}`))).toMatchObject({ code: 7 });
    // A member alone is no admin: it asks for somebody, or makes no user.
    expect(await makeUser(member, 'eve')).toMatchObject({ code: 7 });
  });

  it.each([
    ['of nobody', () => 'user/nobody 00'],
    ['without a certificate', () => 'user/root'],
    ['with the certificate of another', () => `user/root ${serialOf(viewer)}`],
    ['of another domain', () => `spiffe://x.skep/user/root ${serialOf(root)}`],
    ['in another form', () => `LOCAL`],
  ])('is refused from a member, too: %s', async (_, text) => {
    expect(await makeUser(pairOf(follower), 'eve', metadataOf([behalf, text()]))).toMatchObject({ code: 16 });
    expect(isThere('eve')).toBe(false);
  });

  it('is no more than a member where it is that of a member', async () => {
    const text = `member/${follower.status().id} 00`;
    expect(await makeUser(pairOf(follower), 'eve', metadataOf([behalf, text]))).toMatchObject({ code: 7 });
    expect(isThere('eve')).toBe(false);
  });

  it('is judged again by the leader: one that was removed a moment ago is out', async () => {
    await admin.putUser({ name: 'short', roles: ['admin'] });
    const pair = await credited(leader, { kind: 'user', name: 'short' });
    const as = metadataOf([behalf, `user/short ${serialOf(pair)}`]);
    expect(await makeUser(pairOf(follower), 'made2', as)).toMatchObject({ code: 0 });
    await admin.removeUser('short');
    expect(await makeUser(pairOf(follower), 'eve', as)).toMatchObject({ code: 16 });
  });
});

describe('a follower', () => {
  /** What members said for whom they ask, of calls that this starts. */
  function namesIn(method: 'upload' | 'duplex'): string[] {
    const names: string[] = [];
    const original = (Channel.prototype as unknown as Record<string, (...args: unknown[]) => unknown>)[method];
    vi.spyOn(Channel.prototype, method).mockImplementation(function (this: Channel, ...args: unknown[]) {
      const { onBehalfOf = '' } = (args[method === 'upload' ? 2 : 1] ?? {}) as { onBehalfOf?: string };
      if (onBehalfOf !== '') names.push(onBehalfOf);
      return original?.apply(this, args);
    } as never);
    return names;
  }

  const rootAt = (member: OpenReplica) => {
    const { domain, root: ca } = authorityOf(leader);
    return world.client(member, new Access({ domain, roots: [ca.certificate], ...root }));
  };

  it('hands on writes with the caller that it has', async () => {
    const client = rootAt(follower);
    await client.create('node', { id: 'by-root' }, { actor: 'local' });
    const { entries } = await admin.history('node', 'by-root');
    expect(entries).toMatchObject([{ actor: 'user/root' }]);
  });

  it('hands on a restore with the caller that it has', async () => {
    const client = rootAt(follower);
    const saved: Uint8Array[] = [];
    for await (const chunk of client.saveSnapshot()) saved.push(chunk);
    const names = namesIn('upload');
    await client.restoreSnapshot(
      (async function* () {
        for (const chunk of saved) yield await Promise.resolve(chunk);
      })(),
    );
    expect(names).toEqual([`user/root ${serialOf(root)}`]);
  });

  it('hands on a connection to an engine with the caller that it has', async () => {
    const { id, name } = leader.status();
    await leader.store.update((tx) => {
      tx.nodes().create({ id: 'driven' });
      const driver = tx.kind(drivers).create({ name, member: String(id), addr: leader.addr });
      tx.kind(engines).create({ addr: '127.0.0.1:1', nodeId: 'driven', want: driver.id, listed: true });
    });
    await until('the follower has it', () => follower.store.version === leader.store.version);
    const names = namesIn('duplex');
    await expect(rootAt(follower).connectToEngine('driven')).rejects.toMatchObject({ code: 'ENGINE_UNREACHABLE' });
    expect(new Set(names)).toEqual(new Set([`user/root ${serialOf(root)}`]));
  });
});

describe('addresses that a member is told', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
  });

  /** A process that is no member, with the bytes that it was sent. */
  async function listener(): Promise<{ addr: string; received: () => Buffer }> {
    let bytes = Buffer.alloc(0);
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('data', (chunk) => (bytes = Buffer.concat([bytes, chunk]))).on('error', () => undefined);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return { addr: `127.0.0.1:${(server.address() as { port: number }).port}`, received: () => bytes };
  }

  async function newcomer(name: string): Promise<Channel> {
    const { domain, root: ca } = authorityOf(leader);
    const pair = await signed(ca, { domain, kind: 'member', name });
    const access = new Access({ domain, roots: [ca.certificate], ...pair });
    const channel = new Channel(leader.addr, { own: true, dialing: Access.dialingOf(access) });
    world.later(() => channel.close());
    return channel;
  }

  const join = (channel: Channel, id: number, addr: string) =>
    channel.unary<object, messages.JoinResponse>(
      methodOf('membership', 'Join'),
      { member: { id, name: `j${id}`, addrs: [addr] }, replaces: false },
      { timeoutMs: 3_000 },
    );

  it.each(['unix:/run/docker.sock', 'file:///etc/passwd', 'http://127.0.0.1:80/', '', 'x', '169.254.169.254'])(
    'are HOST:PORT and nothing else: %s',
    async (addr) => {
      await expect(join(await newcomer('31'), 31, addr)).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
    },
  );

  it('name no resolver: a host may be called unix', async () => {
    const channel = new Channel('unix:80', { own: true });
    const error = await channel.unary(methodOf('membership', 'Local'), {}, { timeoutMs: 2_000 }).catch(String);
    channel.close();
    expect(error).not.toMatch(/ENOENT|connect.* 80\b/);
  });

  it('get the beginning of TLS, and no word of raft', async () => {
    const { addr, received } = await listener();
    const channel = await newcomer('32');
    join(channel, 32, addr).catch(() => undefined); // it waits for a member that never answers
    await until('the leader dials', () => received().length > 5);
    expect(received()[0]).toBe(0x16);
    expect(received().includes('PRI * HTTP/2.0')).toBe(false);
    expect(received().includes(leader.status().clusterId)).toBe(false);
    await leader.removeMember('32', { force: true }).catch(() => undefined);
  });

  it('lead to the member that is meant, and to no other', async () => {
    const dialing = Access.dialingOf(follower.access() as Access);
    const ask = async (member: number) => {
      const channel = new Channel(leader.addr, { own: true, dialing, member });
      try {
        return await channel.unary(methodOf('membership', 'Local'), {}, { timeoutMs: 3_000 });
      } finally {
        channel.close();
      }
    };
    expect(await ask(leader.status().id)).toMatchObject({ name: 'm1' });
    await expect(ask(follower.status().id)).rejects.toThrow(/expected member\//);
  });

  it('lead to no user, whatever its certificate', async () => {
    // A process with the certificate of a user listens where a member is expected.
    const { createServer: tlsServer } = await import('node:tls');
    const server = tlsServer({ cert: viewer.certificate, key: viewer.key, ALPNProtocols: ['h2'] });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const { port } = server.address() as { port: number };
    const dialing = Access.dialingOf(follower.access() as Access);
    const channel = new Channel(`127.0.0.1:${port}`, { own: true, dialing });
    await expect(channel.unary(methodOf('membership', 'Local'), {}, { timeoutMs: 3_000 })).rejects.toThrow();
    channel.close();
  });
});
