import type { ClientReadableStream } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { CatalogAgent, SkepCatalogBackend } from '../../src/catalog/index.js';
import { Client } from '../../src/client/index.js';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import type { messages } from '../../src/wire/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

let members: OpenMembers;
let channel: Channel;
const open: ClientReadableStream<messages.CatalogWatchResponse>[] = [];
beforeAll(async () => {
  members = await OpenMembers.start(3);
  channel = members.channel((await members.follower()).addr);
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.cancel();
});
afterAll(() => members.close());

const ask = <Res>(method: string, request: object) =>
  channel.unary<object, Res>(methodOf('catalog', method), request, { timeoutMs: 5_000 });
const instance = (id: string, more: Partial<messages.CatalogInstance> = {}): messages.CatalogInstance => ({
  ...{
    id,
    name: 'web',
    host: '10.0.0.1',
    port: 80,
    tags: [],
    metadata: {},
    weight: 1,
    health: 'passing',
    agent: 'a',
    lost: false,
  },
  ...more,
});
const register = (one: messages.CatalogInstance, session = '', ttlMs = 60_000, requestId?: string) =>
  ask<messages.CatalogRegisterResponse>('Register', {
    instance: one,
    session,
    ttlMs,
    ...(requestId && { info: { requestId } }),
  });
const list = async (name: string, more: Partial<messages.CatalogListRequest> = {}) =>
  (await ask<messages.CatalogListResponse>('List', { name, tags: [], passing: false, stale: false, ...more }))
    .instances;
const ids = (instances: readonly messages.CatalogInstance[]) => instances.map(({ id }) => id);

