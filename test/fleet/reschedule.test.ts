import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { type Cluster, DockerClient, StoreRecords } from '../../src/fleet/index.js';
import { MemoryStore } from '../../src/index.js';
import { containers } from '../../src/kinds/index.js';
import type { FakeEngineServer } from '../../src/testing/index.js';
import { clusterOf, fakeEngine, fakeEngines, impatient, sleeper, until } from '../support/fleet.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const mobile = (more: object = {}) => sleeper({ Env: ['reschedule:on-node-failure', 'A=b'], ...more });

const whereIs = (cluster: Cluster, name: string) =>
  [...cluster.containers()].filter((one) => one.name === name).map(({ engine }) => engine.name);

const onEngine = ({ model }: FakeEngineServer, name: string) =>
  [...model.containers.all].filter((one) => one.name === name);

const records = (store: MemoryStore) => store.view((tx) => tx.kind(containers).find());

async function three(options = {}) {
  const fakes = await fakeEngines(3);
  const store = new MemoryStore();
  const cluster = await clusterOf(fakes, { follows: true, ...options });
  await cluster.lead(new StoreRecords(store));
  const fakeOf = (name: string) => fakes[Number(name.slice(5)) - 1] as FakeEngineServer;
  return { fakes, store, cluster, fakeOf };
}

