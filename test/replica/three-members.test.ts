import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Event, StoreError, watch } from '../../src/index.js';
import { encodeSnapshot } from '../../src/wire/index.js';
import { nodeIds, ReplicaCluster, type TestMember, until } from '../support/cluster.js';

/** Three replicas in one process: the production code over links that can be cut. */

let cluster: ReplicaCluster;

const bytesOf = ({ replica }: TestMember) =>
  Buffer.concat([...encodeSnapshot({ ...replica.content(), members: [] })]).toString('base64');
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error instanceof StoreError ? error.code : String(error)),
  );

beforeEach(async () => {
  cluster = await ReplicaCluster.start(3);
});
afterEach(() => cluster.close());

describe('three replicas', () => {
  it('hold the same bytes after many pipelined writes, without a hole in the versions', async () => {
    const { replica } = await cluster.leader();
    const commits: number[] = [];
    const follower = (await cluster.followers())[0] as TestMember;
    watch(follower.replica.store.queue).subscribe((event) => event.action === 'commit' && commits.push(event.version));
    await Promise.all(
      Array.from({ length: 500 }, (_, i) => replica.store.update((tx) => tx.nodes().create({ id: `n${i}` }))),
    );
    await cluster.converge();
    expect(replica.store.version).toBe(500);
    expect(commits).toEqual(Array.from({ length: 500 }, (_, i) => i + 1));
    const [first, ...rest] = [...cluster.members.values()].map(bytesOf);
    for (const state of rest) expect(state).toBe(first);
  });

  it('take writes on the leader only, and say where that is', async () => {
    const leader = await cluster.leader();
    const [follower] = cluster.without(leader) as [TestMember];
    await until('the follower knows the leader', () => follower.replica.leaderInfo !== undefined);
    let ran = false;
    const refused = follower.replica.store.update(() => void (ran = true));
    await expect(refused).rejects.toMatchObject({
      code: 'NOT_LEADER',
      details: { leader: { name: leader.info.name, addr: leader.info.addrs[0] } },
    });
    expect(ran).toBe(false);
  });

  it('say OUTCOME_UNKNOWN for what a deposed leader had proposed, and never show it where it did not commit', async () => {
    const old = await cluster.leader();
    cluster.isolate(old);
    const lost = codeOf(old.replica.store.update((tx) => tx.nodes().create({ id: 'lost' })));
    const failed = codeOf(old.replica.store.update(() => { throw new Error('mine'); })); // prettier-ignore
    expect(old.replica.store.view((tx) => tx.nodes().get('lost'))).toBeUndefined();
    const next = await cluster.leader(cluster.without(old));
    await next.replica.store.update((tx) => tx.nodes().create({ id: 'kept' }));
    expect(await lost).toBe('OUTCOME_UNKNOWN');
    expect(await failed).toBe('NOT_LEADER');
    cluster.wires.heal();
    await cluster.converge();
    for (const { replica } of cluster.members.values()) expect(nodeIds(replica)).toEqual(['kept']);
  });

  it('read linearizably on every member, and not at all where nobody confirms it', async () => {
    const leader = await cluster.leader();
    for (let i = 0; i < 20; i++) {
      await leader.replica.store.update((tx) => tx.nodes().create({ id: `n${i}` }));
      const counts = await Promise.all(
        [...cluster.members.values()].map(({ replica }) => replica.linearizable((tx) => tx.nodes().find().length)),
      );
      expect(counts).toEqual([i + 1, i + 1, i + 1]);
    }
    cluster.isolate(leader);
    expect(await codeOf(leader.replica.linearizable((tx) => tx.nodes().find().length, { timeoutMs: 300 }))).toBe(
      'NOT_LEADER',
    );
  });

  it('do a request once, also under the next leader', async () => {
    const old = await cluster.leader();
    await old.replica.store.update((tx) => tx.nodes().create({ id: 'once' }), { requestId: 'r1' });
    await cluster.converge();
    cluster.isolate(old);
    const next = await cluster.leader(cluster.without(old));
    expect(
      await next.replica.store.update((tx) => tx.nodes().create({ id: 'twice' }), { requestId: 'r1' }),
    ).toBeUndefined();
    expect(nodeIds(next.replica)).toEqual(['once']);
    expect(next.replica.store.versionOfRequest('r1')).toBe(1);
  });

  it('hand leadership over without losing a write', async () => {
    const old = await cluster.leader();
    const writes = Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        codeOf(old.replica.store.update((tx) => tx.nodes().create({ id: `n${i}` }))),
      ),
    );
    await old.replica.transferLeadership();
    const next = await cluster.leader(cluster.without(old));
    expect(next.info.name).not.toBe(old.info.name);
    const acknowledged = (await writes).flatMap((code, i) => (code === 'ok' ? [`n${i}`] : []));
    await cluster.converge();
    const ids = nodeIds(next.replica);
    expect(acknowledged.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('go on with two when a member is removed, and never take it back', async () => {
    const leader = await cluster.leader();
    const [gone] = cluster.without(leader) as [TestMember];
    await leader.replica.removeMember(gone.info.name);
    expect(leader.replica.members().map(({ name }) => name)).not.toContain(gone.info.name);
    await leader.replica.store.update((tx) => tx.nodes().create({ id: 'after' }));
    expect(await codeOf(leader.replica.addMember(gone.info))).toBe('REMOVED');
  });
});

describe('a member that is late', () => {
  beforeEach(async () => {
    await cluster.close();
    cluster = await ReplicaCluster.start(3, { snapshotInterval: 40, keepEntries: 5, history: { transactions: 100 } });
  });

  it('gets a snapshot, and its watcher goes on from the history in it', async () => {
    const leader = await cluster.leader();
    const [late] = cluster.without(leader) as [TestMember];
    const seen: number[] = [];
    watch(late.replica.store.queue).subscribe((event: Event) => event.action === 'commit' && seen.push(event.version));
    await leader.replica.store.update((tx) => tx.nodes().create({ id: 'first' }));
    await cluster.converge();
    cluster.isolate(late);
    for (let i = 0; i < 90; i++) await leader.replica.store.update((tx) => tx.nodes().create({ id: `n${i}` }));
    cluster.wires.heal();
    await cluster.converge();
    const { version } = leader.replica.store;
    expect(seen).toEqual(Array.from({ length: version }, (_, i) => i + 1));
    expect(bytesOf(late)).toBe(bytesOf(leader));
  });

  it('ends watches with RESYNC when history does not reach back to them', async () => {
    const leader = await cluster.leader();
    const [late] = cluster.without(leader) as [TestMember];
    let ended: unknown;
    watch(late.replica.store.queue).subscribe({ error: (error: unknown) => (ended = error) });
    cluster.isolate(late);
    for (let i = 0; i < 150; i++) await leader.replica.store.update((tx) => tx.nodes().create({ id: `n${i}` }));
    cluster.wires.heal();
    await cluster.converge();
    expect(ended).toMatchObject({ code: 'RESYNC' });
  });
});

describe('a disk that fails', () => {
  it('stops the replica, and what was on its way is not known', async () => {
    await cluster.close();
    cluster = await ReplicaCluster.start(1);
    const { replica, disk } = await cluster.leader();
    disk.broken = new Error('no space left on device');
    const code = await codeOf(replica.store.update((tx) => tx.nodes().create({})));
    expect(['OUTCOME_UNKNOWN', 'CLOSED']).toContain(code);
    expect(await replica.stopped).toMatchObject({ code: 'DISK_FAILED', cause: disk.broken });
    expect(await codeOf(replica.store.update((tx) => tx.nodes().create({})))).toBe('CLOSED');
  });
});
