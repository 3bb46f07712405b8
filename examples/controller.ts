/**
 * A controller: keeps as many servers as each pool wants. It runs in every process with a replica, and works where that one
 * leads. `npx tsx examples/controller.ts` shows it.
 */
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { defineKind, openReplica, schema as s } from 'skep';
import { reconcile, type ReconcileOptions, type Reconciler, watching } from 'skep/coordination';

/** A wish: so many servers. */
export const pools = defineKind({ name: 'pools', schema: s.object({ size: s.uint() }) });
/** What there is. */
export const servers = defineKind({
  name: 'servers',
  schema: s.object({ pool: s.text() }),
  indexes: { pool: (server) => server.pool },
});

/** Circumstances of the controller: a replica, and in a simulation its clock. */
export type PoolOptions = Pick<ReconcileOptions<never>, 'replica' | 'clock' | 'signal' | 'onError'>;

/** Starts the controller. */
export function keepPools(options: PoolOptions): Reconciler {
  const also = [watching(servers, ({ pool }) => pool)];
  return reconcile(pools, { workers: 2, resyncMs: 60_000, ...options, also }, async ({ key, update }) => {
    // One transaction reads and writes: what it decides is right at the moment of its commit.
    await update((tx) => {
      const wanted = tx.kind(pools).get(key)?.size ?? 0;
      const there = tx.kind(servers).find(servers.by('pool', key));
      for (const { id } of there.slice(wanted)) tx.kind(servers).delete(id);
      for (let i = there.length; i < wanted; i++) tx.kind(servers).create({ pool: key });
    });
  });
}

/** Shows it with one replica. */
export async function main(): Promise<void> {
  await using replica = await openReplica({ name: 'm1', kinds: [pools, servers] });
  await using controller = keepPools({ replica });
  await replica.store.update((tx) => tx.kind(pools).create({ id: 'web', size: 3 }));
  const count = () => replica.store.view((tx) => tx.kind(servers).count(servers.by('pool', 'web')));
  while (count() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  console.log(`${count()} servers, ${controller.counts.failures} failures`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main();