describe('containers of a lost engine', () => {
  it('move and start again, with their name, Swarm id and settings', async () => {
    const { cluster, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    await container.engine.client.startContainer(container.id);
    await until(() => cluster.container('web')?.state.status === 'running');
    const { name: lost } = container.engine;
    await fakeOf(lost).faults.kill();
    await until(() => cluster.container('web')?.engine.name !== lost && cluster.container('web') !== undefined);
    const moved = cluster.container('web');
    expect(moved).toMatchObject({ swarmId: container.swarmId, image: 'busybox' });
    expect(moved?.id).not.toBe(container.id);
    await until(() => cluster.container('web')?.state.status === 'running');
    const inspect = await moved?.engine.client.inspectContainer(moved.id);
    expect(inspect?.Config.Env).toContain('A=b');
    expect(inspect?.Config.Env?.join()).not.toContain('reschedule');

    await fakeOf(lost).faults.comeBack('same');
    await until(() => onEngine(fakeOf(lost), 'web').length === 0);
    await until(() => whereIs(cluster, 'web').join() === moved?.engine.name);
  });

  it('start when their first start elsewhere failed', async () => {
    const { cluster, fakes, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    await container.engine.client.startContainer(container.id);
    await until(() => cluster.container('web')?.state.status === 'running');
    const { name: lost } = container.engine;
    const others = fakes.filter((fake) => fake !== fakeOf(lost));
    for (const { faults } of others) faults.fail({ method: 'POST', path: /start$/ }, 500, 'not now');
    await fakeOf(lost).faults.kill();
    await until(() => cluster.container('web')?.state.status === 'running' && whereIs(cluster, 'web')[0] !== lost);
    expect(whereIs(cluster, 'web')).toHaveLength(1);
  });

  it('stay stopped when they were', async () => {
    const { cluster, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    const { name: lost } = container.engine;
    await fakeOf(lost).faults.kill();
    await until(() => cluster.container('web') !== undefined && cluster.container('web')?.engine.name !== lost);
    expect(cluster.container('web')?.state.status).toBe('created');
  });

  it('stay where they are without a policy', async () => {
    const { cluster, fakeOf } = await three();
    const { container } = await cluster.createContainer(sleeper(), 'web');
    const other = await cluster.createContainer(mobile(), 'mobile');
    const { name: lost } = container.engine;
    expect(other.container.engine.name).not.toBe(lost);
    await fakeOf(lost).faults.kill();
    await until(() => cluster.engines().some(({ state }) => state === 'unhealthy'));
    expect(whereIs(cluster, 'web')).toEqual([lost]);
    await fakeOf(lost).faults.comeBack('same');
    await until(() => cluster.engines().every(({ state }) => state === 'healthy'));
    expect(whereIs(cluster, 'web')).toEqual([lost]);
  });

  it('come back to the records when nothing can take them, and move later', async () => {
    const { cluster, store, fakes, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile({ HostConfig: { Memory: 1e9 } }), 'web');
    await Promise.all(fakes.map(({ faults }) => faults.kill()));
    await until(() => cluster.engines().every(({ state }) => state === 'unhealthy'));
    await until(() => whereIs(cluster, 'web')[0] === container.engine.name);
    await until(() => records(store)[0]?.engine === container.engine.engineId);
    const other = fakes.find(({ model }) => model.name !== container.engine.name);
    await other?.faults.comeBack('same');
    await until(() => whereIs(cluster, 'web')[0] === other?.model.name);
    await fakeOf(container.engine.name).faults.comeBack('same');
    await until(() => onEngine(fakeOf(container.engine.name), 'web').length === 0);
  });

  it('are made anew when their engine was wiped', async () => {
    const { cluster, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    const fake = fakeOf(container.engine.name);
    await fake.faults.kill();
    await fake.faults.comeBack('wiped');
    await until(() => cluster.container('web') !== undefined && cluster.container('web')?.id !== container.id);
    expect(cluster.container('web')?.swarmId).toBe(container.swarmId);
  });

  it('move when their engine leaves discovery', async () => {
    const { cluster, fakes } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    const { addr, name } = container.engine;
    cluster.updateNodes(fakes.map(({ address }) => address).filter((address) => address !== addr));
    await until(() => cluster.container('web') !== undefined && cluster.container('web')?.engine.name !== name);
  });

  it('are moved by the next manager when the one that acted is gone', async () => {
    const { cluster, store, fakes, fakeOf } = await three();
    const next = await clusterOf(fakes, { follows: true });
    const { container } = await cluster.createContainer(mobile(), 'web');
    await container.engine.client.startContainer(container.id);
    await until(() => next.container('web')?.state.status === 'running');
    await until(() => records(store)[0]?.running === true);
    await cluster.close();
    await fakeOf(container.engine.name).faults.kill();
    await until(() => next.engines().some(({ state }) => state === 'unhealthy'));
    expect(whereIs(next, 'web')).toEqual([container.engine.name]);
    await next.lead(new StoreRecords(store));
    await until(
      () => next.container('web')?.state.status === 'running' && whereIs(next, 'web')[0] !== container.engine.name,
    );
    expect(next.container('web')?.swarmId).toBe(container.swarmId);
  });

  it('are made by the next manager when the one that moved them ended in between', async () => {
    const { cluster, store, fakes, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    const { engine: from } = container;
    await from.client.startContainer(container.id);
    await until(() => records(store)[0]?.running === true);
    await cluster.close();
    // The manager recorded where the container goes, and ended before it was made there.
    const to = fakes.find(({ model }) => model.name !== from.name) as FakeEngineServer;
    await fakeOf(from.name).faults.kill();
    await store.update((tx) => {
      const [record] = tx.kind(containers).find();
      if (!record) throw new Error();
      tx.kind(containers).update({ ...record, engine: to.model.id, addr: to.address, container: '' });
    });
    let skipMs = 0;
    const clock = {
      ...systemClock,
      monotonic: () => systemClock.monotonic() + skipMs,
      schedule: (delayMs: number, run: () => void) => systemClock.schedule(Math.min(delayMs, 100), run),
    };
    const next = await clusterOf(
      fakes.filter(({ model }) => model.name !== from.name),
      { follows: true, clock },
    );
    await next.lead(new StoreRecords(store));
    await until(() => next.engines().every(({ state }) => state === 'healthy'));
    expect(records(store)).toMatchObject([{ engine: to.model.id, container: '' }]);
    skipMs = 61_000; // the engine does not show a container in time
    await until(() => next.container('web')?.state.status === 'running');
    expect(next.container('web')?.swarmId).toBe(container.swarmId);
    expect(whereIs(next, 'web')).toHaveLength(1);
  }, 20_000);

  it('are moved by a manager that never saw their engine alive', async () => {
    const { cluster, store, fakes, fakeOf } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    const { name: lost } = container.engine;
    await cluster.close();
    await fakeOf(lost).faults.kill();
    const alive = fakes.filter((fake) => fake !== fakeOf(lost));
    const next = await clusterOf(alive, { follows: true });
    next.updateNodes(fakes.map(({ address }) => address));
    await next.lead(new StoreRecords(store));
    await until(() => whereIs(next, 'web').length === 1);
    expect(next.container('web')?.swarmId).toBe(container.swarmId);
  }, 20_000);
});

describe('containers with the Swarm id of another one, which came with an image or a copied body', () => {
  it('stay, whether they were made at an engine or through the cluster', async () => {
    const { cluster, store, fakes } = await three();
    const { container } = await cluster.createContainer(mobile(), 'web');
    await container.engine.client.startContainer(container.id);
    const Labels = { 'com.docker.swarm.id': container.swarmId };
    for (const [at, { address }] of fakes.entries()) {
      const client = new DockerClient(address);
      await client.createContainer(sleeper({ Labels }), `copy${at}`);
      client.close();
    }
    const copied = await cluster.createContainer(sleeper({ Labels }), 'copied');
    expect(copied.container.swarmId).not.toBe(container.swarmId);
    await until(() => records(store).find(({ name }) => name === 'web')?.running === true);
    await until(() => fakes.every((_, at) => whereIs(cluster, `copy${at}`).length === 1));
    // Another change of the container has the watchdog look at it, with the copies there.
    await container.engine.client.renameContainer(container.id, 'www');
    await until(() => records(store).some(({ name }) => name === 'www'));
    expect(fakes.map((fake, at) => onEngine(fake, `copy${at}`).length)).toEqual([1, 1, 1]);
    await container.engine.client.removeContainer(container.id, { force: true });
    await until(() => records(store).every(({ name }) => name !== 'www'));
    expect(fakes.map((fake, at) => onEngine(fake, `copy${at}`).length)).toEqual([1, 1, 1]);
  });
});

describe('the records', () => {
  it('are there for each container that was asked for, and go with it', async () => {
    const { cluster, store } = await three();
    const { container } = await cluster.createContainer(sleeper(), 'web');
    await cluster.createContainer(sleeper(), '');
    expect(records(store)).toHaveLength(2);
    expect(records(store).find(({ name }) => name === 'web')).toMatchObject({
      id: container.swarmId,
      container: container.id,
      engine: container.engine.engineId,
      addr: container.engine.addr,
      body: { Image: 'busybox' },
    });
    await cluster.destroyContainer(container);
    expect(records(store)).toHaveLength(1);
  });

  it('go with a container that was removed behind our back, and follow one that was renamed', async () => {
    const { cluster, store } = await three();
    const { container } = await cluster.createContainer(sleeper(), 'web');
    const other = await cluster.createContainer(sleeper(), 'db');
    await container.engine.client.removeContainer(container.id);
    await other.container.engine.client.renameContainer(other.container.id, 'data');
    await until(
      () =>
        records(store)
          .map(({ name }) => name)
          .join() === 'data',
    );
  });

  it('do not stay when the engine refused', async () => {
    const { cluster, store, fakes } = await three();
    for (const { faults } of fakes) faults.fail({ method: 'POST', path: '/containers/create' }, 500, 'disk full');
    await expect(cluster.createContainer(sleeper(), 'web')).rejects.toThrow('disk full');
    expect(records(store)).toEqual([]);
  });

  it('stay when the engine did not answer, and tell the truth once it does', async () => {
    const { cluster, store, fakes } = await three();
    const [fake] = fakes;
    const [engine] = cluster.engines();
    if (!fake || !engine) throw new Error();
    fake.faults.slow(200);
    const made = cluster.deployContainer(engine, sleeper(), 'web');
    await until(() => records(store).length === 1);
    fake.faults.hang();
    await expect(made).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    expect(records(store)).toMatchObject([{ name: 'web', container: '' }]);
    fake.faults.slow(0);
    fake.faults.resume();
    await until(() => records(store)[0]?.container === onEngine(fake, 'web')[0]?.id);
    expect(onEngine(fake, 'web')).toHaveLength(1);
  });

  it('make a container once that is asked for again after its request was lost', async () => {
    const fake = await fakeEngine();
    const proxy = await TcpProxy.open(fake.address);
    onTestFinished(() => proxy.close());
    const store = new MemoryStore();
    const cluster = await clusterOf([], { follows: true });
    await cluster.lead(new StoreRecords(store));
    cluster.updateNodes([proxy.address]);
    await until(() => cluster.engines()[0]?.isHealthy === true);
    proxy.dropRequest(/^POST \S+\/containers\/create/);
    await expect(cluster.createContainer(sleeper(), 'web')).rejects.toThrow('try again, it will not be made twice');
    const other = sleeper({ Cmd: ['true'] });
    await expect(cluster.createContainer(other, 'web')).rejects.toMatchObject({ code: 'CONFLICT' });
    const { container } = await cluster.createContainer(sleeper(), 'web');
    expect(onEngine(fake, 'web')).toHaveLength(1);
    expect(records(store)).toMatchObject([{ id: container.swarmId, container: container.id }]);
  });

  it('refuse a second container of a name that another manager has given away', async () => {
    const { cluster, store } = await three();
    await store.update((tx) =>
      tx
        .kind(containers)
        .create({ name: 'web', engine: 'X', addr: 'x:1', container: '', running: false, moves: false, body: {} }),
    );
    await expect(cluster.createContainer(sleeper(), 'web')).rejects.toThrow('The name web is already assigned');
  });
});

/** Records that another manager can take away. */
class Taken extends StoreRecords {
  readonly #over = new AbortController();
  /** Ends the lead as a timer does that runs too late: only who looks sees it. */
  late = false;

  get signal(): AbortSignal {
    if (this.late) this.#over.abort(new Error('the lease could not be kept alive in time'));
    return this.#over.signal;
  }
}

describe('a manager whose lead is over', () => {
  it('makes nothing any more, whatever it had decided before', async () => {
    const fakes = await fakeEngines(2);
    const records = new Taken(new MemoryStore());
    const cluster = await clusterOf(fakes, { follows: true });
    await cluster.lead(records);
    // The lead ends between the record, which is still written, and the call of the engine.
    const create = records.create.bind(records);
    records.create = async (record) => {
      await create(record);
      records.late = true;
    };
    await expect(cluster.createContainer(sleeper(), 'web')).rejects.toMatchObject({ code: 'NOT_LEADER' });
    expect(fakes.flatMap((fake) => onEngine(fake, 'web'))).toEqual([]);
  });

  it('makes nothing after the image has come too late', async () => {
    const [fake] = await fakeEngines(1, { registry: { 'alpine:3': {} } });
    if (!fake) throw new Error();
    const records = new Taken(new MemoryStore());
    const cluster = await clusterOf([fake], { follows: true });
    await cluster.lead(records);
    const pull = cluster.engines()[0]?.client;
    if (!pull) throw new Error();
    const pulled = pull.pullImage.bind(pull);
    pull.pullImage = async (...all) => {
      await pulled(...all);
      records.late = true;
    };
    await expect(cluster.createContainer(sleeper({ Image: 'alpine:3' }), 'web')).rejects.toMatchObject({
      code: 'NOT_LEADER',
    });
    expect(onEngine(fake, 'web')).toEqual([]);
  });

  it('removes and renames nothing', async () => {
    const [fake] = await fakeEngines(1);
    if (!fake) throw new Error();
    const records = new Taken(new MemoryStore());
    const cluster = await clusterOf([fake], { follows: true });
    await cluster.lead(records);
    const { container } = await cluster.createContainer(sleeper(), 'web');
    records.late = true;
    await expect(cluster.renameContainer(container, 'db')).rejects.toMatchObject({ code: 'NOT_LEADER' });
    await expect(cluster.removeContainer(container)).rejects.toMatchObject({ code: 'NOT_LEADER' });
    expect(onEngine(fake, 'web')).toHaveLength(1);
  });

  it('closes at once when an engine hangs', async () => {
    const [fake] = await fakeEngines(1);
    if (!fake) throw new Error();
    const store = new MemoryStore();
    const timeouts = { ...impatient, createMs: 600_000 };
    const cluster = await clusterOf([fake], { follows: true, client: { timeouts } });
    await cluster.lead(new StoreRecords(store));
    fake.faults.hang();
    const made = cluster.createContainer(sleeper(), 'web');
    const failed = expect(made).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    await until(() => records(store).length === 1);
    await cluster.close();
    await failed;
  });
});
