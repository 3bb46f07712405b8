/**
 * Switches the fences of security off, one at a time, and asks the tests to notice: `npm run security:fences`. Exits 1 when a
 * test passes without its fence.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { Command } from 'commander';
import { type Fence, fences } from './list.js';

const root = process.cwd();

/** Folders and files that tests import. */
const copied = ['src', 'test', 'scripts', 'proto', 'vitest.config.ts', 'package.json', 'tsconfig.json'];

/** A copy of the source inside the project, so that it finds its packages. */
async function copyOfAll(): Promise<string> {
  const dir = await mkdtemp(join(root, '.mutant-'));
  for (const one of copied) await cp(join(root, one), join(dir, one), { recursive: true });
  return dir;
}

/** Runs the tests of a fence without it. Resolves with the seconds, and with whether they noticed. */
async function judge(dir: string, { name, file, find, replace, test, only }: Fence) {
  const path = join(dir, 'src', file);
  const text = await readFile(path, 'utf8');
  if (text.split(find).length !== 2)
    throw new Error(`${name}: ${file} does not hold this exactly once, bring the fence up to date:\n${find}`);
  await writeFile(
    path,
    text.replace(find, () => replace),
  );
  const started = performance.now();
  try {
    const failed = await fails(dir, test, only);
    return { failed, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await writeFile(path, text);
  }
}

/** Tells whether the tests fail. A run without any test proves nothing: a hook before it may have failed. */
async function fails(dir: string, test: string, only: string | undefined): Promise<boolean | 'not run'> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--root', dir, '--reporter=json', '--bail=1', join('test', test)];
  const child = spawn(process.execPath, [...args, ...(only === undefined ? [] : ['-t', only])], { cwd: dir });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.resume();
  await once(child, 'close');
  const report = JSON.parse(out.slice(out.indexOf('{"num'))) as { numFailedTests: number; numPassedTests: number };
  if (report.numFailedTests + report.numPassedTests === 0) return 'not run';
  return report.numFailedTests > 0;
}

async function main(): Promise<number> {
  const program = new Command('security:fences')
    .option('--only <word>', 'those whose names or tests hold this')
    .option('--from <name>', 'this one and those after it')
    .parse();
  const { only = '', from } = program.opts<{ only?: string; from?: string }>();
  const first = from === undefined ? 0 : fences.findIndex(({ name }) => name === from);
  const chosen = fences.slice(first).filter(({ name, test }) => `${name} ${test}`.includes(only));
  const dir = await copyOfAll();
  let standing = 0;
  try {
    for (const fence of chosen) {
      const { failed, seconds } = await judge(dir, fence);
      if (failed !== true) standing++;
      const verdict =
        failed === 'not run'
          ? `NO TEST WAS RUN in ${fence.test}`
          : failed
            ? `noticed in ${seconds.toFixed(0).padStart(3)} s by ${fence.test}`
            : 'NOT NOTICED';
      process.stdout.write(`${fence.name.padEnd(48)} ${verdict}\n`);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
  process.stdout.write(`${chosen.length - standing} of ${chosen.length} noticed\n`);
  return standing > 0 ? 1 : 0;
}

process.exitCode = await main();
