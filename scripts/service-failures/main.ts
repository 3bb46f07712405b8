/** `npm run service-failures`: breaks managers and real Docker engines under services, again and again, and counts what comes of it. Needs root and dockerd. */
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../src/base/errors.js';
import { enginesAreThere } from '../../test/support/engines.js';
import { killEverything } from '../chaos/manager.js';
import { tableOf, Tally } from '../engine-failures/tally.js';
import { rows } from './rows.js';
import { runRow } from './run.js';
import { World } from './world.js';

const { rounds, row, verbose } = new Command('npm run service-failures --')
  .description('break managers and real Docker engines under services, and count what comes of it')
  .option('--rounds <n>', 'rounds of each row', count, 20)
  .option('--row <text>', 'only rows whose name has this text', '')
  .option('--verbose', 'show what managers logged last when a row fails', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ rounds: number; row: string; verbose: boolean }>();

if (!enginesAreThere()) process.exit(2);
process.on('exit', killEverything);
const chosen = rows.filter(({ name }) => name.includes(row));
const tallies = chosen.map(({ name }) => new Tally(name));
let failed = 0;

for (const [at, one] of chosen.entries()) {
  const begun = performance.now();
  let world: World | undefined;
  try {
    world = await World.open();
    await runRow(world, one, rounds, tallies[at]);
    console.log(`✓ ${one.name} (${Math.round((performance.now() - begun) / 1_000)} s)`);
  } catch (error) {
    failed++;
    console.log(`✗ ${one.name}, round ${(tallies[at]?.rounds ?? 0) + 1}: ${messageOf(error)}`);
    if (verbose && world) console.log(await world.explain().catch(messageOf));
  } finally {
    await world?.close();
  }
}
console.log(tableOf(tallies));
process.exit(failed > 0 ? 1 : 0);

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return Number(text);
}
