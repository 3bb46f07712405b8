#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { run, screenOf } from './cli/index.js';
import type { createBackend } from './discovery/index.js';

// The command `skep`. The only place that ends the process.

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => stop.abort());
// Otherwise Node would open its inspector to all users of this machine.
process.on('SIGUSR1', () => undefined);
// The reader of our output may end early: `skep watch | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`skep: cannot write: ${error.message}\n`);
  process.exit(1);
});

/** Resolves with what opens backends, and adds the one that stands on our own store. */
async function discovery(): Promise<typeof createBackend> {
  const [{ createBackend, registerBackend }, { SkepBackend }] = await Promise.all([
    import('./discovery/index.js'),
    import('./coordination/index.js'),
  ]);
  registerBackend('skep', (ports) => new SkepBackend(ports));
  return createBackend;
}
let opened: ReturnType<typeof discovery> | undefined;

const backup = async () => (await import('./daemon/backup.js')).backupTools;

/** An account without a name is usual in containers. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** On standard error: standard output is for data. */
async function confirm(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal: stop.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}

// Not awaited here: a module that waits would hold up those that the command loads.
void run(process.argv.slice(2), {
  streams: { out: (text) => void process.stdout.write(text), err: (text) => void process.stderr.write(text) },
  env: process.env,
  user: process.env.USER || userName(),
  signal: stop.signal,
  stdio: process,
  ...(process.stderr.isTTY && { screen: screenOf(process.stderr) }),
  ...(process.stdin.isTTY && process.stderr.isTTY && { confirm }),
  manager: async (flags, context) => (await import('./daemon/manager.js')).runManager(flags, context),
  manage: async (settings, context) => (await import('./daemon/manage.js')).runManage(settings, context),
  dev: async (settings, context) => (await import('./daemon/dev/dev.js')).runDev(settings, context),
  version,
  loadKinds: async (modules) => (await import('./daemon/kind-modules.js')).loadKinds(modules),
  backup: {
    write: async (file, chunks, options) => (await backup()).write(file, chunks, options),
    read: async function* (file) {
      yield* (await backup()).read(file);
    },
    inspect: async (file) => (await backup()).inspect(file),
    restoreInto: async (file, dir, name) => (await backup()).restoreInto(file, dir, name),
  },
  createBackend: async (url, settings) => (await (opened ??= discovery()))(url, settings),
  logger: async (level) => (await import('./daemon/logger.js')).commandLogger(level, process.env),
  doctor: async (dir, signal) => (await import('./daemon/doctor.js')).diagnose(dir, signal),
}).then((code) => {
  process.exitCode = code;
  // The remaining handles have no user: a cancelled stream, a closing socket.
  setTimeout(() => process.exit(code), 200).unref();
});
