import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, until } from '../../scripts/waiting.js';
import { binary, buildIfMissing } from '../support/cli-process.js';

/** A command of the page, with the lines that it shows. */
interface Step {
  readonly command: string;
  readonly shows: readonly string[];
}

const page = readFileSync(join(import.meta.dirname, '../../docs/security.md'), 'utf8');
const blocks = [...page.matchAll(/```console\n([\s\S]*?)```/g)].map(([, text = '']) => text.trimEnd().split('\n'));
const steps = blocks.flat().reduce<Step[]>((all, line) => {
  if (line.startsWith('$ ')) return [...all, { command: line.slice(2), shows: [] }];
  const last = all.at(-1);
  return last ? [...all.slice(0, -1), { ...last, shows: [...last.shows, line] }] : all;
}, []);

/** Computers of the page are ports of this one, where security has to be asked for. */
class Session {
  readonly folder = mkdtempSync(join(tmpdir(), 'skep-page-'));
  readonly #ports: number[] = [];
  readonly #running = new Set<ChildProcess>();
  /** Output of what runs in the background. */
  #printed = '';

  async prepare(): Promise<void> {
    for (let i = 0; i < 4; i++) this.#ports.push(await freePort());
    mkdirSync(join(this.folder, 'bin'));
    const shim = join(this.folder, 'bin/skep');
    writeFileSync(shim, `#!/bin/sh\nexec '${process.execPath}' '${binary}' "$@"\n`);
    chmodSync(shim, 0o755);
  }

  here(text: string): string {
    return text
      .replaceAll(/10\.0\.0\.(\d):4242/g, (_, number: string) => `127.0.0.1:${this.#ports[Number(number) - 1]}`)
      .replaceAll('/var/lib/skep', join(this.folder, 'data'));
  }

  /** Runs a command, and resolves with what it printed; one with `&` goes on. */
  async run(command: string): Promise<string> {
    const background = command.endsWith('&');
    const child = spawn(
      '/bin/bash',
      ['-c', background ? `exec ${this.here(command).slice(0, -1)}` : this.here(command)],
      {
        cwd: this.folder,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: [join(this.folder, 'bin'), process.env.PATH].join(delimiter),
          HOME: this.folder,
          XDG_RUNTIME_DIR: this.folder,
          XDG_CONFIG_HOME: join(this.folder, 'config'),
          SKEP_SECURITY: 'on',
          SKEP_LOG_LEVEL: 'error',
        },
      },
    );
    let printed = '';
    const take = (data: Buffer) => {
      printed += data.toString();
      if (background) this.#printed += data.toString();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    if (background) this.#running.add(child);
    else await once(child, 'close');
    return printed;
  }

  /** Waits for a line of what runs in the background. */
  async line(pattern: RegExp): Promise<void> {
    await until(`a line like ${pattern}, after ${this.#printed}`, () => pattern.test(this.#printed), 120_000);
  }

  async end(): Promise<void> {
    for (const child of this.#running) {
      const closed = once(child, 'close');
      child.kill('SIGKILL');
      await closed;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('the first steps of docs/security.md', () => {
  const session = new Session();
  beforeAll(async () => {
    buildIfMissing();
    await session.prepare();
  }, 120_000);
  afterAll(() => session.end());

  it('has steps', () => expect(steps.length).toBeGreaterThan(12));

  it.each(steps)('$command', { timeout: 180_000 }, async ({ command, shows }) => {
    const printed = await session.run(command);
    for (const line of shows) {
      const pattern = new RegExp(
        `^${session
          .here(line)
          .replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
          .replaceAll('…', '.*')}$`,
        'm',
      );
      if (command.endsWith('&')) await session.line(pattern);
      else expect(printed).toMatch(pattern);
    }
  });
});
