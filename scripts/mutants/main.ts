/**
 * Breaks the system on purpose, one mistake at a time, and asks how long the simulation takes to notice:
 * `npm run simulate:mutants`. Exits 1 when one lives for two minutes of processor time.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { Command, InvalidArgumentError } from 'commander';
import ts from 'typescript';
import { type Mutant, mutants } from './list.js';

const { ModuleKind, ScriptTarget, transpileModule } = ts;

const root = process.cwd();

interface Verdict {
  readonly seed: number;
  readonly spent: number;
  readonly invariant?: string;
  readonly message?: string;
}

/** A copy of the compiled source with the mistake in it. It lies inside the project, so that it finds its packages. */
async function mutated({ name, file, find, replace }: Mutant): Promise<string> {
  const text = await readFile(join(root, 'src', file), 'utf8');
  if (text.split(find).length !== 2)
    throw new Error(`${name}: ${file} does not hold this exactly once, bring the mutant up to date:\n${find}`);
  const dir = await mkdtemp(join(root, '.mutant-'));
  await cp(join(root, '.build/src'), join(dir, 'src'), { recursive: true });
  // The simulation of services imports the source beside it.
  await cp(join(root, '.build/scripts/services'), join(dir, 'scripts/services'), { recursive: true });
  const { outputText } = transpileModule(
    text.replace(find, () => replace),
    { compilerOptions: { target: ScriptTarget.ES2023, module: ModuleKind.ESNext } },
  );
  await writeFile(join(dir, 'src', file.replace(/\.ts$/, '.js')), outputText);
  return dir;
}

async function judge(mutant: Mutant, seconds: number): Promise<Verdict> {
  const dir = await mutated(mutant);
  try {
    const args = [join(import.meta.dirname, 'run-one.js'), dir, String(seconds), mutant.found ?? 'store'];
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0 || out === '') throw new Error(`${mutant.name}: the run ended with ${code} and without a verdict`);
    return JSON.parse(out) as Verdict;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const seconds = (text: string): number => {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is needed.');
  return Number(text);
};

async function main(): Promise<number> {
  const program = new Command('simulate:mutants')
    .option('--only <word>', 'those whose names hold this')
    .option('--seconds <n>', 'of processor time that one may live', seconds, 120)
    .parse();
  const { only = '', seconds: limit } = program.opts<{ only?: string; seconds: number }>();
  const chosen = mutants.filter(({ name }) => name.includes(only));
  let alive = 0;
  for (const mutant of chosen) {
    const { seed, spent, invariant, message = '' } = await judge(mutant, limit);
    if (!invariant) alive++;
    const verdict = invariant ? `killed in ${spent.toFixed(1).padStart(5)} s, seed ${seed}, by ${invariant}` : 'ALIVE';
    process.stdout.write(`${mutant.name.padEnd(56)} ${verdict}\n`);
    if (only !== '') process.stdout.write(`  ${message}\n`);
  }
  process.stdout.write(`${chosen.length - alive} of ${chosen.length} killed\n`);
  return alive > 0 ? 1 : 0;
}

process.exitCode = await main();
