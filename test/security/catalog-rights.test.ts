import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instances } from '../../src/kinds/index.js';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';

/* The catalogue has methods of its own. A rule that names some instances counts for each of them there, too. */

const instance = (id: string): messages.CatalogInstance => ({
  ...{ id, name: 'site', host: '10.0.0.1', port: 80, tags: [], metadata: {}, weight: 1 },
  ...{ health: 'passing', agent: 'a1', lost: false },
});
const denied = (what: string) => ({ code: 'DENIED', message: expect.stringContaining(what) as string });
const wanted = { name: '', tags: [], passing: false, stale: false, limit: 0 };

describe('a right on some instances', () => {
  const cluster = new SecureCluster();
  let web: Channel;
  let root: Channel;
  let session = '';

  const ask = <Res>(channel: Channel, method: string, request: object) =>
    channel.unary<object, Res>(methodOf('catalog', method), request, { timeoutMs: 5_000 });
  const register = (channel: Channel, id: string, of = '') =>
    ask<messages.CatalogRegisterResponse>(channel, 'Register', { instance: instance(id), session: of, ttlMs: 60_000 });
  const isThere = (id: string) => cluster.member.store.view((tx) => tx.kind(instances).get(id) !== undefined);

  beforeAll(async () => {
    await cluster.begin();
    const rules = ['read,write instances web-', 'write leases', 'remove instances web-9'];
    await cluster.admin.putRole({ name: 'web', rules });
    web = cluster.channelFor(await cluster.user('web', ['web']));
    root = cluster.channelFor(await cluster.user('anna', ['admin']));
    for (const id of ['web-1', 'db-1']) await register(root, id);
    ({ session } = await register(web, 'web-2'));
  });
  afterAll(() => cluster.close());

  it('lists those alone', async () => {
    const ids = async (channel: Channel) =>
      (await ask<messages.CatalogListResponse>(channel, 'List', wanted)).instances.map(({ id }) => id);
    expect(await ids(web)).toEqual(['web-1', 'web-2']);
    expect(await ids(root)).toEqual(['db-1', 'web-1', 'web-2']);
  });

  it('shows those alone to a watch', async () => {
    const seen: string[] = [];
    const request = { name: '', tags: [] };
    const stream = web.serverStream<object, messages.CatalogWatchResponse>(methodOf('catalog', 'Watch'), request);
    stream.on('error', () => undefined);
    stream.on('data', ({ changes }: messages.CatalogWatchResponse) => {
      for (const { instance: one } of changes) seen.push(one?.id ?? '');
    });
    await until('it has begun', () => seen.includes('web-2'));
    await register(root, 'db-3');
    await register(root, 'web-3');
    await until('the last is there', () => seen.includes('web-3'));
    expect(seen.filter((id) => id.startsWith('db-'))).toEqual([]);
    stream.cancel();
  });

  it('registers those alone, and says nothing of others', async () => {
    await expect(register(web, 'db-9', session)).rejects.toMatchObject(denied('may not write instances "db-9"'));
    await expect(register(web, 'db-1', session)).rejects.toMatchObject(denied('may not write instances "db-1"'));
    await expect(register(web, '', session)).rejects.toMatchObject(denied('may not write instances'));
    expect(isThere('db-9')).toBe(false);
  });

  it('removes those alone', async () => {
    await register(web, 'web-9', session);
    const remove = (...ids: string[]) => ask(web, 'Deregister', { ids, session });
    await expect(remove('web-9', 'web-2')).rejects.toMatchObject(denied('may not remove instances "web-2"'));
    expect([isThere('web-9'), isThere('web-2')]).toEqual([true, true]);
    await remove('web-9');
    expect([isThere('web-9'), isThere('web-2')]).toEqual([false, true]);
  });
});
