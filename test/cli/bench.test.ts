import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/base/clock.js';
import { barOf } from '../../src/cli/bar.js';
import { type Load, type Loaded, offerLoad } from '../../src/cli/bench/load.js';
import { judge, percentile, sizes } from '../../src/cli/bench/sizes.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { all, entries, leases } from '../../src/kinds/index.js';
import { openMember, Running, skep } from '../support/cli-run.js';
import { FakeClock } from '../support/state-clock.js';

/** Offers a load in virtual time: `stalled` says whether the cluster stands still at a moment. */
async function offered(
  load: Partial<Load>,
  stalled: (atMs: number) => boolean,
  clock = new FakeClock(),
): Promise<Loaded> {
  const waiting: (() => void)[] = [];
  let ended = false;
  const running = offerLoad({
    ...{ perSecond: 100, durationMs: 1_000, slots: 4, clock, signal: new AbortController().signal },
    request: () => new Promise<void>((resolve) => waiting.push(resolve)),
    ...load,
  }).finally(() => (ended = true));
  while (!ended) {
    if (!stalled(clock.monotonic())) for (const answer of waiting.splice(0)) answer();
    clock.advance(1);
    await sleep(systemClock, 0);
  }
  return running;
}

describe('a load', () => {
  it('has a fixed rate while the cluster keeps up', async () => {
    const { latencies, due, failed, elapsedMs } = await offered({}, () => false);
    expect({ due, failed, elapsedMs }).toEqual({ due: 100, failed: 0, elapsedMs: 1_000 });
    expect(latencies.length).toBeGreaterThanOrEqual(98);
    expect(percentile(latencies, 1)).toBeLessThanOrEqual(5);
  });

  it('counts the time of requests that could not be sent while the cluster stood still', async () => {
    const { latencies, failed } = await offered({}, (at) => at >= 300 && at < 800);
    expect(failed).toBe(0);
    // Half of all were due in that half second: each has waited for its end, not only the four on their way.
    expect(latencies.filter((ms) => ms > 100).length).toBeGreaterThanOrEqual(38);
    expect(percentile(latencies, 1)).toBeGreaterThan(480);
  });

  it('counts no answer after its end, and no more requests than slots at once', async () => {
    let open = 0;
    let most = 0;
    const clock = new FakeClock();
    const { latencies, due } = await offered(
      {
        request: async () => {
          most = Math.max(most, ++open);
          await sleep(clock, 400);
          open--;
        },
      },
      () => false,
      clock,
    );
    expect({ due, most }).toEqual({ due: 100, most: 4 });
    expect(latencies.length).toBeLessThanOrEqual(8);
  });

  it('counts failures, and keeps the first reason', async () => {
    let tries = 0;
    const request = () => Promise.reject(new Error(`refused ${++tries}`));
    const { failed, failure, latencies } = await offered({ request }, () => false);
    expect({ failure, latencies }).toEqual({ failure: 'refused 1', latencies: [] });
    expect(failed).toBeGreaterThan(90);
  });
});

describe('the verdict of a size', () => {
  const [small = { size: 'small', perSecond: 100, writers: 16 }] = sizes;
  const loaded = (latencies: number[], more: Partial<Loaded> = {}): Loaded => ({
    ...{ latencies, due: 100, failed: 0, elapsedMs: 1_000 },
    ...more,
  });
  const times = (ms: number, count = 100) => Array.from({ length: count }, () => ms);

  it.each<[string, Loaded, string[]]>([
    ['every write in time', loaded(times(3)), []],
    ['one slow write of a hundred', loaded([...times(3, 99), 900]), []],
    ['two slow ones', loaded([...times(3, 98), 900, 900]), ['p99 is above 250 ms']],
    ['95 of 100 answered', loaded(times(3, 95)), []],
    ['94 of 100', loaded(times(3, 94)), ['94 of 100 writes were answered in time']],
    ['a failure', loaded(times(3), { failed: 1, failure: 'no leader' }), ['1 failed: no leader']],
    ['no answer', loaded([]), ['0 of 100 writes were answered in time']],
  ])('after %s', (_name, load, because) => {
    expect(judge(small, load, 0)).toMatchObject({ because, verdict: because.length === 0 ? 'pass' : 'fail' });
  });

  it('has rate and percentiles', () => {
    const latencies = Array.from({ length: 100 }, (_, i) => i + 1);
    const { rate, p50Ms, p90Ms, p99Ms, maxMs } = judge(small, loaded(latencies, { elapsedMs: 500 }), 0);
    expect({ rate, p50Ms, p90Ms, p99Ms, maxMs }).toEqual({ rate: 200, p50Ms: 50, p90Ms: 90, p99Ms: 99, maxMs: 100 });
  });
});

describe('a bar', () => {
  it.each([
    [0, 10, `[${'░'.repeat(20)}]`],
    [5, 10, `[${'█'.repeat(10)}${'░'.repeat(10)}]`],
    [20, 10, `[${'█'.repeat(20)}]`],
    [0, 0, `[${'█'.repeat(20)}]`],
  ])('of %i in %i', (done, wanted, text) => {
    expect(barOf(done, wanted)).toBe(text);
  });
});

describe('skep bench', () => {
  let member: OpenReplica;
  beforeAll(async () => {
    member = await openMember();
  });
  afterAll(() => member.close());
  const left = () => member.store.view((tx) => [tx.kind(entries).find(all).length, tx.kind(leases).find(all).length]);

  it('measures, and leaves nothing behind', async () => {
    const args = ['--host', member.addr, 'bench', '--size', 'small', '--duration', '500ms', '-o', 'json'];
    const { code, out, err } = await skep(args);
    const [row] = JSON.parse(out) as Record<string, unknown>[];
    expect(row).toMatchObject({ size: 'small', perSecond: 100, seconds: 0.5, failed: 0 });
    expect(row?.rate).toBeGreaterThan(0);
    expect(row?.p50Ms).toBeGreaterThan(0);
    expect(code).toBe(row?.verdict === 'pass' ? 0 : 1);
    expect(err).toContain('small: 100 writes/s for 500ms\n');
    expect(left()).toEqual([0, 0]);
    expect(member.store.version).toBeGreaterThan(16);
  });

  it('shows a bar on a terminal, and takes it away', async () => {
    const shown: (readonly string[])[] = [];
    const screen = { show: (lines: readonly string[]) => void shown.push(lines) };
    await skep(['--host', member.addr, 'bench', '--size', 'small', '--duration', '300ms'], { screen });
    expect(shown[0]?.[0]).toMatch(/^small {2}\[░+\] {2}0 writes$/);
    expect(shown.at(-1)).toEqual([]);
  });

  it('removes its objects when it is interrupted', async () => {
    const before = member.store.version;
    const running = new Running(['--host', member.addr, 'bench', '--duration', '10m']);
    await expect.poll(() => member.store.version, { timeout: 8_000 }).toBeGreaterThan(before + 20);
    expect(left()).toEqual([16, 1]);
    expect(await running.interrupt()).toMatchObject({ code: 130 });
    expect(left()).toEqual([0, 0]);
  });

  it.each([
    [['--size', 'huge'], 'Allowed choices are small, medium, large'],
    [['--duration', '11m'], '--duration must be at most 10m'],
    [['--bytes', '65537'], '--bytes must be at most 65536'],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await skep(['bench', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
