/** The manager under test: a cluster and the Docker API in front of it, as `skep manage` has them. */
import { writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import process from 'node:process';
import { openDockerApi } from '../../src/docker/index.js';
import { Cluster } from '../../src/fleet/index.js';
import { serve } from './child.js';
import type { ManagerUsage } from './fleet-crowd.js';
import { type SliceFigures, Slices } from './slices.js';

const cluster = new Cluster({});
let slices: Slices | undefined;
let profiler: Session | undefined;

/** Resolves with the address of the API. */
async function open(): Promise<string> {
  const api = await openDockerApi(cluster, { listen: ['tcp://127.0.0.1:0'], version: 'bench' });
  return api.addresses[0] ?? '';
}

/** Resolves when all of the engines are healthy, with the seconds that it took. */
async function follow(addresses: readonly string[]): Promise<number> {
  const start = performance.now();
  let missing = addresses.length;
  await new Promise<void>((resolve) => {
    cluster.events(({ event }) => {
      if (event.Action === 'engine_connect') missing--;
      if (missing === 0) resolve();
    });
    cluster.updateNodes(addresses);
  });
  return (performance.now() - start) / 1_000;
}

function usage(): ManagerUsage {
  const { user, system } = process.cpuUsage();
  return {
    cpuMs: (user + system) / 1_000,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
    rssMaxMiB: process.resourceUsage().maxRSS / 2 ** 10,
  };
}

/** Memory that is still used after a collection of garbage, MiB. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

async function begin(dir: string | undefined): Promise<void> {
  if (dir !== undefined) {
    profiler = new Session();
    profiler.connect();
    await profiler.post('Profiler.enable');
    await profiler.post('Profiler.start');
  }
  slices = new Slices();
}

async function end({ dir, name }: { readonly dir?: string; readonly name: string }): Promise<SliceFigures | undefined> {
  const figures = await slices?.stop();
  if (profiler && dir !== undefined) {
    const { profile } = await profiler.post('Profiler.stop');
    profiler.disconnect();
    await writeFile(join(dir, `${name}.cpuprofile`), JSON.stringify(profile));
  }
  return figures;
}

serve({ open, follow, usage, heap, begin, end });
