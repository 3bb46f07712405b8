import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

/** What the probe says: the longest stall since the last time, and the size of the process. */
interface Said {
  readonly stallMs: number;
  readonly bytes: number;
}

/** A manager in a process of its own whose event loop is watched. Needs `dist/`. */
export class ProbedManager {
  readonly addr: string;
  readonly #child: ChildProcess;
  readonly #dir: string;
  #complaints: string;
  #most: Said = { stallMs: 0, bytes: 0 };

  private constructor(
    child: ChildProcess,
    { addr, dir, complaints }: { addr: string; dir: string; complaints: string },
  ) {
    this.addr = addr;
    this.#child = child;
    this.#dir = dir;
    this.#complaints = complaints;
    child.stderr?.on('data', (text: Buffer) => (this.#complaints = (this.#complaints + text.toString()).slice(-4_000)));
    child.on('message', ({ stallMs, bytes }: Said) => {
      this.#most = { stallMs: Math.max(this.#most.stallMs, stallMs), bytes: Math.max(this.#most.bytes, bytes) };
    });
  }

  /** Starts one with an empty data directory. */
  static async start(): Promise<ProbedManager> {
    const dir = await mkdtemp(join(tmpdir(), 'skep-probed-'));
    const args = ['manager', '--name', 'm1', '--listen', '127.0.0.1:0', '--data-dir', join(dir, 'm1'), '--log-level', 'error']; // prettier-ignore
    const child = spawn(process.execPath, ['--import', resolve('scripts/abuse/probe.mjs'), resolve('dist/main.js'), ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }); // prettier-ignore
    let complaints = '';
    const complain = (text: Buffer) => (complaints += text.toString());
    child.stderr?.on('data', complain);
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const addr = /addr=(\S+)/.exec(line)?.[1];
      if (addr === undefined) continue;
      child.stderr?.off('data', complain);
      const manager = new ProbedManager(child, { addr, dir, complaints });
      await manager.most(); // loading a program takes long turns, which stall nobody
      return manager;
    }
    throw new Error(`the manager ended before it was ready: ${complaints}`);
  }

  /** Last lines that it wrote to stderr. */
  get complaints(): string {
    return this.#complaints;
  }

  /** `null` while it runs. */
  get exitCode(): number | null {
    return this.#child.exitCode;
  }

  /** Returns the most since the last call: the longest stall, milliseconds of a processor. Waits for what is yet to be said. */
  async most(): Promise<Said> {
    for (let said = 0; said < 2; said++) await once(this.#child, 'message');
    const most = this.#most;
    this.#most = { stallMs: 0, bytes: 0 };
    return most;
  }

  /** Ends it as an operator does. Returns the exit code. */
  async stop(): Promise<number | null> {
    if (this.exitCode !== null) return this.exitCode;
    const exited = once(this.#child, 'exit') as Promise<[number | null]>;
    this.#child.kill('SIGTERM');
    const [code] = await exited;
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    return code;
  }

  /** Ends it however it is. */
  async kill(): Promise<void> {
    if (this.exitCode === null && this.#child.signalCode === null) {
      const exited = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await exited;
    }
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}
