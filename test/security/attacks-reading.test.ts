import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOf, type Client } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';
import { RawWatch } from '../support/raw-calls.js';
import { credited, SecureWorld } from '../support/secure.js';

/* A user who may read nodes that begin with "web-" learns nothing of others: not by list, watch, history or an error. */

const world = new SecureWorld();
const denied = { code: 'DENIED' };
const removal = (kind: string, id: string) => ({ op: 'remove' as const, kind, id });
const named = (id: string, hostname: string) => ({ id, description: { hostname } });
let member: OpenReplica;
let admin: Client;
let web: Client;

beforeAll(async () => {
  member = await world.open('m1');
  admin = await world.admin(member);
  web = await world.userWith(admin, member, 'web', ['read,write,remove node web-', 'read,write,remove network,secret']);
});
afterAll(() => world.close());

describe('history', () => {
  const told = async (id: string) =>
    (await web.history('node', id)).entries.map(({ fields }) => JSON.stringify(fields));

  it('leaves out the time in which an object had another name', async () => {
    await admin.create('node', named('moved-in', 'db-1'));
    await admin.update('node', named('moved-in', 'db-secret'));
    await admin.update('node', named('moved-in', 'web-1'));
    await admin.update('node', named('moved-in', 'web-2'));
    const entries = await told('moved-in');
    expect(entries).toHaveLength(1);
    expect(entries.join()).not.toContain('db-');
  });

  it('is not shown of an object that has another name now', async () => {
    await admin.create('node', named('web-out', 'web-3'));
    await admin.update('node', named('web-out', 'db-3'));
    await expect(web.history('node', 'web-out')).rejects.toMatchObject(denied);
  });

  it('of a removed object is judged by its name, not by its id', async () => {
    await admin.create('node', named('web-gone', 'db-4'));
    await admin.remove('node', 'web-gone');
    expect(await told('web-gone')).toEqual([]);
    await admin.create('node', named('gone', 'web-4'));
    await admin.remove('node', 'gone');
    expect(await told('gone')).toHaveLength(2);
    await admin.create('node', named('hidden', 'db-5'));
    await admin.remove('node', 'hidden');
    await expect(web.history('node', 'hidden')).rejects.toMatchObject(denied);
  });

  it('limits what may be read, not what there is', async () => {
    await admin.create('node', named('last', 'web-5'));
    await admin.update('node', named('last', 'db-6'));
    await admin.update('node', named('last', 'web-6'));
    expect((await web.history('node', 'last', { limit: 1 })).entries).toHaveLength(1);
  });
});

describe('a watch', () => {
  it('hides what was there before the right was given, and a rename out of view', async () => {
    const from = member.store.version;
    await admin.create('node', named('w1', 'db-7'));
    await admin.update('node', named('w1', 'web-7'));
    await admin.update('node', named('w1', 'db-8'));
    await admin.create('node', named('w2', 'web-8'));
    const pair = await credited(member, { kind: 'user', name: 'web' });
    const watch = new RawWatch(world.raw(member, pair), { resumeFrom: from });
    await until('the last is there', () => watch.seen.includes('w2'));
    expect(watch.seen).toEqual(['w2']);
  });

  it('begins with what may be read', async () => {
    const pair = await credited(member, { kind: 'user', name: 'web' });
    const watch = new RawWatch(world.raw(member, pair), { snapshot: true });
    await until('it follows', () => watch.follows);
    const names = watch.seen.map((id) => member.store.view((tx) => tx.nodes().get(id)?.description?.hostname ?? ''));
    expect(names.length).toBeGreaterThan(0);
    expect(names.every((name) => name.startsWith('web-'))).toBe(true);
  });

  it('shows no object of security, even to an admin, with its secret', async () => {
    const { token, id } = await admin.createToken({ use: 'join-member' });
    const pair = await credited(member, { kind: 'user', name: 'root' });
    const watch = new RawWatch(world.raw(member, pair), { snapshot: true });
    await until('it follows', () => watch.follows);
    const texts: string[] = [];
    for (const kind of ['tokens', 'authorities', 'credentials'])
      texts.push(JSON.stringify((await admin.list(kind)).objects));
    texts.push(JSON.stringify((await admin.history('tokens', id)).entries));
    expect(texts.join()).toContain(id);
    for (const hidden of [token, token.slice(-33, -7), 'PRIVATE KEY']) expect(texts.join()).not.toContain(hidden);
  });
});

describe('a request', () => {
  it.each(['tokens', 'users', 'roles', 'credentials', 'authorities'])('writes no %s, whoever asks', async (kind) => {
    for (const client of [web, admin]) {
      const object = { id: 'x', name: 'x', roles: ['admin'] } as never;
      await expect(client.create(kind as 'node', object)).rejects.toMatchObject(denied);
      await expect(client.update(kind as 'node', object)).rejects.toMatchObject(denied);
      await expect(client.remove(kind as 'node', 'root')).rejects.toMatchObject(denied);
      await expect(client.plan([removal(kind, 'root')])).rejects.toMatchObject(denied);
    }
  });

  it('that fails in part does nothing, in whatever order', async () => {
    for (const ids of [
      ['web-x', 'db-x'],
      ['db-x', 'web-x'],
    ]) {
      const changes = ids.map((id) => changeOf('create', 'node', named(id, id)));
      await expect(web.apply(changes)).rejects.toMatchObject(denied);
    }
    expect(member.store.view((tx) => [tx.nodes().get('web-x'), tx.nodes().get('db-x')])).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('takes no right by removing and making an object again', async () => {
    await admin.create('node', named('db-y', 'db-y'));
    const again = [removal('node', 'db-y'), changeOf('create', 'node', named('db-y', 'web-y'))];
    await expect(web.apply(again)).rejects.toMatchObject(denied);
    expect((await admin.get('node', 'db-y')).description?.hostname).toBe('db-y');
  });
});
