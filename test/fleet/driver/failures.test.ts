import { describe, expect, it } from 'vitest';
import type { FakeEngineServer } from '../../../src/testing/index.js';
import { clusterId, DriverBed } from '../../support/driver-bed.js';
import { base64 } from '../../support/driver-objects.js';
import { fakeEngine, sleeper, until } from '../../support/fleet.js';

async function bedOf(options: Parameters<typeof fakeEngine>[0] = {}, times = {}) {
  const fake = await fakeEngine({ eventsKept: 10_000, ...options });
  const bed = await DriverBed.open({ address: fake.address, times });
  return { fake, bed };
}

/** Number of events of one sort about the container of a task. */
function countOf({ model }: FakeEngineServer, wanted: string, taskId: string): number {
  const ofTask = model.events.all.filter(({ attributes }) => attributes['skep.task'] === taskId);
  return ofTask.filter(({ action }) => action === wanted).length;
}
const onceEver = (fake: FakeEngineServer, ...ids: string[]) => {
  for (const id of ids) expect([id, countOf(fake, 'create', id)]).toEqual([id, 1]);
};
const containersOf = (fake: FakeEngineServer) => [...fake.model.containers.all];

describe('the driver of an engine that fails', () => {
  it.each([
    ['the creation', { method: 'POST', path: '/containers/create' }],
    ['the start', { method: 'POST', path: /\/start$/ }],
    ['an inspection', { method: 'GET', path: /^\/containers\/.*\/json$/ }],
    ['the first list', { method: 'GET', path: '/containers/json' }],
  ])('makes one container when the answer of %s is lost', async (_, match) => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    fake.faults.loseAnswer(match, 2);
    bed.drive();
    await bed.until('t1', 'running');
    onceEver(fake, 't1');
    expect(countOf(fake, 'start', 't1')).toBe(1);
  });

  it.each([
    ['the creation of a network', { method: 'POST', path: '/networks/create' }],
    ['the connection', { method: 'POST', path: /\/connect$/ }],
    ['the creation of a volume', { method: 'POST', path: '/volumes/create' }],
    ['an archive', { method: 'PUT', path: /\/archive$/ }],
  ])('gets everything together when the answer of %s is lost', async (_, match) => {
    const { fake, bed } = await bedOf();
    await bed.store.update((tx) => {
      for (const id of ['n1', 'n2']) tx.networks().create({ id, spec: { annotations: { name: id } } });
      tx.secrets().create({ id: 's1', spec: { annotations: { name: 'key' }, data: base64('top') } });
    });
    const networks = [{ target: 'n1' }, { target: 'n2' }];
    await bed.addTask('t1', { spec: { networks, container: { secrets: [{ secretId: 's1', secretName: 'key' }] } } });
    fake.faults.loseAnswer(match, 1);
    bed.drive();
    await bed.until('t1', 'running');
    onceEver(fake, 't1');
    await until(() => fake.model.containers.size === 1);
    expect(fake.model.networks.list('{"name":["n1","n2"]}')).toHaveLength(2);
    expect([...(containersOf(fake)[0]?.networks.keys() ?? [])]).toEqual(['n1', 'n2']);
  });

  it('reports no disk space in the words of the engine', async () => {
    const { fake, bed } = await bedOf();
    const text = 'mkdir /var/lib/docker/overlay2/abc: no space left on device';
    fake.faults.fail({ method: 'POST', path: '/containers/create' }, 500, text);
    await bed.addTask('t1');
    bed.drive();
    expect((await bed.until('t1', 'rejected')).status.err).toBe(text);
    fake.faults.fail({ method: 'POST', path: /\/start$/ }, 500, text);
    await bed.addTask('t2', { slot: 2 });
    expect((await bed.until('t2', 'failed')).status).toMatchObject({
      message: 'starting',
      err: `starting container failed: ${text}`,
    });
  });

  it('goes on with an engine that hung, and changes no state of a task meanwhile', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    fake.faults.hang();
    await bed.addTask('t2', { slot: 2 });
    await until(() => bed.reported('t2').includes('preparing'));
    expect([bed.state('t1'), bed.state('t2')]).toEqual(['running', 'preparing']);
    fake.faults.resume();
    await bed.until('t2', 'running');
    expect(bed.state('t1')).toBe('running');
    onceEver(fake, 't1', 't2');
  });

  it('finds out what happened while the events were cut off', async () => {
    const { fake, bed } = await bedOf();
    for (const [at, id] of ['t1', 't2'].entries()) await bed.addTask(id, { slot: at + 1 });
    bed.drive();
    for (const id of ['t1', 't2']) await bed.until(id, 'running');
    await fake.faults.kill();
    fake.model.containers.exit('web.1.t1', 4);
    fake.model.containers.remove('web.2.t2', { force: true });
    expect([bed.state('t1'), bed.state('t2')]).toEqual(['running', 'running']);
    await fake.faults.comeBack();
    expect((await bed.until('t1', 'failed')).status.err).toBe('task: non-zero exit (4)');
    expect((await bed.until('t2', 'failed')).status.err).toBe('container is gone');
  });

  it('leaves tasks alone that live on while their engine is gone', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await fake.faults.kill();
    await fake.faults.comeBack();
    await until(() => fake.model.events.listeners === 1);
    await bed.addTask('t2', { slot: 2 });
    await bed.until('t2', 'running');
    expect(bed.state('t1')).toBe('running');
    onceEver(fake, 't1', 't2');
  });

  it('has tasks that failed on an engine that was restarted with all containers', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await fake.faults.kill();
    await fake.faults.comeBack('rebooted');
    expect((await bed.until('t1', 'failed')).status.err).toBe('task: non-zero exit (255)');
    expect(countOf(fake, 'start', 't1')).toBe(1);
  });
});

