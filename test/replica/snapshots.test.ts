import { afterEach, describe, expect, it } from 'vitest';
import { countTo, createNodes, follow, nodeIds, ReplicaCluster, until } from '../support/cluster.js';

describe('a snapshot', () => {
  let cluster: ReplicaCluster;
  afterEach(() => cluster.close());

  const small = { snapshotInterval: 20, keepEntries: 5 };

  it('brings a member that joins late to the same state, with its history', async () => {
    cluster = await ReplicaCluster.start(1, small);
    const leader = await cluster.leader();
    for (let i = 0; i < 10; i++) await createNodes(leader.replica, `n${i}`, 10);
    const late = await cluster.join();
    expect(cluster.wires.snapshotsSent).toBeGreaterThan(0);
    await cluster.converge();
    expect(nodeIds(late.replica)).toHaveLength(100);
    expect(follow(late.replica, 0).versions).toEqual(countTo(100));
  });

  it('lets the watches of a member that was away go on, each version once', async () => {
    cluster = await ReplicaCluster.start(3, small);
    const leader = await cluster.leader();
    const [away] = cluster.without(leader);
    if (!away) throw new Error('no follower');
    await createNodes(leader.replica, 'before', 10);
    const seen = follow(away.replica, 0);
    cluster.isolate(away);
    for (let i = 0; i < 20; i++) await createNodes(leader.replica, `n${i}`, 10);
    const sent = cluster.wires.snapshotsSent;
    cluster.wires.heal();
    await cluster.converge();
    expect(cluster.wires.snapshotsSent).toBeGreaterThan(sent);
    await createNodes((await cluster.leader()).replica, 'after', 10);
    await cluster.converge();
    expect(seen.errors).toEqual([]);
    expect(seen.versions).toEqual(countTo(220));
  });

  it('ends a watch with RESYNC and the version when history does not reach back to it', async () => {
    cluster = await ReplicaCluster.start(3, { ...small, history: { transactions: 30 } });
    const leader = await cluster.leader();
    const [away] = cluster.without(leader);
    if (!away) throw new Error('no follower');
    await createNodes(leader.replica, 'before', 10);
    await cluster.converge();
    const seen = follow(away.replica, 0);
    cluster.isolate(away);
    for (let i = 0; i < 20; i++) await createNodes(leader.replica, `n${i}`, 10);
    cluster.wires.heal();
    await cluster.converge();
    expect(seen.versions).toEqual(countTo(10));
    expect(seen.errors).toHaveLength(1);
    expect(seen.errors[0]).toMatchObject({ code: 'RESYNC' });
    const { version } = (seen.errors[0] as { details: { version: number } }).details;
    expect(version).toBeGreaterThan(10);
    await createNodes((await cluster.leader()).replica, 'after', 1);
    expect(follow(away.replica, version).errors).toEqual([]);
  });

  it('is what a member starts from, with what came after it', async () => {
    cluster = await ReplicaCluster.start(3, small);
    const leader = await cluster.leader();
    for (let i = 0; i < 6; i++) await createNodes(leader.replica, `n${i}`, 10);
    await cluster.converge();
    for (const member of cluster.members.values()) await cluster.restart(member);
    const again = await cluster.leader();
    expect(nodeIds(again.replica)).toHaveLength(60);
    expect(again.replica.store.versionOfRequest('none')).toBeUndefined();
    await createNodes(again.replica, 'after', 5);
    await cluster.converge();
    expect(follow(again.replica, 0).versions).toEqual(countTo(65));
  });

  it('remembers request ids and removed members for a member that joins late', async () => {
    cluster = await ReplicaCluster.start(3, small);
    const leader = await cluster.leader();
    const [gone] = cluster.without(leader);
    if (!gone) throw new Error('no follower');
    await leader.replica.store.update((tx) => tx.nodes().create({ id: 'once' }), { requestId: 'r1' });
    await leader.replica.removeMember(gone.info.name);
    await gone.replica.close();
    cluster.members.delete(gone.info.name);
    for (let i = 0; i < 6; i++) await createNodes(leader.replica, `n${i}`, 10);
    const late = await cluster.join();
    expect(late.replica.store.versionOfRequest('r1')).toBe(1);
    expect(late.replica.content().removed).toEqual([gone.info.id]);
    await cluster.converge();
  });

  it('that is late does not disturb one that has been accepted', async () => {
    cluster = await ReplicaCluster.start(3, small);
    const leader = await cluster.leader();
    const [away] = cluster.without(leader);
    if (!away) throw new Error('no follower');
    cluster.isolate(away);
    const taken = async (prefix: string) => {
      for (let i = 0; i < 4; i++) await createNodes(leader.replica, `${prefix}${i}`, 10);
      const { snapshot } = await leader.disk.load();
      const chunks: Uint8Array[] = [];
      for await (const chunk of leader.disk.readSnapshot(snapshot)) chunks.push(chunk.slice());
      return { snapshot, chunks };
    };
    const older = await taken('a');
    const newer = await taken('b');
    expect(newer.snapshot.metadata.index).toBeGreaterThan(older.snapshot.metadata.index);

    // The member waits for its disk while both arrive, the older one last.
    const head = { from: leader.info.id, to: away.info.id, term: leader.replica.status().term + 1 };
    let open: () => void = () => undefined;
    away.disk.gate = new Promise((resolve) => (open = resolve));
    cluster.wires.inject({ type: 'heartbeat', ...head, leaderCommit: 0 });
    for (const { snapshot, chunks } of [newer, older]) {
      const stream = (async function* () {
        yield* chunks;
      })();
      await cluster.wires.injectSnapshot({ type: 'installSnapshot', ...head, snapshot }, stream);
    }
    open();
    await until('it is installed', () => away.replica.status().appliedIndex >= newer.snapshot.metadata.index);
    expect(nodeIds(away.replica).some((id) => id.startsWith('b'))).toBe(true);
    cluster.wires.heal();
    await cluster.converge();
    expect(cluster.complaints).toEqual([]);
  });

  it('that arrives twice at a time is taken once', async () => {
    cluster = await ReplicaCluster.start(3, small);
    const leader = await cluster.leader();
    const [away] = cluster.without(leader);
    if (!away) throw new Error('no follower');
    cluster.isolate(away);
    for (let i = 0; i < 6; i++) await createNodes(leader.replica, `n${i}`, 10);
    const { snapshot } = await leader.disk.load();
    const send = () => {
      const { term } = leader.replica.status();
      const message = { type: 'installSnapshot' as const, from: leader.info.id, to: away.info.id, term, snapshot };
      return cluster.wires.injectSnapshot(message, leader.disk.readSnapshot(snapshot));
    };
    const outcomes = await Promise.allSettled([send(), send()]);
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    cluster.wires.heal();
    await cluster.converge();
    expect(cluster.complaints).toEqual([]);
  });
});
