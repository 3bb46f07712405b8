import type { Clock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { StoreError } from '../../src/base/store-error.js';
import { storeReport } from '../../src/api/index.js';
import { ApiWrites, checkConditions } from '../../src/api/writes.js';
import type { messages } from '../../src/client/index.js';
import type { SessionClient } from '../../src/fleet/assign/ports.js';
import type { StoredObject, Tx } from '../../src/kinds/index.js';
import { Leases } from '../../src/replica/leases.js';
import type { MemoryStore } from '../../src/state/index.js';
import { fromAny } from '../../src/wire/index.js';

/** Leases of a store whose leader is this process. */
export function leasesOf(store: MemoryStore, clock: Clock): Leases {
  const leases = new Leases({ store, clock, logger: silentLogger });
  leases.start();
  leases.lead();
  return leases;
}

/** A client of a leader in this process, with the rules of the API and without a network. It can be cut off. */
export function storeClient(store: MemoryStore, leases: Leases, clock: Clock): SessionClient & { cut: boolean } {
  const reached = async () => {
    await Promise.resolve();
    if (client.cut) throw new StoreError('NOT_LEADER', 'no member answers');
  };
  const write = async (run: (writes: ApiWrites, tx: Tx) => object, fence?: messages.Condition): Promise<object> => {
    await reached();
    return store.update((tx) => {
      checkConditions(tx, { conditions: [], ...(fence && { fence }) });
      const writes = new ApiWrites(tx, store.kinds, { fence });
      const value = run(writes, tx);
      writes.finish();
      return value;
    });
  };
  const nameOf = (kind: unknown) => (typeof kind === 'string' ? kind : (kind as { name: string }).name);
  const change = (writes: ApiWrites, { op, kind, id, object, ...seen }: messages.Change) => {
    if (op === 'remove') return writes.remove(kind, id, seen);
    const given = fromAny(kind, object as messages.AnyObject);
    if (op === 'create') writes.create(given.kind, given.object);
    else writes.update(given.kind, given.object, seen);
  };
  const client = {
    cut: false,
    create: (kind: unknown, draft: object) =>
      write((writes) => writes.create(nameOf(kind), { ...draft, meta: noMeta } as never)),
    update: (kind: unknown, object: StoredObject) =>
      write((writes) => writes.update(nameOf(kind), { ...object, meta: noMeta } as never, {})),
    apply: (changes: readonly messages.Change[], { fence }: { fence?: messages.Condition } = {}) =>
      write((writes, tx) => {
        for (const one of changes) change(writes, one);
        return { version: tx.version, ids: [], planned: [] };
      }, fence),
    grantLease: async ({ ttlMs, holder = '', guarded = false }: { ttlMs: number; holder?: string; guarded?: boolean }) => {
      await reached();
      return (await leases.grant({ ttlMs, holder, guarded }, {}))?.id ?? '';
    },
    keepAlive: async (ids: readonly string[]) => {
      await reached();
      leases.renew(ids);
      return leases.lost(ids);
    },
    revokeLease: async (id: string) => {
      await reached();
      await leases.revoke(id, {});
    },
    reportEngine: async (report: messages.ReportRequest) => {
      await reached();
      return storeReport(store, report, { clock, timeoutMs: 10_000 });
    },
  };
  return client as unknown as SessionClient & { cut: boolean };
} // prettier-ignore

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };
