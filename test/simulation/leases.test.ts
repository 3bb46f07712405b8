import { describe, expect, it } from 'vitest';
import { watch } from '../../src/index.js';
import { leases } from '../../src/kinds/index.js';
import { type ProcessView, simulate } from '../../src/testing/index.js';

const ttlMs = 1_200;
/** A holder gives up this much earlier: for clocks that do not run at quite the same speed. */
const margin = 0.1;

/** Leases in a cluster where members crash, hang, are cut off, lose disks, and have clocks that jump and drift. */
describe('leases under trouble', () => {
  it(
    'never end while their holder relies on them, and end when nobody keeps them alive',
    { timeout: 120_000 },
    async () => {
      let renewed = 0;
      let granted = 0;
      let ended = 0;
      let endedByTime = 0;
      await simulate({ seeds: 20, durationMs: 40_000 }, async (world) => {
        const processes = new Set<ProcessView>();
        /** Until when the holder of a lease relies on it, by the one true clock. */
        const reliesUntil = new Map<string, number>();
        const over = new Set<string>();
        let broken: string | undefined;
        world.always('a lease does not end while its holder relies on it', () => {
          if (broken !== undefined) throw new Error(broken);
        });
        world.onEveryMember((process, signal) => {
          processes.add(process);
          signal.addEventListener('abort', () => processes.delete(process), { once: true });
          watch(process.store.queue, leases.deleted()).subscribe({
            next: ({ object: { id } }) => {
              const early = (reliesUntil.get(id) ?? 0) - world.now;
              if (early > 0) broken ??= `the lease ${id} ended ${early} ms before its holder gave up`;
              if (!over.has(id)) endedByTime++;
              over.add(id);
            },
            error: () => undefined,
          });
        });
        /** One of those who think that they lead: the one before may think so for a while. */
        const leader = () => {
          const leaders = [...processes].filter(({ isLeader }) => isLeader);
          return leaders[world.random(Math.max(1, leaders.length))];
        };
        const relyFrom = (id: string, since: number) =>
          reliesUntil.set(id, Math.max(reliesUntil.get(id) ?? 0, since + ttlMs * (1 - margin)));

        const hold = async () => {
          while (world.troubled) {
            const since = world.now;
            const id = await leader()
              ?.grantLease(ttlMs)
              .catch(() => undefined);
            if (id === undefined || id === '') {
              await world.sleep(100);
              continue;
            }
            granted++;
            relyFrom(id, since);
            const rounds = world.random(8);
            for (let i = 0; i < rounds && !over.has(id) && world.troubled; i++) {
              await world.sleep(ttlMs / 3);
              const asked = world.now;
              const lost = await leader()
                ?.keepAlive([id])
                .catch(() => undefined);
              if (lost?.length === 0) {
                renewed++;
                relyFrom(id, asked);
              }
            }
            await world.sleep(world.random(2 * ttlMs));
          }
        };
        for (let i = 0; i < 3; i++) void hold();
        await world.peace();
        await world.eventually('leases end', (tx) => tx.kind(leases).count() === 0, 60_000);
        ended += over.size;
      });
      expect(granted).toBeGreaterThan(50);
      expect(renewed).toBeGreaterThan(50);
      expect(ended).toBeGreaterThan(20);
      expect(endedByTime).toBeGreaterThan(20);
    },
  );
});
