import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { locks, type SingletonOptions, type SingletonRun, type SingletonStart } from '../../src/coordination/index.js';
import { VirtualCluster, type VirtualProcess } from '../support/virtual-cluster.js';

const ttlMs = 3_000;
const quiet = { onError: () => undefined };

/** What runs where: a start that notes its beginning and its end. */
class Stage {
  readonly cluster = new VirtualCluster();
  readonly lines: string[] = [];
  readonly running = new Set<string>();
  readonly tokens: number[] = [];

  begin(process: VirtualProcess, name: string, options: SingletonOptions = {}) {
    const start = ({ token }: SingletonRun) => {
      this.lines.push(`${name} starts`);
      this.running.add(name);
      this.tokens.push(token);
      return () => {
        this.lines.push(`${name} stops`);
        this.running.delete(name);
      };
    };
    return this.begins(process, start, options);
  }

  begins(process: VirtualProcess, start: SingletonStart, options: SingletonOptions = {}) {
    return process.coordination.singleton('job', start, { ttlMs, ...quiet, ...options });
  }
}

describe('a singleton', () => {
  it('runs in one process, and is started elsewhere when that one stops', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const [a, b] = [cluster.process('a'), cluster.process('b')];
    const first = stage.begin(a, 'a');
    await cluster.until(() => stage.running.has('a'));
    const second = stage.begin(b, 'b');
    await cluster.advance(10_000);
    expect(stage.lines).toEqual(['a starts']);
    expect([first.state, second.state]).toEqual(['running', 'waiting']);
    expect(first.token).toBe(stage.tokens[0]);
    expect(second.token).toBeUndefined();
    await cluster.wait(first.stop());
    expect(first.state).toBe('stopped');
    await cluster.until(() => stage.running.has('b'));
    expect(stage.lines).toEqual(['a starts', 'a stops', 'b starts']);
    expect(stage.tokens[1]).toBeGreaterThan(stage.tokens[0] ?? Infinity);
    await cluster.wait(second.stop());
    expect(cluster.store.view((tx) => tx.kind(locks).count())).toBe(0);
  });

  it('is stopped where its process is cut off, before it starts elsewhere, and comes back to whoever asks', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const [a, b] = [cluster.process('a'), cluster.process('b')];
    stage.begin(a, 'a');
    await cluster.until(() => stage.running.has('a'));
    const second = stage.begin(b, 'b');
    await cluster.advance(1_000);
    a.client.cut = true;
    await cluster.until(() => stage.running.has('b'));
    expect(stage.lines).toEqual(['a starts', 'a stops', 'b starts']);
    a.client.cut = false;
    await cluster.advance(20_000);
    expect(stage.lines).toHaveLength(3); // it waits for its turn
    await cluster.wait(second.stop());
    await cluster.until(() => stage.running.has('a'));
    expect(stage.lines.slice(3)).toEqual(['b stops', 'a starts']);
  });

  it('runs elsewhere when its process dies, or hangs: a late one finds its writes refused', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const [a, b] = [cluster.process('a'), cluster.process('b')];
    let held: SingletonRun | undefined;
    stage.begins(a, (run) => void (held = run));
    await cluster.until(() => held !== undefined);
    stage.begin(b, 'b');
    a.clock.pause();
    await cluster.until(() => stage.running.has('b'));
    expect(held?.signal.aborted).toBe(true); // by the clock, although no timer has run
    a.clock.resume();
    const late = held?.update((tx) => void tx.nodes().create({ id: 'late' })) ?? Promise.resolve(0);
    await expect(cluster.wait(late)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(cluster.store.view((tx) => tx.nodes().count())).toBe(0);
  });

  it('starts again after an error with longer and longer waits, and lets another process try meanwhile', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const at: number[] = [];
    const errors: unknown[] = [];
    const failing = stage.begins(
      cluster.process('a'),
      () => {
        at.push(cluster.scheduler.now);
        throw new Error('broken here');
      },
      { backoff: { firstMs: 1_000, mostMs: 4_000 }, onError: (error) => errors.push(error) },
    );
    await cluster.until(() => at.length === 5);
    const waits = at.slice(1).map((moment, i) => Math.round((moment - (at[i] ?? 0)) / 1_000));
    expect(waits).toEqual([1, 2, 4, 4]);
    expect(errors).toContainEqual(new Error('broken here'));
    expect(failing.state).not.toBe('running');
    stage.begin(cluster.process('b'), 'b');
    await cluster.until(() => stage.running.has('b'));
    const tries = at.length;
    await cluster.advance(20_000);
    expect(at.length).toBeLessThanOrEqual(tries + 1);
    await cluster.wait(failing.stop());
  });

  it('waits for work that ends with its signal, and for the stopper, before another one starts', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const [a, b] = [cluster.process('a'), cluster.process('b')];
    const first = stage.begins(a, async ({ signal }) => {
      stage.lines.push('a works');
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      await new Promise<void>((resolve) => void a.clock.schedule(500, resolve));
      stage.lines.push('a has tidied up');
      return {
        [Symbol.asyncDispose]: () => {
          stage.lines.push('a is disposed of');
          return Promise.resolve();
        },
      };
    });
    await cluster.until(() => stage.lines.length === 1);
    stage.begin(b, 'b');
    await cluster.wait(first.stop());
    await cluster.until(() => stage.running.has('b'));
    expect(stage.lines).toEqual(['a works', 'a has tidied up', 'a is disposed of', 'b starts']);
  });

  it('tells its states, and ends with the signal that it was given, or with its coordination', async () => {
    const stage = new Stage();
    const { cluster } = stage;
    const a = cluster.process('a');
    const states: string[] = [];
    const stop = new AbortController();
    const one = stage.begin(a, 'a', { signal: stop.signal, onChange: (state) => states.push(state) });
    await cluster.until(() => stage.running.has('a'));
    stop.abort();
    await cluster.wait(one.stopped);
    expect(states).toEqual(['starting', 'running', 'stopping', 'stopped']);
    const two = stage.begin(a, 'a');
    await cluster.until(() => stage.running.has('a'));
    await cluster.wait(a.coordination.close());
    expect(two.state).toBe('stopped');
  });

  it('refuses what cannot be', () => {
    const { coordination } = new VirtualCluster().process();
    const start = () => undefined;
    expect(() => coordination.singleton('', start)).toThrow(TypeError);
    expect(() => coordination.singleton('x', start, { backOff: {} } as never)).toThrow(TypeError);
    expect(() => coordination.singleton('x', start, { backoff: { firstMs: 0 } })).toThrow(/firstMs/);
  });
});

