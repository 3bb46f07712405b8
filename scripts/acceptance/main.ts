/** `npm run acceptance`: thirty checks on three managers and three real Docker engines. Needs root and dockerd. */
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { enginesAreThere } from '../../test/support/engines.js';
import { checks } from './checks.js';
import { runChecks } from './run.js';

const { only, list } = new Command('npm run acceptance --')
  .description('check what skep promises, with the docker command and with skep, on real Docker engines')
  .option('--only <numbers>', 'only these checks, such as 5,7', numbers)
  .option('--list', 'print the checks, and run none', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ only?: number[]; list: boolean }>();

const chosen = checks.filter(({ number }) => only?.includes(number) ?? true);
if (list) for (const { number, says } of chosen) console.log(`${String(number).padStart(2)}  ${says}`);
else {
  if (!enginesAreThere()) process.exit(2);
  const ending = new AbortController();
  process.once('SIGINT', () => ending.abort());
  process.once('SIGTERM', () => ending.abort());
  const failed = await runChecks(chosen, (line) => console.log(line), ending.signal);
  if (ending.signal.aborted) process.exit(130);
  console.log(`${chosen.length - failed.length} of ${chosen.length} ok`);
  process.exit(failed.length > 0 ? 1 : 0);
}

function numbers(text: string): number[] {
  const all = text.split(',').map(Number);
  const unknown = all.filter((one) => !checks.some(({ number }) => number === one));
  if (unknown.length > 0) throw new InvalidArgumentError(`there is no check ${unknown.join(', ')}; see --list.`);
  return all;
}
