import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { Access, changeOf, Client, type RemoteTransaction } from '../../src/client/index.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { hashOf, newToken, parseToken, type Token } from '../../src/identity/index.js';
import { authorities, locks, tokens, users } from '../../src/kinds/index.js';
import { makeRequest } from '../../src/pki/index.js';
import { enrol } from '../../src/rpc/index.js';
import { until } from '../support/network-wait.js';

let member: OpenReplica;
let admin: Client;
const clients: Client[] = [];

async function login(text: string): Promise<Client> {
  const { key, request } = await makeRequest();
  const { domain, roots, certificate } = await enrol(member.addr, { token: parseToken(text) as Token, text, request });
  const access = new Access({ domain, roots, certificate, key: key.reveal() });
  const client = new Client({ hosts: [member.addr], access, timeoutMs: 5_000 });
  clients.push(client);
  return client;
}

async function userWith(name: string, rules: readonly string[]): Promise<Client> {
  await admin.putRole({ name: `role-${name}`, rules });
  await admin.putUser({ name, roles: [`role-${name}`] });
  return login((await admin.createToken({ use: 'join-user', user: name })).token);
}

const node = (hostname: string) => ({ description: { hostname } });
const denied = { code: 'DENIED' };

beforeAll(async () => {
  member = await openReplica({ name: 'm1', listenAddr: '127.0.0.1:0', security: 'on', logger: silentLogger });
  const { store } = member;
  await until('there is a CA', () => store.view((tx) => tx.kind(authorities).find().length === 1));
  const { token, text } = newToken(
    { ca: store.view((tx) => tx.kind(authorities).find()[0]?.digest ?? '') },
    systemRandom,
  );
  await store.update((tx) => {
    tx.kind(users).create({ id: 'root', name: 'root', roles: ['admin'] });
    const life = { expiresAt: Date.now() + 60_000, usesLeft: 1, createdBy: 'test' };
    tx.kind(tokens).create({ id: token.id, use: 'join-user', user: 'root', hash: hashOf(token), ...life });
  });
  admin = await login(text.reveal());
  for (const name of ['web-1', 'web-2', 'db-1']) await admin.create('node', { id: name, ...node(name) });
});
afterAll(async () => {
  for (const client of clients) client.close();
  await member.close();
});

