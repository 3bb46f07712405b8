import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { enginesAreThere, RealEngines } from '../test/support/engines.js';
import { showServices } from './quickstart-services.js';
import { freePort, until } from './waiting.js';

/** Limit for one command, milliseconds. */
const commandMs = 60_000;

/** Parts of the quickstart that this one uses. */
export interface Stage {
  readonly skepPath: string;
  /** Folder for logs and data. */
  readonly dir: string;
  /** Processes that are ended whatever happens. */
  readonly children: Set<ChildProcess>;
  readonly say: (title: string) => void;
  readonly check: (claim: string, holds: boolean) => void;
}

/** Shows services and `skep manage` on two real engines, where this machine can run them; else says why not. */
export async function showFleet(stage: Stage): Promise<void> {
  if (!enginesAreThere()) return;
  if (spawnSync('docker', ['--version']).status !== 0) {
    console.warn('SKIPPED: the docker command is missing: apt-get install docker.io');
    return;
  }
  const engines = await RealEngines.start(2);
  try {
    await showServices(stage, engines);
    await show(stage, engines);
  } finally {
    await engines.stop();
  }
}

async function show({ skepPath, dir, children, say, check }: Stage, engines: RealEngines): Promise<void> {
  say('two Docker engines as one: skep manage');
  const host = `tcp://127.0.0.1:${await freePort()}`;
  const url = `nodes://${engines.all.map(({ address }) => address).join(',')}`;
  const refresh = ['--engine-refresh-min-interval', '1s', '--engine-refresh-max-interval', '2s'];
  const args = ['manage', '-H', host, '--rootdir', join(dir, 'fleet'), ...refresh, url];
  const manage = spawn(process.execPath, [skepPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(manage);
  manage.once('exit', () => children.delete(manage));
  manage.stderr.pipe(createWriteStream(join(dir, 'manage.log'), { flags: 'a' }));
  const ready = once(createInterface({ input: manage.stdout }), 'line') as Promise<string[]>;
  const ended = once(manage, 'exit').then(() => Promise.reject(new Error('skep manage ended: see manage.log')));
  console.log(`skep ${args.join(' ')}\n${(await Promise.race([ready, ended]))[0]}`);
  ended.catch(() => undefined);

  const docker = async (...words: string[]) => {
    const { stdout } = await promisify(execFile)('docker', ['-H', host, ...words], { timeout: commandMs });
    return stdout.trim();
  };
  const place = async (name: string) =>
    docker('inspect', '--format', '{{.Node.Name}} {{.State.Status}}', name).catch(() => '');
  await until('both engines are healthy', async () => (await docker('info')).split('Status: Healthy').length === 3);
  await docker('run', '-d', '--name', 'web', '-e', 'reschedule:on-node-failure', 'busybox', 'sleep', '1000');
  await docker('run', '-d', '--name', 'db', 'busybox', 'sleep', '1000');
  console.log(await docker('ps', '--format', 'table {{.Names}}\t{{.Status}}'));
  const before = await place('web');
  check('two containers run on two engines', before.endsWith(' running') && before !== (await place('db')));
  check('a name is given once', await docker('run', '-d', '--name', 'db', 'busybox', 'true').then(() => false, () => true)); // prettier-ignore

  const lost = engines.all.find(({ name }) => before.startsWith(`${name} `));
  say(`SIGKILL for the engine ${lost?.name}`);
  await lost?.kill9();
  await until('web runs on the other engine', async () => {
    const now = await place('web');
    return now.endsWith(' running') && now !== before;
  });
  console.log(await docker('ps', '--format', 'table {{.Names}}\t{{.Status}}'));
  check('the container of the lost engine runs on the other one, under its name', true);
  manage.kill('SIGTERM');
  await ended.catch(() => undefined);
  check('skep manage ended with exit code 0', manage.exitCode === 0);
}
