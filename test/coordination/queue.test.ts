import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Claim } from '../../src/coordination/index.js';
import { locks, queued, type QueueOptions } from '../../src/coordination/index.js';
import { defineKind, schema as s } from '../../src/kinds/index.js';
import { codeOf } from '../support/state-events.js';
import { VirtualCluster, type VirtualProcess } from '../support/virtual-cluster.js';

const mails = defineKind({ name: 'mails', schema: s.object({ to: s.text() }) });
const options: QueueOptions = { ttlMs: 3_000, attempts: 3, backoff: { firstMs: 1_000, mostMs: 4_000 } };
const quiet = { onError: () => undefined };

function begin() {
  const cluster = new VirtualCluster([mails]);
  const queueOf = (process: VirtualProcess, given: QueueOptions = {}) =>
    process.coordination.queue(mails, { ...options, ...given });
  const states = () =>
    cluster.store.view((tx) =>
      tx
        .kind(queued)
        .find()
        .map(({ item, state, attempts }) => `${item} ${state} ${attempts}`),
    );
  return { cluster, queueOf, states };
}

describe('a queue', () => {
  it('hands out objects in the order in which they were put, each to one process', async () => {
    const { cluster, queueOf, states } = begin();
    const [a, b] = [queueOf(cluster.process()), queueOf(cluster.process())];
    for (const to of ['1', '2', '3']) await cluster.wait(a.put({ id: `m${to}`, to }));
    const claims: Claim<{ readonly id: string }>[] = [];
    for (const queue of [a, b, b]) claims.push(await cluster.wait(queue.claim()));
    expect(claims.map(({ item, attempt }) => `${item.id} ${attempt}`)).toEqual(['m1 1', 'm2 1', 'm3 1']);
    expect(await cluster.wait(a.tryClaim())).toBeUndefined();
    for (const claim of claims) await cluster.wait(claim.finish());
    expect(states()).toEqual([]);
    expect(cluster.store.view((tx) => tx.kind(mails).count() + tx.kind(locks).count())).toBe(0);
  });

  it('waits for an object, and for its delay', async () => {
    const { cluster, queueOf } = begin();
    const [a, b] = [queueOf(cluster.process()), queueOf(cluster.process())];
    const waiting = b.claim();
    await cluster.advance(5_000);
    const begun = cluster.scheduler.now;
    await cluster.wait(a.put({ to: 'later' }, { delayMs: 20_000 }));
    const claim = await cluster.wait(waiting);
    expect(cluster.scheduler.now - begun).toBeGreaterThanOrEqual(20_000);
    expect(cluster.scheduler.now - begun).toBeLessThan(21_000);
    await cluster.wait(claim.giveBack({ delayMs: 5_000 }));
    expect(await cluster.wait(a.tryClaim())).toBeUndefined();
    await cluster.advance(5_000);
    expect((await cluster.wait(a.tryClaim()))?.attempt).toBe(2);
  });

  it('finishes together with other writes, or not at all', async () => {
    const { cluster, queueOf, states } = begin();
    const a = queueOf(cluster.process());
    await cluster.wait(a.put({ id: 'm', to: 'ann' }));
    const claim = await cluster.wait(a.claim());
    cluster.store.update((tx) => tx.nodes().create({ id: 'taken' })).catch(() => undefined);
    const refused = claim.finish((tx) => void tx.nodes().create({ id: 'taken' }));
    expect(await cluster.wait(codeOf(refused))).toBe('ALREADY_EXISTS');
    expect(states()).toEqual(['m claimed 1']);
    await cluster.wait(claim.finish((tx) => void tx.nodes().create({ id: 'sent' }), { keep: true }));
    expect(claim.settled).toBe(true);
    expect(states()).toEqual([]);
    expect(cluster.store.view((tx) => [tx.nodes().count(), tx.kind(mails).count()])).toEqual([2, 1]);
    expect(await codeOf(claim.finish())).toBe('LEASE_LOST');
  });

  it('gives the objects of a process that died to others; a late one finds its writes refused', async () => {
    const { cluster, queueOf } = begin();
    const [dying, other] = [cluster.process(), cluster.process()];
    const a = queueOf(dying);
    await cluster.wait(a.put({ id: 'm', to: 'ann' }));
    const lost = await cluster.wait(a.claim());
    dying.clock.pause();
    const claim = await cluster.wait(queueOf(other).claim());
    expect(claim.attempt).toBe(2);
    expect(claim.token).toBeGreaterThan(lost.token);
    expect(lost.signal.aborted).toBe(true);
    dying.clock.resume();
    expect(await cluster.wait(codeOf(lost.finish()))).toBe('LEASE_LOST');
    await cluster.wait(lost.giveBack()); // no error, and nothing happens
    await cluster.wait(claim.finish());
    expect(cluster.store.view((tx) => tx.kind(mails).count())).toBe(0);
  });

  it('gives an object back that is not renewed', async () => {
    const { cluster, queueOf } = begin();
    const queue = queueOf(cluster.process(), { visibilityMs: 2_000 });
    await cluster.wait(queue.put({ id: 'm', to: 'ann' }));
    const claim = await cluster.wait(queue.claim());
    await cluster.advance(1_500);
    claim.renew();
    await cluster.advance(1_500);
    expect(claim.signal.aborted).toBe(false);
    await cluster.advance(600);
    expect(claim.signal.aborted).toBe(true);
    expect(() => claim.renew()).toThrow(/is over/);
    expect((await cluster.wait(queue.claim())).attempt).toBe(2);
  });

  it('gives up after its attempts, also on what kills its workers, and lets them be tried again', async () => {
    const { cluster, queueOf, states } = begin();
    const queue = queueOf(cluster.process());
    await cluster.wait(queue.put({ id: 'bad', to: 'ann' }));
    const worker = queue.work(
      () => {
        throw new RangeError('no such address');
      },
      { ...quiet },
    );
    await cluster.until(() => states()[0] === 'bad dead 3');
    await cluster.wait(worker.stop());
    expect(await cluster.wait(queue.dead())).toEqual([{ id: 'bad', attempts: 3, error: 'no such address' }]);
    await cluster.wait(queue.retry('bad'));
    expect(await cluster.wait(codeOf(queue.retry('bad')))).toBe('NOT_FOUND');
    for (let i = 0; i < 3; i++) {
      const killed = cluster.process();
      await cluster.wait(queueOf(killed).claim());
      killed.clock.kill();
      killed.client.cut = true;
    }
    queue.work(() => undefined, quiet);
    await cluster.until(() => states()[0] === 'bad dead 3');
    expect((await cluster.wait(queue.dead()))[0]?.error).toBe('its worker went away');
  });

  it('forgets objects that were removed by other means', async () => {
    const { cluster, queueOf, states } = begin();
    const queue = queueOf(cluster.process());
    await cluster.wait(queue.put({ id: 'gone', to: 'ann' }));
    await cluster.store.update((tx) => tx.kind(mails).delete('gone'));
    expect(await cluster.wait(queue.tryClaim())).toBeUndefined();
    expect(states()).toEqual([]);
  });

  it('gives everything back when it is closed, and ends waits', async () => {
    const { cluster, queueOf } = begin();
    const process = cluster.process();
    const queue = queueOf(process);
    await cluster.wait(queue.put({ id: 'm', to: 'ann' }));
    const claim = await cluster.wait(queue.claim());
    const waiting = codeOf(queue.claim());
    await cluster.wait(process.coordination.close());
    expect(await waiting).toBe('CLOSED');
    expect(claim.signal.aborted).toBe(true);
    expect((await cluster.wait(queueOf(cluster.process()).claim())).attempt).toBe(2);
  });

  it('refuses what cannot be', () => {
    const { coordination } = new VirtualCluster([mails]).process();
    expect(() => coordination.queue(mails, { name: 'a b' })).toThrow(TypeError);
    expect(() => coordination.queue(mails, { attempts: 0 })).toThrow(TypeError);
    expect(() => coordination.queue(mails, { tries: 3 } as never)).toThrow(TypeError);
  });
});

