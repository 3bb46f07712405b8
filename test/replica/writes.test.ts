import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isStoreError } from '../../src/index.js';
import { countTo, createNodes, follow, nodeIds, ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

describe('writing to three members', () => {
  let cluster: ReplicaCluster;

  beforeEach(async () => {
    cluster = await ReplicaCluster.start(3);
  });
  afterEach(() => cluster.close());

  it('commits pipelined updates in their order on every member', async () => {
    const leader = await cluster.leader();
    const seen = [...cluster.members.values()].map(({ replica }) => follow(replica, 0));
    const ids = await createNodes(leader.replica, 'n', 300);
    await cluster.converge();

    for (const { events, versions, errors } of seen) {
      expect(errors).toEqual([]);
      expect(versions).toEqual(countTo(300));
      expect(
        events.filter(({ action }) => action === 'create').map((event) => 'object' in event && event.object.id),
      ).toEqual(ids);
    }
  });

  it('resolves an update when it can be read on the leader', async () => {
    const { replica } = await cluster.leader();
    const { id } = await replica.store.update((tx) => tx.nodes().create({ id: 'here' }));
    expect(replica.store.view((tx) => tx.nodes().get(id))).toBeDefined();
  });

  it('refuses an update on a follower, without running it, and says where the leader is', async () => {
    const leader = await cluster.leader();
    const [follower] = await cluster.followers();
    let ran = false;
    const error: unknown = await follower?.replica.store
      .update(() => {
        ran = true;
      })
      .catch((reason: unknown) => reason);
    expect(isStoreError(error, 'NOT_LEADER') && error.details.leader).toEqual({
      name: leader.info.name,
      addr: leader.info.addrs[0],
    });
    expect(ran).toBe(false);
  });

  it('gives out an error, or a result without changes, only after a majority has confirmed the leader', async () => {
    const leader = await cluster.leader();
    cluster.wires.hold = ({ type }) => type === 'heartbeatResponse';
    const failed = leader.replica.store.update(() => {
      throw new Error('on purpose');
    });
    const unchanged = leader.replica.store.update((tx) => tx.nodes().find().length);
    let settled = 0;
    for (const promise of [failed, unchanged])
      promise.then(
        () => settled++,
        () => settled++,
      );
    await until('the question is on its way', () => cluster.wires.held.length > 0);
    expect(settled).toBe(0);
    cluster.wires.release();
    await expect(failed).rejects.toThrow('on purpose');
    expect(await unchanged).toBe(0);
  });

  it('does not give out what a callback saw when the leader is cut off', async () => {
    const leader = await cluster.leader();
    cluster.isolate(leader);
    const saw = leader.replica.store.update((tx) => tx.nodes().find().length);
    expect(await codeOf(saw)).toBe('NOT_LEADER');
  });

  it('says that the outcome is unknown when the leader is cut off with an update on its way', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    cluster.isolate(leader);
    const pending = createNodes(leader.replica, 'lost', 3);
    const settled = await Promise.allSettled([pending]);
    expect(settled[0].status === 'rejected' && (settled[0].reason as { code: string }).code).toBe('OUTCOME_UNKNOWN');
    expect(leader.replica.isLeader).toBe(false);

    const next = await cluster.leader(others);
    await createNodes(next.replica, 'kept', 3);
    cluster.wires.heal();
    await cluster.converge();
    expect(nodeIds(leader.replica).filter((id) => id.startsWith('kept'))).toHaveLength(3);
  });

  it('lets an update wait for the end of an election', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    const [waiter] = others;
    if (!waiter) throw new Error('three members have two followers');
    cluster.wires.hold = ({ type }) => type === 'requestVote' || type === 'requestVoteResponse';
    await leader.replica.close();
    await until('the leader is missed', () => waiter.replica.leaderInfo === undefined);
    const update = waiter.replica.store.update((tx) => tx.nodes().create({ id: 'patient' }));
    cluster.wires.release();
    const outcome = await update.then(
      () => 'committed',
      (error: { code: string }) => error.code,
    );
    const next = await cluster.leader(others);
    expect(outcome).toBe(next === waiter ? 'committed' : 'NOT_LEADER');
    cluster.members.delete(leader.info.name);
  });

  it('carries out a request id once, also when it is repeated under the next leader', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    const write = (member: typeof leader) =>
      member.replica.store.update((tx) => tx.nodes().create({ id: 'once' }).id, { requestId: 'r1' });
    cluster.wires.hold = ({ type, to }) => type === 'appendEntriesResponse' && to === leader.info.id;
    const first = write(leader);
    first.catch(() => undefined);
    await until('the entry is on its way', () => cluster.wires.held.length >= 2);
    cluster.isolate(leader);
    expect(await codeOf(first)).toBe('OUTCOME_UNKNOWN');

    const next = await cluster.leader(others);
    expect(await write(next)).toBeUndefined(); // it had committed after all
    expect(next.replica.store.version).toBe(1);
    cluster.wires.held.length = 0;
    cluster.wires.release();
    cluster.wires.heal();
    await cluster.converge();
    expect(next.replica.store.versionOfRequest('r1')).toBe(1);
  });

  it('takes an update that a subscriber of leadership makes at once', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    const outcomes: Promise<unknown>[] = [];
    for (const { replica, info } of others)
      replica.leadership.subscribe((role) => {
        if (role === 'leader')
          outcomes.push(replica.store.update((tx) => tx.nodes().create({ id: `by-${info.name}` })));
      });
    await leader.replica.transferLeadership();
    await until('a new leader wrote', () => outcomes.length > 0);
    await Promise.all(outcomes);
    await cluster.converge();
  });

  it('keeps versions without a hole through five changes of leader under load', async () => {
    const [first] = cluster.members.values();
    if (!first) throw new Error('no member');
    const seen = follow(first.replica, 0);
    const acknowledged: string[] = [];
    let stop = false;
    const writer = async (w: number) => {
      for (let i = 0; !stop; i++) {
        const { replica } = await cluster.leader();
        await replica.store
          .update((tx) => tx.nodes().create({ id: `w${w}-${i}` }).id, { timeoutMs: 2_000 })
          .then(
            (id) => acknowledged.push(id),
            () => undefined,
          );
      }
    };
    const writers = [0, 1, 2, 3].map(writer);
    for (let round = 0; round < 5; round++) {
      const before = acknowledged.length;
      await until('writes go on', () => acknowledged.length > before + 20);
      const leader = await cluster.leader();
      if (round % 2 === 0) {
        cluster.isolate(leader);
        await cluster.leader(cluster.without(leader));
        cluster.wires.heal();
      } else await leader.replica.transferLeadership().catch(() => undefined);
    }
    stop = true;
    await Promise.all(writers);
    await cluster.converge();
    const ids = new Set(nodeIds(first.replica));
    expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
    expect(seen.errors).toEqual([]);
    expect(seen.versions).toEqual(countTo(first.replica.store.version));
  });
});
