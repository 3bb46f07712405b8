import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodes, nodeIds, ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

describe('a member whose disk fails', () => {
  let cluster: ReplicaCluster;

  beforeEach(async () => {
    cluster = await ReplicaCluster.start(3);
  });
  afterEach(() => cluster.close());

  it('stops with the error when it leads; what was pending is rejected and another member leads', async () => {
    const leader = await cluster.leader();
    const others = cluster.without(leader);
    await createNodes(leader.replica, 'safe', 5);
    leader.disk.broken = new Error('ENOSPC: no space left on device');
    const pending = codeOf(leader.replica.store.update((tx) => tx.nodes().create({ id: 'pending' })));
    expect(await leader.replica.stopped).toMatchObject({ code: 'DISK_FAILED', cause: leader.disk.broken });
    expect(['OUTCOME_UNKNOWN', 'CLOSED']).toContain(await pending);
    expect(leader.replica.isLeader).toBe(false);
    expect(cluster.complaints.join()).toContain('ENOSPC');

    cluster.members.delete(leader.info.name);
    const next = await cluster.leader(others);
    await createNodes(next.replica, 'after', 5);
    await cluster.converge();
    expect(nodeIds(next.replica).filter((id) => id.startsWith('safe'))).toHaveLength(5);
  });

  it('stops when it follows, and the others do not notice', async () => {
    const leader = await cluster.leader();
    const [sick] = cluster.without(leader);
    if (!sick) throw new Error('no follower');
    sick.disk.broken = new Error('EIO: i/o error');
    await createNodes(leader.replica, 'n', 5);
    expect(await sick.replica.stopped).toMatchObject({ code: 'DISK_FAILED', cause: sick.disk.broken });
    cluster.members.delete(sick.info.name);
    await createNodes(leader.replica, 'm', 5);
    expect(leader.replica.store.version).toBe(10);
  });

  it('comes back with everything that it had acknowledged', async () => {
    const leader = await cluster.leader();
    const [sick] = cluster.without(leader);
    if (!sick) throw new Error('no follower');
    await createNodes(leader.replica, 'n', 5);
    await cluster.converge();
    sick.disk.broken = new Error('EIO: i/o error');
    await createNodes(leader.replica, 'm', 5);
    await sick.replica.stopped;
    sick.disk.broken = undefined;
    await cluster.restart(sick);
    await cluster.converge();
  });

  it('does not vote: the answer leaves only when the vote is on disk', async () => {
    const leader = await cluster.leader();
    const [candidate, voter] = cluster.without(leader);
    if (!candidate || !voter) throw new Error('no follower');
    let open: () => void = () => undefined;
    voter.disk.gate = new Promise((resolve) => (open = resolve));
    const votes: string[] = [];
    cluster.wires.hold = ({ type, from }) => {
      if (type === 'requestVoteResponse' && from === voter.info.id) votes.push('answered');
      return false;
    };
    await leader.replica.close();
    cluster.members.delete(leader.info.name);
    await until('the candidate campaigns', () => candidate.replica.status().term > 1, 3_000).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(votes).toEqual([]);
    expect(candidate.replica.isLeader).toBe(false);
    open();
    await cluster.leader();
  });

  it('slows nobody down when it is merely slow and follows', async () => {
    const leader = await cluster.leader();
    const [slow] = cluster.without(leader);
    if (!slow) throw new Error('no follower');
    let open: () => void = () => undefined;
    slow.disk.gate = new Promise((resolve) => (open = resolve));
    await createNodes(leader.replica, 'n', 200);
    expect(slow.replica.store.version).toBe(0);
    open();
    await cluster.converge();
  });
});
