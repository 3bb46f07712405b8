import { once } from 'node:events';
import { request as requestClear } from 'node:http';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { splitHostPort } from '../../src/base/host-port.js';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import type { AuditEntry } from '../../src/audit/index.js';
import type { Client } from '../../src/client/index.js';
import { measured, pageFolder, shown } from '../../src/daemon/http.js';
import { HttpGate } from '../../src/daemon/http-gate.js';
import type { MemberSecurity } from '../../src/daemon/member-security.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { securityOf } from '../../src/daemon/security-of.js';
import { type HttpEndpoint, openHttp } from '../../src/http/index.js';
import { makeRoot } from '../../src/pki/index.js';
import { HttpsUser, type Shown } from '../support/https-user.js';
import { until } from '../support/network-wait.js';
import { authorityOf, credited, login, type Pair, pairIn, pairOf, SecureWorld, signed } from '../support/secure.js';

const everything = [
  '/',
  '/metrics',
  '/api',
  '/api/status',
  '/api/kinds',
  '/api/objects/service',
  '/api/objects/secret/x',
  '/api/history',
  '/api/history/node/n1',
  '/api/services',
  '/api/catalogue',
  '/api/leases',
  '/api/watches',
  '/api/events',
  '/nothing',
];

describe('the HTTP endpoint of a member with security', () => {
  const world = new SecureWorld();
  const noted: AuditEntry[] = [];
  let member: OpenReplica;
  let admin: Client;
  let http: HttpEndpoint;
  let asker: HttpsUser;
  let hosts = 0;

  const user = async (name: string, roles: readonly string[]): Promise<Pair> => {
    await admin.putUser({ name, roles });
    return pairIn(await login(member, (await admin.createToken({ use: 'join-user', user: name })).token));
  };
  const bearer = async (name: string, roles: readonly string[]) => {
    await admin.putUser({ name, roles });
    return admin.createToken({ use: 'bearer', user: name });
  };
  const named = async (kind: 'network', names: readonly string[]) => {
    for (const name of names) await admin.create(kind, { spec: { annotations: { name } } });
  };
  /** An endpoint of its own: wrong tokens of this address count at one alone. */
  const open = async (): Promise<HttpEndpoint> => {
    const gate = new HttpGate({
      security: securityOf(member) as MemberSecurity,
      store: member.store,
      names: [`skep-${hosts++}.example.org`],
      audit: { note: (entry) => void noted.push(entry), mustBeWritable: () => undefined },
      clock: systemClock,
      logger: silentLogger,
    });
    const its = shown(member, measured().meter);
    const opened = await openHttp({
      ...{ listen: '127.0.0.1:0', gate, pageFolder, version: '1.2.3', logger: silentLogger },
      ...{ member: () => its, origins: ['https://board.example.org'], names: ['skep-0.example.org'] },
    });
    world.later(() => opened.close());
    return opened;
  };
  const askerOf = ({ url }: HttpEndpoint) => {
    const its = new HttpsUser(url.slice(0, -1), authorityOf(member).root.certificate);
    world.later(() => its.close());
    return its;
  };

  beforeAll(async () => {
    member = await world.open('m1');
    admin = await world.admin(member);
    http = await open();
    asker = askerOf(http);
    await named('network', ['web-1', 'db-1', 'web-2']);
  });
  afterAll(() => world.close());

  it('shows nothing to a stranger but whether it lives', async () => {
    const { root, domain } = authorityOf(member);
    const foreign = await makeRoot(domain, { now: Date.now(), random: systemRandom });
    const alice = { domain, kind: 'user', name: 'alice' } as const;
    const strangers: Record<string, Shown> = {
      nobody: {},
      'a CA of its own': { pair: await signed(foreign, alice) },
      'no credential': { pair: await signed(root, alice) },
      'a certificate that has ended': { pair: await signed(root, alice, { ageMs: 3_600_000, lifeMs: 60_000 }) },
      'an empty token': { authorization: 'Bearer ' },
      'no token': { authorization: 'Digest x' },
      'no base64': { authorization: 'Basic %%%' },
    };
    for (const [who, it] of Object.entries(strangers)) {
      for (const path of everything) {
        const { status, text, headers } = await asker.ask(path, it);
        expect([status, JSON.parse(text).error.code], `${who} ${path}`).toEqual([401, 'UNAUTHENTICATED']);
        expect(headers['www-authenticate']).toMatch(/^Basic /);
      }
      expect(await asker.ask('/healthz', it)).toMatchObject({ status: 200, text: 'ok\n' });
      expect(await asker.ask('/readyz', it)).toMatchObject({ status: 200, text: 'ok\n' });
    }
    expect(noted).toContainEqual(
      expect.objectContaining({ event: 'denied', method: 'HTTP /api/status', identity: 'anonymous' }),
    );
  });

  it('takes the certificate of a user, its token, and the token as a password', async () => {
    const vera = { pair: await user('vera', ['viewer']) };
    const { token } = await bearer('prometheus', ['viewer']);
    const basic = Buffer.from(`anything:${token}`).toString('base64');
    for (const it of [vera, { authorization: `Bearer ${token}` }, { authorization: `Basic ${basic}` }]) {
      expect((await asker.json('/api/status', it)).answeredBy).toBe('m1');
      expect((await asker.json('/api/objects/networks', it)).items).toHaveLength(3);
      expect((await asker.ask('/metrics', it)).text).toContain('skep_raft_is_leader 1');
    }
    expect(JSON.stringify(noted)).not.toContain(token);
    expect(noted).toContainEqual(expect.objectContaining({ event: 'login', identity: 'user/prometheus' }));
  });

  it('takes a member, and no worker or newcomer', async () => {
    const { domain, root } = authorityOf(member);
    const { id } = await admin.create('node', {});
    const worker = await credited(member, { kind: 'worker', name: id });
    const newcomer = await signed(root, { domain, kind: 'member', name: '99' });
    expect((await asker.ask('/api/status', { pair: pairOf(member) })).status).toBe(200);
    for (const pair of [worker, newcomer]) {
      const { status, text } = await asker.ask('/api/status', { pair });
      expect([status, JSON.parse(text).error.code]).toEqual([403, 'DENIED']);
    }
  });

  it('shows each what it may read, and no more', async () => {
    await admin.putRole({ name: 'webs', rules: ['read network web-'] });
    const webs = { pair: await user('wim', ['webs']) };
    const names = async (path: string) => JSON.stringify(await asker.json(path, webs)).match(/(web|db)-\d/g);
    expect(new Set(await names('/api/objects/network'))).toEqual(new Set(['web-1', 'web-2']));
    expect((await asker.json('/api/objects/network?limit=1', webs)).items).toHaveLength(1);
    const first = await asker.json('/api/objects/network?limit=1', webs);
    expect((await asker.json(`/api/objects/network?after=${first.next}`, webs)).items).toHaveLength(1);
    expect(new Set(await names('/api/history'))).toEqual(new Set(['web-1', 'web-2']));
    expect((await asker.json('/api/kinds', webs)).kinds.map(({ kind }: { kind: string }) => kind)).toEqual(['network']);
    const db = (await admin.list('network')).objects.find(({ spec }) => spec.annotations.name === 'db-1')?.id;
    const denied = [
      ...[`/api/objects/network/${db}`, `/api/history/network/${db}`, '/api/objects/node', '/api/objects/node/x'],
      ...['/api/services', '/api/catalogue', '/api/leases'],
    ];
    for (const path of denied) {
      const { status, text } = await asker.ask(path, webs);
      expect([status, JSON.parse(text).error.code], path).toEqual([403, 'DENIED']);
    }
    const nobody = { pair: await user('nobody', []) };
    expect((await asker.json('/api/history', nobody)).transactions).toEqual([]);
    expect((await asker.json('/api/kinds', nobody)).kinds).toEqual([]);
  });

  it('streams to each what it may read, until its identity is gone', async () => {
    await admin.putRole({ name: 'webs', rules: ['read network web-'] });
    const { token, id } = await bearer('wanda', ['webs']);
    const pair = await user('willi', ['webs']);
    const streams = await Promise.all(
      [{ authorization: `Bearer ${token}` }, { pair }].map((it) => asker.stream('/api/events', it)),
    );
    await until('both are ready', () => streams.every(({ text }) => text.includes('event: ready')));
    await named('network', ['db-3', 'web-3']);
    await until('both have the change', () => streams.every(({ text }) => text.includes('web-3')));
    for (const { text } of streams) expect(text).not.toContain('db-3');
    await admin.putRole({ name: 'webs', rules: ['read network other-'] });
    await named('network', ['web-4', 'other-1']);
    await until('the new right holds', () => streams.every(({ text }) => text.includes('other-1')));
    for (const { text } of streams) expect(text).not.toContain('web-4');
    await admin.removeToken(id);
    await until('the first has ended', () => streams[0]?.ended === true);
    expect(streams[1]?.ended).toBe(false);
    await admin.removeUser('willi');
    await until('the second has ended', () => streams[1]?.ended === true);
    expect((await asker.ask('/api/events', { pair })).status).toBe(401);
  });

  it('looks at no token of an address that has shown ten wrong ones', async () => {
    const other = askerOf(await open());
    const { token } = await bearer('late', ['viewer']);
    for (let i = 0; i < 10; i++)
      expect((await other.ask('/api', { authorization: `Bearer wrong-${i}` })).status).toBe(401);
    const blocked = await other.ask('/api', { authorization: `Bearer ${token}` });
    expect([blocked.status, blocked.headers['retry-after']]).toEqual([429, '60']);
    expect((await other.ask('/api', { pair: await user('vera', ['viewer']) })).status).toBe(200);
  });

  it('speaks TLS 1.3, resumes no session, and says so in clear text', async () => {
    const { port } = new URL(http.url);
    const clear = await new Promise<string>((resolve, reject) => {
      const asking = requestClear(http.url.replace('https:', 'http:'), (response) => {
        response.setEncoding('utf8').on('data', (text: string) => resolve(`${response.statusCode} ${text}`));
      });
      asking.on('error', reject).end();
    });
    expect(clear).toBe('400 this endpoint speaks TLS: ask for https://\n');
    const { root } = authorityOf(member);
    const old = connectTls({ ...to(port), ca: root.certificate, maxVersion: 'TLSv1.2' });
    const [error] = (await once(old, 'error')) as [Error & { code?: string }];
    expect(error.code).toMatch(/ALERT_PROTOCOL_VERSION|ECONNRESET/);
    const sessions: Buffer[] = [];
    const connected = async (more: { session?: Buffer } = {}) => {
      const socket = connectTls({ ...to(port), ca: root.certificate, ...more });
      socket.on('session', (session) => sessions.push(session));
      await once(socket, 'secureConnect');
      const facts = [socket.authorized, socket.getProtocol(), socket.isSessionReused()];
      socket.end('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n').resume();
      await once(socket, 'close');
      return facts;
    };
    expect(await connected()).toEqual([true, 'TLSv1.3', false]);
    const [session] = sessions;
    expect(await connected(session && { session })).toEqual([true, 'TLSv1.3', false]);
  });

  it('is asked by the names in its certificate', async () => {
    const { host, port } = splitHostPort(http.addr);
    const socket = connectTls({
      ...{ host, port: Number(port), servername: 'skep-0.example.org' },
      ca: authorityOf(member).root.certificate,
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
  });

  it('lets the pages of origins that were named use the identity of the browser', async () => {
    const pair = await user('vera', ['viewer']);
    const from = (origin: string) => asker.ask('/api/status', { pair }, { Origin: origin });
    expect((await from('https://board.example.org')).headers).toMatchObject({
      'access-control-allow-origin': 'https://board.example.org',
      'access-control-allow-credentials': 'true',
    });
    expect((await from('https://evil.example')).headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

const to = (port: string) => ({ host: '127.0.0.1', port: Number(port) });
