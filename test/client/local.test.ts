import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { Client } from '../../src/client/index.js';
import { Coordination } from '../../src/coordination/index.js';
import { openReplica } from '../../src/daemon/open-replica.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

let members: OpenMembers;
const open: Client[] = [];
beforeAll(async () => {
  members = await OpenMembers.start(3);
});
afterEach(() => {
  for (const client of open.splice(0)) client.close();
});
afterAll(() => members.close());

async function clients() {
  const [leader, follower] = [await members.leader(), await members.follower()];
  const made = [leader, follower].map((replica) => new Client({ replica }));
  open.push(...made);
  return made as [Client, Client];
}

describe('a client of a replica in this process', () => {
  it('reads, writes and asks through the leader, wherever it is', async () => {
    const [leader, follower] = await clients();
    const made = await follower.create('node', { id: 'n1', description: { hostname: 'alpha' } }, { actor: 'ann' });
    expect(await leader.get('node', 'n1')).toEqual(made);
    expect((await follower.list('node', { names: ['ALPHA'] })).objects).toEqual([made]);
    expect((await follower.history('node', 'n1')).entries[0]).toMatchObject({ actor: 'ann' });
    expect((await follower.status()).members).toHaveLength(3);
    const pages: number[] = [];
    for await (const { objects } of follower.pages('node')) pages.push(objects.length);
    expect(pages).toEqual([1]);
    await follower.remove('node', 'n1');
    expect(await codeOf(leader.get('node', 'n1'))).toBe('NOT_FOUND');
  });

  it('shares no object with the member', async () => {
    const [leader] = await clients();
    const indices = [{ key: 'k', val: 'v' }];
    const draft = { id: 'shared', spec: { annotations: { indices } } };
    const made = await leader.create('node', draft);
    indices[0] = { key: 'k', val: 'changed' };
    expect((await leader.get('node', 'shared')).spec.annotations.indices).toEqual([{ key: 'k', val: 'v' }]);
    const { store } = await members.leader();
    expect(store.view((tx) => tx.nodes().get('shared'))).not.toBe(made);
    await leader.remove('node', 'shared');
  });

  it('watches, and ends the watch when it is left', async () => {
    const [, follower] = await clients();
    const { store } = await members.follower();
    const before = store.use().watches;
    const ids: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const message of follower.messages({
        selectors: [{ kind: 'node', ids: ['seen'] }],
        snapshot: true,
        signal: stop.signal,
      })) {
        if (message.type === 'synced') await follower.create('node', { id: 'seen' });
        if (message.type === 'transaction') ids.push(...message.events.map(({ object }) => object.id));
        if (ids.length > 0) break;
      }
    })();
    await watching;
    expect(ids).toEqual(['seen']);
    await until('no watch is left', () => store.use().watches === before);
    await follower.remove('node', 'seen');
  });

  it('saves the whole state, and restores it from a follower', async () => {
    const [leader, follower] = await clients();
    await follower.create('node', { id: 'kept' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of follower.saveSnapshot()) chunks.push(chunk);
    await leader.remove('node', 'kept');
    const sent = async function* () {
      await Promise.resolve();
      yield* chunks;
    };
    const { version } = await follower.restoreSnapshot(sent());
    expect(version).toBeGreaterThan(0);
    expect((await leader.get('node', 'kept')).id).toBe('kept');
    await leader.remove('node', 'kept');
  });

  it('says what a connection would say', async () => {
    const [leader, follower] = await clients();
    await leader.create('node', { id: 'twice' });
    await expect(follower.create('node', { id: 'twice' })).rejects.toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(await codeOf(follower.create('node', { spec: { annotations: { labels: { '': 'x' } } } }))).toBe(
      'INVALID_OBJECT',
    );
    await expect(follower.connectToEngine('twice')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(follower.get('node', 5 as never)).rejects.toBeInstanceOf(TypeError);
    await leader.remove('node', 'twice');
    follower.close();
    expect(await codeOf(follower.status())).toBe('CLOSED');
  });

  it('gives up after its time, and when it is told to', async () => {
    const alone = await openReplica({ name: 'alone', heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger });
    const never = { handlerOf: () => Promise.resolve(() => undefined) };
    const client = new Client({ replica: { api: never }, timeoutMs: 200 });
    open.push(client);
    expect(await codeOf(client.get('node', 'x'))).toBe('NOT_LEADER');
    expect(await codeOf(client.remove('node', 'x'))).toBe('OUTCOME_UNKNOWN');
    await alone.close();
  });

  it('works with a member that does not listen, and can coordinate', async () => {
    await using alone = await openReplica({ name: 'a', heartbeatMs: 20, electionTimeoutMs: 200, logger: silentLogger });
    await using client = new Client({ replica: alone });
    await client.create('node', { id: 'here' });
    expect(alone.store.view((tx) => tx.nodes().count())).toBe(1);
    await using coordination = new Coordination({ replica: alone });
    await using lock = await coordination.lock('x', { ttlMs: 1_000 });
    const version = await lock.update((tx) => {
      const node = tx.nodes().get('here');
      if (node) tx.nodes().update({ ...node, role: 'manager' });
    });
    expect(alone.store.view((tx) => tx.nodes().get('here'))).toMatchObject({ role: 'manager', meta: { version } });
  });

  it('is made of hosts or of a replica, and not of both', async () => {
    const replica = await members.leader();
    expect(() => new Client({ replica, hosts: ['127.0.0.1:1'] })).toThrow(TypeError);
    expect(() => new Client({ replica: {} as never })).toThrow(/openReplica/);
    expect(() => new Client({})).toThrow(/hosts/);
    expect(() => new Coordination({})).toThrow(TypeError);
  });
});

