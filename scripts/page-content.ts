import { instances, leases, locks, type Tx } from '../src/kinds/index.js';
import type { MemoryStore } from '../src/state/index.js';

/** Fills a store with something of everything that the page shows. */
export async function fillStore(store: MemoryStore): Promise<void> {
  const by = (actor: string, reason?: string) => ({ actor, ...(reason !== undefined && { reason }) });
  await store.update(
    (tx) => {
      for (const [id, state] of [
        ['node-1', 'ready'],
        ['node-2', 'ready'],
        ['node-3', 'down'],
      ] as const)
        tx.nodes().create({
          id,
          description: { hostname: id },
          status: { state, message: state === 'down' ? 'its manager has not heard from it for 42 s' : '' },
        });
    },
    by('fleet', 'engines answered'),
  );
  await store.update(
    (tx) => {
      tx.networks().create({ id: 'shop-net', spec: { annotations: { name: 'shop_default' } } });
      tx.secrets().create({ id: 'db-password', spec: { annotations: { name: 'db_password' }, data: 'aHVzaA==' } });
      tx.services().create({ id: 'web', spec: serviceSpec('shop_web', 'nginx:1.27', 4) });
      tx.services().create({ id: 'db', spec: serviceSpec('shop_db', 'postgres:17', 1) });
    },
    by('alice', 'skep apply shop.yaml'),
  );
  await store.update(tasksIn, by('orchestrator'));
  await store.update(
    (tx) => {
      const cron = tx.kind(leases).create({ ttlMs: 3_600_000, holder: 'billing-7d9f', guarded: false, lost: false });
      tx.kind(locks).create({ lock: 'nightly-invoices', holder: 'billing-7d9f', lease: cron.id });
      const agent = tx.kind(leases).create({ ttlMs: 3_600_000, holder: 'agent/host-1', guarded: true, lost: false });
      for (const [id, health] of [
        ['api-1', 'passing'],
        ['api-2', 'warning'],
      ] as const)
        tx.kind(instances).create({ ...instance(id, 'api', health), session: agent.id, lease: agent.id });
      tx.kind(instances).create({ ...instance('cache-1', 'cache', 'critical'), session: agent.id, lease: agent.id });
    },
    by('agent/host-1', 'health checks'),
  );
  await store.update((tx) => scale(tx, 5), by('alice', 'black friday'));
  await store.update(
    (tx) => {
      const node = tx.nodes().get('node-2');
      if (node)
        tx.nodes().update({
          ...node,
          spec: { ...node.spec, availability: 'drain', annotations: { name: '', labels: { rack: 'b2' } } },
        });
    },
    by('bob', 'kernel upgrade'),
  );
}

function scale(tx: Tx, replicas: number): void {
  const service = tx.services().get('web');
  if (service) tx.services().update({ ...service, spec: { ...service.spec, mode: { replicated: { replicas } } } });
}

function serviceSpec(name: string, image: string, replicas: number) {
  return { annotations: { name }, task: { container: { image } }, mode: { replicated: { replicas } } } as const;
}

function tasksIn(tx: Tx): void {
  for (let slot = 1; slot <= 4; slot++) {
    const waits = slot === 4;
    tx.tasks().create({
      id: `web-${slot}`,
      serviceId: 'web',
      slot,
      serviceAnnotations: { name: 'shop_web' },
      spec: {
        container: { image: 'nginx:1.27' },
        placement: waits ? { constraints: ['node.labels.storage==ssd'] } : {},
      },
      desiredState: 'running',
      ...(!waits && { nodeId: slot % 2 === 0 ? 'node-2' : 'node-1' }),
      status: {
        state: waits ? 'pending' : 'running',
        message: waits ? 'no suitable node' : 'started',
        timestamp: Date.now(),
      },
    });
  }
  tx.tasks().create({
    id: 'db-1',
    serviceId: 'db',
    slot: 1,
    serviceAnnotations: { name: 'shop_db' },
    spec: { container: { image: 'postgres:17' } },
    desiredState: 'running',
    nodeId: 'node-1',
    status: { state: 'running', message: 'started', timestamp: Date.now() },
  });
}

function instance(id: string, name: string, health: 'passing' | 'warning' | 'critical') {
  return {
    id,
    name,
    host: `10.0.0.${id.length}`,
    port: 8080,
    tags: ['v2'],
    metadata: {},
    weight: 1,
    health,
    agent: 'host-1',
  };
}
