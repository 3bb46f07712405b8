import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { DockerClient } from '../src/fleet/index.js';
import type { RealEngines } from '../test/support/engines.js';
import type { Stage } from './quickstart-fleet.js';
import { freePort, until } from './waiting.js';

/** Limit for one command, milliseconds. */
const commandMs = 90_000;

const composeFile = `name: shop
services:
  web:
    image: busybox
    command: sleep 1000
    deploy: { replicas: 4, restart_policy: { delay: 0s } }
`;

/** Shows a manager that makes containers of services on real engines. */
export async function showServices(
  { skepPath, dir, children, say, check }: Stage,
  engines: RealEngines,
): Promise<void> {
  say('a Compose file becomes running containers: skep manager --fleet');
  const addr = `127.0.0.1:${await freePort()}`;
  const url = `nodes://${engines.all.map(({ address }) => address).join(',')}`;
  const args = ['manager', '--name', 'm1', '--listen', addr, '--data-dir', join(dir, 'services'), '--fleet', url];
  const manager = spawn(process.execPath, [skepPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(manager);
  manager.once('exit', () => children.delete(manager));
  manager.stderr.pipe(createWriteStream(join(dir, 'services.log'), { flags: 'a' }));
  const ended = once(manager, 'exit').then(() => Promise.reject(new Error('skep manager ended: see services.log')));
  const ready = once(createInterface({ input: manager.stdout }), 'line') as Promise<string[]>;
  console.log(`skep ${args.join(' ')}\n${(await Promise.race([ready, ended]))[0]}`);
  ended.catch(() => undefined);

  const skep = async (...words: string[]) => {
    const all = [skepPath, '--host', addr, ...words];
    return (await promisify(execFile)(process.execPath, all, { timeout: commandMs })).stdout.trim();
  };
  const tasks = async () =>
    JSON.parse(await skep('ps', 'shop', '-o', 'json')) as { id: string; node: string; state: string }[];
  await until('both engines are nodes', async () => (await skep('node', 'ls', '-o', 'name')).split('\n').length === 2);
  const file = join(dir, 'shop.yaml');
  await writeFile(file, composeFile);
  console.log(await skep('apply', file, '--wait'));
  console.log(await skep('ps', 'shop'));
  const first = await tasks();
  check('four tasks run, two on each engine', first.length === 4 && new Set(first.map(({ node }) => node)).size === 2);
  check('applying it again changes nothing', (await skep('apply', file, '-o', 'name')) === '');

  console.log(`skep exec ${first[0]?.id} -- hostname\n${await skep('exec', first[0]?.id ?? '', '--', 'hostname')}`);
  const clients = engines.all.map(({ address }) => new DockerClient({ address }));
  const containers = async () => (await Promise.all(clients.map((one) => one.listContainers({ all: true })))).flat();
  const [container] = (await clients[0]?.listContainers()) ?? [];
  await clients[0]?.killContainer(container?.Id ?? '');
  await until('another task runs in its place', async () => {
    const now = await tasks();
    return (
      now.length === 4 &&
      now.some(({ id }) => first.every((one) => one.id !== id)) &&
      now.every(({ state }) => state === 'running')
    );
  });
  check('a container that is killed is replaced', true);
  await skep('stack', 'rm', 'shop');
  await until('the containers are gone', async () => (await containers()).length === 0);
  check('skep stack rm leaves no container', true);
  for (const client of clients) client.close();
  manager.kill('SIGTERM');
  await ended.catch(() => undefined);
  check('the manager ended with exit code 0', manager.exitCode === 0);
}
