/** The part of the quickstart about security: a member with it, a user with a role, and a stranger. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { freePort } from './waiting.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Shows who gets in where a member has security. On loopback it has to be asked for. */
export async function showSecurity({
  skepPath,
  dir,
  children,
  say,
  check,
}: {
  readonly skepPath: string;
  readonly dir: string;
  readonly children: Set<ChildProcess>;
  readonly say: (title: string) => void;
  readonly check: (claim: string, holds: boolean) => void;
}): Promise<void> {
  say('a member with security, as where other computers reach it');
  const addr = `127.0.0.1:${await freePort()}`;
  const env = { ...process.env, XDG_RUNTIME_DIR: dir, XDG_CONFIG_HOME: join(dir, 'config'), SKEP_HOST: '' };
  const skep = (...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const child = execFile(process.execPath, [skepPath, ...args], { env }, (_error, out, err) => {
        const shown = args[0] === 'token' ? 'skepj1_…\n' : out; // a token is for its owner alone
        console.log(`$ skep ${args.join(' ')}\n${shown}${err}`.trimEnd());
        resolve({ code: child.exitCode ?? 1, out, err });
      });
    });
  const args = ['manager', '--name', 'secure', '--listen', addr, '--data-dir', join(dir, 'secure'), '--security', 'on'];
  const member = spawn(process.execPath, [skepPath, ...args, '--log-level', 'error'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(member);
  for await (const line of createInterface({ input: member.stdout })) if (line.startsWith('ready ')) break;

  check('the user that runs it needs no login', (await skep('whoami')).out === 'local\n');
  await skep('user', 'add', 'alice', '--role', 'viewer');
  const tokenFile = join(dir, 'alice.token');
  await writeFile(tokenFile, (await skep('token', 'create', 'user', 'alice', '-o', 'name')).out, { mode: 0o600 });
  const stranger = await skep('--host', addr, 'node', 'ls', '--timeout', '2s');
  check('a stranger is refused', stranger.code !== 0 && stranger.out === '');
  await skep('login', addr, '--context', 'demo', '--token-file', tokenFile);
  check('alice may read', (await skep('node', 'ls')).code === 0);
  const denied = await skep('network', 'create', 'hers');
  check('alice may not write, and is told so', denied.code === 6 && denied.err.includes('user/alice (viewer) may not'));
  check('and the reason can be asked for', (await skep('can', 'write', 'network')).out.startsWith('no'));
  member.kill('SIGTERM');
}
