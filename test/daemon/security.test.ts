import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { Secret } from '../../src/base/secret.js';
import { Access, Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica, type OpenReplicaOptions } from '../../src/daemon/open-replica.js';
import { readKeys, writeKeys } from '../../src/disk/index.js';
import { dayMs, parseIdentity, parseToken, type Token } from '../../src/identity/index.js';
import { authorities, credentials, tokens } from '../../src/kinds/index.js';
import { issue, makeRequest, publicKeyOf } from '../../src/pki/index.js';
import { Channel, enrol, methodOf, TlsDialing } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-secure-'));
const opened: OpenReplica[] = [];
const clients: { close(): void }[] = [];

async function open(name: string, options: Partial<OpenReplicaOptions> = {}): Promise<OpenReplica> {
  const member = await openReplica({
    name,
    listenAddr: '127.0.0.1:0',
    security: 'on',
    heartbeatMs: 20,
    electionTimeoutMs: 200,
    logger: silentLogger,
    ...options,
  });
  opened.push(member);
  return member;
}

function clientOf(member: OpenReplica, access: Access | undefined = member.access()): Client {
  const client = new Client({ hosts: [member.addr], access, timeoutMs: 5_000 });
  clients.push(client);
  return client;
}

/** Enrols as `skep login` does. */
async function login(member: OpenReplica, text: string): Promise<Access> {
  const { key, request } = await makeRequest();
  const { domain, roots, certificate } = await enrol(member.addr, { token: parseToken(text) as Token, text, request });
  return new Access({ domain, roots, certificate, key: key.reveal() });
}

