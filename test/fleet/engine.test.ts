import { describe, expect, it } from 'vitest';
import type { EngineEvent, EngineOptions } from '../../src/fleet/index.js';
import { DockerClient } from '../../src/fleet/index.js';
import { engineAt, fakeEngine, sleeper, until } from '../support/fleet.js';

async function connected(address: string) {
  const engine = engineAt(address);
  const events: EngineEvent[] = [];
  engine.events((event) => void events.push(event));
  await engine.connect();
  void engine.refreshLoop();
  const swarm = () => events.filter(({ Type }) => Type === 'swarm').map(({ Action }) => Action);
  return { engine, events, swarm };
}

async function withClient<T>(address: string, run: (client: DockerClient) => Promise<T>): Promise<T> {
  const client = new DockerClient(address);
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

describe('an engine', () => {
  it('is pending, and knows everything of a Docker engine once it has connected', async () => {
    const fake = await fakeEngine({ name: 'node-1', cpus: 4, memory: 8e9, labels: { storage: 'ssd' } });
    const client = new DockerClient(fake.address);
    const { Id } = await client.createContainer(sleeper({ HostConfig: { Memory: 1e9, NanoCpus: 5e8 } }), 'web');
    await client.startContainer(Id);
    await client.createVolume({ Name: 'data' });
    client.close();
    const engine = engineAt(fake.address);
    expect([engine.state, engine.id, engine.name, engine.healthPercent]).toEqual(['pending', fake.address, '', 0]);

    await engine.connect();

    expect(engine).toMatchObject({ state: 'healthy', name: 'node-1', addr: fake.address, ip: '127.0.0.1' });
    expect(engine.id).toBe(`${fake.model.id}|${fake.address}`);
    expect(engine.labels).toMatchObject({ storage: 'ssd', ostype: 'linux' });
    expect([engine.cpus, engine.memoryBytes]).toEqual([4, 8.4e9]);
    expect([engine.usedCpus, engine.usedMemoryBytes]).toEqual([0.5, 1e9]);
    expect(engine.containers).toMatchObject([{ name: 'web', state: { status: 'running' }, swarmId: '' }]);
    expect(engine.images.map(({ tags }) => tags)).toEqual([['busybox:latest']]);
    expect(engine.volumes.map(({ Name }) => Name)).toContain('data');
    expect(engine.networks.map(({ Name }) => Name)).toContain('bridge');
  });

  it('keeps what a refresh finds as before, and tells nobody of it', async () => {
    const fake = await fakeEngine();
    const { Id } = await withClient(fake.address, (client) => client.createContainer(sleeper(), 'web'));
    const engine = engineAt(fake.address);
    await engine.connect();
    const [{ containers, images, volumes, networks }, changed] = [engine, [] as (string | undefined)[]];
    const held = { containers, images, volumes, networks };
    engine.observe({ containerChanged: (_, after) => void changed.push(after?.name), replaced: () => undefined });

    await engine.refresh();

    for (const [name, list] of Object.entries(held)) expect(engine[name as keyof typeof held], name).toBe(list);
    expect(changed).toEqual([]);

    await withClient(fake.address, (client) => client.renameContainer(Id, 'shop'));
    await engine.refresh();
    expect(engine.containers.map(({ name }) => name)).toEqual(['shop']);
    expect(changed).toContain('shop');
  });

  it('sees what happens to containers, and passes each event on after that', async () => {
    const fake = await fakeEngine();
    const { engine, events } = await connected(fake.address);
    const seen: unknown[] = [];
    engine.observe({
      containerChanged: (before, after) => void seen.push([before?.state.status, after?.state.status]),
      replaced: () => undefined,
    });
    const client = new DockerClient(fake.address);
    const { Id } = await client.createContainer(sleeper(), 'web');
    await client.startContainer(Id);
    await until(() => events.some(({ Action }) => Action === 'start'));
    expect(engine.container(Id)?.state.status).toBe('running');
    await client.renameContainer(Id, 'db');
    await until(() => engine.container(Id)?.name === 'db');
    await client.removeContainer(Id, { force: true });
    await until(() => events.some(({ Action }) => Action === 'destroy'));
    client.close();
    expect(engine.containers).toEqual([]);
    expect(seen.at(-1)).toMatchObject([expect.any(String), undefined]);
    const order = events.filter(({ Type }) => Type === 'container').map(({ Action }) => Action);
    expect(order).toEqual(['create', 'start', 'rename', 'kill', 'die', 'destroy']);
  });

  it('takes one handler of events, and survives one that throws', async () => {
    const fake = await fakeEngine();
    const engine = engineAt(fake.address);
    engine.events(() => {
      throw new Error('of the handler');
    });
    expect(() => engine.events(() => undefined)).toThrow('event handler already set');
    await engine.connect();
    expect(engine.state).toBe('healthy');
  });

  it.each(['kill', 'hang'] as const)('notices that the engine is gone (%s), and that it is back', async (how) => {
    const fake = await fakeEngine();
    const { engine, swarm } = await connected(fake.address);
    const { container } = await engine.create(sleeper(), 'web');
    await (how === 'kill' ? fake.faults.kill() : fake.faults.hang());
    await until(() => engine.state === 'unhealthy');
    expect(engine.healthPercent).toBe(0);
    expect(engine.lastError).not.toBe('');
    expect(engine.containers.map(({ name }) => name)).toEqual(['web']);
    await (how === 'kill' ? fake.faults.comeBack('rebooted') : fake.faults.resume());
    await until(() => engine.state === 'healthy');
    expect(engine.container(container.id)?.name).toBe('web');
    expect(swarm()).toEqual(['engine_connect', 'engine_disconnect', 'engine_reconnect']);
    expect(engine.lastError).toBe('');
  });

  it('is unhealthy when lists fail, although it answers pings', async () => {
    const fake = await fakeEngine();
    const { engine } = await connected(fake.address);
    fake.faults.loseAnswer({ method: 'GET', path: '/containers/json' }, 8);
    await until(() => engine.state === 'unhealthy');
    await until(() => engine.state === 'healthy');
  });

  it('sees what changed while it was away', async () => {
    const fake = await fakeEngine();
    const { engine } = await connected(fake.address);
    const client = new DockerClient(fake.address);
    const { Id } = await client.createContainer(sleeper(), 'web');
    await client.startContainer(Id);
    await until(() => engine.container(Id)?.state.status === 'running');
    await fake.faults.kill();
    await until(() => engine.state === 'unhealthy');
    await fake.faults.comeBack('rebooted');
    await until(() => engine.state === 'healthy');
    expect(engine.container(Id)?.state.status).toBe('exited');
    client.close();
  });

  it('refuses another engine at its address', async () => {
    const fake = await fakeEngine();
    const { engine } = await connected(fake.address);
    const replaced: string[] = [];
    engine.observe({ containerChanged: () => undefined, replaced: ({ addr }) => void replaced.push(addr) });
    const before = fake.model.id;
    await fake.faults.kill();
    await fake.faults.comeBack('wiped');
    await until(() => replaced.length > 0);
    expect(replaced[0]).toBe(fake.address);
    expect(engine.engineId).toBe(before);
    expect(engine.state).toBe('unhealthy');
  });

  it('shows the times of an engine with a wrong clock by the clock here', async () => {
    const fake = await fakeEngine();
    fake.faults.skewClock(3_600_000);
    const { engine } = await connected(fake.address);
    const { container } = await engine.create(sleeper(), 'web');
    await engine.client.startContainer(container.id);
    const fresh = await engine.refreshContainer(container.id, { full: true });
    expect(Math.abs((fresh?.state.startedAt ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('gives weights to the engine where users count CPUs, and reads them back', async () => {
    const fake = await fakeEngine({ cpus: 4 });
    const { engine } = await connected(fake.address);
    const { container } = await engine.create(sleeper({ HostConfig: { CpuShares: 2 } }), 'web');
    expect((await engine.client.inspectContainer(container.id)).HostConfig.CpuShares).toBe(512);
    expect([container.cpus, engine.usedCpus]).toEqual([2, 2]);
  });

  it('pulls an image that is missing, if that is wanted', async () => {
    const fake = await fakeEngine({ registry: { 'alpine:3': {} } });
    const { engine } = await connected(fake.address);
    await expect(engine.create(sleeper({ Image: 'alpine:3' }), 'app')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const { container } = await engine.create(sleeper({ Image: 'alpine:3' }), 'app', { pull: true });
    expect(container.name).toBe('app');
    expect(engine.images.flatMap(({ tags }) => tags)).toContain('alpine:3');
  });

  it('stays pending when it cannot be reached, and can be asked again', async () => {
    const fake = await fakeEngine();
    await fake.faults.kill();
    const engine = engineAt(fake.address);
    await expect(engine.connect()).rejects.toMatchObject({ code: 'UNREACHABLE' });
    expect(engine.state).toBe('pending');
    await fake.faults.comeBack();
    await engine.connect();
    expect(engine.state).toBe('healthy');
  });

  it('asks nothing any more once it was disconnected', async () => {
    const fake = await fakeEngine();
    const { engine, swarm } = await connected(fake.address);
    engine.disconnect();
    engine.disconnect();
    expect(engine.state).toBe('disconnected');
    expect(swarm()).toEqual(['engine_connect', 'engine_disconnect']);
    await until(() => fake.connections === 0);
    const { calls } = fake;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(fake.calls).toBe(calls);
  });

  it.each([
    [{ refreshMinMs: 0 }, 'min refresh interval should be a positive number'],
    [{ refreshMinMs: 10, refreshMaxMs: 5 }, 'max refresh interval cannot be less than min refresh interval'],
    [{ failureRetry: 0 }, 'invalid failure retry count'],
    [{ overcommit: -1 }, 'swarm.overcommit should be larger than -1, -1 is invalid'],
    [{ pingms: 3 }, 'Engine: there is no option "pingms"'],
  ])('refuses %j', (options, message) => {
    expect(() => engineAt('127.0.0.1:1', options as EngineOptions)).toThrow(message);
  });
});
