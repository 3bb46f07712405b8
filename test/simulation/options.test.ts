import { describe, expect, it } from 'vitest';
import { simulate, type SimulateOptions, testCluster } from '../../src/testing/index.js';

describe('simulate', () => {
  it.each<[string, SimulateOptions]>([
    ['seeds', { seeds: 0 }],
    ['seeds', { seeds: [] }],
    ['seeds', { seeds: [Number.NaN] }],
    ['seeds', { seeds: 1.5 }],
    ['replicas', { replicas: 0 }],
    ['durationMs', { durationMs: Number.NaN }],
    ['durationMs', { durationMs: -1 }],
    ['there is no fault "crashes"', { faults: ['crashes' as never] }],
  ])('refuses %s that would prove nothing: %j', async (says, options) => {
    await expect(simulate(options, () => undefined)).rejects.toThrow(says);
  });
});

describe('a test cluster', () => {
  it('refuses what is no time', async () => {
    await expect(testCluster(1, { time: 'foo' as never })).rejects.toThrow("'real' or 'virtual'");
    const cluster = await testCluster(1, { time: 'virtual' });
    for (const ms of [Number.NaN, Infinity, -5])
      await expect(cluster.advance(ms)).rejects.toThrow('number of milliseconds');
    await cluster.close();
  });

  it('answers at once when it is closed', async () => {
    const cluster = await testCluster(1);
    await cluster.close();
    await expect(cluster.leader()).rejects.toThrow('CLOSED');
    await expect(cluster.until(() => false)).rejects.toThrow('CLOSED');
  });
});
