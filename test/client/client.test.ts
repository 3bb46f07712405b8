import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, type RemoteTransaction, type WatchOptions } from '../../src/client/index.js';
import { defineKind, schema, typeOf } from '../../src/index.js';
import { countTo } from '../support/cluster.js';
import { OpenMembers } from '../support/manager-open.js';
import { pause, until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

describe('a client', () => {
  let members = new OpenMembers();
  const clients: Client[] = [];
  const silent: Server[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const server of silent.splice(0)) server.close();
    await members.close();
    members = new OpenMembers();
  });

  function clientOf(hosts: readonly string[], timeoutMs = 5_000): Client {
    const client = new Client({ hosts, timeoutMs });
    clients.push(client);
    return client;
  }

  /** An address where connections are taken and nothing is ever answered: a member that hangs. */
  async function hanging(): Promise<string> {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    silent.push(server);
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  /** Follows, and keeps what came, until the client is closed. */
  function follow(client: Client, options: WatchOptions) {
    const stop = new AbortController();
    const seen = { transactions: [] as RemoteTransaction[], versions: [] as number[], error: undefined as unknown };
    const run = async () => {
      for await (const transaction of client.watch({ ...options, signal: stop.signal })) {
        seen.transactions.push(transaction);
        seen.versions.push(transaction.version);
      }
    };
    const ended = run().catch((error: unknown) => (seen.error = error));
    return { seen, stop: () => (stop.abort(), ended) };
  }

  it.each<[unknown, RegExp]>([
    [[], /names at least one member/],
    ['127.0.0.1:4242', /hosts must be a list/],
    [undefined, /hosts must be a list/],
    [['m1'], /hosts: an address is HOST:PORT, is "m1"/],
    [['127.0.0.1:99999'], /hosts: an address is HOST:PORT/],
  ])('is not made for the hosts %j', (hosts, says) => {
    expect(() => new Client({ hosts: hosts as string[] })).toThrow(says);
  });

  it.each<[string, object]>([
    ['a misspelt part', { idz: ['a'] }],
    ['a part of tasks', { nodeIds: ['a'] }],
    ['an index that is asked for nothing', { indexes: [{ index: 'queue' }] }],
    ['an index without a name', { indexes: [{ is: 'a' }] }],
    ['a misspelt part of an index', { indexes: [{ index: 'queue', iz: 'a' }] }],
  ])('finds nothing rather than everything by %s', async (_what, filter) => {
    const client = clientOf(['127.0.0.1:1']);
    expect(await codeOf(client.list('node', filter))).toBe('INVALID_FIND_BY');
  });

  it('watches nothing rather than everything by a misspelt selector', async () => {
    const watched = clientOf(['127.0.0.1:1']).watch({ selectors: [{ kind: 'node', idz: ['a'] } as never] });
    expect(await codeOf(watched.next())).toBe('INVALID_FIND_BY');
  });

  it('says that a request is too large before it is sent', async () => {
    const client = clientOf(['127.0.0.1:1']);
    const huge = { spec: { annotations: { name: 'x'.repeat(2 ** 24) } } };
    expect(await codeOf(client.create('node', huge))).toBe('TOO_LARGE');
  });

  it('asks another member in time when one is silent and the answer is urgent', async () => {
    members = await OpenMembers.start(1);
    // Half of the client's own time would be longer than this test may take.
    const client = clientOf([await hanging(), ...members.hosts], 600_000);
    const id = await clientOf(members.hosts).grantLease({ ttlMs: 60_000 });
    expect(await client.keepAlive([id], { timeoutMs: 600 })).toEqual([]);
  });

  it.each([0, 1, 5, 20])('ends a watch that is aborted after %i ms, whatever it is waiting for', async (ms) => {
    members = await OpenMembers.start(1);
    const stop = new AbortController();
    const options = { signal: stop.signal };
    const ended = Promise.all(
      [clientOf(members.hosts).watch(options), clientOf([await hanging()]).watch(options)].map(async (watched) => {
        for await (const _transaction of watched);
        return 'ended';
      }),
    );
    await pause(ms);
    stop.abort();
    expect(await ended).toEqual(['ended', 'ended']);
  });

  it('writes and reads through any member', async () => {
    members = await OpenMembers.start(3);
    for (const addr of members.hosts) {
      const client = clientOf([addr]);
      const node = await client.create('node', { spec: { annotations: { name: addr } } });
      expect(await client.get('node', node.id)).toEqual(node);
      await client.remove('node', node.id);
      expect(await codeOf(client.get('node', node.id))).toBe('NOT_FOUND');
    }
  });

  it('moves on when the member that it talks to goes away, and repeats nothing', async () => {
    members = await OpenMembers.start(3);
    const gone = await members.follower();
    const client = clientOf([gone.addr, ...members.hosts.filter((addr) => addr !== gone.addr)]);
    await client.create('node', { id: 'before' });
    await members.end(gone);
    await client.create('node', { id: 'after' });
    const { objects, version } = await client.list('node');
    expect(objects.map(({ id }) => id)).toEqual(['after', 'before']);
    expect(version).toBe(2);
  });

  it('creates each object once while the leader is closed again and again', async () => {
    members = await OpenMembers.start(3);
    const client = clientOf(members.hosts, 10_000);
    let stop = false;
    const written: string[] = [];
    const writer = async (w: number) => {
      for (let i = 0; !stop; i++) written.push((await client.create('node', { id: `w${w}-${i}` })).id);
    };
    const writers = [0, 1, 2, 3].map(writer);
    await until('writes', () => written.length > 20);
    const leader = await members.leader();
    await members.end(leader);
    const before = written.length;
    await until('writes under the next leader', () => written.length > before + 20);
    stop = true;
    await Promise.all(writers);
    const { objects, version } = await client.list('node');
    expect(objects.map(({ id }) => id).sort()).toEqual([...written].sort());
    expect(version).toBe(written.length);
  });

  it('does not wait for a member that hangs when there is another one', async () => {
    members = await OpenMembers.start(1);
    const client = clientOf([await hanging(), ...members.hosts], 6_000);
    const node = await client.create('node', { id: 'soon' });
    expect(node.id).toBe('soon');
  });

  it('asks the next member when one is there and does not serve yet', async () => {
    members = await OpenMembers.start(1);
    const [addr = ''] = members.hosts;
    // A member that joins serves raft at once and the API only when it is a voter that has caught up.
    const { ApiServer } = await import('../../src/api/index.js');
    const { GrpcNetwork } = await import('../../src/rpc/index.js');
    const { silentLogger } = await import('../../src/base/log.js');
    const { systemClock } = await import('../../src/base/clock.js');
    const network = new GrpcNetwork({
      self: 1,
      clusterId: () => 'c',
      addrs: () => [],
      clock: systemClock,
      logger: silentLogger,
    });
    const starting = new ApiServer();
    const port = await starting.listen('127.0.0.1:0', network, () => Promise.reject(new Error('it is starting')));
    try {
      const client = clientOf([`127.0.0.1:${port}`, addr]);
      expect((await client.create('node', { id: 'served' })).id).toBe('served');
      expect((await client.list('node')).objects).toHaveLength(1);
    } finally {
      await starting.close(0);
    }
  });

  it('gives up in time and says which members it asked', async () => {
    const client = clientOf(['127.0.0.1:1', '127.0.0.1:2'], 500);
    const started = performance.now();
    const error: unknown = await client.get('node', 'x').catch((reason: unknown) => reason);
    expect(performance.now() - started).toBeLessThan(8_000); // the default would be 10 s
    expect(error).toMatchObject({ code: 'NOT_LEADER' });
    expect(String(error)).toContain('127.0.0.1:1, 127.0.0.1:2');
  });

  it('says that the outcome of a write is not known when nobody answered, and in words for a read', async () => {
    const client = clientOf([await hanging()], 500);
    expect(await codeOf(client.create('node', { id: 'x' }))).toBe('OUTCOME_UNKNOWN');
    expect(await codeOf(client.get('node', 'x'))).toBe('NOT_LEADER');
  });

  it('does not take the refusal of one member for the answer of another that is silent', async () => {
    members = await OpenMembers.start(1);
    await clientOf(members.hosts).create('node', { id: 'there' });
    const client = clientOf([await hanging(), ...members.hosts], 4_000);
    expect(await codeOf(client.create('node', { id: 'there' }))).toBe('OUTCOME_UNKNOWN');
    expect(await codeOf(client.get('node', 'not there'))).toBe('NOT_FOUND');
  });

  it('stops asking when it is closed', async () => {
    const client = clientOf(['127.0.0.1:1'], 20_000);
    const asked = client.get('node', 'x').catch((error: unknown) => error);
    await pause(150);
    client.close();
    const answer = await Promise.race([asked, pause(2_000).then(() => 'still asking')]);
    expect(answer).not.toBe('still asking');
  });

  it('does not ask again what the cluster has refused', async () => {
    members = await OpenMembers.start(1);
    const client = clientOf(members.hosts);
    await client.create('node', { id: 'one' });
    expect(await codeOf(client.create('node', { id: 'one' }))).toBe('ALREADY_EXISTS');
    expect(await codeOf(client.remove('task', 'none'))).toBe('NOT_FOUND');
  });

  describe('that watches', () => {
    it('goes on across a change of leader, with each version once and none missing', async () => {
      members = await OpenMembers.start(3);
      const writer = clientOf(members.hosts, 10_000);
      const leader = await members.leader();
      const { seen, stop } = follow(clientOf([leader.addr, ...members.hosts]), { from: 0 });
      for (let i = 0; i < 20; i++) await writer.create('node', {});
      await until('the watch stands', () => seen.versions.length > 0);
      await members.end(leader);
      for (let i = 0; i < 20; i++) await writer.create('node', {});
      await until('all have come', () => seen.versions.length >= 40);
      await stop();
      expect(seen.error).toBeUndefined();
      expect(seen.versions).toEqual(countTo(40));
    });

    it('goes on at another member after a long silence', async () => {
      members = await OpenMembers.start(3);
      const gone = await members.follower();
      const others = members.hosts.filter((addr) => addr !== gone.addr);
      const { seen, stop } = follow(clientOf([gone.addr, ...others], 600), { from: 0 });
      const leader = await members.leader();
      await leader.store.update((tx) => tx.nodes().create({ id: 'first' }));
      await until('the first has come', () => seen.versions.length === 1);
      await pause(1_000); // longer than the client waits for an answer
      await members.end(gone);
      await (await members.leader()).store.update((tx) => tx.nodes().create({ id: 'second' }));
      await until('the second has come, or an error', () => seen.versions.length === 2 || seen.error !== undefined);
      await stop();
      expect(seen.error).toBeUndefined();
      expect(seen.versions).toEqual([1, 2]);
    });

    it('learns of members that it was not told of', async () => {
      members = await OpenMembers.start(3);
      const gone = await members.follower();
      const { seen, stop } = follow(clientOf([gone.addr]), { from: 0 });
      const leader = await members.leader();
      await leader.store.update((tx) => tx.nodes().create({}));
      await until('the first has come', () => seen.versions.length === 1);
      await members.end(gone);
      await (await members.leader()).store.update((tx) => tx.nodes().create({}));
      await until('the second has come', () => seen.versions.length === 2);
      await stop();
      expect(seen.versions).toEqual([1, 2]);
    });

    it('gets the events as the library has them, with old objects', async () => {
      members = await OpenMembers.start(1);
      const { store } = await members.leader();
      const { seen, stop } = follow(clientOf(members.hosts), { from: 0 });
      const node = await store.update((tx) => tx.nodes().create({ id: 'n' }), { actor: 'me' });
      await store.update((tx) => tx.nodes().update({ ...node, role: 'manager' }));
      await store.update((tx) => tx.nodes().delete('n'));
      await until('all have come', () => seen.versions.length === 3);
      await stop();
      expect(seen.transactions.flatMap(({ events }) => events)).toEqual(store.history.flatMap(({ events }) => events));
      expect(seen.transactions[0]?.actor).toBe('me');
    });

    it('ends at once, without an error, when it is told to or its loop is left', async () => {
      members = await OpenMembers.start(1);
      const { store } = await members.leader();
      const { seen, stop } = follow(clientOf(members.hosts), {});
      await until('it stands', () => store.queue.listeners === 1);
      await stop();
      expect(seen.error).toBeUndefined();
      await store.update((tx) => tx.nodes().create({}));
      for await (const transaction of clientOf(members.hosts).watch({ from: 0 })) {
        expect(transaction.version).toBe(1);
        break;
      }
      await until('the server has let go', () => store.queue.listeners === 0);
    });

    it('says RESYNC when the history no longer reaches back', async () => {
      members = await OpenMembers.start(1, { history: { transactions: 10 } });
      const { store } = await members.leader();
      for (let i = 0; i < 30; i++) await store.update((tx) => tx.nodes().create({}));
      const { seen } = follow(clientOf(members.hosts), { from: 5 });
      await until('it has ended', () => seen.error !== undefined);
      expect(seen.error).toMatchObject({ code: 'RESYNC' });
      expect(seen.versions).toEqual([]);
    });

    it('gives up with an error when no member is left', async () => {
      members = await OpenMembers.start(1);
      const { seen, stop } = follow(clientOf(members.hosts, 500), { from: 0 });
      const leader = await members.leader();
      await leader.store.update((tx) => tx.nodes().create({}));
      await until('it stands', () => seen.versions.length === 1);
      await members.end(leader);
      await until('it has given up', () => seen.error !== undefined);
      await stop();
      expect(seen.error).toMatchObject({ code: 'NOT_LEADER' });
    });
  });

  const tickets = defineKind({ name: 'ticket', type: typeOf<{ n?: unknown }>() });
  const odd: readonly [string, (client: Client) => Promise<unknown>, string | RegExp][] = [
    ['an actor that is no text', (client) => client.create('node', {}, { actor: 5 as never }), /Create cannot be asked this/],
    ['a change of no kind', (client) => client.apply([{ op: 'zap' } as never]), /Apply cannot be asked this/],
    ['a change that is nothing', (client) => client.apply([null as never]), TypeError.name],
    ['an action that is none', (client) => client.watch({ selectors: [{ actions: ['zap' as never] }] }).next(), /Watch cannot be asked this/],
    ['a version below zero', (client) => client.watch({ from: -1 }).next(), /from is a version/],
    ['half a version', (client) => client.messages({ from: 1.5 }).next(), /from is a version/],
    ['a version that is no number', (client) => client.watch({ from: Number.NaN }).next(), /from is a version/],
    ['a list of nothing', (client) => client.list('node', {}, { limit: 0 }), /limit must be a whole number from 1/],
    ['a list of half an object', (client) => client.list('node', {}, { limit: 1.5 }), /limit must be/],
    ['a number that is none', (client) => client.create(tickets, { n: Number.NaN }), 'INVALID_OBJECT: ticket: n must be a finite number'],
    ['a date', (client) => client.create(tickets, { n: new Date(0) }), 'INVALID_OBJECT: ticket: n must be plain data, is a Date: keep a text'],
    ['an id that cannot be written', (client) => client.create(tickets, { id: '\ud800' }), 'INVALID_OBJECT: ticket: id must not hold'],
  ]; // prettier-ignore
  it.each(odd)('refuses %s at once, and sends nothing', async (_what, call, says) => {
    const client = clientOf([await hanging()], 60_000);
    const error = await call(client).catch((cause: unknown) => cause);
    expect(String(error)).toMatch(says);
  });

  it('is told where in an object of a kind of one’s own the trouble is', async () => {
    const member = await members.open('m1', { kinds: [tickets, guarded] });
    const client = clientOf([member.addr]);
    const refused = client.create(guarded, { deep: { n: 'x' as never } });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'deep.n' } });
  });
});

const guarded = defineKind({ name: 'guarded', schema: schema.object({ deep: schema.object({ n: schema.int() }) }) });
