import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { Client, type SnapshotObject, type WatchMessage, type WatchOptions } from '../../src/client/index.js';
import type { MemoryStore } from '../../src/state/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';

describe('the messages of a client’s watch', () => {
  let members = new OpenMembers();
  const clients: Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await members.close();
    members = new OpenMembers();
  });

  function clientOf(hosts: readonly string[]): Client {
    const client = new Client({ hosts, timeoutMs: 8_000 });
    clients.push(client);
    return client;
  }

  /** A copy of what a watch shows, kept as a user would keep it. */
  function mirror(client: Client, options: WatchOptions) {
    const stop = new AbortController();
    const seen = {
      messages: [] as WatchMessage[],
      state: new Map<string, unknown>(),
      version: 0,
      error: undefined as unknown,
      /** Those of the transactions, since the last snapshot. */
      versions: [] as number[],
    };
    const take = (message: WatchMessage) => {
      seen.messages.push(message);
      if (message.type === 'resync') {
        seen.state.clear();
        seen.versions = [];
      } else if (message.type === 'snapshot') {
        for (const { object } of message.objects) seen.state.set(object.id, object);
      } else if (message.type === 'transaction') {
        seen.versions.push(message.version);
        for (const { action, object } of message.events) {
          if (action === 'delete') seen.state.delete(object.id);
          else seen.state.set(object.id, object);
        }
      }
      if (message.type !== 'resync') seen.version = message.version;
    };
    const run = async () => {
      for await (const message of client.messages({ ...options, signal: stop.signal })) take(message);
    };
    const ended = run().catch((error: unknown) => (seen.error = error));
    return { seen, stop: () => (stop.abort(), ended) };
  }

  const nodesOf = (store: MemoryStore) => store.view((tx) => tx.nodes().find());
  const sorted = (state: Map<string, unknown>) => [...state.keys()].sort().map((id) => state.get(id));
  const typesOf = ({ messages }: { messages: WatchMessage[] }) => messages.map(({ type }) => type);

  it('begins at a version that the member which is asked has not reached yet: the next one may have', async () => {
    const [member] = (members = await OpenMembers.start(1)).all;
    const { store } = member ?? expect.fail('there is a member');
    const { seen, stop } = mirror(clientOf(members.hosts), { from: store.version + 1 });
    await new Promise((resolve) => setTimeout(resolve, 300)); // it is refused meanwhile
    for (const id of ['a', 'b']) await store.update((tx) => tx.nodes().create({ id }));
    await until('the second is seen', () => seen.versions.length > 0 || seen.error !== undefined);
    expect(seen.error).toBeUndefined();
    expect(seen.versions).toEqual([store.version]);
    await stop();
  });
  const create = (store: MemoryStore, count: number, name = 'n') =>
    store.update((tx) => {
      for (let i = 0; i < count; i++) tx.nodes().create({ id: `${name}${i}` });
    });

  it('go on at another member when one closes, without a gap, a repeat or a second snapshot', async () => {
    members = await OpenMembers.start(3);
    const [gone, leader] = [await members.follower(), await members.leader()];
    await create(leader.store, 50);
    const { seen, stop } = mirror(clientOf([gone.addr]), { snapshot: true, selectors: [{ kind: 'node' }] });
    await until('it stands', () => typesOf(seen).includes('synced'));
    const from = seen.version;
    let writing = true;
    const writer = async () => {
      for (let i = 0; writing; i++) await leader.store.update((tx) => tx.nodes().update({ id: `n${i % 50}`, role: i % 2 ? 'worker' : 'manager' })); // prettier-ignore
    };
    const written = writer();
    await until('it follows', () => seen.versions.length > 20);
    await members.end(gone);
    const before = seen.versions.length;
    await until('it follows another', () => seen.versions.length > before + 20);
    writing = false;
    await written;
    await until('it has the last', () => seen.version === leader.store.version);
    await stop();
    expect(seen.error).toBeUndefined();
    expect(seen.versions).toEqual(seen.versions.map((_, i) => from + 1 + i));
    expect(sorted(seen.state)).toEqual(nodesOf(leader.store));
    expect(typesOf(seen).filter((type) => type === 'synced' || type === 'resync')).toEqual(['synced']);
  });

  it('say resync and begin with a new snapshot where history does not reach', async () => {
    members = await OpenMembers.start(3, { history: { transactions: 3 }, snapshotInterval: 5 });
    const [gone, leader] = [await members.follower(), await members.leader()];
    await create(leader.store, 50);
    const { seen, stop } = mirror(clientOf([gone.addr]), { snapshot: true, selectors: [{ kind: 'node' }] });
    await until('it stands', () => typesOf(seen).includes('synced'));
    let writing = true;
    const writer = async () => {
      for (let i = 0; writing; i++) {
        await leader.store.update((tx) => tx.nodes().create({ id: `m${i}` }));
        await leader.store.update((tx) => tx.nodes().delete(`m${i}`));
      }
    };
    const written = writer();
    await until('it follows', () => seen.versions.length > 5);
    await members.end(gone);
    await until('it begins anew', () => typesOf(seen).filter((type) => type === 'synced').length > 1);
    writing = false;
    await written;
    await leader.store.update((tx) => tx.nodes().delete('n7'));
    await until('it has the last', () => seen.version === leader.store.version);
    await stop();
    expect(seen.error).toBeUndefined();
    expect(sorted(seen.state)).toEqual(nodesOf(leader.store));
    const turns = typesOf(seen).filter((type) => type !== 'transaction' && type !== 'bookmark');
    expect(turns.slice(0, 2)).toEqual(['snapshot', 'synced']);
    expect(turns.slice(-3)).toEqual(['resync', 'snapshot', 'synced']);
  });

  it('do not say that a watch stands which cannot begin', async () => {
    members = await OpenMembers.start(1, { history: { transactions: 5 }, snapshotInterval: 5 });
    const { store } = await members.leader();
    for (let i = 0; i < 40; i++) await store.update((tx) => tx.nodes().create({}));
    const refused = mirror(clientOf(members.hosts), { from: 2 });
    await until('it has ended', () => refused.seen.error !== undefined);
    expect(refused.seen.error).toMatchObject({ code: 'RESYNC' });
    expect(typesOf(refused.seen)).toEqual([]);
  });

  it('are a copy again after a restore put another state in the place of everything', async () => {
    members = await OpenMembers.start(2);
    const leader = await members.leader();
    const addr = (await members.follower()).addr; // hands on to the leader
    const client = clientOf(['127.0.0.1:1', addr]);
    await create(leader.store, 3, 'old');
    const saved: Uint8Array[] = [];
    for await (const chunk of client.saveSnapshot()) saved.push(chunk);
    await create(leader.store, 3, 'new');
    const { seen, stop } = mirror(clientOf([addr]), { snapshot: true, selectors: [{ kind: 'node' }] });
    const plain = mirror(clientOf([addr]), { from: leader.store.version });
    await until('they stand', () => [seen, plain.seen].every((one) => typesOf(one).includes('synced')));
    expect(seen.state.size).toBe(6);
    const afresh = clientOf(['127.0.0.1:1', addr]);
    const restored = await afresh.restoreSnapshot(Readable.from(saved));
    expect(restored.objects).toBe(3);
    await until('the other has ended', () => plain.seen.error !== undefined);
    expect(plain.seen.error).toMatchObject({ code: 'RESYNC' });
    await until('the copy is new', () => typesOf(seen).filter((type) => type === 'synced').length === 2);
    await leader.store.update((tx) => tx.nodes().create({ id: 'after' }));
    await until('it follows', () => seen.versions.length === 1);
    await stop();
    expect(typesOf(seen).filter((type) => type !== 'bookmark')).toEqual(
      ['snapshot', 'synced', 'resync', 'snapshot', 'synced', 'transaction'],
    ); // prettier-ignore
    expect(seen.error).toBeUndefined();
    expect([...seen.state.keys()].sort()).toEqual(['after', 'old0', 'old1', 'old2']);
    expect(sorted(seen.state)).toEqual(nodesOf(leader.store));
    expect(seen.versions).toEqual([restored.version + 1]);
  });

  it('tell an idle watcher how far it is', async () => {
    members = await OpenMembers.start(1);
    const { store } = await members.leader();
    const { seen, stop } = mirror(clientOf(members.hosts), { snapshot: true, selectors: [{ kind: 'cluster' }] });
    await until('it stands', () => typesOf(seen).includes('synced'));
    await create(store, 3);
    await until('it is told', () => typesOf(seen).includes('bookmark'));
    await stop();
    expect(seen.messages).toEqual([
      { type: 'synced', version: 0 },
      { type: 'bookmark', version: 1 },
    ]);
  });

  it('end at once when they are stopped, closed or left', async () => {
    members = await OpenMembers.start(1);
    const { store } = await members.leader();
    const before = store.queue.listeners;
    const closing = clientOf(members.hosts);
    const stopped = mirror(clientOf(members.hosts), { snapshot: true });
    const closed = mirror(closing, { snapshot: true });
    await until('both stand', () => store.queue.listeners === before + 2);
    await stopped.stop();
    expect(stopped.seen.error).toBeUndefined();
    closing.close();
    await until('it has ended', () => closed.seen.error !== undefined);
    expect(closed.seen.error).toMatchObject({ code: 'CLOSED' });
    for await (const _message of clientOf(members.hosts).messages({ snapshot: true })) break;
    await until('nobody watches', () => store.queue.listeners === before);
  });
});

