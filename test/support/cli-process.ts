import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { expect } from 'vitest';

const root = join(import.meta.dirname, '../..');
export const binary = join(root, 'dist/main.js');

/** Makes the binary when there is none. */
export function buildIfMissing(): void {
  if (!existsSync(binary)) execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'ignore' });
}

const children = new Set<ChildProcess>();

/** Ends what a test left running. */
export async function endAll(): Promise<void> {
  for (const child of children) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

/** The real command, as a process of its own. */
export class SkepProcess {
  out = '';
  err = '';
  /** The exit code, when everything that it printed is here. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  /** `shell`: a line for sh, in which `$SKEP` is the command. */
  constructor(args: readonly string[] | { readonly shell: string }) {
    const stdio = ['ignore', 'pipe', 'pipe'] as const;
    const env = { ...process.env, SKEP: `${process.execPath} ${binary}` };
    this.#child =
      'shell' in args
        ? spawn('/bin/bash', ['-o', 'pipefail', '-c', args.shell], { stdio: [...stdio], env })
        : spawn(process.execPath, [binary, ...args], { stdio: [...stdio], env });
    children.add(this.#child);
    this.#child.stdout?.on('data', (data: Buffer) => (this.out += data.toString()));
    this.#child.stderr?.on('data', (data: Buffer) => (this.err += data.toString()));
    this.#child.once('exit', () => children.delete(this.#child));
    this.ended = once(this.#child, 'close').then(([code]) => code as number | null);
  }

  /** Waits for a line that begins like this. */
  async line(beginning: string): Promise<string> {
    const find = () => this.out.split('\n').find((line) => line.startsWith(beginning)) ?? '';
    await expect.poll(find, { timeout: 15_000, interval: 20, message: this.err }).not.toBe('');
    return find();
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  async end(signal: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
    this.#child.kill(signal);
    return this.ended;
  }
}
