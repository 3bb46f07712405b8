import { BehaviorSubject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { keepPools, pools, servers } from '../../examples/controller.js';
import { reconcile, type ReconcileReplica, type Reconciling, watching } from '../../src/coordination/index.js';
import { WorkQueue } from '../../src/coordination/reconcile/work-queue.js';
import { byNodeId, defineKind, schema as s } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { simulate } from '../../src/testing/index.js';
import { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';
import { FakeClock } from '../support/state-clock.js';
import { codeOf } from '../support/state-events.js';
import { VirtualCluster } from '../support/virtual-cluster.js';

const jobs = defineKind({ name: 'jobs', schema: s.object({ group: s.text(), done: s.flag() }) });

function begin(role: 'leader' | 'follower' = 'leader') {
  const scheduler = new Scheduler();
  const clock = new SimClock(scheduler);
  const store = new MemoryStore({ kinds: [jobs], clock, logger: silentLogger });
  const leadership = new BehaviorSubject<'leader' | 'follower'>(role);
  const replica = { store, leadership } as unknown as ReconcileReplica;
  const calls: string[] = [];
  return { scheduler, clock, store, leadership, replica, calls };
}

describe('a work queue of keys', () => {
  it('has a key once, never gives it out twice at a time, and keeps the order', () => {
    const clock = new FakeClock();
    let told = 0;
    const queue = new WorkQueue(clock, () => told++);
    for (const key of ['a', 'b', 'a']) queue.add(key);
    expect([told, queue.ready]).toEqual([3, 2]);
    expect(queue.take()).toBe('a');
    queue.add('a');
    expect([queue.take(), queue.take()]).toEqual(['b', undefined]);
    queue.done('a');
    queue.done('b');
    expect([queue.take(), queue.take(), queue.running]).toEqual(['a', undefined, 1]);
  });

  it('delays keys, keeps the earlier time, and drops the timer when a key is added meanwhile', () => {
    const clock = new FakeClock();
    const queue = new WorkQueue(clock, () => undefined);
    queue.addAfter('a', 100);
    queue.addAfter('a', 200);
    queue.addAfter('b', 200);
    queue.addAfter('b', 50);
    queue.addAfter('c', 300);
    queue.add('c');
    expect([queue.delayed, clock.armed]).toEqual([2, 2]);
    clock.advance(50);
    clock.advance(50);
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['c', 'b', 'a']);
    queue.addAfter('d', 10);
    queue.clear();
    expect(clock.armed).toBe(0);
  });
});

describe('a controller', () => {
  it('is called for every key to begin with, and for what changes, once for several changes', async () => {
    const { scheduler, clock, store, replica, calls } = begin();
    await store.update((tx) => ['a', 'b'].forEach((id) => tx.kind(jobs).create({ id, group: 'g' })));
    const controller = reconcile(jobs, { replica, clock }, async ({ key }) => {
      calls.push(key);
      await new Promise<void>((resolve) => void clock.schedule(100, resolve));
    });
    await scheduler.run(150);
    for (let i = 0; i < 5; i++) await store.update((tx) => tx.kind(jobs).update({ id: 'b', group: `${i}` }).id);
    await scheduler.run(1_000);
    expect(calls).toEqual(['a', 'b', 'b']);
    await store.update((tx) => tx.kind(jobs).delete('a'));
    await scheduler.run(1_000);
    expect(calls).toEqual(['a', 'b', 'b', 'a']);
    expect(controller.counts).toMatchObject({ active: 1, runs: 4, failures: 0, terms: 1, ready: 0, running: 0 });
    await controller.stop();
    expect(controller.counts.active).toBe(0);
  });

  it('looks at keys of both states of an object, and at other kinds', async () => {
    const { scheduler, clock, store, replica, calls } = begin();
    const also = [watching('task', (task) => task.nodeId)];
    await using _controller = reconcile(jobs, { replica, clock, key: ({ group }) => group, also }, ({ key }) => {
      calls.push(key);
    });
    await scheduler.run(10);
    await store.update((tx) => tx.kind(jobs).create({ id: 'a', group: 'red' }).id);
    await scheduler.run(10);
    await store.update((tx) => tx.kind(jobs).update({ id: 'a', group: 'blue' }).id);
    await scheduler.run(10);
    await store.update((tx) => tx.tasks().create({ nodeId: 'n1' }).id);
    await scheduler.run(10);
    expect(calls).toEqual(['red', 'blue', 'red', 'n1']);
    expect(store.view((tx) => tx.tasks().count(byNodeId('n1')))).toBe(1);
  });

  it('tries again what threw, with longer and longer waits, and looks again when it wishes to', async () => {
    const { scheduler, clock, store, replica } = begin();
    const at: number[] = [];
    const errors: unknown[] = [];
    await store.update((tx) => tx.kind(jobs).create({ id: 'a' }).id);
    const controller = reconcile(
      jobs,
      { replica, clock, backoff: { firstMs: 100, mostMs: 400 }, onError: (error, key) => errors.push(key, error) },
      ({ attempt }) => {
        at.push(Math.round(scheduler.now));
        if (attempt < 5) throw new RangeError(`attempt ${attempt}`);
        return { afterMs: 5_000 };
      },
    );
    await scheduler.run(6_500);
    const waits = at.slice(1).map((moment, i) => moment - (at[i] ?? 0));
    expect(waits.slice(0, 5)).toEqual([100, 200, 400, 400, 5_000]);
    expect(errors.slice(0, 2)).toEqual(['a', new RangeError('attempt 1')]);
    expect(controller.counts.failures).toBeGreaterThanOrEqual(4);
    await controller.stop();
  });

  it('works on several keys at a time, and on all of them after each interval', async () => {
    const { scheduler, clock, store, replica, calls } = begin();
    await store.update((tx) => ['a', 'b', 'c'].forEach((id) => tx.kind(jobs).create({ id })));
    let [running, most] = [0, 0];
    const controller = reconcile(jobs, { replica, clock, workers: 2, resyncMs: 1_000 }, async ({ key }) => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => void clock.schedule(10, resolve));
      running--;
      calls.push(key);
    });
    await scheduler.run(2_500);
    expect(most).toBe(2);
    expect(calls).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
    expect(controller.counts.resyncs).toBe(2);
    await controller.stop();
  });

  it('runs only where the replica leads; a call that is late for its term writes nothing', async () => {
    const { scheduler, clock, store, leadership, replica } = begin('follower');
    await store.update((tx) => tx.kind(jobs).create({ id: 'a' }).id);
    const held: Reconciling[] = [];
    let go: () => void = () => undefined;
    const controller = reconcile(jobs, { replica, clock }, async (one) => {
      held.push(one);
      await new Promise<void>((resolve) => (go = resolve));
    });
    await scheduler.run(1_000);
    expect(held).toHaveLength(0);
    leadership.next('leader');
    await scheduler.run(10);
    leadership.next('follower');
    leadership.next('leader');
    await scheduler.run(10);
    expect(held).toHaveLength(1); // the second term waits for the call of the first
    expect(held[0]?.signal.aborted).toBe(true);
    expect(await codeOf((held[0] as Reconciling).update((tx) => tx.kind(jobs).delete('a')))).toBe('NOT_LEADER');
    go();
    await scheduler.run(10);
    expect(held).toHaveLength(2);
    await held[1]?.update((tx) => tx.kind(jobs).delete('a'));
    expect(controller.counts.terms).toBe(2);
    const stopped = controller.stop();
    go();
    await stopped;
  });

  it('runs in a singleton, with its fenced writes', async () => {
    const cluster = new VirtualCluster([jobs]);
    const { coordination, clock } = cluster.process('a');
    const { store } = cluster;
    const singleton = coordination.singleton('controller', (run) =>
      reconcile(jobs, { store, run, clock }, async ({ key, update }) => {
        await update((tx) => tx.kind(jobs).update({ id: key, group: 'seen', done: true }));
        return { afterMs: 60_000 };
      }),
    );
    await store.update((tx) => tx.kind(jobs).create({ id: 'a' }).id);
    await cluster.until(() => store.view((tx) => tx.kind(jobs).get('a')?.done === true));
    await cluster.wait(singleton.stop());
  });

  it('refuses what cannot be', () => {
    const { replica } = begin();
    expect(() => reconcile(jobs, { replica, workers: 0 }, () => undefined)).toThrow(TypeError);
    expect(() => reconcile(jobs, { replica, resyncMs: 0 }, () => undefined)).toThrow(TypeError);
    expect(() => reconcile(jobs, { replica, resync: 1 } as never, () => undefined)).toThrow(TypeError);
  });
});

