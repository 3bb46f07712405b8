import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { type ContractClient, refusal } from './engine-client.js';
import { streamContract } from './engine-streams.js';
import { thingsContract } from './engine-things.js';

/** An engine with the image `busybox:latest` and 2 CPUs at least. */
export interface EngineUnderTest {
  readonly client: ContractClient;
  readonly close: () => Promise<void>;
}

/** An engine at an address, with a client of it. */
export async function engineUnderTest(
  opening: Promise<{ readonly address: string; close(): Promise<void> }>,
  connect: (address: string) => ContractClient,
): Promise<EngineUnderTest> {
  const engine = await opening;
  const client = connect(engine.address);
  const close = () => {
    client.close();
    return engine.close();
  };
  return { client, close };
}

/** What one test has at hand. */
export interface Bench {
  readonly c: ContractClient;
  /** A name that no other test has. */
  name(): string;
  /** A container of busybox with this command, not started. */
  made(cmd: readonly string[], more?: object): Promise<string>;
  /** The same, started. */
  running(cmd?: readonly string[], more?: object): Promise<string>;
  /** Waits until the container has this state. */
  becomes(id: string, state: string): Promise<void>;
}

const forever = ['sleep', '1000'];

/** What every Docker engine does, real or not, and clients rely on. */
export function engineContract(what: string, open: () => Promise<EngineUnderTest>): void {
  describe(`${what} as a Docker engine`, () => {
    let engine: EngineUnderTest;
    let names = 0;
    beforeAll(async () => {
      engine = await open();
    });
    afterAll(() => engine?.close());
    afterEach(async () => {
      const { client } = engine;
      for (const { Id } of await client.list({ all: true })) await client.remove(Id, { force: true, v: true });
      for (const { Name } of await client.networks({ type: ['custom'] })) await client.removeNetwork(Name);
      for (const { Name } of await client.volumes()) await client.removeVolume(Name);
    });
    const bench: Bench = {
      get c() {
        return engine.client;
      },
      name: () => `x${(names += 1)}`,
      made: (cmd, more = {}) => engine.client.create(bench.name(), { Image: 'busybox', Cmd: cmd, ...more }),
      running: async (cmd = forever, more = {}) => {
        const id = await bench.made(cmd, more);
        await engine.client.start(id);
        return id;
      },
      becomes: (id, state) =>
        until(`${id} is ${state}`, async () => (await engine.client.inspect(id)).State.Status === state),
    };
    about(bench);
    creation(bench);
    life(bench);
    removal(bench);
    lists(bench);
    ports(bench);
    streamContract(bench);
    thingsContract(bench);
  });
}

function about(bench: Bench): void {
  it('answers a ping', () => bench.c.ping());

  it('says who it is, and always the same', async () => {
    const info = await bench.c.info();
    expect(info.ID.length).toBeGreaterThan(10);
    expect((await bench.c.info()).ID).toBe(info.ID);
    expect(info).toMatchObject({ Name: expect.stringMatching(/./), OSType: 'linux', Driver: 'overlay2' });
    expect(info.NCPU).toBeGreaterThanOrEqual(2);
    expect(info.MemTotal).toBeGreaterThan(0);
    expect(Math.abs(Date.parse(info.SystemTime) - Date.now())).toBeLessThan(60_000);
  });

  it('has API 1.41, and takes 1.12', async () => {
    expect(await bench.c.version()).toMatchObject({ ApiVersion: '1.41', MinAPIVersion: '1.12', Os: 'linux' });
  });

  it('counts its containers', async () => {
    const { c } = bench;
    await bench.made(forever);
    await bench.running();
    await c.pause(await bench.running());
    expect(await c.info()).toMatchObject({
      Containers: 3,
      ContainersRunning: 1,
      ContainersPaused: 1,
      ContainersStopped: 1,
    });
  });
}