describe('the Catalog service', () => {
  it('registers, lists by service, tags and health, and takes back', async () => {
    const { session } = await register(instance('w1', { tags: ['blue', 'eu'], metadata: { zone: 'a' }, weight: 7 }));
    await register(instance('w2', { tags: ['eu'], health: 'critical' }), session);
    await register(instance('d1', { name: 'db' }), session);
    expect(await list('web')).toMatchObject([
      {
        id: 'w1',
        host: '10.0.0.1',
        port: 80,
        tags: ['blue', 'eu'],
        metadata: { zone: 'a' },
        weight: 7,
        agent: 'a',
        lost: false,
      },
      { id: 'w2', health: 'critical' },
    ]);
    expect(ids(await list(''))).toEqual(['d1', 'w1', 'w2']);
    expect(ids(await list('web', { tags: ['eu', 'blue'] }))).toEqual(['w1']);
    expect(ids(await list('web', { passing: true }))).toEqual(['w1']);
    expect(ids(await list('nobody', { stale: true }))).toEqual([]);
    await ask('Deregister', { ids: ['w1', 'w2', 'd1', 'not there'], session });
    expect(await list('')).toEqual([]);
  });

  it.each<[string, Partial<messages.CatalogInstance>]>([
    ['a name of two words', { name: 'a b' }],
    ['no name', { name: '' }],
    ['a host of two words', { host: 'a b' }],
    ['an id of two words', { id: 'a b' }],
    ['a port beyond all', { port: 65_536 }],
  ])('refuses %s, as an agent would', async (_what, wrong) => {
    expect(await codeOf(register(instance('odd', wrong)))).toBe('INVALID_OBJECT');
    expect(await list('')).toEqual([]);
  });

  it('is read without a record that is none, however that was written', async () => {
    const stored = (name: string) => ({
      ...instance(name), name, session: 's', lease: 's', meta: { version: 1, createdAt: 0, updatedAt: 0 },
    }); // prettier-ignore
    const client = {
      list: (kind: { readonly name?: string }) =>
        Promise.resolve({ objects: kind.name === 'instances' ? [stored('good'), stored('a b'), stored('fine')] : [] }),
    };
    const backend = new SkepCatalogBackend({ client: client as unknown as Client });
    expect((await backend.list()).map(({ name }) => name)).toEqual(['good', 'fine']);
  });

  it('makes up an id, replaces what is registered again, and does nothing twice for one request', async () => {
    const first = await register(instance(''), '', 60_000, 'request-1');
    expect(first.id).not.toBe('');
    expect(await register(instance(''), '', 60_000, 'request-1')).toEqual(first);
    await register(instance(first.id, { port: 81 }), first.session);
    expect(await list('web')).toMatchObject([{ id: first.id, port: 81 }]);
    await ask('Deregister', { ids: [first.id], session: first.session });
  });

  it('forgets who does not renew, and says so', async () => {
    const kept = await register(instance('kept'), '', 600);
    const gone = await register(instance('gone'), '', 600);
    const end = performance.now() + 1_500;
    while (performance.now() < end) {
      expect(await ask('Renew', { sessions: [kept.session] })).toEqual({ lost: [] });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await until('it is gone', async () => ids(await list('web')).join() === 'kept');
    expect(await ask('Renew', { sessions: [kept.session, gone.session] })).toEqual({ lost: [gone.session] });
    expect(await codeOf(register(instance('gone'), gone.session))).toBe('LEASE_LOST');
    await ask('Deregister', { ids: ['kept'], session: kept.session });
  });

  it('takes back only what the session registered, and only with one', async () => {
    const old = await register(instance('moved'));
    const own = await register(instance('own'), old.session);
    const next = await register(instance('moved', { port: 81 }));
    await ask('Deregister', { ids: ['moved', 'own'], session: own.session });
    expect(await list('web')).toMatchObject([{ id: 'moved', port: 81 }]);
    expect(await codeOf(ask('Deregister', { ids: ['moved'] }))).toBe('INVALID_OBJECT');
    expect(ids(await list('web'))).toEqual(['moved']);
    await ask('Deregister', { ids: ['moved'], session: next.session });
    expect(await list('web')).toEqual([]);
  });

  it('tells a watcher everything first, then what changes', async () => {
    const { session } = await register(instance('there'));
    const told: string[] = [];
    const request = { name: 'web', tags: [] };
    const stream = channel.serverStream<object, messages.CatalogWatchResponse>(methodOf('catalog', 'Watch'), request);
    open.push(stream);
    stream.on('error', () => undefined);
    stream.on('data', ({ changes }: messages.CatalogWatchResponse) =>
      told.push(changes.map(({ op, instance: { id, health } }) => `${op} ${id} ${health}`).join(', ')),
    );
    // The member that is asked may be a little behind the leader: it begins with nothing then.
    await until('the first is told', () => told.at(-1) === 'add there passing');
    await register(instance('other', { name: 'db' }), session);
    await register(instance('comes'), session);
    await register(instance('comes', { health: 'warning' }), session);
    await ask('Deregister', { ids: ['there', 'comes', 'other'], session });
    await until('the last is told', () => told.at(-1)?.includes('delete') === true);
    expect(told.filter((text) => text !== '')).toEqual([
      'add there passing',
      'add comes passing',
      'update comes warning',
      'delete there passing, delete comes warning',
    ]);
  });

  it('shares one catalogue with the agents of skep/catalog', async () => {
    const client = new Client({ hosts: members.hosts });
    const agent = new CatalogAgent({ backend: new SkepCatalogBackend({ client }), logger: silentLogger });
    await agent.register({ id: 'of-agent', name: 'mixed', addr: '10.0.0.2', port: 80 });
    await register(instance('of-grpc', { name: 'mixed' }));
    await until('both are there', async () => ids(await list('mixed')).join() === 'of-agent,of-grpc');
    expect((await agent.service('mixed').instances()).map(({ id }) => id).sort()).toEqual(['of-agent', 'of-grpc']);
    await agent.leave();
    expect(ids(await list('mixed'))).toEqual(['of-grpc']);
    client.close();
  });

  it('takes the many instances of one agent, in several requests', async () => {
    const client = new Client({ hosts: members.hosts });
    const session = await new SkepCatalogBackend({ client }).open('many', 0);
    const records = Array.from({ length: 1_001 }, (_, i) => ({
      ...{ id: `many${i}`, name: 'many', host: '10.0.0.3', port: 80, tags: [], meta: {}, weight: 1 },
      health: 'passing' as const,
    }));
    await session.put(records);
    expect((await client.list('instances', { indexes: [{ index: 'service', is: 'many' }] })).objects).toHaveLength(
      1_001,
    );
    await session.remove(records.slice(1).map(({ id }) => id));
    expect(ids(await list('many'))).toEqual(['many0']);
    await session.close();
    expect(await list('many')).toEqual([]);
    client.close();
  });

  it.each([{ name: '' }, { host: '' }, { port: 65_536 }])('refuses an instance with %j', async (more) => {
    expect(await codeOf(register(instance('bad', more)))).toBe('INVALID_OBJECT');
  });
});
