import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../src/base/random.js';
import type { Client } from '../../src/client/index.js';
import { elect, type ElectOptions, type Lead } from '../../src/coordination/election.js';
import { acquire, type LockOptions } from '../../src/coordination/lock.js';
import { StoreError } from '../../src/index.js';
import { Scheduler } from '../../src/testing/scheduler.js';
import { SimClock } from '../../src/testing/sim-clock.js';

/** A cluster with one lock, which can be away: what a client would hear of it. */
class Cluster {
  readonly scheduler = new Scheduler();
  readonly clock = new SimClock(this.scheduler);
  away = false;
  held = true;
  /** Nobody answers when leases are given back. */
  mute = false;
  /** Ids of leases that were granted. */
  readonly leases: string[] = [];
  /** How long the answers to renewals were waited for, milliseconds. */
  readonly patience: number[] = [];
  /** Wakes whoever watches the lock. */
  #changed: (() => void)[] = [];

  readonly client = {
    grantLease: () => this.#answer(() => this.leases[this.leases.push(`lease${this.leases.length}`) - 1]),
    keepAlive: (_ids: unknown, { timeoutMs }: { timeoutMs: number }) => {
      this.patience.push(timeoutMs);
      return this.#answer(() => []);
    },
    revokeLease: () => (this.mute ? new Promise(() => undefined) : this.#answer(() => undefined)),
    create: (_kind: unknown, draft: object) =>
      this.#answer(() => {
        if (this.held) throw new StoreError('NAME_CONFLICT', 'somebody has it');
        this.held = true;
        return { ...draft, meta: { version: 7 } };
      }),
    messages: (options: { signal: AbortSignal }) => this.#messages(options),
  } as unknown as Client;

  set(change: { away?: boolean; held?: boolean; mute?: boolean }): void {
    Object.assign(this, change);
    for (const wake of this.#changed.splice(0)) wake();
  }

  async acquire(options: LockOptions = {}): ReturnType<typeof acquire> {
    return acquire('one', { client: this.client, clock: this.clock, random: systemRandom, holder: 'me' }, options);
  }

  elect(work: (lead: Lead) => Promise<string>, options: ElectOptions = {}): Promise<string> {
    const ports = { client: this.client, clock: this.clock, random: systemRandom, holder: 'me' };
    return elect('one', work, ports, options);
  }

  async #answer<T>(answer: () => T): Promise<T> {
    await Promise.resolve();
    if (this.away) throw new StoreError('NOT_LEADER', 'no member answers');
    return answer();
  }

  async *#messages({ signal }: { signal: AbortSignal }): AsyncGenerator<object> {
    yield { type: 'snapshot', objects: this.held ? [{}] : [] };
    yield { type: 'bookmark' };
    while (!signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#changed.push(resolve);
        signal.addEventListener('abort', () => resolve());
      });
      if (this.away) throw new StoreError('NOT_LEADER', 'no member takes the watch up');
      if (!this.held) yield { type: 'transaction', events: [{ action: 'delete' }] };
    }
  }
}

describe('an election', () => {
  it('waits for a cluster that is away, also to begin with', async () => {
    const cluster = new Cluster();
    cluster.set({ away: true, held: false });
    let outcome: unknown;
    void cluster
      .elect(() => Promise.resolve('led'))
      .then(
        (value) => (outcome = value),
        (error: unknown) => (outcome = error),
      );
    await cluster.scheduler.run(60_000);
    expect(outcome).toBeUndefined();
    cluster.set({ away: false });
    await cluster.scheduler.run(5_000);
    expect(outcome).toBe('led');
  });

  it('that is stopped waits for nobody who does not answer', async () => {
    const cluster = new Cluster();
    cluster.set({ held: false });
    const stop = new AbortController();
    const working = (lead: Lead) =>
      new Promise<string>((resolve) => lead.signal.addEventListener('abort', () => resolve('over')));
    let outcome: unknown;
    void cluster.elect(working, { signal: stop.signal }).then((value) => (outcome = value));
    await cluster.scheduler.run(1_000);
    cluster.set({ mute: true });
    stop.abort(new Error('enough'));
    await cluster.scheduler.run(1_100);
    expect(outcome).toBe('over');
  });
});