describe('a queue under faults', () => {
  it('never lets two processes have one object, and finishes each once', { timeout: 120_000 }, async () => {
    const fault = fc.record({
      process: fc.nat(2),
      what: fc.constantFrom('cut', 'pause', 'kill' as const),
      forMs: fc.integer({ min: 0, max: 6_000 }),
      thenMs: fc.integer({ min: 0, max: 3_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 6 }), fc.integer({ min: 0, max: 4 }), async (faults, failing) => {
        const { cluster, queueOf, states } = begin();
        const holding = new Map<string, Set<Claim<{ readonly id: string }>>>();
        const clocks = new Map<Claim<{ readonly id: string }>, VirtualProcess['clock']>();
        let most = 0;
        const look = () => {
          for (const claims of holding.values()) {
            const live = [...claims].filter((claim) => {
              const clock = clocks.get(claim);
              return clock && !clock.paused && !clock.dead && !claim.signal.aborted;
            });
            most = Math.max(most, live.length);
          }
        };
        const start = () => {
          const process = cluster.process();
          let runs = 0;
          queueOf(process, { attempts: 1_000 }).work(
            async (claim) => {
              const { id } = claim.item;
              const claims = holding.get(id) ?? new Set();
              holding.set(id, claims.add(claim));
              clocks.set(claim, process.clock);
              await new Promise<void>((resolve) => void process.clock.schedule(300, resolve));
              if (++runs % 5 < failing % 5) throw new RangeError('fails at times');
              await claim.finish((tx) => void tx.nodes().create({ description: { hostname: id } }));
            },
            { workers: 2, ...quiet },
          );
          return process;
        };
        const processes = [start(), start(), start()];
        const putter = queueOf(cluster.process());
        cluster.scheduler.afterEvent = look;
        for (let i = 0; i < 12; i++) await cluster.wait(putter.put({ id: `m${i}`, to: 'x' }));
        for (const { process: at, what, forMs, thenMs } of faults) {
          const one = processes[at] as VirtualProcess;
          if (what === 'kill') {
            one.clock.kill();
            one.client.cut = true;
            processes[at] = start();
            await cluster.advance(forMs);
          } else if (what === 'cut') {
            one.client.cut = true;
            await cluster.advance(forMs);
            one.client.cut = false;
          } else {
            one.clock.pause();
            await cluster.advance(forMs);
            one.clock.resume();
          }
          await cluster.advance(thenMs);
        }
        await cluster.until(() => states().length === 0);
        expect(most).toBeLessThanOrEqual(1);
        const sent = cluster.store.view((tx) => tx.nodes().find().map(({ description }) => description?.hostname)); // prettier-ignore
        expect([...sent].sort()).toEqual(Array.from({ length: 12 }, (_, i) => `m${i}`).sort());
      }),
      { numRuns: 30 },
    );
  });
});