describe('rights on objects', () => {
  let web: Client;

  beforeAll(async () => {
    web = await userWith('web', ['read,write,remove node web-', 'read network']);
  });

  it('let one read what the role names, and nothing else', async () => {
    expect((await web.get('node', 'web-1')).id).toBe('web-1');
    await expect(web.get('node', 'db-1')).rejects.toMatchObject(denied);
    await expect(web.get('service', 'x')).rejects.toMatchObject(denied);
    expect(await web.list('network')).toMatchObject({ objects: [] });
  });

  it('say no alike to what is there and what is not', async () => {
    const said = (id: string) => web.get('node', id).catch((error: Error) => error.message.replaceAll(id, 'ID'));
    expect(await said('db-1')).toBe(await said('db-9'));
  });

  it('filter lists, and do not count hidden objects for the limit', async () => {
    expect((await web.list('node')).objects.map(({ id }) => id)).toEqual(['web-1', 'web-2']);
    expect((await web.list('node', undefined, { limit: 2 })).objects).toHaveLength(2);
    await expect(web.list('service')).rejects.toMatchObject(denied);
    await expect(web.list('users')).rejects.toMatchObject(denied);
  });

  it.each([
    ['create under another name', () => web.create('node', { id: 'db-2', ...node('db-2') })],
    ['create of another name under an id that fits', () => web.create('node', { id: 'web-9', ...node('db-9') })],
    ['create under an id that is taken', () => web.create('node', { id: 'db-1', ...node('db-1') })],
    ['update', () => web.update('node', { id: 'db-1', ...node('db-1') })],
    ['rename away', () => web.update('node', { id: 'web-2', ...node('db-2') })],
    ['remove', () => web.remove('node', 'db-1')],
    ['create of another kind', () => web.create('network', { id: 'n', spec: { annotations: { name: 'n' } } })],
    ['dry run', () => web.plan([changeOf('update', 'node', { id: 'db-1', ...node('db-1') })])],
    [
      'condition on what it may not read',
      () => web.apply([], { conditions: [{ kind: 'node', id: 'db-1', version: 1 }] }),
    ],
    ['fence that it may not read', () => web.apply([], { fence: { kind: locks.name, id: 'x', version: 1 } })],
    ['history', () => web.history('node', 'db-1')],
    ['backup', () => web.saveSnapshot().next()],
  ])('refuse: %s', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject(denied);
  });

  it('do nothing of a request that is allowed in part', async () => {
    const changes = ['web-8', 'db-8'].map((id) => changeOf('create', 'node', { id, ...node(id) }));
    await expect(web.apply(changes)).rejects.toMatchObject(denied);
    expect(member.store.view((tx) => tx.nodes().get('web-8'))).toBeUndefined();
  });

  it('name the question to ask', async () => {
    await expect(web.remove('node', 'db-1')).rejects.toThrow(
      'DENIED: user/web (role-web) may not remove node "db-1": "skep can remove node db-1"',
    );
    expect(await web.can({ verb: 'remove', kind: 'node', name: 'web-1' })).toEqual({
      allowed: true,
      because: 'role role-web: read,write,remove node web-',
    });
    expect(await web.can({ verb: 'remove', kind: 'node', name: 'db-1' })).toEqual({ allowed: false, because: '' });
  });

  it('hide events of what may not be read, also a rename into view', async () => {
    const seen: RemoteTransaction[] = [];
    const watch = web.watch({ from: 0 });
    const reading = (async () => {
      for await (const transaction of watch) seen.push(transaction);
    })().catch(() => undefined);
    await admin.create('node', { id: 'db-5', ...node('db-5') });
    await admin.update('node', { id: 'db-5', ...node('web-5') });
    await admin.create('node', { id: 'web-6', ...node('web-6') });
    const ids = () => seen.flatMap(({ events }) => events.map(({ object }) => object.id));
    await until('the last is there', () => ids().includes('web-6'));
    expect(ids().every((id) => id.startsWith('web-'))).toBe(true);
    await watch.return();
    await reading;
  });

  it('list only the kinds that one may read', async () => {
    expect((await web.kinds()).map(({ kind }) => kind).sort()).toEqual(['network', 'node']);
    const { use } = await web.status();
    expect(use?.kinds.map(({ kind }) => kind).sort()).toEqual(['network', 'node']);
  });

  it('count for the next call when the role changes', async () => {
    const late = await userWith('late', ['read node']);
    expect((await late.get('node', 'db-1')).id).toBe('db-1');
    await admin.putRole({ name: 'role-late', rules: ['read node web-'] });
    await expect(late.get('node', 'db-1')).rejects.toMatchObject(denied);
    expect((await late.get('node', 'web-1')).id).toBe('web-1');
  });

  it('give a repeated request id only to its own caller', async () => {
    const other = await userWith('other', ['read,write node']);
    await other.create('node', { id: 'db-7', ...node('db-7') }, { requestId: 'mine' });
    await expect(web.create('node', { id: 'db-7', ...node('db-7') }, { requestId: 'mine' })).rejects.toMatchObject(
      denied,
    );
  });

  it('refuse to use a role that one has to get more', async () => {
    await expect(web.putRole({ name: 'role-web', rules: ['read,write *'] })).rejects.toMatchObject(denied);
    await expect(web.putUser({ name: 'web', roles: ['admin'] })).rejects.toMatchObject(denied);
    await expect(web.createToken({ use: 'join-member' })).rejects.toMatchObject(denied);
  });
});

describe('a saved state', () => {
  it('lets no reader in, and restoring it changes no right', async () => {
    await admin.putUser({ name: 'before', roles: ['viewer'] });
    await admin.createToken({ use: 'join-member' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of admin.saveSnapshot()) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const { authority, hashes } = member.store.view((tx) => ({
      authority: tx.kind(authorities).find()[0],
      hashes: tx
        .kind(tokens)
        .find()
        .map(({ hash }) => hash),
    }));
    const key = (authority?.key ?? '').split('\n')[1] ?? '';
    expect(key.length).toBeGreaterThan(40);
    expect(bytes.includes('web-1')).toBe(true);
    for (const hidden of [key, ...hashes]) expect(bytes.includes(hidden)).toBe(false);

    await admin.removeUser('before');
    await admin.putUser({ name: 'after', roles: ['viewer'] });
    await admin.remove('node', 'db-1');
    const whole = async function* () {
      yield await Promise.resolve(bytes);
    };
    await admin.restoreSnapshot(whole());
    const now = member.store.view((tx) => ({
      users: tx
        .kind(users)
        .find()
        .map(({ id }) => id),
      authority: tx.kind(authorities).find()[0],
      node: tx.nodes().get('db-1'),
    }));
    expect(now.node).toBeDefined();
    expect(now.authority?.key).toBe(authority?.key);
    expect(now.users).toContain('after');
    expect(now.users).not.toContain('before');
    expect((await admin.whoAmI()).identity).toBe('user/root');
  });
});