describe('the controller of the examples', () => {
  it('keeps its promise in a simulation with every fault', { timeout: 120_000 }, async () => {
    const { runs } = await simulate({ seeds: 12, durationMs: 30_000 }, async (world) => {
      let largest = 0;
      world.always('NotTooMany', (tx) => {
        const there = tx.kind(servers).find().length;
        if (there > largest * 2) throw new Error(`${there} servers for two pools of at most ${largest}`);
      });
      world.onEveryMember((member, signal) => {
        const options = { replica: member, clock: member.clock, signal, onError: () => undefined };
        return keepPools(options).stopped;
      });
      const sizes = new Map<string, number>();
      for (let i = 0; i < 10; i++) {
        const [id, size] = [`pool-${i % 2}`, 1 + world.random(5)];
        largest = Math.max(largest, size);
        const done = await world.update((tx) => {
          const table = tx.kind(pools);
          if (table.get(id)) table.update({ id, size });
          else table.create({ id, size });
        });
        if (done !== undefined) sizes.set(id, size);
        await world.sleep(2_000);
      }
      await world.peace();
      await world.eventually('AsManyAsWanted', (tx) =>
        tx.kind(pools).find().every(({ id, size }) => tx.kind(servers).count(servers.by('pool', id)) === size),
      ); // prettier-ignore
    });
    expect(runs).toBe(12);
  });
});