describe('a driver that knows too little', () => {
  it('adopts a container that another driver has created a moment before', async () => {
    const { fake, bed } = await bedOf({}, { listMinMs: 600_000, listMaxMs: 600_000 });
    const client = bed.client();
    const create = client.createContainer.bind(client);
    client.createContainer = async (body, name, options) => {
      client.createContainer = create;
      await create(body, name);
      return create(body, name, options);
    };
    await bed.addTask('t1');
    bed.drive(client);
    await bed.until('t1', 'running');
    onceEver(fake, 't1');
  });

  it('reports nothing of containers before it has a list of them', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    const end = bed.drive();
    await bed.until('t1', 'running');
    await end();
    await bed.want('t1', 'shutdown');
    fake.faults.fail({ method: 'GET', path: '/containers/json' }, 500, 'not yet', 3);
    bed.drive();
    await bed.until('t1', 'shutdown');
    expect(containersOf(fake)[0]?.state).toBe('exited');
  });
});

describe('a driver that lists seldom', () => {
  const seldom = { listMinMs: 600_000, listMaxMs: 600_000 };
  it('learns from events what happens to containers', async () => {
    const { fake, bed } = await bedOf({}, seldom);
    for (const [at, id] of ['t1', 't2'].entries()) await bed.addTask(id, { slot: at + 1 });
    bed.drive();
    for (const id of ['t1', 't2']) await bed.until(id, 'running');
    await until(() => fake.model.events.listeners === 1);
    fake.model.containers.exit('web.1.t1', 4);
    fake.model.containers.remove('web.2.t2', { force: true });
    for (const id of ['t1', 't2']) await bed.until(id, 'failed');
    await bed.remove('t1');
    await until(() => fake.model.containers.size === 0);
  });

  it('lists when the events begin anew, because an engine forgets them', async () => {
    const { fake, bed } = await bedOf({}, seldom);
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await until(() => fake.model.events.listeners === 1);
    await fake.faults.kill();
    await fake.faults.comeBack('rebooted');
    await bed.until('t1', 'failed');
  });
});