describe('a cluster with security', () => {
  let first: OpenReplica;
  let second: OpenReplica;
  let third: OpenReplica;
  let admin: Client;
  let token = '';

  beforeAll(async () => {
    first = await open('m1', { dataDir: join(folder, 'm1') });
    await until('there is a CA', () => first.store.view((tx) => tx.kind(authorities).find().length === 1));
    // The users of security are made by whoever owns the process: here by the store itself.
    const { kind } = await rootAdmin(first);
    admin = kind;
    token = (await admin.createToken({ use: 'join-member', uses: 2 })).token;
    second = await open('m2', { dataDir: join(folder, 'm2'), join: [first.addr], joinToken: token });
    third = await open('m3', { join: [second.addr], joinToken: token });
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await Promise.all(opened.map((member) => member.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('has every member, each with its own identity', async () => {
    expect(
      first
        .status()
        .members.map(({ name }) => name)
        .sort(),
    ).toEqual(['m1', 'm2', 'm3']);
    for (const member of [first, second, third])
      expect((await clientOf(member).whoAmI()).identity).toBe(`member/${member.status().id}`);
  });

  it('replicates, and its status reaches every member', async () => {
    await admin.create('job', { id: 'x' }).catch(() => undefined);
    await first.store.update((tx) => tx.nodes().create({ id: 'n1' }));
    await until('all have it', () => [second, third].every(({ store }) => store.view((tx) => tx.nodes().get('n1'))));
    const { members } = await admin.status();
    expect(members.map(({ reachable }) => reachable)).toEqual([true, true, true]);
  });

  it('keeps keys for the owner alone, and no key of the CA', () => {
    const path = join(folder, 'm2', 'keys');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const key = first.store.view((tx) => tx.kind(authorities).find()[0]?.key ?? '');
    expect(key).toContain('PRIVATE KEY');
    expect(readFileSync(path, 'utf8')).not.toContain(JSON.stringify(key).slice(1, -1));
  });

  it('spent the token, and lets no third one in', async () => {
    const { id } = parseToken(token) as Token;
    expect(first.store.view((tx) => tx.kind(tokens).get(id))).toMatchObject({ usesLeft: 0, use: 'join-member' });
    await expect(open('m4', { join: [first.addr], joinToken: token })).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(`token ${id} was used by member/${third.status().id}`),
    });
  });

  describe('for a stranger', () => {
    const anonymous = async (path: [Parameters<typeof methodOf>[0], string], request: object = {}) => {
      const { domain, certificate } = first.store.view((tx) => tx.kind(authorities).find()[0]) ?? {
        domain: '',
        certificate: '',
      };
      const channel = new Channel(first.addr, { own: true, dialing: new TlsDialing({ domain, roots: [certificate] }) });
      clients.push(channel);
      return channel.unary(methodOf(...path), request, { timeoutMs: 5_000 });
    };

    it('shows its roots, and who the stranger is', async () => {
      expect(await anonymous(['certificates', 'GetRootCa'])).toMatchObject({
        roots: [expect.stringContaining('BEGIN')],
      });
      expect(await anonymous(['access', 'WhoAmI'])).toMatchObject({ identity: 'anonymous' });
    });

    it.each([
      ['control', 'Get'],
      ['control', 'Create'],
      ['backup', 'Save'],
      ['membership', 'Status'],
      ['membership', 'Join'],
      ['raft', 'Stream'],
    ] as const)('has no %s/%s', async (service, method) => {
      await expect(anonymous([service, method])).rejects.toMatchObject({ code: 12 }); // UNIMPLEMENTED: it is not there
    });

    it('makes no user', async () => {
      await expect(
        anonymous(['access', 'PutUser'], { name: 'eve', roles: ['admin'], disabled: false }),
      ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    });

    it('takes no clear text', async () => {
      const client = new Client({ hosts: [first.addr], timeoutMs: 500 });
      clients.push(client);
      await expect(client.get('node', 'n1')).rejects.toThrow();
      const socket = createConnection(Number(first.addr.split(':')[1]), '127.0.0.1');
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.on('error', () => undefined).write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
      await closed;
    });

    it.each([
      ['TLS 1.2', ['-tls1_2', '-alpn', 'h2']],
      ['another protocol', ['-tls1_3', '-alpn', 'http/1.1']],
    ])('does not speak %s', async (_, args) => {
      expect(await openssl(...args)).not.toBe(0);
    });

    it('speaks TLS 1.3, as OpenSSL does', async () => {
      expect(await openssl('-tls1_3', '-alpn', 'h2')).toBe(0);
    });

    it('resumes no session: it would outlive its certificate', async () => {
      const port = Number(first.addr.split(':')[1]);
      const options = { port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] };
      const settings = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0';
      const one = connect(options);
      let session: Buffer | undefined;
      one.on('session', (given: Buffer) => (session = given));
      one.once('secureConnect', () => one.write(settings));
      await new Promise((resolve) => one.once('data', resolve));
      const again = connect({ ...options, session });
      await new Promise((resolve) => again.once('secureConnect', resolve));
      expect(again.isSessionReused()).toBe(false);
      one.destroy();
      again.destroy();
    });
  });

  /** Connects with `openssl s_client`. Resolves with its exit code. */
  function openssl(...args: string[]): Promise<number | null> {
    const child = spawn('openssl', ['s_client', '-connect', first.addr, ...args], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.stdin.on('error', () => undefined).end();
    return new Promise((resolve) => child.once('close', resolve));
  }

  describe('for users', () => {
    it('gives what their roles say, and writes down who it was', async () => {
      await admin.putUser({ name: 'alice', roles: ['viewer'] });
      const made = await admin.createToken({ use: 'join-user', user: 'alice' });
      const alice = clientOf(third, await login(second, made.token)); // enrolled at a follower, used at another
      expect(await alice.whoAmI()).toMatchObject({ identity: 'user/alice', roles: ['viewer'] });
      expect((await alice.get('node', 'n1')).id).toBe('n1');
      await expect(alice.putUser({ name: 'eve', roles: ['admin'] })).rejects.toMatchObject({ code: 'DENIED' });
      await expect(alice.removeMember('m3')).rejects.toMatchObject({ code: 'DENIED' });
      expect(await alice.can({ verb: 'read', kind: 'node' })).toEqual({
        allowed: true,
        because: 'role viewer: read *',
      });
      expect(await alice.can({ verb: 'write', kind: 'node' })).toEqual({ allowed: false, because: '' });
      await expect(alice.can({ verb: 'read', kind: 'node', user: 'root' })).rejects.toMatchObject({ code: 'DENIED' });
    });

    it('has the proved name in history, whatever the caller claims, also through a follower', async () => {
      await admin.putUser({ name: 'oscar', roles: ['operator'] });
      const { token: text } = await admin.createToken({ use: 'join-user', user: 'oscar' });
      const oscar = clientOf(third, await login(first, text));
      await oscar.create('node', { id: 'n2' }, { actor: 'root', reason: 'test' });
      const { entries } = await oscar.history('node', 'n2');
      expect(entries[0]).toMatchObject({ actor: 'user/oscar', reason: 'test' });
    });

    it('ends their connections at once when they are removed', async () => {
      await admin.putUser({ name: 'bob', roles: ['admin'] });
      const { token: text } = await admin.createToken({ use: 'join-user', user: 'bob' });
      const bob = clientOf(second, await login(first, text));
      const ended = (async () => {
        for await (const message of bob.messages()) if (message.type === 'resync') return;
      })().then(
        () => 'ended',
        () => 'ended',
      );
      await bob.get('node', 'n1');
      await admin.removeUser('bob');
      expect(first.store.view((tx) => tx.kind(credentials).find(credentials.by('identity', 'user/bob')))).toEqual([]);
      await expect(bob.get('node', 'n1')).rejects.toBeDefined();
      bob.close();
      expect(await ended).toBe('ended');
    });

    it('keeps the last admin from removing itself', async () => {
      const { identity } = await admin.whoAmI();
      expect(identity).toBe('user/root');
      await expect(admin.removeUser('root')).rejects.toMatchObject({ code: 'IN_USE' });
      await expect(admin.putUser({ name: 'root', roles: [] })).rejects.toMatchObject({ code: 'IN_USE' });
    });
  });

  describe('for tokens', () => {
    const attempt = async (text: string) => {
      const { request } = await makeRequest();
      return enrol(first.addr, { token: parseToken(text) as Token, text, request });
    };

    it('gives a repeated request the same certificate, and spends nothing', async () => {
      await admin.putUser({ name: 'carol', roles: [] });
      const { token: text, id } = await admin.createToken({ use: 'join-user', user: 'carol' });
      const { request } = await makeRequest();
      const asked = { token: parseToken(text) as Token, text, request };
      const answers = [await enrol(first.addr, asked), await enrol(second.addr, asked)];
      expect(answers[0]?.certificate).toBe(answers[1]?.certificate);
      expect(first.store.view((tx) => tx.kind(tokens).get(id)?.usesLeft)).toBe(0);
    });

    it('lets one of fifty win', async () => {
      const { token: text } = await admin.createToken({ use: 'join-user', user: 'carol' });
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => attempt(text)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it.each([['of another cluster', (text: string) => text, 'the CA at']])(
      'sends no token %s',
      async (_, change, message) => {
        const other = await open('other');
        await until('there is a CA', () => other.store.view((tx) => tx.kind(authorities).find().length === 1));
        const { token: text } = await admin.createToken({ use: 'join-user', user: 'carol' });
        const { request } = await makeRequest();
        await expect(
          enrol(other.addr, { token: parseToken(change(text)) as Token, text, request }),
        ).rejects.toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringContaining(message) });
      },
    );

    it('refuses one that has been removed, without saying more than for an unknown one', async () => {
      const { token: text, id } = await admin.createToken({ use: 'join-user', user: 'carol' });
      await admin.removeToken(id);
      await expect(attempt(text)).rejects.toMatchObject({ message: `UNAUTHENTICATED: the cluster has no token ${id}` });
    });
  });

  it('lets no member speak as another', async () => {
    const { clusterId, id: to } = first.status();
    const own = second.status().id;
    const other = third.status().id;
    const channel = new Channel(first.addr, { own: true, dialing: Access.dialingOf(second.access() as Access) });
    clients.push(channel);
    const hello = (from: number) =>
      new Promise<Error | undefined>((resolve) => {
        const stream = channel.clientStream<object>(methodOf('raft', 'Stream'), resolve);
        stream.on('error', () => undefined);
        stream.write({ hello: { format: 2, clusterId, from, to, addrs: [], lastIndex: 1_000_000 } });
        if (from === own) stream.end();
      });
    expect(await hello(own)).toBeUndefined();
    expect(await hello(other)).toMatchObject({ code: 'DENIED' });
    const join = (id: number) =>
      channel.unary(methodOf('membership', 'Join'), {
        member: { id, name: 'm3', addrs: ['127.0.0.1:1'] },
        replaces: false,
      });
    await expect(join(other)).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('lets no removed member speak', async () => {
    await first.removeMember('m3');
    await expect(clientOf(first, third.access()).get('node', 'n1')).rejects.toBeDefined();
  });

  it('starts again from its own keys', async () => {
    await second.close();
    opened.splice(opened.indexOf(second), 1);
    second = await open('m2', { dataDir: join(folder, 'm2') });
    await until('it follows', () => second.store.version >= first.store.version);
    expect((await clientOf(first, second.access()).whoAmI()).identity).toBe(`member/${second.status().id}`);
  });
});

describe('members that slept for longer than their certificates live', () => {
  it('start together and lead again, without help', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skep-asleep-'));
    const dirs = ['a', 'b', 'c'].map((name) => join(dir, name));
    const [dirA = '', dirB = '', dirC = ''] = dirs;
    const a = await open('a', { dataDir: dirA });
    const authority = () => a.store.view((tx) => tx.kind(authorities).find()[0]);
    await until('there is a CA', () => authority() !== undefined);
    const { kind: admin } = await rootAdmin(a);
    const { token } = await admin.createToken({ use: 'join-member', uses: 2 });
    const b = await open('b', { dataDir: dirB, join: [a.addr], joinToken: token });
    const c = await open('c', { dataDir: dirC, join: [a.addr], joinToken: token });
    await a.store.update((tx) => tx.nodes().create({ id: 'n1' }));
    const root = { certificate: authority()?.certificate ?? '', key: new Secret(authority()?.key ?? '') };
    const addrs = [a.addr, b.addr, c.addr];
    await Promise.all([a, b, c].map((member) => member.close()));

    for (const dataDir of dirs) {
      const keys = await readKeys(dataDir);
      if (!keys) throw new Error('there are no keys');
      const { subjectAltName = '' } = new X509Certificate(keys.certificate);
      const identity = parseIdentity(subjectAltName.split(', ')[0]?.slice('URI:'.length) ?? '');
      if (!identity) throw new Error('there is no identity');
      const wanted = { identity, publicKey: publicKeyOf(keys.key), lifeMs: 90 * dayMs };
      const certificate = await issue(root, wanted, { now: Date.now() - 400 * dayMs, random: systemRandom });
      expect(Date.parse(new X509Certificate(certificate).validTo)).toBeLessThan(Date.now() - 300 * dayMs);
      await writeKeys(dataDir, { ...keys, certificate });
    }

    const again = await Promise.all(
      dirs.map((dataDir, i) => open(['a', 'b', 'c'][i] ?? '', { dataDir, listenAddr: addrs[i] ?? '' })),
    );
    await until('one leads', () => again.some(({ isLeader }) => isLeader));
    const leader = again.find(({ isLeader }) => isLeader) as OpenReplica;
    await leader.store.update((tx) => tx.nodes().create({ id: 'n2' }));
    await until('all have it', () =>
      again.every(({ store }) => store.view((tx) => tx.nodes().get('n2') !== undefined)),
    );
    for (const dataDir of dirs) {
      const { certificate = '' } = (await readKeys(dataDir)) ?? {};
      expect(Date.parse(new X509Certificate(certificate).validTo)).toBeGreaterThan(Date.now() + 89 * dayMs);
    }
    rmSync(dir, { recursive: true, force: true });
  }, 60_000);
});

/** Makes the first admin as the owner of the process can: in the store. */
async function rootAdmin(member: OpenReplica): Promise<{ kind: Client }> {
  const { users } = await import('../../src/kinds/index.js');
  const { newToken, hashOf } = await import('../../src/identity/index.js');
  const digest = member.store.view((tx) => tx.kind(authorities).find()[0]?.digest ?? '');
  const { token, text } = newToken({ ca: digest }, systemRandom);
  await member.store.update((tx) => {
    tx.kind(users).create({ id: 'root', name: 'root', roles: ['admin'] });
    const life = { expiresAt: Date.now() + 60_000, usesLeft: 1, createdBy: 'test' };
    tx.kind(tokens).create({ id: token.id, use: 'join-user', user: 'root', hash: hashOf(token), ...life });
  });
  return { kind: clientOf(member, await login(member, text.reveal())) };
}