function creation(bench: Bench): void {
  it('creates a container that waits to be started', async () => {
    const { c } = bench;
    const body = { Image: 'busybox', Cmd: ['sleep', '5'], Labels: { a: 'b' }, Env: ['K=v'] };
    const id = await c.create('made1', body);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const seen = await c.inspect('made1');
    expect(seen).toMatchObject({
      Id: id,
      Name: '/made1',
      Path: 'sleep',
      Args: ['5'],
      State: { Status: 'created', Running: false, Pid: 0, ExitCode: 0, StartedAt: '0001-01-01T00:00:00Z' },
      Config: { Image: 'busybox', Labels: { a: 'b' }, Env: ['K=v'], Hostname: id.slice(0, 12), Cmd: ['sleep', '5'] },
      HostConfig: { NetworkMode: 'default', Memory: 0 },
      RestartCount: 0,
    });
    expect(seen.Image).toBe((await c.inspectImage('busybox')).Id);
    expect(Math.abs(Date.parse(seen.Created) - Date.now())).toBeLessThan(60_000);
  });

  it('lets nobody else have the name', async () => {
    const id = await bench.made(forever);
    const { Name } = await bench.c.inspect(id);
    expect(await refusal(bench.c.create(Name.slice(1), { Image: 'busybox', Cmd: forever }))).toBe(
      `409 Conflict. The container name "${Name}" is already in use by container "${id}". ` +
        'You have to remove (or rename) that container to be able to reuse that name.',
    );
  });

  it.each([
    ['nope', '404 No such image: nope:latest'],
    ['nope:3', '404 No such image: nope:3'],
    ['127.0.0.1:5000/nope:3', '404 No such image: 127.0.0.1:5000/nope:3'],
    ['docker.io/library/nope', '404 No such image: nope:latest'],
  ])('does not have the image %s', async (Image, text) => {
    expect(await refusal(bench.c.create(bench.name(), { Image, Cmd: forever }))).toBe(text);
  });

  it.each([
    ['a name of one letter', 'a', {}, 'Invalid container name (a), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed'],
    ['a name with a sign', 'a!', {}, 'Invalid container name (a!), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed'],
    ['no command', 'refused', { Cmd: null }, 'No command specified'],
    ['too little memory', 'refused', { HostConfig: { Memory: 1000 } }, 'Minimum memory limit allowed is 6MB'],
    [
      'a port that is none',
      'refused',
      { HostConfig: { PortBindings: { '81/tcp': [{ HostPort: 'x' }] } } },
      'invalid port specification: "x"',
    ],
    [
      'volumes of a container that is not there',
      'refused',
      { HostConfig: { VolumesFrom: ['nobody'] } },
      'No such container: nobody',
    ],
    [
      'a link to a container that is not there',
      'refused',
      { HostConfig: { Links: ['nobody:a'] } },
      'could not get container for nobody: No such container: nobody',
    ],
    [
      'two networks at once',
      'refused',
      { NetworkingConfig: { EndpointsConfig: { bridge: {}, host: {} } } },
      // Docker names them in the order of a Go map: any.
      /^400 Container cannot be connected to network endpoints: (?:bridge, host|host, bridge)$/,
    ],
    [
      'a restart policy that is none',
      'refused',
      { HostConfig: { RestartPolicy: { Name: 'foo' } } },
      "invalid restart policy 'foo'",
    ],
  ])('refuses %s', async (_what, name, more, text) => {
    const refused = await refusal(bench.c.create(name, { Image: 'busybox', Cmd: forever, ...more }));
    if (typeof text === 'string') expect(refused).toBe(`400 ${text}`);
    else expect(refused).toMatch(text);
  });

  it('finds a container by id, name, name with a slash, and beginning of the id', async () => {
    const id = await bench.made(forever);
    const { Name } = await bench.c.inspect(id);
    for (const key of [id, Name.slice(1), id.slice(0, 12), id.slice(0, 20)])
      expect((await bench.c.inspect(key)).Id).toBe(id);
    expect(await refusal(bench.c.inspect('nobody'))).toBe('404 No such container: nobody');
  });
}