describe('work of a driver', () => {
  it('changes at most four things at a time, and lists meanwhile', async () => {
    const { fake, bed } = await bedOf();
    const ids = Array.from({ length: 12 }, (_, at) => `t${at}`);
    for (const [at, id] of ids.entries()) await bed.addTask(id, { slot: at + 1 });
    const client = bed.client();
    const [create, list] = [client.createContainer.bind(client), client.listContainers.bind(client)];
    let [now, most, lists] = [0, 0, 0];
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    client.createContainer = async (...given) => {
      most = Math.max(most, ++now);
      await gate;
      return create(...given).finally(() => now--);
    };
    client.listContainers = (...given) => (lists++, list(...given));
    bed.drive(client);
    await until(() => now === 4);
    const before = lists;
    await until(() => lists > before + 2);
    open();
    for (const id of ids) await bed.until(id, 'running');
    expect(most).toBe(4);
    onceEver(fake, ...ids);
  });

  it('gives up a task that is not wanted any more, although its image is still being pulled', async () => {
    const { fake, bed } = await bedOf({ registry: { busybox: {} } });
    await bed.addTask('t1');
    const client = bed.client();
    let pulls = 0;
    client.pullImage = (_, options) => {
      pulls++;
      return new Promise((_resolve, reject) =>
        options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error)),
      );
    };
    bed.drive(client);
    await until(() => pulls === 1);
    await bed.want('t1', 'shutdown');
    await bed.until('t1', 'shutdown');
    await bed.addTask('t2', { slot: 2 });
    await until(() => bed.reported('t2').includes('preparing'));
    expect([pulls, fake.model.containers.size]).toEqual([1, 0]); // both wait for the same pull
  });

  it('does not start a task that was shut down while its start waited', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { desiredState: 'ready' });
    const client = bed.client();
    bed.drive(client);
    await bed.until('t1', 'ready');
    const ids = ['b1', 'b2', 'b3', 'b4'];
    const create = client.createContainer.bind(client);
    let [waiting, open] = [0, () => undefined as void];
    const gate = new Promise<void>((resolve) => (open = resolve));
    client.createContainer = async (...given) => (waiting++, await gate, create(...given));
    for (const [at, id] of ids.entries()) await bed.addTask(id, { slot: at + 2 });
    await until(() => waiting === 4);
    await bed.want('t1', 'running');
    await until(() => bed.reported('t1').includes('starting'));
    await bed.want('t1', 'shutdown');
    open();
    await bed.until('t1', 'shutdown');
    for (const id of ids) await bed.until(id, 'running');
    expect(countOf(fake, 'start', 't1')).toBe(0);
  });
});

describe('a container that people touch', () => {
  it('is gone when it is removed by hand, and is not made again', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1', { desiredState: 'ready' });
    await bed.addTask('t2', { slot: 2 });
    bed.drive();
    await bed.until('t1', 'ready');
    await bed.until('t2', 'running');
    for (const name of ['web.1.t1', 'web.2.t2']) fake.model.containers.remove(name, { force: true });
    for (const id of ['t1', 't2']) expect((await bed.until(id, 'failed')).status.err).toBe('container is gone');
    onceEver(fake, 't1', 't2');
  });

  it('is stopped again when it is started by hand after its task was shut down', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    await bed.want('t1', 'shutdown');
    await bed.until('t1', 'shutdown');
    fake.model.containers.start('web.1.t1');
    await until(() => containersOf(fake)[0]?.state === 'exited');
    expect(bed.state('t1')).toBe('shutdown');
  });

  it('still runs for its task while it is paused, and can be stopped', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    fake.model.containers.pause('web.1.t1');
    await bed.want('t1', 'shutdown');
    await bed.until('t1', 'shutdown');
  });
});

