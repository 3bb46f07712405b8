/**
 * Runs the simulation over many seeds: `npm run simulate -- --seeds 100`, with `--services` that of services on engines.
 * Prints what happened and what broke; exits 1 when something broke, or when something that must happen never did.
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { Command, InvalidArgumentError } from 'commander';
import { mustHappen, runBatch } from '../src/testing/batch.js';
import { type FaultKind, faultKinds } from '../src/testing/faults.js';
import { type RunOptions, type RunResult, runSeed } from '../src/testing/run.js';
import { shrink } from '../src/testing/shrink.js';
import { runServices, serviceFaultKinds, servicesMustHappen } from './services/run.js';

const whole = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number is needed.');
  return Number(text);
};
/** A simulation of one sort. */
interface Profile {
  readonly kinds: readonly string[];
  readonly mustHappen: readonly string[];
  /** Duration of the trouble, and of all seeds together from which on everything must have happened, simulated seconds. */
  readonly seconds: number;
  readonly judgedSeconds: number;
  readonly run: (options: RunOptions) => Promise<RunResult>;
}
const store: Profile = { kinds: faultKinds, mustHappen, seconds: 300, judgedSeconds: 15_000, run: runSeed };
const services: Profile = {
  kinds: serviceFaultKinds,
  mustHappen: servicesMustHappen,
  seconds: 120,
  judgedSeconds: 6_000,
  run: (options) => runServices(options as Parameters<typeof runServices>[0]),
};

const kinds = (text: string): FaultKind[] =>
  text.split(',').filter(Boolean).map((word) => {
    const known = [...store.kinds, ...services.kinds];
    if (!known.includes(word)) throw new InvalidArgumentError(`known faults are ${[...new Set(known)].join(', ')}.`);
    return word as FaultKind;
  }); // prettier-ignore

const program = new Command('simulate')
  .option('--services', 'services on engines, in the place of the store')
  .option('--seeds <n>', 'how many', whole, 100)
  .option('--seed-from <seed>', 'the first', whole, 1)
  .option('--seconds <n>', 'of trouble in each, simulated (default: 300, and 120 with --services)', whole)
  .option('--members <n>', 'in each (default: drawn)', whole)
  .option('--faults <kinds>', `only these of ${faultKinds.join(',')}`, kinds)
  .option('--clients <n>', 'that write and read', whole)
  .option('--watchers <n>', 'that follow', whole)
  .option('--jobs <n>', 'processes that share the seeds', whole, availableParallelism())
  .option('--no-shrink', 'do not make failures smaller')
  .option('--trace', 'print the last things that happened in each failure')
  .option('--json', 'one JSON line a seed, then one for all')
  .option('--part', 'of a run of several processes: nothing is judged');

interface Flags {
  readonly services?: boolean;
  readonly seeds: number;
  readonly seedFrom: number;
  readonly seconds?: number;
  readonly members?: number;
  readonly faults?: FaultKind[];
  readonly clients?: number;
  readonly watchers?: number;
  readonly jobs: number;
  readonly shrink: boolean;
  readonly trace?: boolean;
  readonly json?: boolean;
  readonly part?: boolean;
}

/** What all runs together came to. */
interface Total {
  runs: number;
  failed: number[];
  unrepeatable: number[];
  simulatedSeconds: number;
  cpuSeconds: number;
  events: number;
  counts: Record<string, number>;
}

const say = (text: string) => process.stdout.write(`${text}\n`);

