import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';

const binary = join(import.meta.dirname, '../../dist/main.js');

/** How many lines of its log are kept, for the case that something goes wrong. */
const logLinesMax = 30;

/** Every process of ours that runs, so that none is left behind. */
const running = new Set<ChildProcess>();

/** Ends every manager at once, those that are stopped too. For the very end of this process. */
export function killEverything(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface ManagerOptions {
  readonly name: string;
  readonly addr: string;
  /** Where the other members reach it: `addr`, or a proxy before it. */
  readonly advertise: string;
  readonly dataDir: string;
  readonly join: readonly string[];
  /** Further options of the command. */
  readonly args?: readonly string[];
}

/** One real manager: a process with its own disk, on a fixed loopback address. */
export class Manager {
  readonly name: string;
  readonly addr: string;
  readonly advertise: string;
  readonly dataDir: string;
  readonly #join: readonly string[];
  readonly #args: readonly string[];
  readonly #onSurprise: (what: string) => void;
  #child: ChildProcess | undefined;
  #endWanted = false;
  #log: string[] = [];

  /** `onSurprise` is called at an unexpected end. */
  constructor({ name, addr, advertise, dataDir, join, args = [] }: ManagerOptions, onSurprise: (what: string) => void) {
    this.name = name;
    this.addr = addr;
    this.advertise = advertise;
    this.dataDir = dataDir;
    this.#join = join;
    this.#args = args;
    this.#onSurprise = onSurprise;
  }

  /** The last lines that it wrote. */
  get log(): string {
    return this.#log.join('\n');
  }

  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined;
  }

  get isRunning(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Resolves when it is ready; rejects with what it said when it ended before. `limitKiB` bounds the files that it may write. */
  async start(options: { readonly limitKiB?: number } = {}): Promise<void> {
    const args = [binary, 'manager', '--name', this.name, '--listen', this.addr, '--advertise', this.advertise];
    args.push('--data-dir', this.dataDir, '--log-level', 'warn');
    if (this.#join.length > 0) args.push('--join', this.#join.join(','));
    args.push(...this.#args);
    const limited = ['-c', `ulimit -f ${options.limitKiB} && exec "$0" "$@"`, process.execPath, ...args];
    const [command, all] = options.limitKiB === undefined ? [process.execPath, args] : ['bash', limited];
    const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    this.#child = child;
    this.#endWanted = false;
    this.#log = [];
    let isReady = false;
    child.once('exit', (code, signal) => {
      running.delete(child);
      if (isReady && !this.#endWanted)
        this.#onSurprise(`${this.name} ended by itself (${signal ?? code}): ${this.log}`);
    });
    createInterface({ input: child.stderr }).on('line', (line) => this.#keep(line));
    const closed = once(child, 'close'); // all that it said has been read then
    for await (const line of createInterface({ input: child.stdout })) {
      if (!line.startsWith('ready ')) continue;
      isReady = true;
      return;
    }
    await closed;
    throw new Error(`${this.name} ended before it was ready: ${this.log}`);
  }

  /** From now on it may end by itself: a fault that must end it is under way. */
  expectEnd(): void {
    this.#endWanted = true;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Resolves with the exit code when it has ended; `null` when a signal killed it. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.#endWanted = true;
    if (this.isRunning) this.#child?.kill(signal);
    return this.ended();
  }

  /** Resolves with the exit code when it has ended, by whatever reason. */
  async ended(): Promise<number | null> {
    const child = this.#child;
    if (child && this.isRunning) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  #keep(line: string): void {
    this.#log.push(line);
    if (this.#log.length > logLinesMax) this.#log.shift();
  }
}
