import { describe, expect, it } from 'vitest';
import { runServices } from '../../scripts/services/run.js';

describe('services on simulated engines', () => {
  it('keep their promises under faults of members and engines', { timeout: 240_000 }, async () => {
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= 6; seed++) {
      const result = await runServices({ seed, durationMs: 60_000 });
      expect(result.failure, `seed ${seed}`).toBeUndefined();
      for (const [name, count] of Object.entries(result.counts)) counts[name] = (counts[name] ?? 0) + count;
    }
    for (const name of ['containers', 'leaderChanges', 'restarts', 'answersLost', 'hang', 'cut'])
      expect(counts[name], name).toBeGreaterThan(0);
  });

  it('come out the same from the same seed', { timeout: 120_000 }, async () => {
    const run = () => runServices({ seed: 7, durationMs: 60_000 });
    const [first, second] = [await run(), await run()];
    expect(second.hash).toBe(first.hash);
    expect(second.events).toBe(first.events);
    expect(second.trace).toEqual(first.trace);
  });
});
