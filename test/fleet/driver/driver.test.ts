import { describe, expect, it } from 'vitest';
import type { FakeContainer } from '../../../src/testing/fake-engine/container.js';
import type { FakeEngineServer } from '../../../src/testing/index.js';
import { clusterId, DriverBed, nodeId } from '../../support/driver-bed.js';
import { base64 } from '../../support/driver-objects.js';
import { fakeEngine, sleeper, until } from '../../support/fleet.js';

async function bedOf(options: Parameters<typeof fakeEngine>[0] = {}) {
  const fake = await fakeEngine(options);
  const bed = await DriverBed.open({ address: fake.address });
  return { fake, bed };
}

const containersOf = (fake: FakeEngineServer, taskId: string): FakeContainer[] =>
  [...fake.model.containers.all].filter(({ labels }) => labels['skep.task'] === taskId);
const containerOf = (fake: FakeEngineServer, taskId: string): FakeContainer => {
  const [container] = containersOf(fake, taskId);
  if (!container) throw new Error(`no container of ${taskId}`);
  return container;
};
const countOf = (fake: FakeEngineServer, wanted: string): number =>
  fake.model.events.all.filter(({ type, action }) => type === 'container' && action === wanted).length;

describe('the driver of an engine', () => {
  it('runs a task, and reports each step in the words of swarm mode', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { endpoint: { ports: [{ targetPort: 80, publishMode: 'host', publishedPort: 0 }] } });
    bed.drive();
    const { status } = await bed.until('t1', 'running');
    const container = containerOf(fake, 't1');
    expect(container).toMatchObject({ name: 'web.1.t1', state: 'running' });
    expect(status).toMatchObject({
      message: 'started',
      err: '',
      container: { containerId: container.id, exitCode: 0 },
    });
    expect(status.container?.pid).toBe(container.pid);
    expect(status.ports).toMatchObject([{ targetPort: 80, publishMode: 'host' }]);
    expect(status.ports[0]?.publishedPort).toBeGreaterThan(0);
    expect(bed.reported('t1')).toEqual(['preparing', 'ready', 'starting', 'running']);
    expect(container.labels).toMatchObject({ 'skep.cluster': clusterId, 'com.docker.swarm.node.id': nodeId });
  });

  it('prepares a task that is to be ready, and starts it when it may run', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { desiredState: 'ready' });
    bed.drive();
    await bed.until('t1', 'ready');
    expect(containerOf(fake, 't1').state).toBe('created');
    await bed.want('t1', 'running');
    await bed.until('t1', 'running');
  });

  it.each([
    [0, 'complete', 'finished', ''],
    [3, 'failed', 'started', 'task: non-zero exit (3)'],
  ])('reports a container that ended with %i as %s', async (code, state, message, err) => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    fake.model.containers.exit('web.1.t1', code);
    const { status } = await bed.until('t1', state as 'failed');
    expect(status).toMatchObject({ message, err, container: { exitCode: code } });
    expect(containerOf(fake, 't1').state).toBe('exited');
  });

  it('stops a task that should not run, with its grace, and keeps the container until the task is removed', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await bed.want('t1', 'shutdown');
    expect((await bed.until('t1', 'shutdown')).status).toMatchObject({ message: 'shutdown', err: '' });
    expect(containerOf(fake, 't1').state).toBe('exited');
    await bed.remove('t1');
    await until(() => containersOf(fake, 't1').length === 0);
    expect(bed.asked).toContain('t1');
  });

  it('shuts down a task that has no container yet', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { desiredState: 'remove' });
    bed.drive();
    await bed.until('t1', 'shutdown');
    expect(containersOf(fake, 't1')).toEqual([]);
  });

  it('runs only what is healthy, and ends what is not', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { spec: { container: { healthcheck: { test: ['CMD', 'true'] } } } });
    bed.drive();
    await until(() => bed.reported('t1').includes('starting') && containersOf(fake, 't1')[0]?.state === 'running');
    expect(bed.state('t1')).not.toBe('running');
    fake.model.containers.setHealth('web.1.t1', 'healthy');
    await bed.until('t1', 'running');
    fake.model.containers.setHealth('web.1.t1', 'unhealthy');
    const { status } = await bed.until('t1', 'failed');
    expect(status.err).toBe('task: non-zero exit (137): dockerexec: unhealthy container');
    expect(containerOf(fake, 't1').state).toBe('exited');
  });

  it.each<[string, Parameters<DriverBed['addTask']>[1], string, string]>([
    ['no image', { spec: { container: { image: 'busybox:nosuch' } } }, 'rejected', 'No such image: busybox:nosuch'],
    [
      'a folder that is not there',
      { spec: { container: { mounts: [{ type: 'bind', source: '/nosuchdir', target: '/a' }] } } },
      'rejected',
      'invalid mount config for type "bind": bind source path does not exist: /nosuchdir',
    ],
    ['a network that is not there', { spec: { networks: [{ target: 'n9' }] } }, 'rejected', 'network n9 not found'],
    [
      'a field of a newer engine',
      { spec: { container: { mounts: [{ type: 'volume', source: 'v', target: '/v', volume: { subpath: 'a' } }] } } },
      'rejected',
      'container.mounts[0].volume.subpath needs version 1.45 of the engine API, and 1.41 is spoken',
    ],
    [
      'a command that is not there',
      { spec: { container: { command: ['/nosuchcmd'] } } },
      'failed',
      'starting container failed: failed to create shim task',
    ],
  ])('ends a task with %s', async (_, literal, state, err) => {
    const { bed } = await bedOf({ hostPaths: ['/srv'], registry: {} });
    await bed.addTask('t1', literal);
    bed.drive();
    const { status } = await bed.until('t1', state as 'failed');
    expect(status.err).toContain(err);
    if (state === 'rejected') expect(status.message).toBe('preparing');
  });

  it('remembers for a while that an image cannot be pulled, and goes on with one that is there', async () => {
    const { fake, bed } = await bedOf({ registry: { other: {} }, images: ['busybox:latest'] });
    for (const [at, id] of ['t1', 't2', 't3'].entries()) await bed.addTask(id, { slot: at + 1 });
    let pulls = 0;
    const client = bed.client();
    const pull = client.pullImage.bind(client);
    client.pullImage = (...given) => (pulls++, pull(...given));
    bed.drive(client);
    for (const id of ['t1', 't2', 't3']) await bed.until(id, 'running');
    await bed.addTask('t4', { slot: 4 });
    await bed.until('t4', 'running');
    expect(pulls).toBe(1);
    expect(fake.model.containers.size).toBe(4);
  });

  it('pulls with the credentials of the task, which are in no container, report or error', async () => {
    const { fake, bed } = await bedOf();
    const registryAuth = base64(JSON.stringify({ username: 'me', password: 'pass-word' }));
    await bed.addTask('t1', { spec: { container: { registryAuth } } });
    await bed.addTask('t2', { slot: 2, spec: { container: { registryAuth: base64('pass-word') } } });
    const given: unknown[] = [];
    const client = bed.client();
    const pull = client.pullImage.bind(client);
    client.pullImage = (image, options) => (given.push(options?.auth), pull(image, options));
    bed.drive(client);
    await bed.until('t1', 'running');
    expect((await bed.until('t2', 'rejected')).status.err).toContain('container.registryAuth is no JSON');
    expect(given).toEqual([{ username: 'me', password: 'pass-word' }]);
    const seen = JSON.stringify([bed.reports, containerOf(fake, 't1').body]);
    expect(seen).not.toContain('pass-word');
    expect(seen).not.toContain(registryAuth);
  });

  it('brings secrets and configs in, shares their volume, and leaves nothing of them', async () => {
    const { fake, bed } = await bedOf();
    await bed.store.update((tx) => {
      tx.secrets().create({ id: 's1', spec: { annotations: { name: 'key' }, data: base64('top') } });
      tx.configs().create({ id: 'c1', spec: { annotations: { name: 'site' }, data: base64('conf') } });
    });
    const container = {
      readOnly: true,
      secrets: [{ secretId: 's1', secretName: 'key' }],
      configs: [{ configId: 'c1', configName: 'site', file: { name: '/etc/site', mode: 0o400 } }],
    };
    for (const [at, id] of ['t1', 't2'].entries()) await bed.addTask(id, { slot: at + 1, spec: { container } });
    bed.drive();
    for (const id of ['t1', 't2']) await bed.until(id, 'running');
    const mounts = containerOf(fake, 't1').mounts.map(({ Type, Name, Destination, RW }) => [
      Type,
      Name,
      Destination,
      RW,
    ]);
    const volume = mounts[0]?.[1] as string;
    expect(volume).toMatch(/^skep-files-/);
    expect(mounts).toEqual([
      ['volume', volume, '/run/secrets', false],
      ['bind', undefined, '/etc/site', false],
    ]);
    expect(containerOf(fake, 't2').mounts[0]?.Name).toBe(volume);
    await until(() => fake.model.containers.size === 2); // what has filled the volume is gone
    for (const id of ['t1', 't2']) await bed.want(id, 'remove');
    for (const id of ['t1', 't2']) await bed.until(id, 'shutdown');
    await bed.remove('t1');
    await until(() => containersOf(fake, 't1').length === 0);
    expect(fake.model.volumes.has(volume)).toBe(true);
    await bed.remove('t2');
    await until(() => !fake.model.volumes.has(volume) && fake.model.containers.size === 0);
    for (const report of bed.reports) expect(JSON.stringify(report)).not.toContain('top');
  });

  it('connects a task to its networks before the start, and removes a network with its object', async () => {
    const { fake, bed } = await bedOf();
    await bed.store.update((tx) => {
      for (const name of ['back', 'front'])
        tx.networks().create({ id: name, spec: { annotations: { name: `shop_${name}` } } });
    });
    const networks = [{ target: 'back', aliases: ['db'] }, { target: 'front' }];
    await bed.addTask('t1', { spec: { networks } });
    bed.drive();
    await bed.until('t1', 'running');
    const joined = [...containerOf(fake, 't1').networks].map(([name, { settings }]) => [name, settings.Aliases]);
    expect(joined).toEqual([
      ['shop_back', ['web', 'db', 'tasks.web', 'tasks.db']],
      ['shop_front', ['web', 'tasks.web']],
    ]);
    expect(fake.model.networks.inspect('shop_back')).toMatchObject({
      Driver: 'bridge',
      Labels: { 'skep.network': 'back', 'skep.cluster': clusterId },
    });
    await bed.want('t1', 'remove');
    await bed.until('t1', 'shutdown');
    await bed.remove('t1');
    await bed.store.update((tx) => tx.networks().delete('back'));
    await until(() => !fake.model.networks.find('shop_back'));
    expect(fake.model.networks.find('shop_front')).toBeDefined();
  });

  it('takes no network of another one, and names both', async () => {
    const { fake, bed } = await bedOf();
    const foreign = fake.model.networks.create({ Name: 'shop_back' });
    await bed.store.update(
      (tx) => void tx.networks().create({ id: 'back', spec: { annotations: { name: 'shop_back' } } }),
    );
    await bed.addTask('t1', { spec: { networks: [{ target: 'back' }] } });
    bed.drive();
    const { status } = await bed.until('t1', 'rejected');
    expect(status.err).toContain('network shop_back (back) cannot be made');
    expect(status.err).toContain(foreign);
  });

  it('replaces a network that stands for one of the same name that the store had before', async () => {
    const { fake, bed } = await bedOf();
    fake.model.networks.create({ Name: 'shop_back', Labels: { 'skep.cluster': clusterId, 'skep.network': 'old' } });
    await bed.store.update(
      (tx) => void tx.networks().create({ id: 'back', spec: { annotations: { name: 'shop_back' } } }),
    );
    await bed.addTask('t1', { spec: { networks: [{ target: 'back' }] } });
    bed.drive();
    await bed.until('t1', 'running');
    expect(fake.model.networks.inspect('shop_back')).toMatchObject({ Labels: { 'skep.network': 'back' } });
  });

  it('makes a volume with a driver first: its error is that of the volume', async () => {
    const { bed } = await bedOf();
    const volume = { driver: { name: 'nfs', options: {} } };
    const mounts = [{ type: 'volume' as const, source: 'data', target: '/d', volume }];
    await bed.addTask('t1', { spec: { container: { mounts } } });
    bed.drive();
    expect((await bed.until('t1', 'rejected')).status.err).toContain('plugin "nfs" not found');
  });

  it('fills in templates with the facts of the task and its node', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', {
      slot: 2,
      spec: { container: { env: ['N={{.Node.Hostname}}-{{.Task.Slot}}'], hostname: 'h-{{.Task.ID}}' } },
    });
    bed.drive();
    await bed.until('t1', 'running');
    expect(containerOf(fake, 't1').env).toContain('N=node-1-2');
    expect(containerOf(fake, 't1').body.Hostname).toBe('h-t1');
  });
});

