import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { freePort } from '../../scripts/waiting.js';
import { type Access, type Client, renewLogin } from '../../src/client/index.js';
import { Cut } from '../../src/daemon/dev/cut-network.js';
import { openMember, type OpenReplica } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';
import { authorityOf, login, pairIn, SecureWorld } from '../support/secure.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/* Faults beside security: a member that is cut off, no leader, a process that stands still. */

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: { code?: string }) => error.code ?? 'no code',
  );

describe('a member that is cut off', { timeout: 120_000 }, () => {
  const world = new SecureWorld();
  const staleAccessMs = 2_000;
  const cut = new Cut();
  let first: OpenReplica;
  let cutOff: OpenReplica;
  let admin: Client;
  let proxy: TcpProxy;
  let port = 0;

  beforeAll(async () => {
    first = await world.open('m1');
    admin = await world.admin(first);
    const { token } = await admin.createToken({ use: 'join-member', uses: 2 });
    const join = { join: [first.addr], joinToken: token };
    const third = await world.open('m3', join);
    // The others reach it through a proxy, users at its port.
    port = await freePort();
    proxy = await TcpProxy.open(`127.0.0.1:${port}`);
    cutOff = await openMember(
      {
        ...{ name: 'm2', listenAddr: `127.0.0.1:${port}`, advertiseAddr: proxy.address, security: 'on' },
        ...{ heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger, staleAccessMs, ...join },
      },
      { network: (network) => cut.around(network) },
    );
    world.later(() => proxy.close());
    world.later(() => cutOff.close());
    await until('all vote', () => first.status().members.filter(({ role }) => role === 'voter').length === 3);
    expect(third.status().members).toHaveLength(3);
  }, 60_000);
  afterAll(() => world.close());

  it('lets a user whose right is gone in no longer than --stale-access-ms, and ends its watch', async () => {
    const at = { ...cutOff, addr: `127.0.0.1:${port}` };
    await admin.putUser({ name: 'vera', roles: ['viewer'] });
    const { token } = await admin.createToken({ use: 'join-user', user: 'vera' });
    const vera = world.client(at, await login(first, token));
    await until(
      'the member knows the user',
      async () => (await codeOf(vera.list('node', {}, { stale: true }))) === 'ok',
    );
    const watch = vera.watch();
    const ended = watch.next().then(
      ({ done }) => `event ${done}`,
      (error: { code?: string }) => error.code,
    );

    cut.active = true;
    proxy.blackhole();
    await admin.removeUser('vera'); // two of three are a majority
    const removed = performance.now();
    const watchEnded = ended.then(() => Math.round(performance.now() - removed));
    const { version } = first.store;
    const identity = () =>
      vera.whoAmI().then(
        ({ identity: name, why }) => `${name}: ${why}`,
        (error: { code?: string }) => error.code ?? 'no code',
      );
    await until(
      'the member lets the user in no more',
      async () => /has heard no leader for/.test(await identity()),
      60_000,
    );
    expect(cutOff.store.version).toBeLessThan(version); // it has not heard of the change: the time alone did it
    expect(await ended).not.toMatch(/^event/);
    console.info(
      `cut off: the watch ended ${await watchEnded} ms after the removal, with a bound of ${staleAccessMs} ms at the member and 5,000 ms in which the client tries again`,
    );
    expect(await codeOf(vera.list('node', {}, { stale: true }))).not.toBe('ok');
    // Members come in: that is how it hears of what it missed.
    cut.active = false;
    proxy.blackhole(false);
    proxy.reset();
    await until('the member has the change', () => cutOff.store.version >= version, 60_000);
    await until('it says why', async () => /the user was removed|was revoked/.test(await identity()), 60_000);
    const root = world.client(at, await userOf(admin, first, 'rita'));
    await until(
      'users come in again',
      async () => (await codeOf(root.list('node', {}, { stale: true }))) === 'ok',
      60_000,
    );
  });
});

