import { describe, expect, it } from 'vitest';
import { runBatch } from '../../src/testing/batch.js';
import { runSeed } from '../../src/testing/run.js';

describe('the simulation', () => {
  it('holds for some seeds', { timeout: 120_000 }, async () => {
    const { failures, counts } = await runBatch({ seeds: 10, seedFrom: 100, durationMs: 30_000 });
    expect(failures.map(({ seed, failure }) => `${seed}: ${failure?.message}`)).toEqual([]);
    for (const name of ['acknowledged', 'reads', 'leaderChanges', 'crashes', 'watchesResumed'])
      expect(counts[name], name).toBeGreaterThan(0);
  });

  it('comes out the same for the same seed, and not for another', { timeout: 60_000 }, async () => {
    const run = (seed: number) => runSeed({ seed, members: 3, durationMs: 20_000 });
    const [first, again, other] = [await run(11), await run(11), await run(12)];
    expect(again.hash).toBe(first.hash);
    expect(again.events).toBe(first.events);
    expect(again.counts).toEqual(first.counts);
    expect(other.hash).not.toBe(first.hash);
  });

  it('is calm when nothing is to go wrong', async () => {
    const { failure, counts } = await runSeed({ seed: 3, members: 3, durationMs: 20_000, faults: [] });
    expect(failure).toBeUndefined();
    expect(counts).toMatchObject({ crashes: 0, partitions: 0, messagesLost: 0, unknown: 0, leaderChanges: 0 });
  });
});
