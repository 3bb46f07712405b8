import type { Rights } from '../../api/index.js';
import { all, indexLookup, instances, leaseIndex, leases, type ReadTx } from '../../kinds/index.js';
import { type MemoryStore, tableOf } from '../../state/index.js';
import { isShown, nameIn } from '../names.js';
import type { CatalogueShape, InstanceShape, LeaseShape, LeasesShape } from '../shapes.js';
import { readableIn } from './objects.js';
import { type JsonRoute, read } from './route.js';

/** Most objects of a lease, and most instances, in an answer. */
const heldMax = 50;
const instancesMax = 5_000;

/** Leases, and the service catalogue. */
export const coordinationRoutes: readonly JsonRoute[] = [
  {
    path: '/api/leases',
    says: 'leases, and what each holds: limit, after',
    answer: (call) => {
      const { store } = call.member.replica;
      const limit = call.asked.limit();
      const after = call.asked.text('after');
      return read(call, ({ tx, version, rights }): LeasesShape => {
        rights.checkKind(leases.name);
        const found = [...readableIn(tx, leases.name, { by: all, limit: limit + 1, after, rights })];
        const shown = found.slice(0, limit) as Lease[];
        const kinds = attachable(store);
        const held = { store, tx, kinds, rights };
        return {
          version,
          leases: shown.map((lease) => leaseOf(held, lease)),
          ...(found.length > limit && { next: shown.at(-1)?.id ?? '' }),
        };
      });
    },
  },
  {
    path: '/api/catalogue',
    says: 'services of the catalogue with their instances',
    answer: (call) =>
      read(call, ({ tx, version, rights }): CatalogueShape => {
        rights.checkKind(instances.name);
        return { version, services: catalogueOf(tx, rights) };
      }),
  },
];

type Lease = NonNullable<ReturnType<ReturnType<ReadTx['kind']>['get']>> & {
  readonly holder: string;
  readonly ttlMs: number;
  readonly lost: boolean;
};

/** Kinds whose objects can be attached to a lease. */
function attachable(store: MemoryStore): string[] {
  return store.kinds.names().filter((kind) => isShown(kind) && leaseIndex in store.kinds.get(kind).table.indexes);
}

/** Objects that may be attached to leases. */
interface Held {
  readonly store: MemoryStore;
  readonly tx: ReadTx;
  readonly kinds: readonly string[];
  readonly rights: Rights;
}

function leaseOf({ store, tx, kinds, rights }: Held, lease: Lease): LeaseShape {
  const { id, holder, ttlMs, lost, meta } = lease;
  const holds = kinds.flatMap((kind) => {
    const found = tableOf(tx, kind).find(indexLookup(leaseIndex, { value: id }), { limit: heldMax });
    const readable = found.filter((object) => rights.mayRead(kind, object));
    return readable.map((object) => ({ kind, id: object.id, name: nameIn(store, kind, object) }));
  });
  return { id, holder, ttlMs, lost, createdAt: meta.createdAt, holds };
}

function catalogueOf(tx: ReadTx, rights: Rights): CatalogueShape['services'] {
  const byName = new Map<string, InstanceShape[]>();
  for (const instance of tx.kind(instances).find(all, { limit: instancesMax })) {
    if (!rights.mayRead(instances.name, instance)) continue;
    const { id, name, host, port, health, tags, agent, lease } = instance;
    const lost = lease !== '' && (tx.kind(leases).get(lease)?.lost ?? false);
    const list = byName.get(name) ?? [];
    list.push({ id, host, port, health, tags, agent, lost });
    byName.set(name, list);
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => ({
      name,
      passing: list.filter(({ health, lost }) => health === 'passing' && !lost).length,
      instances: list,
    }));
}
