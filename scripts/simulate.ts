/**
 * Runs the simulation over many seeds: `npm run simulate -- --seeds 100`. Prints what happened and what broke; exits 1
 * when something broke, or when something that must happen never did.
 */
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import { runBatch } from '../src/testing/batch.js';
import { faultKinds, type FaultKind } from '../src/testing/faults.js';
import type { RunOptions, RunResult } from '../src/testing/run.js';
import { invariantOf, shrink } from '../src/testing/shrink.js';

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
};
const kinds = (text: string): FaultKind[] =>
  text.split(',').filter(Boolean).map((word) => {
    const kind = faultKinds.find((known) => known === word);
    if (!kind) throw new InvalidArgumentError(`known faults are ${faultKinds.join(', ')}.`);
    return kind;
  }); // prettier-ignore

const program = new Command('simulate')
  .option('--seeds <n>', 'how many', whole, 100)
  .option('--seed-from <seed>', 'the first', whole, 1)
  .option('--seconds <n>', 'of trouble in each, simulated', whole, 300)
  .option('--members <n>', 'in each (default: drawn)', whole)
  .option('--faults <kinds>', `only these of ${faultKinds.join(',')}`, kinds)
  .option('--clients <n>', 'that write and read', whole)
  .option('--watchers <n>', 'that follow', whole)
  .option('--no-shrink', 'do not make failures smaller')
  .option('--trace', 'print the last things that happened in each failure')
  .option('--json', 'one JSON line a seed, then one for all');

interface Flags {
  readonly seeds: number;
  readonly seedFrom: number;
  readonly seconds: number;
  readonly members?: number;
  readonly faults?: FaultKind[];
  readonly clients?: number;
  readonly watchers?: number;
  readonly shrink: boolean;
  readonly trace?: boolean;
  readonly json?: boolean;
}

const say = (text: string) => process.stdout.write(`${text}\n`);

function summaryOf({ seed, members, failure, simulatedMs, events, counts }: RunResult) {
  return {
    seed,
    ok: failure === undefined,
    ...(failure && { error: failure.message }),
    members,
    simulatedMs: Math.round(simulatedMs),
    events,
    versions: counts['versions'],
  };
}

/** The command that runs this again. */
function replay({ seed, members, durationMs, faults, clients, watchers }: RunOptions): string {
  const parts = [
    `--seeds 1 --seed-from ${seed} --seconds ${Math.ceil((durationMs ?? 0) / 1_000)} --trace --no-shrink`,
    ...(members === undefined ? [] : [`--members ${members}`]),
    ...(faults === undefined ? [] : [`--faults "${faults.join(',')}"`]),
    ...(clients === undefined ? [] : [`--clients ${clients}`]),
    ...(watchers === undefined ? [] : [`--watchers ${watchers}`]),
  ];
  return `npm run simulate -- ${parts.join(' ')}`;
}

async function report(failed: RunResult, options: RunOptions, flags: Flags): Promise<void> {
  say(`\nseed ${failed.seed}: ${failed.failure?.stack ?? ''}`);
  say(`  again: ${replay(options)}`);
  if (flags.shrink) {
    const smaller = await shrink(options, failed);
    say(`  smaller (${smaller.runs} runs): ${replay(smaller.options)}`);
  }
  if (flags.trace) for (const line of failed.trace) say(`  ${line}`);
}

async function main(): Promise<number> {
  program.parse();
  const flags = program.opts<Flags>();
  const { seeds, seedFrom, seconds, members, faults, clients, watchers } = flags;
  const options = {
    durationMs: seconds * 1_000,
    ...(members !== undefined && { members }),
    ...(faults !== undefined && { faults }),
    ...(clients !== undefined && { clients }),
    ...(watchers !== undefined && { watchers }),
  };
  const started = process.cpuUsage();
  const result = await runBatch({
    ...options,
    seeds,
    seedFrom,
    onResult: (one) => {
      if (flags.json) say(JSON.stringify(summaryOf(one)));
      else if (one.failure) say(`seed ${one.seed}: ${invariantOf(one)}`);
    },
  });
  const { user, system } = process.cpuUsage(started);
  const cpuSeconds = (user + system) / 1e6;
  const perSecond = Math.round(result.simulatedMs / 1_000 / cpuSeconds);
  // Few seeds cannot be asked to have had everything.
  const missing = seeds >= 50 && faults === undefined && members === undefined ? result.missing : [];
  if (flags.json) {
    const { runs, failures, counts, unrepeatable, simulatedMs, events } = result;
    const failed = failures.map(({ seed }) => seed);
    say(
      JSON.stringify({
        runs,
        failed,
        unrepeatable,
        missing,
        simulatedSeconds: Math.round(simulatedMs / 1_000),
        cpuSeconds,
        perSecond,
        events,
        counts,
      }),
    );
  } else {
    for (const failed of result.failures) await report(failed, { ...options, seed: failed.seed }, flags);
    say(
      `${result.runs} seeds, ${result.failures.length} failed; ${Math.round(result.simulatedMs / 1_000)} simulated seconds in ${cpuSeconds.toFixed(1)} s of processor time: ${perSecond} a second; ${result.events} events`,
    );
    for (const [name, count] of Object.entries(result.counts)) say(`  ${name.padEnd(20)} ${count}`);
    if (missing.length > 0) say(`never happened, and must: ${missing.join(', ')}`);
    if (result.unrepeatable.length > 0) say(`not the same the second time: seeds ${result.unrepeatable.join(', ')}`);
  }
  return result.failures.length + missing.length + result.unrepeatable.length > 0 ? 1 : 0;
}

process.exitCode = await main();
