/** `npm run engine-failures`: breaks real Docker engines, again and again, and counts what comes of it. Needs root and dockerd. */
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../src/base/errors.js';
import { enginesAreThere } from '../../test/support/engines.js';
import { Field } from './field.js';
import { rows } from './rows.js';
import { runRow } from './run.js';
import { tableOf, Tally } from './tally.js';

const { rounds, row, verbose } = new Command('npm run engine-failures --')
  .description('break real Docker engines under a cluster, and count what comes of it')
  .option('--rounds <n>', 'rounds of each row', count, 20)
  .option('--row <text>', 'only rows whose name has this text', '')
  .option('--verbose', 'show what the cluster logs', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ rounds: number; row: string; verbose: boolean }>();

if (!enginesAreThere()) process.exit(2);
const chosen = rows.filter(({ name }) => name.includes(row));
const tallies = chosen.map(({ name }) => new Tally(name));
let failed = 0;

const say = (level: string) => (message: string, facts?: object) =>
  console.log(`${new Date().toISOString()} ${level} ${message} ${JSON.stringify(facts ?? {})}`);
const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
const field = await Field.open(verbose ? logger : undefined);
try {
  for (const [at, one] of chosen.entries())
    try {
      await runRow(field, one, rounds, tallies[at]);
      console.log(`✓ ${one.name}`);
    } catch (error) {
      failed++;
      console.log(`✗ ${one.name}, round ${(tallies[at]?.rounds ?? 0) + 1}: ${messageOf(error)}`);
    }
} finally {
  await field.close();
}
console.log(tableOf(tallies));
const twice = tallies.some(({ duplicates }) => duplicates > 0);
process.exit(failed > 0 || twice ? 1 : 0);

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return Number(text);
}
