import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Every process of ours that runs, so that none is left behind. */
const running = new Set<ChildProcess>();

export function killEverything(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A program that serves until it is ended. */
export class Program {
  readonly #child: ChildProcess;
  #said = '';
  #lines = 0;

  constructor(command: string, args: readonly string[], cwd: string) {
    const child = spawn(command, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        this.#said += `${line}\n`;
        this.#lines += 1;
        child.emit('line', line);
      });
  }

  /** Lines so far: where {@link line} begins to look. */
  get lines(): number {
    return this.#lines;
  }

  /** Resolves with the first line from `from` on that matches. */
  async line(pattern: RegExp, from = 0): Promise<string> {
    for (;;) {
      const found = this.#said
        .split('\n')
        .slice(from)
        .find((line) => pattern.test(line));
      if (found !== undefined) return found;
      if (!this.isRunning) throw new Error(`ended without ${pattern.source}: ${this.#said}`);
      await Promise.race([once(this.#child, 'line'), once(this.#child, 'close')]);
    }
  }

  /** Lines that match, so far. */
  count(pattern: RegExp): number {
    return this.#said.split('\n').filter((line) => pattern.test(line)).length;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** All that it wrote. */
  get said(): string {
    return this.#said;
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  press(key: string): void {
    this.#child.stdin?.write(key);
  }

  /** CPU time so far, milliseconds; `undefined` where the system does not tell. */
  get cpuMs(): number | undefined {
    try {
      // Fields 14 and 15, in ticks of 10 ms; the name in brackets may have spaces.
      const fields = readFileSync(`/proc/${this.#child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
      return undefined;
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** Runs a program to its end. Resolves with its standard output; rejects with all that it said when it fails. */
export async function done(command: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  let out = '';
  let all = '';
  child.stdout.on('data', (data: Buffer) => (out += data.toString()));
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (all += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  running.delete(child);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${all}`);
  return out;
}
