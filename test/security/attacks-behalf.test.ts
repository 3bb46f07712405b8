import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Access, type Client, type RemoteTransaction } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { until } from '../support/network-wait.js';
import { credited, SecureWorld, serialOf } from '../support/secure.js';

/* A member that asks for a user gets what the user may get, also where the answer is a stream. */

const world = new SecureWorld();
let member: OpenReplica;
let admin: Client;
let count = 0;
let user = '';
/** The member's own connection, for the user. */
let access: Access;
let client: Client;

const node = (hostname: string) => ({ id: hostname, description: { hostname } });
const idsIn = (seen: readonly RemoteTransaction[]) =>
  seen.flatMap(({ events }) => events.map(({ object }) => object.id));

beforeAll(async () => {
  member = await world.open('m1');
  admin = await world.admin(member);
  for (const name of ['web-1', 'db-1']) await admin.create('node', node(name));
});
beforeEach(async () => {
  user = `user-${++count}`;
  await admin.putRole({ name: `role-${user}`, rules: ['read node web-'] });
  await admin.putUser({ name: user, roles: [`role-${user}`] });
  const serial = serialOf(await credited(member, { kind: 'user', name: user }));
  const own = member.access();
  if (!own) throw new Error('the member has an identity');
  access = Access.by(Access.dialingOf(own), `user/${user} ${serial}`);
  client = world.client(member, access);
});
afterAll(() => world.close());

describe('a stream that a member asks for in the name of a user', () => {
  it('lists what the user may read', async () => {
    const ids = async () => (await client.list('node')).objects.map(({ id }) => id);
    expect(await ids()).toEqual(['web-1']);
    const pages = [];
    for await (const { objects } of client.pages('node')) pages.push(...objects.map(({ id }) => id));
    expect(pages).toEqual(['web-1']);
    await expect(client.list('service')).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('tells no history of what the user may not read', async () => {
    expect((await client.history('node', 'web-1')).entries).toHaveLength(1);
    await expect(client.history('node', 'db-1')).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('gives no saved state to one who is no admin, and takes none from it', async () => {
    await expect(client.saveSnapshot().next()).rejects.toMatchObject({ code: 'DENIED' });
    const nothing = async function* () {
      yield await Promise.resolve(new Uint8Array(1));
    };
    await expect(client.restoreSnapshot(nothing())).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('opens no engine to one who is no admin', async () => {
    await expect(client.connectToEngine('web-1')).rejects.toMatchObject({ code: 'DENIED' });
  });

  it('watches what the user may read, and ends with its rights, to go on with the new ones', async () => {
    const seen: RemoteTransaction[] = [];
    const watch = client.watch({ from: 0 });
    const reading = (async () => {
      for await (const transaction of watch) seen.push(transaction);
    })();
    await until('it has begun', () => idsIn(seen).includes('web-1'));
    expect(idsIn(seen)).toEqual(['web-1']);
    await admin.putRole({ name: `role-${user}`, rules: ['read node db-of-'] });
    await admin.create('node', node(`db-of-${user}`));
    await until('it has the new rights', () => idsIn(seen).includes(`db-of-${user}`));
    await admin.create('node', node(`web-of-${user}`));
    await admin.removeUser(user);
    await expect(reading).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(idsIn(seen)).toEqual(['web-1', `db-of-${user}`]);
  });

  it('is refused with a code when the user is gone', async () => {
    await admin.removeUser(user);
    const refused = { code: 'UNAUTHENTICATED', message: expect.stringContaining('revoked') as string };
    await expect(client.list('node')).rejects.toMatchObject(refused);
    await expect(client.watch().next()).rejects.toMatchObject(refused);
    await expect(client.get('node', 'web-1')).rejects.toMatchObject(refused);
  });
});