async function userOf(admin: Client, member: OpenReplica, name: string): Promise<Access> {
  await admin.putUser({ name, roles: ['viewer'] });
  return login(member, (await admin.createToken({ use: 'join-user', user: name })).token);
}

describe('no leader', { timeout: 120_000 }, () => {
  const world = new SecureWorld();
  afterAll(() => world.close());

  it('renews no certificate of a user, keeps the old one, and renews when one leads again', async () => {
    const first = await world.open('m1');
    const admin = await world.admin(first);
    const { token } = await admin.createToken({ use: 'join-member' });
    const cut = new Cut();
    const second = await openMember(
      {
        ...{ name: 'm2', listenAddr: '127.0.0.1:0', security: 'on', logger: silentLogger, join: [first.addr] },
        ...{ joinToken: token, heartbeatMs: 20, electionTimeoutMs: 200 },
      },
      { network: (network) => cut.around(network) },
    );
    world.later(() => second.close());
    await until('both vote', () => first.status().members.filter(({ role }) => role === 'voter').length === 2);
    const access = await userOf(admin, first, 'vera');
    const { domain, root } = authorityOf(first);
    const { certificate, key } = pairIn(access);
    const old = { domain, roots: [root.certificate], certificate, key };

    await until('both know the user', () => second.store.version >= first.store.version);
    cut.active = true;
    await until('nobody leads', () => !first.isLeader && !second.isLeader);
    const failed = await renewLogin([first.addr, second.addr], old).then(
      () => 'renewed',
      (error: { code?: string }) => error.code,
    );
    expect(failed).toMatch(/^(NOT_LEADER|QUORUM_LOST|OUTCOME_UNKNOWN)$/);
    // The old one is as good as before, for what needs no leader.
    const vera = world.client(first, access);
    expect(await vera.whoAmI()).toMatchObject({ identity: 'user/vera' });

    cut.active = false;
    await until('one leads', () => first.isLeader || second.isLeader);
    let renewed: Awaited<ReturnType<typeof renewLogin>> | undefined;
    await until('it is renewed', async () => {
      renewed = await renewLogin([first.addr, second.addr], old).catch(() => undefined);
      return renewed !== undefined;
    });
    expect(renewed?.certificate).not.toBe(certificate);
  });
});

describe('a process that stands still', { timeout: 120_000 }, () => {
  const world = new SecureWorld();
  afterAll(() => world.close());

  it('ends no handshake that was under way, and takes those that came meanwhile', async () => {
    const member = await world.open('m1');
    const port = Number(member.addr.split(':')[1]);
    // The one connects before the pause and says its first byte in it, the others connect in it.
    const script = `
      const tls = require('node:tls'), net = require('node:net');
      const [port, ms] = process.argv.slice(1).map(Number);
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['h2'], servername: 'skep' };
      const tell = (name) => (socket) => socket.on('error', () => console.log(name, 'failed')).once('secureConnect', () => console.log(name, 'taken'));
      const early = net.connect(port, '127.0.0.1', () => {
        console.log('connected');
        setTimeout(() => {
          tell('early')(tls.connect({ ...options, socket: early }));
          for (let i = 0; i < 10; i++) tell('late')(tls.connect(options));
        }, ms);
      });
      setTimeout(() => process.exit(), 30_000).unref();
      process.stdin.on('data', () => process.exit()).resume();
    `;
    const other = spawn(process.execPath, ['-e', script, String(port), '1000']);
    let out = '';
    other.stdout.on('data', (data: Buffer) => (out += data.toString()));
    await until('it is connected', () => out.includes('connected'), 30_000);
    await until('it is accepted', async () => new Promise((resolve) => setImmediate(() => resolve(true))));
    const end = performance.now() + 4_500;
    while (performance.now() < end); // longer than the first byte may take
    await until('all have an answer', () => (out.match(/taken|failed/g) ?? []).length === 11, 30_000);
    expect(out.match(/(early|late) taken/g)).toHaveLength(11);
    other.stdin.write('end');
    await once(other, 'close');
  });
});
