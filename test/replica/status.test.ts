import { afterEach, expect, it, vi } from 'vitest';
import { RawNode } from '../../src/raft/index.js';
import { MemoryCluster } from '../support/memory-links.js';

const cluster = new MemoryCluster();

afterEach(() => {
  vi.restoreAllMocks();
  return cluster.close();
});

it('collects the progress of all peers for nobody who has not asked for it', async () => {
  for (let i = 0; i < 3; i++) await cluster.add();
  const { replica } = await cluster.leader();
  const collected = vi.spyOn(RawNode.prototype, 'status');
  await Promise.all(Array.from({ length: 50 }, () => replica.store.update((tx) => void tx.nodes().create({}))));
  await cluster.level();
  expect(replica.status().members).toHaveLength(3);
  expect(collected).not.toHaveBeenCalled();
  expect(replica.raftStatus().progress?.size).toBe(3);
});
