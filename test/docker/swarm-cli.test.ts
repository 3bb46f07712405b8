import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedFleet, serveFleet } from '../support/docker-http.js';
import { until } from '../support/processes.js';
import { SwarmWorld } from '../support/swarm-world.js';

/** Docker's own, and Debian's, which is older: both must be served. */
const binaries = ['/usr/local/bin/docker', '/usr/bin/docker'].filter((path) => existsSync(path));

const install = 'no docker command here: apt-get install docker.io';
if (binaries.length === 0) {
  if (process.env.SKEP_REQUIRE_ALL === '1') throw new Error(install);
  console.warn(`skipped: ${install}`);
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const compose = `
version: "3.8"
services:
  web:
    image: busybox
    command: sleep 1d
    deploy: {replicas: 2, update_config: {order: start-first}}
    networks: [front]
    secrets: [key]
    configs: [{source: conf, target: /etc/conf}]
    healthcheck: {test: "true", interval: 10s}
    ports: ["18080:80"]
    volumes: ["data:/data"]
networks: {front: {}}
volumes: {data: {}}
secrets: {key: {file: ./key}}
configs: {conf: {file: ./conf}}
`;

describe.skipIf(binaries.length === 0).each(binaries)('%s with services', { timeout: 90_000 }, (binary) => {
  let world: SwarmWorld;
  let served: ServedFleet;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'swarm-cli-'));
    world = new SwarmWorld();
    for (const digit of ['1', '2', '3']) await world.addNode(digit.repeat(25), `node-${digit}`);
    served = await serveFleet([{ name: 'node-1' }, { name: 'node-2' }], { swarm: world.backend });
    env = { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, DOCKER_HOST: `tcp://${served.address}` };
    await writeFile(join(folder, 'compose.yaml'), compose);
    await writeFile(join(folder, 'key'), 'one');
    await writeFile(join(folder, 'conf'), 'a=b');
  });
  afterAll(async () => {
    await served.close();
    await world.close();
    await rm(folder, { recursive: true });
  });

  const docker = (...args: string[]) =>
    new Promise<Ran>((resolve) => {
      const child = execFile(binary, args, { env, cwd: folder, timeout: 60_000 }, (error, out, err) =>
        resolve({ code: error ? Number(error.code ?? -1) : 0, out, err }),
      );
      child.stdin?.end();
    });
  const lines = (text: string) => text.trim().split('\n');
  const deploy = async () => {
    const ran = await docker('stack', 'deploy', '-c', 'compose.yaml', 'shop');
    expect(ran.code, ran.err).toBe(0);
  };
  const inspected = async (...args: string[]) => JSON.parse((await docker('inspect', ...args)).out)[0];

  it('creates a service that converges, scales it and removes it', async () => {
    const made = await docker('service', 'create', '--name', 'web', '--replicas', '6', '--no-resolve-image', 'busybox', 'sleep', '1d'); // prettier-ignore
    expect(made.code, made.err).toBe(0);
    expect(made.out).toMatch(/converged/i);
    const format = ['--format', '{{.Name}} {{.Node}} {{.CurrentState}}'];
    const rows = lines((await docker('service', 'ps', 'web', ...format)).out);
    expect(rows).toHaveLength(6);
    for (const node of ['node-1', 'node-2', 'node-3']) expect(rows.filter((row) => row.includes(node))).toHaveLength(2);
    expect((await docker('service', 'ls', '--format', '{{.Name}} {{.Replicas}}')).out).toBe('web 6/6\n');
    expect((await docker('service', 'scale', '-d', 'web=3')).code).toBe(0);
    await until(
      'three are left',
      async () => (await docker('service', 'ls', '--format', '{{.Replicas}}')).out === '3/3\n',
    );
    expect((await inspected('web')).Spec.Mode).toEqual({ Replicated: { Replicas: 3 } });
    const drained = await docker('node', 'update', '--availability', 'drain', 'node-1');
    expect(drained).toMatchObject({ code: 0, out: 'node-1\n' });
    await until(
      'node-1 is empty',
      async () => !(await docker('service', 'ps', 'web', ...format)).out.includes('node-1 Running'),
    );
    await docker('node', 'update', '--availability', 'active', 'node-1');
    expect((await docker('service', 'rm', 'web')).out).toBe('web\n');
  });

  it('pauses an update that fails, in the words of Docker, and goes back', async () => {
    const create = ['service', 'create', '-d', '--name', 'web', '--no-resolve-image', '--update-monitor', '2s'];
    expect((await docker(...create, '--rollback-monitor', '1s', 'busybox', 'sleep', '1d')).code).toBe(0);
    const failed = await docker(
      'service',
      'update',
      '--no-resolve-image',
      '--args',
      'false',
      '--restart-condition',
      'none',
      'web',
    );
    expect(failed.code).toBe(1);
    expect(failed.err).toContain('service update paused: update paused due to failure or early termination of task');
    const back = await docker('service', 'rollback', 'web');
    expect(back.code, back.err).toBe(0);
    expect((await inspected('web')).Spec.TaskTemplate.ContainerSpec.Args).toEqual(['sleep', '1d']);
    const { out } = await docker('service', 'inspect', '--pretty', 'web');
    expect(out).toMatch(/State:\s+rollback_completed/);
    await docker('service', 'rm', 'web');
  });

  it('deploys a stack; the same again writes nothing and keeps the spec before', async () => {
    await deploy();
    const services = async () => (await docker('stack', 'services', 'shop', '--format', '{{.Name}} {{.Replicas}} {{.Ports}}')).out; // prettier-ignore
    await until('it runs', async () => (await services()) === 'shop_web 2/2 *:18080->80/tcp\n');
    expect((await docker('stack', 'ls', '--format', '{{.Name}} {{.Services}}')).out).toMatch(/^shop 1/);
    const tasks = () => world.store.view((tx) => tx.tasks().find().map(({ id }) => id)); // prettier-ignore
    const all = () => world.store.view((tx) => [...tx.services().find(), ...tx.secrets().find(), ...tx.configs().find(), ...tx.networks().find()].map(({ meta }) => meta.version)); // prettier-ignore
    await docker('service', 'update', '-d', '--no-resolve-image', '--env-add', 'A=1', 'shop_web');
    await deploy();
    const [service] = world.store.view((tx) => tx.services().find());
    expect(service?.previousSpec?.task.container?.env).toEqual(['A=1']);
    await until('it rests', () =>
      world.store.view((tx) => tx.services().find()[0]?.updateStatus?.state === 'completed'),
    );
    const before = { versions: all(), tasks: tasks() };
    await deploy();
    expect({ versions: all(), tasks: tasks() }).toEqual(before);
  });

  it('rolls the services of a secret whose content changed, and removes the stack whole', async () => {
    await writeFile(join(folder, 'key'), 'two');
    await deploy();
    const data = () => world.store.view((tx) => {
      const [service] = tx.services().find();
      const [use] = service?.spec.task.container?.secrets ?? [];
      return tx.secrets().get(use?.secretId ?? '')?.spec.data;
    }); // prettier-ignore
    expect(data()).toBe(Buffer.from('two').toString('base64'));
    const names = async (kind: string) => lines((await docker(kind, 'ls', '--format', '{{.Name}}')).out);
    expect(await names('secret')).toEqual(expect.arrayContaining(['shop_key', 'shop_key.1']));
    const removed = await docker('stack', 'rm', 'shop');
    expect(removed.code, removed.err).toBe(0);
    for (const kind of ['secret', 'config', 'service']) expect(await names(kind)).toEqual(['']);
    await until('no task is left', () => world.store.view((tx) => tx.tasks().count()) === 0);
  });

  it('looks at one kind after another until one has the name', async () => {
    await docker('network', 'create', '-d', 'overlay', '--attachable', 'net');
    expect(await inspected('net')).toMatchObject({ Scope: 'swarm', Attachable: true });
    expect((await inspected('node-2')).Description.Hostname).toBe('node-2');
    expect((await docker('inspect', 'nosuch')).err).toMatch(/No such object: nosuch/i);
    expect((await docker('network', 'rm', 'net')).out).toBe('net\n');
    expect((await docker('node', 'inspect', 'self', '--format', '{{.ManagerStatus.Leader}}')).out).toBe('true\n');
  });

  it('prunes what engines have, and nothing of the cluster', async () => {
    await docker('network', 'create', '-d', 'overlay', 'kept');
    for (const kind of ['container', 'network', 'volume']) {
      const pruned = await docker(kind, 'prune', '-f');
      expect(pruned.code, pruned.err).toBe(0);
    }
    expect((await docker('network', 'ls', '-q', '--filter', 'name=kept', '--no-trunc')).out.trim()).toHaveLength(25);
    const container = await docker('run', '-d', '--name', 'beside', 'busybox', 'sleep', '60');
    expect(container.code, container.err).toBe(0);
    expect((await docker('rm', '-f', 'beside')).code).toBe(0);
  });

  it('follows events of the cluster', async () => {
    const child = spawn(binary, ['events', '--filter', 'type=secret', '--format', '{{.Scope}} {{.Action}} {{.Actor.Attributes.name}}'], { env }); // prettier-ignore
    let out = '';
    child.stdout.on('data', (part: Buffer) => (out += part.toString()));
    await until('an event arrives', async () => {
      await docker('secret', 'create', 'seen', 'key');
      await docker('secret', 'rm', 'seen');
      return out.includes('create') && out.includes('remove');
    });
    child.kill();
    expect(lines(out)).toEqual(expect.arrayContaining(['swarm create seen', 'swarm remove seen']));
  });
});
