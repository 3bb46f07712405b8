import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, until } from '../../scripts/waiting.js';

export { freePort, until };

const binary = join(import.meta.dirname, '../../dist/main.js');

/** One real manager: a process with its own disk, on a fixed loopback address. */
export class ManagerProcess {
  #child: ChildProcess | undefined;
  #complaints = '';

  constructor(
    readonly name: string,
    readonly addr: string,
    readonly dataDir: string,
    private readonly join: string | undefined,
  ) {
    if (!existsSync(binary)) throw new Error('dist/ is missing: run npm run build first');
  }

  async start(): Promise<void> {
    const args = [
      binary,
      'manager',
      '--name',
      this.name,
      '--listen',
      this.addr,
      '--data-dir',
      this.dataDir,
      '--log-level',
      'warn',
    ];
    if (this.join !== undefined) args.push('--join', this.join);
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    this.#complaints = '';
    child.stderr.on('data', (text: Buffer) => (this.#complaints += text.toString()));
    for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('ready ')) return;
    throw new Error(`${this.name} ended before it was ready: ${this.#complaints}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Ends the process; resolves with its exit code, `null` when a signal killed it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill(signal);
    const [code] = await exited;
    return code;
  }
}

/** Three managers on addresses that the system chose; the first one begins the cluster. */
export async function threeManagers(dir: string): Promise<ManagerProcess[]> {
  const addrs = [await freePort(), await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
  return addrs.map(
    (addr, i) => new ManagerProcess(`m${i + 1}`, addr, join(dir, `m${i + 1}`), i === 0 ? undefined : addrs[0]),
  );
}
