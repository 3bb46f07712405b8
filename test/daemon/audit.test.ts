import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { type AuditLine, AuditVerifier, parseLine } from '../../src/audit/index.js';
import { Access, Client } from '../../src/client/index.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { parseToken, type Token } from '../../src/identity/index.js';
import { authorities, leases } from '../../src/kinds/index.js';
import { methodOf } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';

const folder = mkdtempSync(join(tmpdir(), 'skep-audited-'));
const pathOf = (name: string) => join(folder, `${name}.log`);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function linesIn(name: string): AuditLine[] {
  if (!existsSync(pathOf(name))) return [];
  const lines = readFileSync(pathOf(name), 'utf8').trimEnd().split('\n');
  return lines.flatMap((line) => parseLine(line) ?? []);
}

async function line(name: string, expected: Partial<AuditLine>): Promise<AuditLine> {
  const find = () =>
    linesIn(name).find((one) =>
      Object.entries(expected).every(([key, value]) => JSON.stringify(one[key]) === JSON.stringify(value)),
    );
  await until(`${name} has ${JSON.stringify(expected)}`, () => find() !== undefined);
  return find() as AuditLine;
}

describe('an audit without security', () => {
  it('has the calls and the writes of callers that are not known', async () => {
    const member = await openReplica({
      name: 'c1',
      listenAddr: '127.0.0.1:0',
      security: 'off',
      audit: pathOf('clear'),
      logger: silentLogger,
    });
    const client = new Client({ hosts: [member.addr], timeoutMs: 5_000 });
    const { meta } = await client.create('node', { id: 'n1' }, { actor: 'bob' });
    await line('clear', { event: 'write', version: meta.version, actor: 'bob' });
    const call = await line('clear', { event: 'call', method: 'Control/Create', version: meta.version });
    expect(call).toMatchObject({ identity: 'anonymous', address: expect.stringContaining('127.0.0.1') as string });
    client.close();
    await member.close();
  });
});

describe('a strict audit', () => {
  it('takes no writes while its file cannot be written, and reads', async () => {
    const options = { listenAddr: '127.0.0.1:0', security: 'off', logger: silentLogger } as const;
    const missing = join(folder, 'missing', 'audit.log');
    await expect(openReplica({ ...options, name: 's0', audit: missing, auditStrict: true })).rejects.toThrow('ENOENT');
    // The process is root in some places: a full device refuses everyone.
    const member = await openReplica({ ...options, name: 's1', audit: '/dev/full' });
    const strict = await openReplica({ ...options, name: 's2', audit: '/dev/full', auditStrict: true });
    const [loose, client] = [member, strict].map(({ addr }) => new Client({ hosts: [addr], timeoutMs: 5_000 }));
    await loose?.create('node', { id: 'n1' });
    await until('the strict one refuses', () =>
      Promise.resolve(client?.create('node', {})).then(
        () => false,
        (error: { code?: string }) => error.code === 'AUDIT_BLOCKED',
      ),
    );
    expect((await client?.list('node'))?.version).toBeGreaterThanOrEqual(0);
    loose?.close();
    client?.close();
    await member.close();
    await strict.close();
  });
});

describe('a strict audit that cannot be written any more', () => {
  const name = 'strict';
  const options = {
    ...{ listenAddr: '127.0.0.1:0', security: 'off', heartbeatMs: 20, electionTimeoutMs: 400 },
    ...{ logger: silentLogger, audit: pathOf(name), auditStrict: true },
  } as const;
  /** Puts a file into the place of the audit that is always full, as a log that is rotated onto a full disk. */
  const fill = () => {
    renameSync(pathOf(name), pathOf('before'));
    symlinkSync('/dev/full', pathOf(name));
  };
  const empty = () => rmSync(pathOf(name));
  const blocked = (member: OpenReplica) =>
    member.store
      .update((tx) => void tx.nodes().create({}))
      .then(
        () => false,
        (error: { code?: string }) => error.code === 'AUDIT_BLOCKED',
      );
  const ttlMs = 2_000;

  it('stops the writes of the process and of the leader itself, until it can', async () => {
    await using member = await openReplica({ ...options, name: 's3' });
    const client = new Client({ hosts: [member.addr], timeoutMs: 5_000 });
    const held = () => member.store.view((tx) => tx.kind(leases).find()).length;
    const id = await client.grantLease({ ttlMs, holder: 'h' });
    fill();
    await until('the process cannot write', async () => {
      await client.keepAlive([id]);
      return blocked(member);
    });
    const began = performance.now();
    await until('its time is over, twice', () => performance.now() - began > 2 * ttlMs);
    expect(held()).toBe(1);
    expect(member.isLeader).toBe(true); // there is no other
    empty();
    await until('the lease has ended', () => held() === 0);
    client.close();
  });

  it('lets another member lead', async () => {
    rmSync(pathOf(name), { force: true });
    await using member = await openReplica({ ...options, name: 's4' });
    await using other = await openReplica({ ...options, name: 's5', audit: pathOf('other'), join: [member.addr] });
    await until(
      'there are two voters',
      () => member.status().members.filter(({ role }) => role === 'voter').length === 2,
    );
    expect(member.isLeader).toBe(true);
    fill();
    await until('the other leads', () => blocked(member).then(() => other.isLeader));
    const client = new Client({ hosts: [other.addr], timeoutMs: 5_000 });
    const { meta } = await client.create('node', { id: 'n9' });
    await line('other', { event: 'write', version: meta.version });
    empty();
    await line(name, { event: 'write', version: meta.version }); // from the history, as soon as it can
    client.close();
  });
});