describe('a signal', () => {
  const signal = AbortSignal.abort(new Error('enough'));
  const calls: Readonly<Record<string, (client: Client) => Promise<unknown>>> = {
    get: (client) => client.get('node', 'x', { signal }),
    list: (client) => client.list('node', undefined, { signal }),
    pages: (client) => client.pages('node', undefined, { signal }).next(),
    create: (client) => client.create('node', { id: 'never' }, { signal }),
    update: (client) => client.update('node', { id: 'never' }, { signal }),
    remove: (client) => client.remove('node', 'never', { signal }),
    apply: (client) => client.apply([], { signal }),
    plan: (client) => client.plan([], { signal }),
    transaction: (client) => client.transaction(() => 1, { signal }),
    history: (client) => client.history('node', 'x', { signal }),
    kinds: (client) => client.kinds({ signal }),
    connectToEngine: (client) => client.connectToEngine('x', { signal }),
    grantLease: (client) => client.grantLease({ ttlMs: 1_000 }, { signal }),
    keepAlive: (client) => client.keepAlive(['x'], { signal }),
    revokeLease: (client) => client.revokeLease('x', { signal }),
    reportEngine: (client) => client.reportEngine({} as never, { signal }),
    resumeFleet: (client) => client.resumeFleet({ signal }),
    saveSnapshot: (client) => client.saveSnapshot({ signal }).next(),
    restoreSnapshot: (client) => client.restoreSnapshot((async function* () {})(), { signal }),
    checkQuorum: (client) => client.checkQuorum({ signal }),
    status: (client) => client.status({ signal }),
    removeMember: (client) => client.removeMember('x', { signal }),
    setRole: (client) => client.setRole('x', 'learner', { signal }),
    transferLeadership: (client) => client.transferLeadership(undefined, { signal }),
    whoAmI: (client) => client.whoAmI({ signal }),
    can: (client) => client.can({ verb: 'read', kind: 'node' }, { signal }),
    createToken: (client) => client.createToken({ use: 'join-member' }, { signal }),
    rootCa: (client) => client.rootCa({ signal }),
    removeToken: (client) => client.removeToken('x', { signal }),
    putUser: (client) => client.putUser({ name: 'x', roles: [] }, { signal }),
    removeUser: (client) => client.removeUser('x', { signal }),
    putRole: (client) => client.putRole({ name: 'x', rules: [] }, { signal }),
    removeRole: (client) => client.removeRole('x', { signal }),
    revokeCertificate: (client) => client.revokeCertificate('x', { signal }),
  };
  /** They end quietly, as every iteration of a watch does. */
  const quiet = ['watch', 'messages'];
  const others = ['constructor', 'close', ...quiet];

  it('is taken by every method of a client', () => {
    const methods = Object.getOwnPropertyNames(Client.prototype).filter((name) => !others.includes(name));
    expect(Object.keys(calls).sort()).toEqual(methods.sort());
  });

  it.each(Object.keys(calls))('ends %s at once, with its reason', async (name) => {
    const remote = new Client({ hosts: members.hosts });
    const local = new Client({ replica: await members.leader() });
    open.push(remote, local);
    for (const client of [remote, local]) await expect(calls[name]?.(client)).rejects.toThrow('enough');
  });

  it.each(quiet)('ends %s quietly', async (name) => {
    const local = new Client({ replica: await members.leader() });
    open.push(local);
    expect((await local[name as 'watch']({ signal }).next()).done).toBe(true);
  });
});
