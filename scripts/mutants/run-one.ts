/** Runs seed after seed of the simulation in the directory that is given, until something breaks or the time is up. One JSON line. */
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import type { runSeed as RunSeed } from '../../src/testing/run.js';
import type { runServices as RunServices } from '../services/run.js';

const [dir = '', seconds = '120', simulation = 'store'] = process.argv.slice(2);
const load = (file: string): Promise<unknown> => import(pathToFileURL(join(dir, file)).href);
const run =
  simulation === 'services'
    ? ((await load('scripts/services/run.js')) as { runServices: typeof RunServices }).runServices
    : ((await load('src/testing/run.js')) as { runSeed: typeof RunSeed }).runSeed;
const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const started = cpuSeconds();
for (let seed = 1; ; seed++) {
  const { failure } = await run({ seed, durationMs: 120_000 });
  const spent = cpuSeconds() - started;
  if (failure || spent > Number(seconds)) {
    const invariant = failure && ((failure as { invariant?: string }).invariant ?? failure.name);
    process.stdout.write(`${JSON.stringify({ seed, spent, invariant, message: failure?.message })}\n`);
    break;
  }
}
process.exit(0);
