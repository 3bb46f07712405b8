import { onTestFinished, vi } from 'vitest';
import { Cluster, type ClusterOptions, DockerClient, Engine, type EngineOptions } from '../../src/fleet/index.js';
import { type FakeEngineServer, openFakeEngine, type OpenFakeEngineOptions } from '../../src/testing/index.js';

/** Times that keep a test short. Nothing is asserted about how long anything takes. */
export const quick = { pingMs: 30, refreshMinMs: 60, refreshMaxMs: 120, failureRetry: 3 };
/** Deadlines of calls for tests in which an engine does not answer. */
export const impatient = {
  pingMs: 1_000,
  readMs: 2_000,
  createMs: 2_000,
  startMs: 2_000,
  changeMs: 2_000,
  removeMs: 2_000,
};

/** Opens a fake engine that ends with the test. */
export async function fakeEngine(options: OpenFakeEngineOptions = {}): Promise<FakeEngineServer> {
  const engine = await openFakeEngine(options);
  onTestFinished(() => engine.close());
  return engine;
}

/** Opens fake engines `node-1`, `node-2`, … */
export async function fakeEngines(count: number, options: OpenFakeEngineOptions = {}): Promise<FakeEngineServer[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => fakeEngine({ ...options, name: `node-${at + 1}` })));
}

/** An engine that follows a fake one and ends with the test; not connected yet. */
export function engineAt(address: string, options: EngineOptions = {}): Engine {
  const engine = new Engine(address, new DockerClient({ address, timeouts: impatient }), { ...quick, ...options });
  onTestFinished(() => engine.disconnect());
  return engine;
}

/** A cluster of these engines that ends with the test. Resolves when all are healthy. */
export async function clusterOf(fakes: readonly FakeEngineServer[], options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = new Cluster({ ...quick, client: { timeouts: impatient }, ...options });
  onTestFinished(() => cluster.close());
  cluster.updateNodes(fakes.map(({ address }) => address));
  await until(() => cluster.engines().filter(({ isHealthy }) => isHealthy).length === fakes.length);
  return cluster;
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      if (!condition()) throw new Error(`does not hold: ${String(condition)}`);
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** Body of a container that sleeps. */
export const sleeper = (more: object = {}) => ({ Image: 'busybox', Cmd: ['sleep', '1000'], ...more });
