import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { until } from '../../scripts/waiting.js';
import { removeBridges } from './engine-bridges.js';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Fields of /proc/PID/stat after the name of the program, which may hold anything. */
const statOf = (pid: number): string[] => read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];

/** Start of a process in ticks since boot: with its pid, who it is. Empty when it is gone. */
export const startedAt = (pid: number): string => statOf(pid)[19] ?? '';

/** False for a zombie too: the first process of a container collects its dead late. */
export const isAlive = (pid: number): boolean => !['', 'Z', 'X'].includes(statOf(pid)[0] ?? '');

/** Processes that name this folder in their command line, and all below them: containers of its engines. */
export function processesOf(folder: string): number[] {
  const pids = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const parents = new Map(pids.map((pid) => [pid, Number(statOf(pid)[1] ?? 0)]));
  const named = new Set(
    pids.filter((pid) => pid !== process.pid && read(`/proc/${pid}/cmdline`).includes(`${folder}/`)),
  );
  const below = (pid: number): boolean => {
    const parent = parents.get(pid) ?? 0;
    return named.has(pid) || (parent > 1 && below(parent));
  };
  return pids.filter((pid) => isAlive(pid) && below(pid));
}

/** Ends what is left of the engines in this folder. */
export async function killAllOf(folder: string): Promise<void> {
  await until(`the processes of ${folder} end`, () => {
    const left = processesOf(folder);
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has just ended
      }
    }
    return left.length === 0;
  });
}

/** Ends engines whose test was killed before it could do so. */
export async function cleanLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith('skep-engines-'))) {
    const folder = join(tmpdir(), name);
    const [pid = '', started = ''] = read(join(folder, 'owner')).split(' ');
    if (pid === '' || (isAlive(Number(pid)) && startedAt(Number(pid)) === started)) continue;
    await killAllOf(folder);
    for (const number of read(join(folder, 'numbers')).split('\n').filter(Boolean)) removeBridges(Number(number));
    if (existsSync(folder)) await rm(folder, { recursive: true, force: true });
  }
}