function life(bench: Bench): void {
  it('starts a container, once', async () => {
    const id = await bench.made(forever);
    expect(await bench.c.start(id)).toBe(true);
    expect(await bench.c.start(id)).toBe(false);
    const { State } = await bench.c.inspect(id);
    expect(State).toMatchObject({ Status: 'running', Running: true, ExitCode: 0, FinishedAt: '0001-01-01T00:00:00Z' });
    expect(State.Pid).toBeGreaterThan(1);
  });

  it('starts one that has exited again', async () => {
    const id = await bench.running(['sh', '-c', 'exit 3']);
    await bench.becomes(id, 'exited');
    expect(await bench.c.start(id)).toBe(true);
    expect(await bench.c.wait(id)).toBe(3);
  });

  it('keeps one whose command does not exist as created', async () => {
    const id = await bench.made(['nosuch']);
    const text =
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ' +
      'exec: "nosuch": executable file not found in $PATH: unknown';
    expect(await refusal(bench.c.start(id))).toBe(`400 ${text}`);
    expect((await bench.c.inspect(id)).State).toMatchObject({ Status: 'created', ExitCode: 127, Error: text });
  });

  it('stops a container with its signal, then with SIGKILL', async () => {
    const id = await bench.running();
    expect(await bench.c.stop(id, 1)).toBe(true);
    expect((await bench.c.inspect(id)).State).toMatchObject({
      Status: 'exited',
      Running: false,
      ExitCode: 137,
      Pid: 0,
    });
    expect(await bench.c.stop(id, 1)).toBe(false);
  });

  it('lets a container end by itself when it is stopped', async () => {
    const id = await bench.running(['sh', '-c', 'trap "exit 7" TERM; while true; do sleep 0.1; done']);
    await until('the trap is set', async () => (await bench.c.top(id)).Processes.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await bench.c.stop(id, 20);
    expect((await bench.c.inspect(id)).State.ExitCode).toBe(7);
  });

  it('stops nothing that was never started', async () => {
    expect(await bench.c.stop(await bench.made(forever), 1)).toBe(false);
  });

  it('restarts one that runs, and one that does not', async () => {
    const id = await bench.running();
    const before = (await bench.c.inspect(id)).State.StartedAt;
    await bench.c.restart(id, 0);
    const between = (await bench.c.inspect(id)).State;
    expect(between).toMatchObject({ Status: 'running' });
    expect(between.StartedAt).not.toBe(before);
    await bench.c.stop(id, 0);
    await bench.c.restart(id, 0);
    expect((await bench.c.inspect(id)).State.Status).toBe('running');
  });

  it('kills with a signal, or SIGKILL', async () => {
    const id = await bench.running();
    await bench.c.kill(id, 'HUP');
    expect((await bench.c.inspect(id)).State.Status).toBe('running');
    expect(await refusal(bench.c.kill(id, 'FOO'))).toBe('400 Invalid signal: FOO');
    await bench.c.kill(id);
    expect(await bench.c.wait(id)).toBe(137);
    await bench.becomes(id, 'exited');
    expect(await refusal(bench.c.kill(id))).toBe(`409 Cannot kill container: ${id}: Container ${id} is not running`);
    expect(await refusal(bench.c.kill('nobody'))).toBe('404 Cannot kill container: nobody: No such container: nobody');
  });

  it('pauses and goes on', async () => {
    const id = await bench.running();
    await bench.c.pause(id);
    expect((await bench.c.inspect(id)).State).toMatchObject({ Status: 'paused', Running: true, Paused: true });
    expect((await bench.c.list())[0].Status).toMatch(/^Up .* \(Paused\)$/);
    expect(await refusal(bench.c.pause(id))).toBe(`409 Container ${id} is already paused`);
    expect(await refusal(bench.c.start(id))).toBe('409 cannot start a paused container, try unpause instead');
    await bench.c.unpause(id);
    await bench.becomes(id, 'running'); // dockerd answers a moment before its own record says so
    expect(await refusal(bench.c.unpause(id))).toBe(`500 Container ${id} is not paused`);
  });

  it('lets a paused container go on when it is killed', async () => {
    const id = await bench.running();
    await bench.c.pause(id);
    await bench.c.kill(id, 'TERM');
    await bench.becomes(id, 'running');
  });

  it.each(['pause', 'top'] as const)('has no %s for what does not run', async (call) => {
    const id = await bench.made(forever);
    expect(await refusal(bench.c[call](id))).toBe(`409 Container ${id} is not running`);
  });

  it('shows processes', async () => {
    const { Titles, Processes } = await bench.c.top(await bench.running());
    expect(Titles).toContain('CMD');
    expect(Processes[0][Titles.indexOf('CMD')]).toBe('sleep 1000');
  });

  it('renames', async () => {
    const [one, two] = [await bench.made(forever), await bench.running()];
    await bench.c.rename(two, 'renamed');
    expect((await bench.c.inspect('renamed')).Id).toBe(two);
    expect(await refusal(bench.c.rename(one, 'renamed'))).toBe(
      '409 Error when allocating new name: Conflict. The container name "/renamed" is already in use by container ' +
        `"${two}". You have to remove (or rename) that container to be able to reuse that name.`,
    );
    expect(await refusal(bench.c.rename(two, 'renamed'))).toBe(
      '400 Renaming a container with the same name as its current name',
    );
    expect(await refusal(bench.c.rename('nobody', 'someone'))).toBe('404 No such container: nobody');
  });

  it('updates limits and policy of a running container', async () => {
    const id = await bench.running();
    await bench.c.update(id, { CpuShares: 512, RestartPolicy: { Name: 'always' } });
    expect((await bench.c.inspect(id)).HostConfig).toMatchObject({ CpuShares: 512, RestartPolicy: { Name: 'always' } });
    expect(await refusal(bench.c.update(id, { Memory: 1000 }))).toBe('400 Minimum memory limit allowed is 6MB');
  });

  it('starts again what fails, as often as its policy says', async () => {
    const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 2 };
    const id = await bench.running(['sh', '-c', 'exit 9'], { HostConfig: { RestartPolicy } });
    await bench.becomes(id, 'exited');
    expect(await bench.c.inspect(id)).toMatchObject({ RestartCount: 2, State: { ExitCode: 9, Restarting: false } });
  });

  it('starts again what ends, until somebody stops it', async () => {
    const id = await bench.running(['sleep', '0.3'], { HostConfig: { RestartPolicy: { Name: 'always' } } });
    await until('it has begun again', async () => (await bench.c.inspect(id)).RestartCount > 0);
    await bench.c.stop(id, 0);
    expect((await bench.c.inspect(id)).State).toMatchObject({ Status: 'exited', Running: false });
  });

  it('removes by itself what asks for it', async () => {
    const id = await bench.made(['sleep', '0.2'], { HostConfig: { AutoRemove: true } });
    const removed = bench.c.wait(id, 'removed');
    await bench.c.start(id);
    expect(await removed).toBe(0);
    expect(await refusal(bench.c.inspect(id))).toBe(`404 No such container: ${id}`);
  });
}