describe('an audit', () => {
  const cluster = new SecureCluster();
  const secrets: string[] = [];
  let follower: OpenReplica;
  let ann: Client;

  beforeAll(async () => {
    await cluster.begin({
      audit: pathOf('m1'),
      auditStrict: true,
      dataDir: join(folder, 'm1'),
      heartbeatMs: 20,
      electionTimeoutMs: 200,
    });
    follower = await cluster.join('m2', { audit: pathOf('m2') });
    await cluster.admin.putUser({ name: 'ann', roles: ['operator'] });
    const { token } = await cluster.admin.createToken({ use: 'join-user', user: 'ann' });
    secrets.push((parseToken(token) as Token).secret.reveal());
    ann = cluster.clientFor(await cluster.login(token), follower);
  });
  afterAll(async () => {
    await cluster.close();
  });

  it('has logins, tokens, users, members and saved states, with who it was and from where', async () => {
    const serial = expect.stringMatching(/^[0-9a-f]{32}$/) as string;
    const address = expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string;
    expect(await line('m1', { event: 'login', identity: 'user/ann' })).toMatchObject({ address });
    expect(await line('m1', { event: 'token', use: 'join-user', user: 'ann' })).toMatchObject({
      identity: 'user/root',
      serial,
      address,
      id: expect.any(String) as string,
    });
    expect(await line('m1', { event: 'user', name: 'ann' })).toMatchObject({
      identity: 'user/root',
      roles: ['operator'],
    });
    await line('m1', { event: 'issue', identity: `member/${follower.status().id}` });
    expect(await line('m1', { event: 'member', method: 'Membership/Join' })).toMatchObject({ address });
    for await (const chunk of cluster.admin.saveSnapshot()) expect(chunk.length).toBeGreaterThan(0);
    expect(await line('m1', { event: 'backup' })).toMatchObject({ identity: 'user/root', serial, address });
  });

  it('has every write in the file of every member, and the call where it came in', async () => {
    const { meta } = await ann.create('node', { id: 'n1' }, { reason: 'because', actor: 'root' });
    const write = { event: 'write', version: meta.version, actor: 'user/ann', reason: 'because' } as const;
    for (const name of ['m1', 'm2'])
      expect(await line(name, write)).toMatchObject({ changes: { 'create node': ['n1'] } });
    const call = { event: 'call', identity: 'user/ann', version: meta.version } as const;
    expect(await line('m2', call)).not.toHaveProperty('via');
    expect(await line('m1', call)).toMatchObject({ via: `member/${follower.status().id}` });
  });

  it('has denials: of methods, and of objects', async () => {
    await expect(ann.removeMember('m2')).rejects.toMatchObject({ code: 'DENIED' });
    await line('m2', { event: 'denied', method: 'Membership/Remove', identity: 'user/ann', code: 'DENIED' });
    const viewer = cluster.clientFor(await cluster.user('vera', ['viewer']));
    await expect(viewer.create('node', { id: 'n2' })).rejects.toMatchObject({ code: 'DENIED' });
    expect(await line('m1', { event: 'denied', method: 'Control/Create', identity: 'user/vera' })).toMatchObject({
      why: expect.stringContaining('may not write node') as string,
    });
    await expect(viewer.list('users')).rejects.toMatchObject({ code: 'DENIED' });
    await line('m1', { event: 'denied', method: 'Control/List', identity: 'user/vera' });
    const { roots } = await cluster.admin.rootCa();
    const { token, id } = await cluster.admin.createToken({ use: 'bearer', user: 'vera' });
    secrets.push((parseToken(token) as Token).secret.reveal());
    await cluster.clientFor(new Access({ roots, token })).list('node');
    await line('m1', { event: 'login', identity: 'user/vera', serial: `token:${id}` });
    await cluster.admin.removeToken(id);
    await expect(cluster.clientFor(new Access({ roots, token })).list('node')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await line('m1', { event: 'denied', method: 'Control/List', identity: 'anonymous', code: 'UNAUTHENTICATED' });
  });

  it('stores the head of a member in the cluster, for that member alone', async () => {
    const head = { line: 7, hash: 'a'.repeat(64) };
    const { id } = follower.status();
    const asMember = cluster.channelFor(follower.access() as Access);
    const put = (member: number) => asMember.unary(methodOf('access', 'Anchor'), { member: String(member), ...head });
    await put(id);
    await expect(put(cluster.member.status().id)).rejects.toMatchObject({ code: 'DENIED' });
    const { objects } = await cluster.admin.list('anchors');
    expect(objects).toMatchObject([{ id: String(id), ...head }]);
    const asAdmin = cluster.channelFor(await cluster.user('adam', ['admin']));
    await expect(asAdmin.unary(methodOf('access', 'Anchor'), { member: String(id), ...head })).rejects.toMatchObject({
      code: 'DENIED',
    });
    await expect(cluster.admin.create('anchors', { id: '5', ...head })).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('shows no secret', () => {
    const key = cluster.member.store.view((tx) => tx.kind(authorities).find()[0]?.key ?? '').split('\n')[1] ?? '';
    expect(key.length).toBeGreaterThan(40);
    for (const name of ['m1', 'm2'])
      for (const secret of [...secrets, key, 'PRIVATE KEY'])
        expect(readFileSync(pathOf(name), 'utf8')).not.toContain(secret);
  });

  it('is one chain, also over the end of the process, without a gap', async () => {
    await cluster.close();
    for (const name of ['m1', 'm2']) {
      const verifier = new AuditVerifier();
      for (const text of readFileSync(pathOf(name), 'utf8').trimEnd().split('\n')) verifier.take(text, name);
      expect(verifier.report()).toMatchObject({ problems: [], notes: [] });
      const versions = linesIn(name).flatMap(({ event, version }) => (event === 'write' ? [version as number] : []));
      expect(versions).toEqual(versions.map((_, i) => (versions[0] as number) + i));
    }
  });
});
