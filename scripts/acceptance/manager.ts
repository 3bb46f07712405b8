import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { until } from '../waiting.js';

export const binary = join(import.meta.dirname, '../../dist/main.js');

/** A `skep manager` as a process, which can be killed, stopped and started again with the same data. */
export class ManagerProcess {
  readonly name: string;
  /** Address of the member. */
  readonly addr: string;
  /** `host:port` of its Docker API. */
  readonly docker: string;
  readonly #args: readonly string[];
  readonly #log: string;
  #child: ChildProcess | undefined;

  /** @param options.args Flags beside name, addresses and data directory. */
  constructor(options: {
    readonly name: string;
    readonly addr: string;
    readonly docker: string;
    readonly folder: string;
    readonly args: readonly string[];
  }) {
    const { name, addr, docker, folder, args } = options;
    this.name = name;
    this.addr = addr;
    this.docker = docker;
    this.#log = join(folder, `${name}.log`);
    const place = ['--name', name, '--listen', addr, '--data-dir', join(folder, name), '--docker', `tcp://${docker}`];
    this.#args = [binary, 'manager', ...place, ...args];
  }

  get runs(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** All that it has logged. */
  async log(): Promise<string> {
    return readFile(this.#log, 'utf8');
  }

  /** Resolves when it serves. */
  async start(): Promise<void> {
    const log = openSync(this.#log, 'a');
    const child = spawn(process.execPath, this.#args, { stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.#child = child;
    let out = '';
    child.stdout?.on('data', (part: Buffer) => (out += part.toString()));
    await until(
      `${this.name} is ready`,
      async () => {
        if (!this.runs) throw new Error(`${this.name} ended: ${(await this.log()).slice(-1_000)}`);
        return /^ready /m.test(out);
      },
      90_000,
    );
  }

  /** SIGSTOP or SIGCONT. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(name);
  }

  /** Ends it, also when it is stopped. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#child || !this.runs) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    this.#child.kill('SIGCONT');
    await exited;
  }
}