function removal(bench: Bench): void {
  it('removes what does not run', async () => {
    const id = await bench.made(forever);
    await bench.c.remove(id);
    expect(await refusal(bench.c.remove(id))).toBe(`404 No such container: ${id}`);
  });

  it('removes what runs by force only', async () => {
    const id = await bench.running();
    const tail = 'the container before attempting removal or force remove';
    expect(await refusal(bench.c.remove(id))).toBe(`409 You cannot remove a running container ${id}. Stop ${tail}`);
    await bench.c.pause(id);
    expect(await refusal(bench.c.remove(id))).toBe(
      `409 You cannot remove a paused container ${id}. Unpause and then stop ${tail}`,
    );
    await bench.c.remove(id, { force: true });
    expect(await bench.c.list({ all: true })).toEqual([]);
  });
}

function lists(bench: Bench): void {
  it('lists those that run, or all, newest first', async () => {
    const old = await bench.made(forever);
    const young = await bench.running();
    const ids = (list: readonly { Id: string }[]) => list.map(({ Id }) => Id);
    // Seconds are what the list is sorted by.
    await new Promise((resolve) => setTimeout(resolve, 1_001));
    const youngest = await bench.running();
    expect(new Set(ids(await bench.c.list()))).toEqual(new Set([young, youngest]));
    expect(ids(await bench.c.list({ all: true }))[0]).toBe(youngest);
    expect(ids(await bench.c.list({ all: true }))).toContain(old);
    expect(ids(await bench.c.list({ limit: 1 }))).toEqual([youngest]);
  });

  it('sums a container up', async () => {
    const id = await bench.running(['sh', '-c', 'sleep 1000'], { Labels: { tier: 'web' } });
    const [one] = await bench.c.list();
    const { Name, Image } = await bench.c.inspect(id);
    expect(one).toMatchObject({
      Id: id,
      Names: [Name],
      Image: 'busybox',
      ImageID: Image,
      Command: "sh -c 'sleep 1000'",
      State: 'running',
      Status: expect.stringMatching(/^Up (Less than a second|\d seconds?)$/),
      Labels: { tier: 'web' },
      Ports: [],
      HostConfig: { NetworkMode: 'default' },
      Mounts: [],
    });
    expect(Object.keys(one.NetworkSettings.Networks)).toEqual(['bridge']);
  });

  it('says in Status how one ended', async () => {
    const id = await bench.running(['sh', '-c', 'exit 5']);
    await bench.becomes(id, 'exited');
    expect((await bench.c.list({ all: true }))[0].Status).toMatch(
      /^Exited \(5\) (Less than a second|\d seconds?) ago$/,
    );
  });

  it('filters', async () => {
    const web = await bench.c.create('filtered-web', {
      Image: 'busybox',
      Cmd: forever,
      Labels: { tier: 'web', n: '1' },
    });
    const db = await bench.c.create('filtered-db', {
      Image: 'busybox',
      Cmd: ['sh', '-c', 'exit 2'],
      Labels: { tier: 'db' },
    });
    await bench.c.start(db);
    await bench.becomes(db, 'exited');
    const found = async (filters: Record<string, string[]>) =>
      new Set((await bench.c.list({ all: true, filters })).map(({ Id }) => Id));
    expect(await found({ label: ['tier=web'] })).toEqual(new Set([web]));
    expect(await found({ label: ['tier'] })).toEqual(new Set([web, db]));
    expect(await found({ label: ['tier', 'n=1'] })).toEqual(new Set([web]));
    expect(await found({ name: ['filtered-'] })).toEqual(new Set([web, db]));
    expect(await found({ name: ['^/filtered-db$'] })).toEqual(new Set([db]));
    expect(await found({ id: [web.slice(0, 12)] })).toEqual(new Set([web]));
    expect(await found({ status: ['created'] })).toEqual(new Set([web]));
    expect(await found({ status: ['created', 'exited'] })).toEqual(new Set([web, db]));
    expect(await found({ exited: ['2'] })).toEqual(new Set([db]));
    expect(await found({ ancestor: ['busybox'] })).toEqual(new Set([web, db]));
    expect(await found({ ancestor: ['nope'] })).toEqual(new Set());
    expect(await found({ network: ['bridge'] })).toEqual(new Set([web, db]));
  });

  it.each([
    [{ foo: ['a'] }, "400 Invalid filter 'foo'"],
    [{ status: ['a'] }, "400 Invalid filter 'status=a'"],
  ])('refuses the filter %j', async (filters, text) => {
    expect(await refusal(bench.c.list({ filters: filters }))).toBe(text);
  });
}