describe('singletons under faults', () => {
  it('never run in two processes whose clocks run, and run again in the end', { timeout: 60_000 }, async () => {
    const fault = fc.record({
      process: fc.nat(2),
      what: fc.constantFrom('cut', 'pause', 'stop' as const),
      forMs: fc.integer({ min: 0, max: 8_000 }),
      thenMs: fc.integer({ min: 0, max: 4_000 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 8 }), async (faults) => {
        const stage = new Stage();
        const { cluster } = stage;
        const processes = ['a', 'b', 'c'].map((name) => ({ name, process: cluster.process(name) }));
        let most = 0;
        const begin = ({ name, process }: (typeof processes)[number]) => stage.begin(process, name);
        const singletons = processes.map(begin);
        /** A paused process computes nothing: what it had started does not count until it goes on. */
        const look = () => {
          const live = processes.filter(({ name, process }) => stage.running.has(name) && !process.clock.paused);
          most = Math.max(most, live.length);
        };
        cluster.scheduler.afterEvent = look;
        for (const { process: at, what, forMs, thenMs } of faults) {
          const one = processes[at] as (typeof processes)[number];
          if (what === 'stop') {
            await cluster.wait(singletons[at]?.stop() as Promise<void>);
            await cluster.advance(forMs);
            singletons[at] = begin(one);
          } else if (what === 'cut') {
            one.process.client.cut = true;
            await cluster.advance(forMs);
            one.process.client.cut = false;
          } else {
            one.process.clock.pause();
            await cluster.advance(forMs);
            // What waited for the clock runs first: timers of the lease among it.
            cluster.scheduler.afterEvent = () => undefined;
            one.process.clock.resume();
            await cluster.advance(1);
            cluster.scheduler.afterEvent = look;
          }
          await cluster.advance(thenMs);
        }
        await cluster.until(() => stage.running.size === 1);
        expect(most).toBeLessThanOrEqual(1);
        expect(stage.tokens).toEqual([...new Set(stage.tokens)].sort((x, y) => x - y));
        await Promise.all(singletons.map((one) => cluster.wait(one.stop())));
      }),
      { numRuns: 40 },
    );
  });
});
