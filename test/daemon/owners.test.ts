import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { type Client, Client as RemoteClient } from '../../src/client/index.js';
import { type OpenReplica, openReplica } from '../../src/daemon/open-replica.js';
import { instances, leases, locks } from '../../src/kinds/index.js';
import { Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { SecureCluster } from '../support/secure-cluster.js';

const denied = { code: 'DENIED', message: expect.stringContaining('belongs to user/ann') as string };

const instance = (id: string): messages.CatalogInstance => ({
  id,
  name: 'web',
  host: '10.0.0.1',
  port: 80,
  tags: [],
  metadata: {},
  weight: 1,
  health: 'passing',
  agent: 'a1',
  lost: false,
});

describe('what one identity made', () => {
  const cluster = new SecureCluster();
  let ann: Client;
  let bob: Client;
  let annChannel: Channel;
  let bobChannel: Channel;
  let lease = '';
  let session = '';

  const ask = <Res>(channel: Channel, service: 'catalog' | 'lease', method: string, request: object) =>
    channel.unary<object, Res>(methodOf(service, method), request, { timeoutMs: 5_000 });
  const register = (channel: Channel, one: messages.CatalogInstance, of = '') =>
    ask<messages.CatalogRegisterResponse>(channel, 'catalog', 'Register', {
      instance: one,
      session: of,
      ttlMs: 60_000,
    });

  beforeAll(async () => {
    await cluster.begin();
    const [annAccess, bobAccess] = [await cluster.user('ann', ['operator']), await cluster.user('bob', ['operator'])];
    ann = cluster.clientFor(annAccess);
    bob = cluster.clientFor(bobAccess);
    annChannel = cluster.channelFor(annAccess);
    bobChannel = cluster.channelFor(bobAccess);
    lease = await ann.grantLease({ ttlMs: 60_000, holder: 'ann' });
    await ann.create(locks, { id: 'l1', lock: 'door', holder: 'ann', lease });
    ({ session } = await register(annChannel, instance('i1')));
  });
  afterAll(() => cluster.close());

  it('says who that was', () => {
    const { store } = cluster.member;
    const found = store.view((tx) => [tx.kind(leases).get(lease)?.owner, tx.kind(instances).get('i1')?.owner]);
    expect(found).toEqual(['user/ann', 'user/ann']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['renew a lease', () => bob.keepAlive([lease])],
    ['end a lease', () => bob.revokeLease(lease)],
    ['remove a lease as an object', () => bob.remove('leases', lease)],
    ['change a lease', () => bob.update(leases, { id: lease, ttlMs: 500, holder: 'bob', guarded: false, lost: false })],
    ['attach something to a lease', () => bob.create(locks, { lock: 'window', holder: 'bob', lease })],
    ['renew a session', () => ask(bobChannel, 'catalog', 'Renew', { sessions: [session] })],
    ['register in a session', () => register(bobChannel, instance('i2'), session)],
    ['replace an instance', () => register(bobChannel, instance('i1'))],
    ['deregister an instance', () => ask(bobChannel, 'catalog', 'Deregister', { ids: ['i1'], session })],
    ['remove an instance as an object', () => bob.remove('instances', 'i1')],
  ])('is not for another to use: %s', async (_, attempt) => {
    await expect(attempt()).rejects.toMatchObject(denied);
  });

  it('is not taken over by writing another lease into it', async () => {
    const other = await bob.grantLease({ ttlMs: 60_000, holder: 'bob' });
    await expect(bob.update(locks, { id: 'l1', lock: 'door', holder: 'bob', lease: other })).rejects.toMatchObject(
      denied,
    );
    expect((await bob.get(locks, 'l1')).holder).toBe('ann');
  });

  it('keeps its owner, whatever a request names', async () => {
    const made = await bob.create(leases, {
      ttlMs: 60_000,
      holder: 'bob',
      guarded: false,
      lost: false,
      owner: 'user/ann',
    });
    expect(made.owner).toBe('user/bob');
    const next = await ann.update(leases, {
      id: lease,
      ttlMs: 60_000,
      holder: 'a',
      guarded: false,
      lost: false,
      owner: 'x',
    });
    expect(next.owner).toBe('user/ann');
  });

  it('is for its owner, and for an admin', async () => {
    expect(await ann.keepAlive([lease])).toEqual([]);
    await register(annChannel, { ...instance('i1'), port: 81 }, session);
    await ask(annChannel, 'catalog', 'Renew', { sessions: [session] });
    await cluster.admin.revokeLease(lease);
    expect(cluster.member.store.view((tx) => tx.kind(leases).get(lease))).toBeUndefined();
    await ask(annChannel, 'catalog', 'Deregister', { ids: ['i1'], session });
    expect(cluster.member.store.view((tx) => tx.kind(instances).get('i1'))).toBeUndefined();
  });
});

describe('without security', () => {
  let member: OpenReplica;
  let client: Client;

  beforeAll(async () => {
    member = await openReplica({ name: 'm1', listenAddr: '127.0.0.1:0', security: 'off', logger: silentLogger });
    client = new RemoteClient({ hosts: [member.addr], timeoutMs: 5_000 });
  });
  afterAll(async () => {
    client.close();
    await member.close();
  });

  it('nothing has an owner, and everyone may do everything', async () => {
    const id = await client.grantLease({ ttlMs: 60_000, holder: 'x' });
    expect(await client.get(leases, id)).not.toHaveProperty('owner');
    const claimed = await client.create(leases, {
      ttlMs: 60_000,
      holder: 'x',
      guarded: false,
      lost: false,
      owner: 'root',
    });
    expect(claimed).not.toHaveProperty('owner');
    await client.revokeLease(id);
  });
});