describe('a driver that begins', () => {
  it('adopts what is there by its label, in every state', async () => {
    const { fake, bed } = await bedOf();
    for (const [at, id] of ['t1', 't2', 't3'].entries()) await bed.addTask(id, { slot: at + 1, desiredState: 'ready' });
    const end = bed.drive();
    for (const id of ['t1', 't2', 't3']) await bed.until(id, 'ready');
    await end();
    const ids = [...fake.model.containers.all].map(({ id }) => id).sort();
    fake.model.containers.start('web.2.t2');
    fake.model.containers.start('web.3.t3');
    fake.model.containers.exit('web.3.t3', 5);
    for (const id of ['t1', 't2', 't3']) await bed.want(id, 'running');
    bed.drive();
    await bed.until('t1', 'running');
    await bed.until('t2', 'running');
    expect((await bed.until('t3', 'failed')).status.err).toBe('task: non-zero exit (5)');
    expect([...fake.model.containers.all].map(({ id }) => id).sort()).toEqual(ids);
    expect(countOf(fake, 'create')).toBe(3);
  });

  it('keeps a container whose task its store does not have yet, and removes it only when it is gone for sure', async () => {
    const { fake, bed } = await bedOf();
    const labels = { 'skep.cluster': clusterId, 'skep.task': 't9' };
    const container = fake.model.containers.create('web.1.t9', sleeper({ Labels: labels, StopTimeout: 0 }));
    fake.model.containers.start(container.id);
    bed.isGone = () => false;
    bed.drive();
    await until(() => bed.asked.filter((id) => id === 't9').length >= 2);
    expect(container.state).toBe('running');
    bed.isGone = () => true;
    await until(() => containersOf(fake, 't9').length === 0);
  });

  it('removes the container of a task that is on another node', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { nodeId: 'node2' });
    const labels = { 'skep.cluster': clusterId, 'skep.task': 't1' };
    fake.model.containers.create('web.1.t1', sleeper({ Labels: labels }));
    bed.drive();
    await until(() => containersOf(fake, 't1').length === 0);
    expect(bed.state('t1')).toBe('assigned');
  });

  it('touches nothing that is not of its cluster', async () => {
    const { fake, bed } = await bedOf();
    const others = [
      { 'skep.cluster': 'cluster2', 'skep.task': 't1' },
      { 'skep.task': 't1', 'com.docker.swarm.task.id': 't1' },
      {},
    ];
    for (const [at, Labels] of others.entries()) {
      const { id } = fake.model.containers.create(`other-${at}`, sleeper({ Labels }));
      fake.model.containers.start(id);
    }
    fake.model.volumes.create({ Name: 'theirs', Labels: { 'skep.cluster': 'cluster2', 'skep.files': 'theirs' } });
    fake.model.networks.create({ Name: 'theirs', Labels: { 'skep.cluster': 'cluster2', 'skep.network': 'n' } });
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await bed.want('t1', 'remove');
    await bed.until('t1', 'shutdown');
    await bed.remove('t1');
    await until(() => fake.model.containers.size === others.length);
    for (const one of fake.model.containers.all) expect(one.state).toBe('running');
    expect(fake.model.volumes.has('theirs') && fake.model.networks.find('theirs')).toBeTruthy();
  });

  it('does not run a task whose name is taken by a container that is not ours', async () => {
    const { fake, bed } = await bedOf();
    const foreign = fake.model.containers.create('web.1.t1', sleeper());
    await bed.addTask('t1');
    bed.drive();
    const { status } = await bed.until('t1', 'rejected');
    expect(status.err).toContain('Conflict. The container name "/web.1.t1" is already in use by container');
    expect(foreign.state).toBe('created');
  });
});
