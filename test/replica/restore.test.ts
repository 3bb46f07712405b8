import { afterEach, describe, expect, it } from 'vitest';
import {
  defineKind,
  type Event,
  EventCommit,
  MemoryStore,
  type StoreSnapshot,
  type Tx,
  typeOf,
} from '../../src/index.js';
import { leases } from '../../src/kinds/index.js';
import type { Replica } from '../../src/replica/index.js';
import { ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

const open: ReplicaCluster[] = [];
async function start(count: number, settings = {}): Promise<ReplicaCluster> {
  const cluster = await ReplicaCluster.start(count, settings);
  open.push(cluster);
  return cluster;
}
afterEach(async () => {
  for (const cluster of open.splice(0)) await cluster.close();
});

async function saved(...ids: string[]): Promise<StoreSnapshot> {
  const store = new MemoryStore();
  for (const id of ids) await store.update((tx) => tx.nodes().create({ id }));
  return store.save();
}

const idsIn = (store: MemoryStore) =>
  store.view((tx) =>
    tx
      .nodes()
      .find()
      .map(({ id }) => id),
  );

describe('a restore', () => {
  it('puts a saved state in the place of everything, on every member, as one version above both', async () => {
    const cluster = await start(3);
    const { replica } = await cluster.leader();
    await replica.store.update((tx) => tx.nodes().create({ id: 'old' }));
    const ends = [...cluster.members.values()].map(async (member) => {
      const seen: Event[] = [];
      try {
        for await (const event of member.replica.store.watchFrom(0, EventCommit())) seen.push(event);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return 'no error';
    });
    const snapshot = await saved('a', 'b', 'c');
    expect(await replica.restore({ ...replica.content(), store: snapshot })).toEqual({ version: 4, objects: 3 });
    for (const member of cluster.members.values()) {
      const { store } = member.replica;
      await until(`${member.info.name} has restored`, () => store.version >= 4);
      expect(idsIn(store)).toEqual(['a', 'b', 'c']);
      expect(
        store.view((tx) =>
          tx
            .nodes()
            .find()
            .map(({ meta }) => meta.version),
        ),
      ).toEqual([4, 4, 4]);
      expect(store.use().kinds[0]).toMatchObject({ kind: 'node', objects: 3 });
    }
    expect(await Promise.all(ends)).toEqual(['RESYNC', 'RESYNC', 'RESYNC']);
    await replica.store.update((tx) => tx.nodes().create({ id: 'd' }));
    expect(replica.store.version).toBe(5);
  });

  it('lets versions grow by one when the saved state is the older one', async () => {
    const cluster = await start(1);
    const { replica } = await cluster.leader();
    const before = replica.store.save();
    for (const id of ['a', 'b', 'c']) await replica.store.update((tx) => tx.nodes().create({ id }));
    expect(await replica.restore({ ...replica.content(), store: before })).toEqual({ version: 4, objects: 0 });
    expect(idsIn(replica.store)).toEqual([]);
  });

  it('knows the requests that made what is restored', async () => {
    const cluster = await start(3);
    const { replica } = await cluster.leader();
    const source = new MemoryStore();
    const create = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
    await source.update(create('a'), { requestId: 'r' });
    await replica.restore({ ...replica.content(), store: source.save() });
    for (const member of cluster.members.values())
      await until(`${member.info.name} knows it`, () => member.replica.store.versionOfRequest('r') === 1);
    await replica.store.update(create('b'), { requestId: 'r' });
    expect(idsIn(replica.store)).toEqual(['a']);
  });

  it('leaves out leases and what hangs on them: they are of those who lived then', async () => {
    const cluster = await start(1);
    const { replica } = await cluster.leader();
    const hanging = defineKind({
      name: 'hanging',
      type: typeOf<{ lease: string }>(),
      indexes: { lease: (one) => one.lease },
    });
    const { id: lease = '' } = (await replica.grantLease({ ttlMs: 60_000, holder: 'me', guarded: false }, {})) ?? {};
    await replica.store.update((tx) => {
      tx.kind(hanging).create({ lease });
      tx.nodes().create({ id: 'stays' });
    });
    expect(await replica.restore(replica.content())).toMatchObject({ objects: 1 });
    expect(replica.store.view((tx) => [tx.kind(hanging).count(), tx.kind(leases).count()])).toEqual([0, 0]);
    expect(idsIn(replica.store)).toEqual(['stays']);
    expect(await replica.keepAlive([lease])).toEqual([lease]); // its holder is told that it is over
  });

  it('makes other writers wait, and lets them write on top of it', async () => {
    const cluster = await start(3);
    const { replica } = await cluster.leader();
    const restoring = replica.restore({ ...replica.content(), store: await saved('a', 'b') });
    const written = replica.store.update((tx) =>
      tx
        .nodes()
        .find()
        .map(({ id }) => id),
    );
    await restoring;
    expect(await written).toEqual(['a', 'b']);
  });

  it('goes in steps, and takes no snapshot between them', async () => {
    const cluster = await start(3, { snapshotInterval: 2, keepEntries: 0 });
    const { replica } = await cluster.leader();
    const store = new MemoryStore();
    await store.update((tx) => {
      for (let i = 0; i < 400; i++) tx.nodes().create({ id: `n${i}`, status: { message: 'x'.repeat(2_000) } });
    });
    const { objects } = await replica.restore({ ...replica.content(), store: store.save() });
    expect(objects).toBe(400);
    for (const member of cluster.members.values())
      await until(`${member.info.name} has all`, () => member.replica.store.view((tx) => tx.nodes().count()) === 400);
    // Afterwards there are snapshots again, and a restart finds everything.
    await replica.store.update((tx) => tx.nodes().delete('n0'));
    const [follower] = await cluster.followers();
    if (!follower) return expect.fail('there are followers');
    await cluster.restart(follower);
    await until('it is back', () => follower.replica.store.view((tx) => tx.nodes().count()) === 399);
    await cluster.converge();
  });

  it('on a follower is refused', async () => {
    const cluster = await start(3);
    const [follower] = await cluster.followers();
    const replica = follower?.replica as Replica;
    expect(await codeOf(replica.restore(replica.content()))).toBe('NOT_LEADER');
  });

  it('that lost its leader changes nothing, and the next leader writes on', async () => {
    const cluster = await start(3);
    const leader = await cluster.leader();
    await leader.replica.store.update((tx) => tx.nodes().create({ id: 'kept' }));
    const content = { ...leader.replica.content(), store: await saved('a', 'b') };
    let opened = () => undefined as void;
    leader.disk.gate = new Promise((resolve) => (opened = resolve));
    const restoring = leader.replica.restore(content);
    restoring.catch(() => undefined);
    cluster.isolate(leader);
    opened();
    expect(['NOT_LEADER', 'OUTCOME_UNKNOWN']).toContain(await codeOf(restoring));
    const next = await cluster.leader(cluster.without(leader));
    expect(next.info.name).not.toBe(leader.info.name);
    await next.replica.store.update((tx) => tx.nodes().create({ id: 'new' }));
    expect(idsIn(next.replica.store)).toEqual(['kept', 'new']);
    cluster.wires.heal();
    await until('the old leader follows', () => idsIn(leader.replica.store).length === 2);
    await cluster.converge();
  });
});