describe('the pages of a client', () => {
  it('are many, and of one version, whatever is written meanwhile', async () => {
    const members = await OpenMembers.start(1);
    const client = new Client({ hosts: members.hosts });
    try {
      const { store } = await members.leader();
      const labels = { fill: 'x'.repeat(400) };
      await store.batch(async (batch) => {
        for (let i = 0; i < 4_000; i++) await batch.update((tx) => void tx.nodes().create({ id: `n${String(i).padStart(4, '0')}`, spec: { annotations: { labels } } })); // prettier-ignore
      });
      const { version } = store;
      const before = store.view((tx) => tx.nodes().find());
      const pages: { version: number; objects: readonly SnapshotObject['object'][] }[] = [];
      for await (const page of client.pages('node')) {
        pages.push(page);
        await store.update((tx) => tx.nodes().update({ id: 'n3999', role: 'manager' }));
        await store.update((tx) => tx.nodes().create({}));
      }
      expect(pages.length).toBeGreaterThan(3);
      expect(new Set(pages.map((page) => page.version))).toEqual(new Set([version]));
      expect(pages.flatMap(({ objects }) => objects)).toEqual(before);

      const some = await client.list('node', { idPrefixes: ['n00'] }, { limit: 10, after: 'n0009' });
      expect(some.objects.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, i) => `n00${10 + i}`));
      const none: unknown[] = [];
      for await (const page of client.pages('task')) none.push(page);
      expect(none).toEqual([{ version: store.version, objects: [] }]);
      for await (const _page of client.pages('node')) break; // may be left
    } finally {
      client.close();
      await members.close();
    }
  });
});
