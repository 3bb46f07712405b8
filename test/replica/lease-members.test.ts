import { afterEach, describe, expect, it } from 'vitest';
import { leases } from '../../src/kinds/index.js';
import { ReplicaCluster, until } from '../support/cluster.js';
import { codeOf } from '../support/state-events.js';

let cluster: ReplicaCluster | undefined;
afterEach(async () => {
  await cluster?.close();
  cluster = undefined;
});

const lease = { ttlMs: 1_000, holder: 'test', guarded: false };

describe('leases of a cluster', () => {
  it('are not kept alive by a leader that is cut off, however much it believes that it leads', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const granted = await leader.replica.grantLease(lease, {});
    cluster.isolate(leader);
    expect(leader.replica.isLeader).toBe(true);
    expect(await codeOf(leader.replica.keepAlive([granted?.id ?? '']))).toBe('NOT_LEADER');
    const next = await cluster.leader(cluster.without(leader));
    expect(await next.replica.keepAlive([granted?.id ?? ''])).toEqual([]);
  });

  it('end under the next leader, on every member at the same version', async () => {
    cluster = await ReplicaCluster.start(3);
    const leader = await cluster.leader();
    const granted = await leader.replica.grantLease(lease, {});
    await leader.replica.transferLeadership();
    for (const { info, replica } of cluster.members.values())
      await until(`it ends on ${info.name}`, () => replica.store.view((tx) => tx.kind(leases).count()) === 0);
    await cluster.converge();
    const next = await cluster.leader();
    expect(await next.replica.keepAlive([granted?.id ?? ''])).toEqual([granted?.id]);
  });

  it('may be ended twice', async () => {
    cluster = await ReplicaCluster.start(1);
    const { replica } = await cluster.leader();
    const { id = '' } = (await replica.grantLease(lease, {})) ?? {};
    expect(await replica.revokeLease(id, {})).toBe(2);
    expect(await replica.revokeLease(id, {})).toBe(2);
    expect(replica.store.version).toBe(2);
  });
});