describe('a report', () => {
  it('that is lost comes again, until the store shows the state', async () => {
    const { bed } = await bedOf();
    let lost = 0;
    bed.takes = ({ status }) => status.state !== 'running' || ++lost > 2;
    await bed.addTask('t1');
    bed.drive();
    await bed.until('t1', 'running');
    const count = bed.reports.length;
    await bed.addTask('t2', { slot: 2 });
    await bed.until('t2', 'running');
    expect(bed.reports.slice(count).filter(({ id }) => id === 't1')).toEqual([]);
  });

  it('is not given for a state that the task has left behind', async () => {
    const { bed } = await bedOf();
    await bed.addTask('t1', { status: { state: 'starting' }, desiredState: 'shutdown' });
    bed.drive();
    await bed.until('t1', 'shutdown');
    expect(bed.reported('t1')).toEqual(['shutdown']);
  });
});

describe('a driver that ends', () => {
  it('sends no change any more, whatever waits', async () => {
    const { fake, bed } = await bedOf({ registry: { busybox: {} } });
    fake.faults.slow(20);
    const ids = Array.from({ length: 20 }, (_, at) => `t${at}`);
    for (const [at, id] of ids.entries()) await bed.addTask(id, { slot: at + 1 });
    const sent: string[] = [];
    const client = bed.client();
    const { transport } = client;
    const exchange = transport.exchange.bind(transport);
    let over = false;
    transport.exchange = (method, path, options) => {
      if (over && method !== 'GET' && options?.signal?.aborted !== true) sent.push(`${method} ${path}`);
      return exchange(method, path, options);
    };
    const end = bed.drive(client);
    await until(() => ids.some((id) => bed.state(id) === 'running'));
    const ending = end();
    over = true;
    await ending;
    const before = fake.calls;
    await bed.addTask('late', { slot: 99 });
    fake.faults.slow(0);
    expect(sent).toEqual([]);
    expect(fake.calls - before).toBeLessThanOrEqual(8); // those that were on their way
    expect(countOf(fake, 'create', 'late')).toBe(0);
    // Another driver takes over, and what the first one has begun is there once.
    bed.drive();
    for (const id of ids) await bed.until(id, 'running');
    onceEver(fake, ...ids);
  });

  it('ends although its engine hangs', async () => {
    const { fake, bed } = await bedOf();
    await bed.addTask('t1');
    const end = bed.drive();
    await bed.until('t1', 'running');
    fake.faults.hang();
    await bed.want('t1', 'shutdown');
    await bed.addTask('t2', { slot: 2 });
    await end();
    fake.faults.resume();
  });

  it('is followed by another one without a container twice, in any order of faults', async () => {
    const { fake, bed } = await bedOf();
    const ids = Array.from({ length: 6 }, (_, at) => `t${at}`);
    for (const [at, id] of ids.entries()) await bed.addTask(id, { slot: at + 1 });
    fake.faults.loseAnswer({ method: 'POST' }, 5);
    // Two at a time, as when a manager that was paused comes back.
    const ends = [bed.drive(), bed.drive()];
    await until(() => ids.filter((id) => bed.state(id) === 'running').length >= 2);
    await Promise.all(ends.map((end) => end()));
    fake.faults.loseAnswer({ method: 'POST' }, 5);
    bed.drive();
    for (const id of ids) await bed.until(id, 'running');
    onceEver(fake, ...ids);
    for (const id of ids) expect(countOf(fake, 'start', id)).toBe(1);
  });
});

describe('what a driver before has left', () => {
  it('is removed: half filled volumes, and the containers that filled them', async () => {
    const { fake, bed } = await bedOf();
    const labels = { 'skep.cluster': clusterId, 'skep.files': 'skep-files-left' };
    fake.model.volumes.create({ Name: 'skep-files-left', Labels: labels });
    const mount = { Type: 'volume', Source: 'skep-files-left', Target: '/run/secrets' };
    fake.model.containers.create('skep-files-left-1', sleeper({ Labels: labels, HostConfig: { Mounts: [mount] } }));
    bed.drive();
    await until(() => fake.model.containers.size === 0 && !fake.model.volumes.has('skep-files-left'));
  });
});
