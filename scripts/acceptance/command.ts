import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';

/** What a command did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/** Docker's own client where it is installed, else the one of the distribution. */
export const dockerBinary = ['/usr/local/bin/docker', '/usr/bin/docker'].find((path) => existsSync(path));

/** Runs a command to its end. A command that ends by a signal, as at a timeout, has the code -1. */
export function runCommand(file: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const { env, cwd, input = '', timeoutMs = 180_000 } = options;
  return new Promise((resolve) => {
    const settings = { env, cwd, timeout: timeoutMs, maxBuffer: 64 * 2 ** 20 };
    const child = execFile(file, args, settings, (error, out, err) =>
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, out, err }),
    );
    child.stdin?.on('error', () => undefined); // a command may end without reading it
    child.stdin?.end(input);
  });
}

/** A text that says what a command did, for an error. */
export const tellOf = (command: string, { code, out, err }: Ran): string =>
  `${command}: exit ${code}: ${shortened(`${err.trim()} ${out.trim()}`.trim())}`;

const shortened = (text: string): string => (text.length > 600 ? `…${text.slice(-600)}` : text);

/** Environment of both clients. The folder is their home: nothing of the user's settings counts. */
export const environmentOf = (home: string, more: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: home,
  DOCKER_CONFIG: home,
  DOCKER_BUILDKIT: '0',
  ...more,
});
