import { afterEach, expect, it, vi } from 'vitest';
import { RawNode } from '../../src/raft/index.js';
import { createNodes, ReplicaCluster } from '../support/cluster.js';

let cluster: ReplicaCluster;

afterEach(() => {
  vi.restoreAllMocks();
  return cluster.close();
});

it('collects the progress of all peers for nobody who has not asked for it', async () => {
  cluster = await ReplicaCluster.start(3);
  const { replica } = await cluster.leader();
  const collected = vi.spyOn(RawNode.prototype, 'status');
  await createNodes(replica, 'n', 50);
  await cluster.converge();
  expect(replica.status().members).toHaveLength(3);
  expect(collected).not.toHaveBeenCalled();
  expect(replica.raftStatus().progress?.size).toBe(3);
});
