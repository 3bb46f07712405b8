import { expect, it } from 'vitest';
import { silentLogger } from '../src/base/log.js';
import { Coordination } from '../src/coordination/index.js';
import { isStoreError, MemoryStore, openReplica } from '../src/index.js';
import { testCluster } from '../src/testing/index.js';

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error: unknown) => (isStoreError(error) ? error.code : String(error)),
  );

it('await using closes a store', async () => {
  let kept: MemoryStore;
  {
    await using store = new MemoryStore();
    kept = store;
    await store.update((tx) => tx.nodes().create({ id: 'n1' }));
  }
  expect(await codeOf(kept.update((tx) => tx.nodes().create({ id: 'n2' })))).toBe('CLOSED');
});

it('await using closes a cluster of a test', async () => {
  let kept;
  {
    await using cluster = await testCluster(1);
    kept = cluster.members[0];
    expect(kept).toBeDefined();
  }
  expect(() => kept?.store).toThrow('CLOSED');
});

it('await using revokes a lease, and releases a lock', async () => {
  await using replica = await openReplica({ name: 'm1', listenAddr: '127.0.0.1:0', logger: silentLogger });
  await using coordination = new Coordination({ replica });
  let signals: AbortSignal[];
  {
    await using lease = await coordination.lease(60_000);
    await using lock = await coordination.lock('x', { ttlMs: 60_000 });
    signals = [lease.signal, lock.signal];
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
  }
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  await using next = await coordination.lock('x', { waitMs: 0 });
  expect(next.signal.aborted).toBe(false);
});
