import { afterEach, describe, expect, it } from 'vitest';
import { countTo, createNodes, follow, nodeIds, ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

describe('membership', () => {
  let cluster: ReplicaCluster;
  afterEach(() => cluster.close());

  const rolesSeenBy = (name: string) =>
    Object.fromEntries(
      cluster
        .get(name)
        .replica.status()
        .members.map((member) => [member.name, member.role]),
    );

  it('takes a new member in as a learner and makes it a voter when it has caught up', async () => {
    cluster = await ReplicaCluster.start(1);
    const leader = await cluster.leader();
    await createNodes(leader.replica, 'before', 50);
    cluster.wires.hold = ({ type, to }) => to === 2 && type !== 'heartbeat';
    const learner = await cluster.joinAsLearner();
    await until('the leader has taken it in', () => rolesSeenBy('m1').m2 !== undefined);
    expect(rolesSeenBy('m1')).toEqual({ m1: 'voter', m2: 'learner' });
    cluster.wires.release();
    await until('it is a voter', () => learner.replica.isVoter);
    await cluster.converge();
    expect(rolesSeenBy('m2')).toEqual({ m1: 'voter', m2: 'voter' });
    expect(nodeIds(learner.replica)).toHaveLength(50);
  });

  it('goes on while members join under load', async () => {
    cluster = await ReplicaCluster.start(1);
    const leader = await cluster.leader();
    let stop = false;
    let written = 0;
    const load = (async () => {
      for (; !stop; written++) await leader.replica.store.update((tx) => tx.nodes().create({}));
    })();
    for (let i = 0; i < 4; i++) await cluster.join();
    stop = true;
    await load;
    await cluster.converge();
    expect(leader.replica.store.version).toBe(written);
    expect(leader.replica.status().members).toHaveLength(5);
  });

  it('refuses a second member of the same name, and an id that was removed', async () => {
    cluster = await ReplicaCluster.start(3);
    const { replica } = await cluster.leader();
    const [follower] = await cluster.followers();
    if (!follower) throw new Error('no follower');
    expect(await codeOf(replica.addMember({ id: 99, name: 'm1', addrs: ['memory:99'] }))).toBe('NAME_CONFLICT');
    expect(await codeOf(follower.replica.addMember({ id: 98, name: 'm98', addrs: ['memory:98'] }))).toBe('NOT_LEADER');
    expect(await codeOf(replica.removeMember('nobody'))).toBe('NOT_FOUND');
    await replica.removeMember(follower.info.name);
    expect(await codeOf(replica.addMember(follower.info))).toBe('REMOVED');
    expect(replica.status().members.map(({ name }) => name)).not.toContain(follower.info.name);
  });

  it('learns the new address of a member', async () => {
    cluster = await ReplicaCluster.start(3);
    const { replica } = await cluster.leader();
    await replica.addMember({ id: 2, name: 'm2', addrs: ['elsewhere:2'] });
    await cluster.converge();
    for (const member of cluster.members.values())
      expect(member.replica.members().find(({ id }) => id === 2)?.addrs).toEqual(['elsewhere:2']);
  });

  it('never removes the only voter', async () => {
    cluster = await ReplicaCluster.start(1);
    const { replica, info } = await cluster.leader();
    expect(await codeOf(replica.removeMember(info.name))).toBe('WOULD_LOSE_QUORUM');
  });

  it('removes a follower, which then ends and says why; the others go on', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const [gone, stays] = cluster.without(leader);
    if (!gone || !stays) throw new Error('no follower');
    await leader.replica.removeMember(String(gone.info.id));
    const reason = await Promise.race([
      gone.replica.stopped,
      new Promise<string>((resolve) => setTimeout(() => resolve('still running'), 3_000)),
    ]);
    cluster.members.delete(gone.info.name);
    await createNodes(leader.replica, 'after', 3);
    await cluster.converge();
    expect(stays.replica.status().members).toHaveLength(2);
    expect(reason).toMatchObject({ name: 'StoreError', code: 'REMOVED' });
  });

  it('asks who answers now: who was heard a moment ago may be gone', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const [gone, stays] = cluster.without(leader);
    if (!gone || !stays) throw new Error('no follower');
    await cluster.converge();
    cluster.isolate(gone);
    const refused = leader.replica.removeMember(stays.info.name);
    await expect(refused).rejects.toMatchObject({
      code: 'WOULD_LOSE_QUORUM',
      details: { unreached: [gone.info.name] },
    });
    expect(leader.replica.status().members).toHaveLength(3);
    await createNodes(leader.replica, 'after', 1);
  });

  it('removes a member that is away, which learns of it when it comes back', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const [gone] = cluster.without(leader);
    if (!gone) throw new Error('no follower');
    cluster.isolate(gone);
    await leader.replica.removeMember(gone.info.name);
    cluster.wires.heal();
    expect(await gone.replica.stopped).toMatchObject({ code: 'REMOVED' });
    cluster.members.delete(gone.info.name);
    await createNodes(leader.replica, 'after', 3);
    await cluster.converge();
  });

  it('removes the leader when it is asked again: first it hands over', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    const [watched] = others;
    if (!watched) throw new Error('no follower');
    const seen = follow(watched.replica, 0);
    await createNodes(leader.replica, 'before', 10);
    expect(await codeOf(leader.replica.removeMember(leader.info.name))).toBe('NOT_LEADER');
    const next = await cluster.leader(others);
    await next.replica.removeMember(leader.info.name);
    await leader.replica.close();
    cluster.members.delete(leader.info.name);
    await createNodes(next.replica, 'after', 10);
    await cluster.converge();
    expect(seen.versions).toEqual(countTo(20));
    expect(next.replica.status().members).toHaveLength(2);
  });

  it('shrinks from three to one, and the last one still writes', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    for (const member of cluster.without(leader)) {
      await leader.replica.removeMember(member.info.name);
      await member.replica.close();
      cluster.members.delete(member.info.name);
    }
    await createNodes(leader.replica, 'alone', 3);
    expect(leader.replica.store.version).toBe(3);
  });

  it('tells whoever asked that it does not know when the leader is cut off', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    cluster.isolate(leader);
    const change = leader.replica.addMember({ id: 50, name: 'm50', addrs: ['memory:50'] });
    expect(await codeOf(change)).toBe('OUTCOME_UNKNOWN');
  });

  it('makes no entries in the log while a promotion cannot be decided', async () => {
    cluster = await ReplicaCluster.start(2);
    const leader = await cluster.leader();
    const [follower] = cluster.without(leader);
    if (!follower) throw new Error('no follower');
    cluster.wires.hold = ({ type, to }) => to === 3 && type !== 'heartbeat';
    const learner = await cluster.joinAsLearner();
    // The learner catches up, and the other voter answers no entries any more.
    const forLearner = cluster.wires.held.splice(0);
    cluster.wires.hold = ({ type, from }) => type === 'appendEntriesResponse' && from === follower.info.id;
    for (const parcel of forLearner) parcel.deliver();
    await until('the question of promotion is open', () => cluster.wires.held.length > 0);
    const before = leader.replica.status().lastIndex;
    await new Promise((resolve) => setTimeout(resolve, 200));
    const grown = leader.replica.status().lastIndex - before;
    cluster.wires.release();
    await until('it is a voter', () => learner.replica.isVoter);
    expect(grown).toBeLessThan(5);
  });
});
