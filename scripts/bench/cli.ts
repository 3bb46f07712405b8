import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { type Figure, figure, percentiles, type SuiteOptions } from './figure.js';

const skepPath = resolve('dist/main.js');

/** Cold starts of commands, each a process of its own, in turn with an empty program: `ratio` is to the median of that. */
export async function* cliSuite({ quick }: SuiteOptions): AsyncGenerator<Figure> {
  const dir = mkdtempSync(join(tmpdir(), 'skep-bench-'));
  const empty = join(dir, 'empty.mjs');
  writeFileSync(empty, '');
  const args = ['manager', '--name', 'm1', '--listen', '127.0.0.1:0', '--log-level', 'error'];
  const manager = spawn(process.execPath, [skepPath, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const host = await addressOf(manager);
    const commands: Readonly<Record<string, readonly string[]>> = {
      emptyNode: [empty],
      version: [skepPath, '--version'],
      help: [skepPath, '--help'],
      status: [skepPath, 'status', '--host', host],
      serviceLs: [skepPath, 'service', 'ls', '--host', host],
    };
    const times = measured(commands, quick ? 3 : 31);
    const { p50Ms: least } = percentiles(times.emptyNode ?? []);
    for (const [name, each] of Object.entries(times)) {
      const total = each.reduce((sum, ms) => sum + ms, 0);
      const found = percentiles(each);
      yield figure(name, each.length, total / 1_000, { ...found, ratio: Number((found.p50Ms / least).toFixed(2)) });
    }
  } finally {
    manager.kill('SIGKILL');
    rmSync(dir, { recursive: true, force: true });
  }
}

async function addressOf(manager: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: manager.stdout as NodeJS.ReadableStream })) {
    const [, addr] = /^ready .*\baddr=(\S+)/.exec(line) ?? [];
    if (addr !== undefined) return addr;
  }
  throw new Error('the manager ended before it was ready');
}

/** Milliseconds of each run. The commands take turns, so that other work on the machine slows all of them alike. */
function measured(commands: Readonly<Record<string, readonly string[]>>, rounds: number): Record<string, number[]> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, args] of Object.entries(commands)) {
      const start = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${name} exited with ${status}: ${stderr}`);
      (times[name] ??= []).push(performance.now() - start);
    }
  }
  return times;
}