function lineOf({ seed, members, failure, simulatedMs, events, counts }: RunResult) {
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

const profileOf = ({ services: asked }: Flags): Profile => (asked ? services : store);

/** The same of a run, for every run. */
function optionsOf(flags: Flags): Omit<RunOptions, 'seed'> {
  const { seconds = profileOf(flags).seconds, members, faults, clients, watchers } = flags;
  return {
    durationMs: seconds * 1_000,
    ...(members !== undefined && { members }),
    ...(faults !== undefined && { faults }),
    ...(clients !== undefined && { clients }),
    ...(watchers !== undefined && { watchers }),
  };
}

/** The arguments that ask for these runs. */
function argumentsOf(
  { durationMs, members, faults, clients, watchers }: Omit<RunOptions, 'seed'>,
  flags: Flags,
): string[] {
  return [
    ...(flags.services ? ['--services'] : []),
    ...['--seconds', String(Math.ceil((durationMs ?? 0) / 1_000))],
    ...(members === undefined ? [] : ['--members', String(members)]),
    ...(faults === undefined ? [] : ['--faults', faults.join(',')]),
    ...(clients === undefined ? [] : ['--clients', String(clients)]),
    ...(watchers === undefined ? [] : ['--watchers', String(watchers)]),
  ];
}

async function runHere(flags: Flags): Promise<Total> {
  const started = process.cpuUsage();
  const result = await runBatch({
    ...optionsOf(flags),
    run: profileOf(flags).run,
    expected: profileOf(flags).mustHappen,
    seeds: flags.seeds,
    seedFrom: flags.seedFrom,
    onResult: (one) => {
      if (flags.json) say(JSON.stringify(lineOf(one)));
    },
  });
  const { user, system } = process.cpuUsage(started);
  return {
    runs: result.runs,
    failed: result.failures.map(({ seed }) => seed),
    unrepeatable: [...result.unrepeatable],
    simulatedSeconds: Math.round(result.simulatedMs / 1_000),
    cpuSeconds: (user + system) / 1e6,
    events: result.events,
    counts: { ...result.counts },
  };
}

/** Shares the seeds among processes, and adds up what they say. */
async function runShared(flags: Flags): Promise<Total> {
  const jobs = Math.min(flags.jobs, flags.seeds);
  const totals = Array.from({ length: jobs }, (_, i) => {
    const from = flags.seedFrom + Math.floor((flags.seeds * i) / jobs);
    const to = flags.seedFrom + Math.floor((flags.seeds * (i + 1)) / jobs);
    return runPart(
      ['--seeds', String(to - from), '--seed-from', String(from), ...argumentsOf(optionsOf(flags), flags)],
      flags,
    );
  });
  const sum: Total = {
    runs: 0,
    failed: [],
    unrepeatable: [],
    simulatedSeconds: 0,
    cpuSeconds: 0,
    events: 0,
    counts: {},
  };
  for (const part of await Promise.all(totals)) {
    sum.runs += part.runs;
    sum.failed.push(...part.failed);
    sum.unrepeatable.push(...part.unrepeatable);
    sum.simulatedSeconds += part.simulatedSeconds;
    sum.cpuSeconds += part.cpuSeconds;
    sum.events += part.events;
    for (const [name, count] of Object.entries(part.counts)) sum.counts[name] = (sum.counts[name] ?? 0) + count;
  }
  return sum;
}

async function runPart(args: readonly string[], flags: Flags): Promise<Total> {
  // Young objects are many here: a larger nursery saves a fifth of the time.
  const node = [...process.execArgv, '--max-semi-space-size=64', import.meta.filename];
  const child = spawn(process.execPath, [...node, ...args, '--json', '--part', '--jobs', '1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let total: Total | undefined;
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Total | ReturnType<typeof lineOf>;
    if ('runs' in said) total = said;
    else if (flags.json) say(line);
    else if (!said.ok) say(`seed ${said.seed}: ${said.error}`);
  }
  if (!total) throw new Error('a part of the simulation ended without a word');
  return total;
}

async function report(seed: number, flags: Flags): Promise<void> {
  const options: RunOptions = { ...optionsOf(flags), seed };
  const command = (one: RunOptions) =>
    `npm run simulate -- --seeds 1 --seed-from ${one.seed} ${argumentsOf(one, flags).join(' ')} --trace --no-shrink`;
  const { run, kinds: all } = profileOf(flags);
  const failed = await run(options);
  say(`\nseed ${seed}: ${failed.failure?.stack ?? 'holds when it is run alone'}`);
  say(`  again: ${command(options)}`);
  if (flags.trace) for (const line of failed.trace) say(`  ${line}`);
  if (!flags.shrink || !failed.failure) return;
  const smaller = await shrink(options, failed, { run, kinds: all as readonly FaultKind[] });
  say(`  smaller (${smaller.runs} runs): ${command(smaller.options)}`);
}

async function main(): Promise<number> {
  const flags = program.parse().opts<Flags>();
  if (flags.seeds < 1) program.error('error: --seeds must be at least 1');
  const total = flags.jobs > 1 && flags.seeds > 1 ? await runShared(flags) : await runHere(flags);
  // Few seeds, or special ones, cannot be asked to have had everything.
  const profile = profileOf(flags);
  const seconds = flags.seeds * (flags.seconds ?? profile.seconds);
  const judged = seconds >= profile.judgedSeconds && flags.faults === undefined && flags.members === undefined;
  const missing = judged && !flags.part ? profile.mustHappen.filter((name) => !total.counts[name]) : [];
  const perSecond = Math.round(total.simulatedSeconds / total.cpuSeconds);
  if (flags.json) say(JSON.stringify({ ...total, perSecond, missing }));
  else {
    for (const seed of total.failed) await report(seed, flags);
    for (const [name, count] of Object.entries(total.counts)) say(`  ${name.padEnd(20)} ${count}`);
    say(`${total.runs} seeds, ${total.failed.length} failed: ${total.failed.join(' ')}`);
    say(
      `${total.simulatedSeconds} simulated seconds and ${total.events} events in ${total.cpuSeconds.toFixed(1)} s of processor time: ${perSecond} a second`,
    );
    if (missing.length > 0) say(`never happened, and must: ${missing.join(', ')}`);
    if (total.unrepeatable.length > 0) say(`not the same the second time: seeds ${total.unrepeatable.join(' ')}`);
  }
  if (flags.part) return 0;
  return total.failed.length + missing.length + total.unrepeatable.length > 0 ? 1 : 0;
}

process.exitCode = await main();