describe('whoever has begun to wait for a lock', () => {
  it('goes on when the cluster is away, with a new lease when the old one may be over', async () => {
    const cluster = new Cluster();
    const waiting = cluster.acquire({ ttlMs: 1_000 });
    await cluster.scheduler.run(5_000);
    expect(cluster.leases).toEqual(['lease0']);
    cluster.set({ away: true });
    await cluster.scheduler.run(60_000);
    cluster.set({ away: false });
    await cluster.scheduler.run(5_000);
    expect(cluster.leases).toEqual(['lease0', 'lease1']);
    cluster.set({ held: false });
    await cluster.scheduler.run(5_000);
    const lock = await waiting;
    expect(lock.signal.aborted).toBe(false);
    expect(lock.epoch).toBe(7);
  });

  it('gives up when told to, also while the cluster is away', async () => {
    const cluster = new Cluster();
    const stop = new AbortController();
    const waiting = cluster.acquire({ ttlMs: 1_000, signal: stop.signal });
    const refused = expect(waiting).rejects.toThrow('enough');
    await cluster.scheduler.run(1_000);
    cluster.set({ away: true });
    await cluster.scheduler.run(10_000);
    stop.abort(new Error('enough'));
    await cluster.scheduler.run(1_000);
    await refused;
  });

  it('is told at once when nobody answers to begin with', async () => {
    const cluster = new Cluster();
    cluster.away = true;
    await expect(cluster.acquire()).rejects.toMatchObject({ code: 'NOT_LEADER' });
  });
});

describe('the margin of a lock', () => {
  it.each([
    [undefined, 9_000],
    [4_000, 6_000],
    [0, 10_000],
  ])('of %s ms ends the signal that long before the lease can be over', async (marginMs, lastsMs) => {
    const cluster = new Cluster();
    cluster.held = false;
    const lock = await cluster.acquire({ ttlMs: 10_000, ...(marginMs !== undefined && { marginMs }) });
    cluster.set({ away: true });
    await cluster.scheduler.run(lastsMs - 1);
    expect(lock.signal.aborted).toBe(false);
    await cluster.scheduler.run(1);
    expect(lock.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
  });

  it.each([-1, 5_001, Number.NaN])('cannot be %s of 10,000 ms', async (marginMs) => {
    await expect(new Cluster().acquire({ marginMs })).rejects.toThrow(/marginMs must be at most half/);
  });
});

describe('a lease', () => {
  it('is renewed with no more patience than there is time: another member can be asked', async () => {
    const cluster = new Cluster();
    cluster.held = false;
    await cluster.acquire({ ttlMs: 9_000 });
    await cluster.scheduler.run(3_000);
    cluster.set({ away: true });
    await cluster.scheduler.run(4_500);
    expect(cluster.patience.slice(0, 4)).toEqual([5_100, 5_100, 4_350, 3_600]);
  });

  it('is over for whoever looks, also before the timer of a process that was paused runs', async () => {
    const cluster = new Cluster();
    cluster.held = false;
    let pausedMs = 0;
    const monotonic = cluster.clock.monotonic.bind(cluster.clock);
    cluster.clock.monotonic = () => monotonic() + pausedMs;
    const lock = await cluster.acquire({ ttlMs: 10_000 });
    const { signal } = lock;
    pausedMs = 8_999;
    expect(lock.signal.aborted).toBe(false);
    pausedMs = 9_000; // a tenth is the margin
    expect(signal.aborted).toBe(false);
    expect(lock.signal.aborted).toBe(true);
    expect(signal.aborted).toBe(true);
  });

  it('is over for whoever looks at the signal of a lead', async () => {
    const cluster = new Cluster();
    cluster.held = false;
    let pausedMs = 0;
    const monotonic = cluster.clock.monotonic.bind(cluster.clock);
    cluster.clock.monotonic = () => monotonic() + pausedMs;
    const stop = new AbortController();
    let saw: boolean[] = [];
    const elected = cluster.elect(
      (lead) => {
        const { signal } = lead;
        pausedMs = 9_000;
        saw = [signal.aborted, lead.signal.aborted, signal.aborted];
        stop.abort(new Error('enough'));
        return Promise.resolve('done');
      },
      { ttlMs: 10_000, signal: stop.signal },
    );
    await expect(elected).rejects.toThrow('enough');
    expect(saw).toEqual([false, true, true]);
  });

  it('that is given back leaves nothing behind that keeps the process', async () => {
    const cluster = new Cluster();
    cluster.held = false;
    const lock = await cluster.acquire({ ttlMs: 60_000 });
    await lock.release();
    const before = cluster.scheduler.now;
    await cluster.scheduler.run(60_000);
    expect(cluster.scheduler.events).toBe(0);
    expect(cluster.scheduler.now).toBe(before + 60_000);
  });
});