function ports(bench: Bench): void {
  const publishing = (HostPort: string, port = '80/tcp') => ({
    ExposedPorts: { [port]: {} },
    HostConfig: { PortBindings: { [port]: [{ HostPort }] } },
  });

  it('publishes a port while the container runs', async () => {
    const id = await bench.made(forever, publishing('18099'));
    expect((await bench.c.inspect(id)).NetworkSettings.Ports).toEqual({});
    await bench.c.start(id);
    const [one] = await bench.c.list();
    expect(one.Ports).toEqual([{ IP: expect.any(String), PrivatePort: 80, PublicPort: 18_099, Type: 'tcp' }]);
    const { Ports } = (await bench.c.inspect(id)).NetworkSettings;
    expect(Ports).toEqual({ '80/tcp': [{ HostIp: one.Ports[0].IP, HostPort: '18099' }] });
    await bench.c.stop(id, 0);
    expect((await bench.c.list({ all: true }))[0].Ports).toEqual([]);
  });

  it('refuses a port that is taken, and leaves the container created', async () => {
    const first = await bench.running(forever, publishing('18099'));
    const second = await bench.made(forever, publishing('18099'));
    const { Name } = await bench.c.inspect(second);
    const failed = `driver failed programming external connectivity on endpoint ${Name.slice(1)} \\([0-9a-f]{64}\\): `;
    const text = await refusal(bench.c.start(second));
    expect(text).toMatch(new RegExp(`^500 ${failed}Bind for [0-9.]+:18099 failed: port is already allocated$`));
    expect((await bench.c.inspect(second)).State).toMatchObject({ Status: 'created', ExitCode: 128 });
    await bench.c.remove(first, { force: true });
    expect(await bench.c.start(second)).toBe(true);
  });

  it('chooses a port where none is given, another one each time', async () => {
    const given = async (id: string) => (await bench.c.inspect(id)).NetworkSettings.Ports['80/tcp'][0].HostPort;
    const first = await given(await bench.running(forever, publishing('')));
    const second = await given(await bench.running(forever, publishing('')));
    expect(Number(first)).toBeGreaterThan(1024);
    expect(second).not.toBe(first);
  });

  it('shows a port that is exposed only', async () => {
    const id = await bench.running(forever, { ExposedPorts: { '81/udp': {} } });
    expect((await bench.c.list())[0].Ports).toEqual([{ PrivatePort: 81, Type: 'udp' }]);
    expect((await bench.c.inspect(id)).NetworkSettings.Ports).toEqual({ '81/udp': null });
  });
}
