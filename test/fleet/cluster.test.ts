import { describe, expect, it, vi } from 'vitest';
import { Cluster, type ClusterEvent, type ClusterOptions, DockerClient, StoreRecords } from '../../src/fleet/index.js';
import { MemoryStore } from '../../src/index.js';
import { clusterOf, engineAt, fakeEngine, fakeEngines, sleeper, until } from '../support/fleet.js';

const names = (cluster: Cluster) => [...cluster.containers()].map(({ name }) => name).sort();

describe('a cluster of engines', () => {
  it('connects to the engines of a list, and lets go of those that leave it', async () => {
    const fakes = await fakeEngines(3);
    const cluster = await clusterOf(fakes);
    expect(cluster.engines().map(({ name }) => name)).toEqual(['node-1', 'node-2', 'node-3']);
    const [first, ...others] = fakes.map(({ address }) => address);
    cluster.updateNodes(others);
    expect(cluster.engines().map(({ name }) => name)).toEqual(['node-2', 'node-3']);
    await until(() => fakes[0]?.connections === 0);
    cluster.updateNodes([first ?? '', ...others]);
    await until(() => cluster.engines().filter(({ isHealthy }) => isHealthy).length === 3);
  });

  it('keeps its engines when discovery names none', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    cluster.updateNodes([]);
    expect(cluster.engines().map(({ state }) => state)).toEqual(['healthy', 'healthy']);
  });

  it('tries an engine again that did not answer, and says why it is pending', async () => {
    const fake = await fakeEngine({ name: 'late' });
    await fake.faults.kill();
    const cluster = await clusterOf([]);
    cluster.updateNodes([fake.address]);
    await until(() => cluster.pendingError(fake.address) !== '');
    expect(cluster.pendingError(fake.address)).toContain('ECONNREFUSED');
    await fake.faults.comeBack();
    await until(() => cluster.engines()[0]?.state === 'healthy');
    expect(cluster.pendingError(fake.address)).toBe('');
  });

  it('refuses a second engine of an id', async () => {
    const [first, second] = [await fakeEngine({ id: 'SAME', name: 'a' }), await fakeEngine({ id: 'SAME', name: 'b' })];
    const cluster = await clusterOf([first]);
    cluster.updateNodes([first.address, second.address]);
    await until(() => cluster.pendingError(second.address) !== '');
    expect(cluster.pendingError(second.address)).toBe(
      `ID duplicated. SAME shared by this node ${second.address} and another node ${first.address}`,
    );
    expect(cluster.engines().map(({ state }) => state)).toEqual(['healthy', 'pending']);
    cluster.updateNodes([second.address]);
    await until(() => cluster.engines().length === 1 && cluster.engines()[0]?.state === 'healthy');
    expect(cluster.engines()[0]?.name).toBe('b');
  });

  it('takes engines that were connected by hand, once', async () => {
    const fake = await fakeEngine({ name: 'node-1' });
    const cluster = await clusterOf([]);
    const engine = engineAt(fake.address);
    expect(() => cluster.addNode(engine)).toThrow("node is not connected to docker's REST API");
    await engine.connect();
    cluster.addNode(engine);
    expect(() => cluster.addNode(engine)).toThrow('node was already added to the cluster');
    expect(cluster.engines()).toEqual([engine]);
  });

  it('replaces an engine that was wiped', async () => {
    const [fake] = await fakeEngines(1);
    if (!fake) throw new Error();
    const cluster = await clusterOf([fake]);
    await cluster.createContainer(sleeper(), 'web');
    await fake.faults.kill();
    await fake.faults.comeBack('wiped');
    await until(() => cluster.engines()[0]?.engineId === fake.model.id && cluster.engines()[0]?.state === 'healthy');
    expect(names(cluster)).toEqual([]);
    await until(() => !cluster.container('web'));
    expect((await cluster.createContainer(sleeper(), 'web')).container.name).toBe('web');
  });

  it('spreads containers, finds them by every name, and removes them', async () => {
    const cluster = await clusterOf(await fakeEngines(3));
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) await cluster.createContainer(sleeper(), name);
    expect(cluster.engines().map(({ containers }) => containers.length)).toEqual([2, 2, 2]);
    const web = cluster.container('a1');
    if (!web) throw new Error();
    expect(web.swarmId).toMatch(/^[0-9a-f]{64}$/);
    for (const way of [
      web.id,
      web.id.slice(0, 12),
      web.id.slice(0, 20),
      web.swarmId,
      web.swarmId.slice(0, 12),
      '/a1',
      `${web.engine.name}/a1`,
      `${web.engine.engineId}/a1`,
    ])
      expect(cluster.container(way), way).toBe(web);
    expect(cluster.container('nosuch')).toBeUndefined();
    expect(cluster.container('')).toBeUndefined();
    await cluster.destroyContainer(web);
    expect(cluster.container('a1')).toBeUndefined();
  });

  it('says when a name or a beginning of an id means several', async () => {
    const [one, two] = await fakeEngines(2);
    if (!one || !two) throw new Error();
    for (const { address } of [one, two]) {
      const client = new DockerClient(address);
      await client.createContainer(sleeper(), 'web');
      client.close();
    }
    const cluster = await clusterOf([one, two]);
    expect(() => cluster.container('web')).toThrow('web names several containers; use an id or ENGINE/NAME');
    expect(cluster.container('node-2/web')?.engine.name).toBe('node-2');
  });

  it('gives a name once, also while its container is being made', async () => {
    const cluster = await clusterOf(await fakeEngines(3));
    const made = await Promise.allSettled(Array.from({ length: 8 }, () => cluster.createContainer(sleeper(), 'web')));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refusals = made.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    expect(new Set(refusals)).toEqual(
      new Set([
        'FleetError: Conflict: The name web is already assigned. You have to delete (or rename) that container to be able to ' +
          'assign web to a container again.',
      ]),
    );
    expect(names(cluster)).toEqual(['web']);
  });

  it('counts containers that are being made', async () => {
    const cluster = await clusterOf(await fakeEngines(3));
    const binding = { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } } };
    const made = await Promise.allSettled(
      Array.from({ length: 4 }, (_, at) => cluster.createContainer(sleeper(binding), `web${at}`)),
    );
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(made.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('[port 8080 (Bridge mode)]') },
    });
    expect(cluster.engines().map(({ containers }) => containers.length)).toEqual([1, 1, 1]);
  });

  it('deploys on the engine that it is given', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    const [, second] = cluster.engines();
    if (!second) throw new Error();
    const container = await cluster.deployContainer(second, sleeper(), 'web');
    expect(container.engine.name).toBe('node-2');
  });

  it('goes where the image is when it can be pulled nowhere', async () => {
    const [one, two] = await fakeEngines(2);
    const own = await fakeEngine({ name: 'node-3', images: ['busybox', 'private:1'] });
    if (!one || !two) throw new Error();
    const cluster = await clusterOf([one, two, own]);
    const { container } = await cluster.createContainer(sleeper({ Image: 'private:1' }), 'web');
    expect(container.engine.name).toBe('node-3');
    const bound = sleeper({ Image: 'private:1', Env: ['constraint:node==node-1'] });
    await expect(cluster.createContainer(bound, 'other')).rejects.toMatchObject({ code: 'NO_IMAGE' });
  });

  it('adopts a container whose answer was lost', async () => {
    const [fake] = await fakeEngines(1);
    if (!fake) throw new Error();
    const cluster = await clusterOf([fake]);
    fake.faults.loseAnswer({ method: 'POST', path: '/containers/create' });
    const { container } = await cluster.createContainer(sleeper(), 'web');
    expect(container.name).toBe('web');
    expect([...fake.model.containers.all]).toHaveLength(1);
    expect(cluster.container(container.swarmId)).toBe(cluster.container('web'));
  });

  it('renames, and keeps the new name to itself', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    const { container } = await cluster.createContainer(sleeper(), 'web');
    await cluster.createContainer(sleeper(), 'db');
    await expect(cluster.renameContainer(container, 'db')).rejects.toMatchObject({ code: 'CONFLICT' });
    await cluster.renameContainer(container, 'www');
    expect(names(cluster)).toEqual(['db', 'www']);
    await cluster.createContainer(sleeper(), 'web');
  });

  it('passes events of all engines on, and its own', async () => {
    const fakes = await fakeEngines(2);
    const cluster = await clusterOf(fakes);
    const events: ClusterEvent[] = [];
    const handler = (event: ClusterEvent) => void events.push(event);
    const stop = cluster.events(handler);
    expect(() => cluster.events(handler)).toThrow('event handler already set');
    const { container } = await cluster.createContainer(sleeper(), 'web');
    await until(() => events.some(({ event }) => event.Action === 'create'));
    expect(events.find(({ event }) => event.Action === 'create')?.engine).toBe(container.engine);
    await fakes[0]?.faults.kill();
    await until(() => events.some(({ event }) => event.Action === 'engine_disconnect'));
    expect(events.at(-1)).toMatchObject({
      engine: { name: 'node-1' },
      event: { Type: 'swarm', status: 'node_disconnect', from: 'swarm' },
    });
    stop();
  });

  it('sees what happened while an engine was away for a moment, although no event tells it', async () => {
    const fakes = await fakeEngines(1);
    const cluster = await clusterOf(fakes, { pingMs: 60_000, refreshMinMs: 60_000, refreshMaxMs: 60_000 });
    const { container } = await cluster.createContainer(sleeper(), 'web');
    await container.engine.client.startContainer(container.id);
    await until(() => cluster.container('web')?.state.status === 'running');
    await fakes[0]?.faults.kill();
    await until(() => cluster.engines()[0]?.health.failures === 1); // the next ping is a minute away
    await fakes[0]?.faults.comeBack('rebooted');
    await until(() => cluster.container('web')?.state.status === 'exited');
    expect(cluster.engines()[0]?.state).toBe('healthy');
  });

  it('pulls, tags and removes images everywhere, and says which engine failed', async () => {
    const registry = { 'alpine:3': {} };
    const fakes = [await fakeEngine({ name: 'node-1', registry }), await fakeEngine({ name: 'node-2', registry })];
    const cluster = await clusterOf(fakes);
    const lines: string[] = [];
    const onProgress = (engine: string, status: string) => void lines.push(`${engine} ${status}`);
    await cluster.pullImage('alpine:3', { onProgress });
    expect(lines).toContain('node-1 Pulling alpine:3... : done');
    expect(cluster.findImages('alpine:3').map(({ engine }) => engine.name)).toEqual(['node-1', 'node-2']);
    await cluster.tagImage('alpine:3', { repo: 'mine', tag: '1' });
    expect(cluster.findImages('mine:1')).toHaveLength(2);
    await cluster.removeImage('mine:1');
    expect(cluster.findImages('mine:1')).toEqual([]);
    fakes[1]?.faults.fail({ method: 'POST', path: '/images/create' }, 500, 'no space left on device');
    await expect(cluster.pullImage('alpine:3', { onProgress })).rejects.toThrow('node-2: no space left on device');
    await expect(cluster.removeImage('nosuch')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('sends one archive to every engine', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    const client = cluster.engines()[0]?.client;
    const image = await client?.transport.request('GET', '/v1.41/images/get', { query: 'names=busybox:latest' });
    if (!image) throw new Error();
    await cluster.removeImage('busybox:latest');
    expect(cluster.findImages('busybox')).toEqual([]);
    await cluster.loadImages(image, { onProgress: () => undefined });
    expect(cluster.findImages('busybox').map(({ engine }) => engine.name)).toEqual(['node-1', 'node-2']);
  });

  it('makes volumes everywhere, or on one engine', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    await cluster.createVolume({ Name: 'shared' });
    await cluster.createVolume({ Name: 'node-2/own' });
    expect(cluster.findVolumes('shared').map(({ engine }) => engine.name)).toEqual(['node-1', 'node-2']);
    expect(cluster.findVolumes('own').map(({ engine }) => engine.name)).toEqual(['node-2']);
    await cluster.removeVolume('shared');
    expect(cluster.findVolumes('shared')).toEqual([]);
    await expect(cluster.removeVolume('shared')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(cluster.createVolume({ Name: 'node-9/x' })).rejects.toThrow('no engine is called node-9');
  });

  it('makes networks on one engine, and finds them by name and place', async () => {
    const cluster = await clusterOf(await fakeEngines(2));
    await cluster.createNetwork({ Name: 'node-1/back', Driver: 'bridge' });
    expect(cluster.findNetwork('back')?.engine.name).toBe('node-1');
    expect(cluster.findNetwork('node-2/back')).toBeUndefined();
    expect(() => cluster.findNetwork('bridge')).toThrow('names several networks');
    await cluster.removeNetwork('node-1/back');
    expect(cluster.findNetwork('back')).toBeUndefined();
  });

  it('goes where its network is, however that is named', async () => {
    const cluster = await clusterOf(await fakeEngines(3));
    const { Id } = await cluster.createNetwork({ Name: 'node-2/back', Driver: 'bridge' });
    for (const [at, network] of ['node-2/back', 'back', Id, Id.slice(0, 12)].entries()) {
      const networks = { NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['db'] } } } };
      const body = sleeper({ HostConfig: { NetworkMode: network }, ...networks });
      const { container } = await cluster.createContainer(body, `web${at}`);
      expect(container.engine.name, network).toBe('node-2');
      const { NetworkSettings } = await container.engine.client.inspectContainer(container.id);
      expect(Object.keys(NetworkSettings.Networks ?? {})).toEqual(['back']);
    }
    await cluster.createNetwork({ Name: 'node-1/back', Driver: 'bridge' });
    const body = sleeper({ HostConfig: { NetworkMode: 'node-1/back' } });
    expect((await cluster.createContainer(body, 'front')).container.engine.name).toBe('node-1');
  });

  it('refuses what needs an engine that does not answer', async () => {
    const [fake] = await fakeEngines(1);
    if (!fake) throw new Error();
    const cluster = await clusterOf([fake]);
    const { container } = await cluster.createContainer(sleeper(), 'web');
    await fake.faults.kill();
    await until(() => cluster.engines()[0]?.state === 'unhealthy');
    await expect(cluster.destroyContainer(container)).rejects.toThrow('Container web running on unhealthy node node-1');
    await expect(cluster.createContainer(sleeper(), 'db')).rejects.toThrow('No healthy node available in the cluster');
    expect(names(cluster)).toEqual(['web']);
  });

  it('acts only while it has the lead', async () => {
    const store = new MemoryStore();
    const cluster = await clusterOf(await fakeEngines(1), { follows: true });
    await expect(cluster.createContainer(sleeper(), 'web')).rejects.toMatchObject({ code: 'NOT_LEADER' });
    await cluster.lead(new StoreRecords(store));
    await cluster.createContainer(sleeper(), 'web');
    await cluster.resign();
    expect(cluster.leads).toBe(false);
    await expect(cluster.createContainer(sleeper(), 'db')).rejects.toMatchObject({ code: 'NOT_LEADER' });
    expect(names(cluster)).toEqual(['web']);
  });

  it.each([
    [{ strategy: 'best' }, 'strategy not supported'],
    [{ filters: ['healt'] }, 'filter not supported'],
    [{ createRetry: -1 }, 'swarm.createretry can not be negative, -1 is invalid'],
    [{ strategi: 'spread' }, 'there is no option "strategi"'],
  ])('refuses %j', (options, message) => {
    expect(() => new Cluster(options as ClusterOptions)).toThrow(message);
  });

  it('follows a discovery backend', async () => {
    const { createBackend } = await import('../../src/discovery/index.js');
    const fakes = await fakeEngines(2);
    const cluster = await clusterOf([]);
    const backend = await createBackend(`nodes://${fakes.map(({ address }) => address).join(',')}`);
    const stop = new AbortController();
    const followed = cluster.follow(backend, { signal: stop.signal });
    await vi.waitFor(() => expect(cluster.engines().map(({ state }) => state)).toEqual(['healthy', 'healthy']));
    stop.abort();
    await followed;
  });
});
