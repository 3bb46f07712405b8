import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DockerClient } from '../../../src/fleet/index.js';
import type { ContainerSpec, DeepPartial, PortConfig } from '../../../src/kinds/index.js';
import { DriverBed } from '../../support/driver-bed.js';
import { base64 } from '../../support/driver-objects.js';
import { enginesAreThere, type RealEngine, RealEngines } from '../../support/engines.js';
import { until } from '../../support/fleet.js';

describe.skipIf(!enginesAreThere())('the driver of a real engine', { timeout: 60_000 }, () => {
  let engines: RealEngines;
  let engine: RealEngine;
  let client: DockerClient;
  let bed: DriverBed;

  beforeAll(async () => {
    engines = await RealEngines.start(1, { liveRestore: false });
    engine = engines.all[0] as RealEngine;
    client = new DockerClient(engine.address);
  }, 60_000);
  afterAll(async () => {
    client.close();
    await engines.stop();
  }, 60_000);
  beforeEach(async () => {
    await engine.clear();
    bed = await DriverBed.open({ address: engine.address, client });
  });

  const run = async (
    id: string,
    container: DeepPartial<ContainerSpec>,
    more: Parameters<DriverBed['addTask']>[1] = {},
  ) => {
    await bed.addTask(id, { ...more, spec: { ...more.spec, container } });
  };
  /** Output of a command in the container of a task. */
  async function inside(id: string, command: string): Promise<string> {
    const container = `web.${bed.task(id).slot}.${id}`;
    const { stdout, stderr } = await client.exec({ container, cmd: ['sh', '-c', command] });
    return stdout + stderr;
  }
  const inspect = (id: string) => client.inspectContainer(`web.${bed.task(id).slot}.${id}`);

  it('brings in secrets and configs under a read-only root and a tmpfs on /run, with their owners and modes', async () => {
    await bed.store.update((tx) => {
      tx.secrets().create({ id: 's1', spec: { annotations: { name: 'key' }, data: base64('top secret') } });
      tx.configs().create({
        id: 'c1',
        spec: {
          annotations: { name: 'site' },
          data: base64('conf of {{.Task.Slot}}'),
          templating: { name: 'golang', options: {} },
        },
      });
    });
    await run('t1', {
      readOnly: true,
      user: '1000',
      mounts: [{ type: 'tmpfs', target: '/run', tmpfs: { mode: 0o755 } }],
      secrets: [
        { secretId: 's1', secretName: 'key' },
        { secretId: 's1', secretName: 'key', file: { name: 'own/key', uid: '1000', gid: '50', mode: 0o400 } },
        { secretId: 's1', secretName: 'key', file: { name: '/etc/shadowed', uid: '0', gid: '0', mode: 0o400 } },
      ],
      configs: [
        { configId: 'c1', configName: 'site', file: { name: '/etc/site.conf', uid: '7', gid: '8', mode: 0o440 } },
      ],
    });
    bed.drive();
    await bed.until('t1', 'running');
    expect(await inside('t1', 'cat /run/secrets/key /run/secrets/own/key')).toBe('top secrettop secret');
    expect(
      await inside('t1', 'stat -c "%u %g %a" /run/secrets/key /run/secrets/own/key /etc/shadowed /etc/site.conf'),
    ).toBe('0 0 444\n1000 50 400\n0 0 400\n7 8 440\n');
    expect(await inside('t1', 'cat /etc/shadowed')).toContain('Permission denied');
    expect(await inside('t1', 'ls /run/secrets/.f')).toContain('Permission denied');
    for (const file of ['/run/secrets/key', '/run/secrets/new', '/etc/site.conf', '/new'])
      expect(await inside('t1', `echo x > ${file}`)).toMatch(/Read-only file system|Permission denied/);
    const seen = JSON.stringify(await inspect('t1'));
    expect(seen).not.toContain('top secret');
    expect(seen).not.toContain(base64('top secret'));

    const [volume = ''] = (await client.listVolumes())
      .map(({ Name }) => Name)
      .filter((name) => name.startsWith('skep-files-'));
    await expect(client.removeVolume(volume)).rejects.toMatchObject({ code: 'CONFLICT' });
    await bed.want('t1', 'remove');
    await bed.until('t1', 'shutdown');
    await bed.remove('t1');
    await until(() => bed.asked.includes('t1'));
    await expect.poll(() => client.listVolumes(), { timeout: 20_000 }).toEqual([]);
    expect(await client.listContainers({ all: true })).toEqual([]);
  });

  it('fills in the configs of a task from its own facts', async () => {
    await bed.store.update((tx) => {
      const spec = { annotations: { name: 'site' }, data: base64('{{.Service.Name}} {{.Task.Slot}} {{env "A"}}') };
      tx.configs().create({ id: 'c1', spec: { ...spec, templating: { name: 'golang', options: {} } } });
    });
    await run('t1', { env: ['A=b'], configs: [{ configId: 'c1', configName: 'site' }] }, { slot: 3 });
    bed.drive();
    await bed.until('t1', 'running');
    expect(await inside('t1', 'cat /site')).toBe('web 3 b');
  });

  it('acts on every field that Linux has', async () => {
    await run(
      't1',
      {
        command: ['sh', '-c'],
        args: ['trap "exit 5" INT; while true; do sleep 0.1; done'],
        env: ['A=1', 'H={{.Node.Hostname}}'],
        hostname: 'h-{{.Task.Slot}}',
        dir: '/tmp',
        user: '12:34',
        groups: ['56'],
        tty: true,
        openStdin: true,
        readOnly: true,
        init: true,
        stopSignal: 'SIGINT',
        stopGracePeriodMs: 20_000,
        hosts: ['1.2.3.4 a b'],
        dns: { nameservers: ['9.9.9.9'], search: ['example.org'], options: ['ndots:2'] },
        capabilityAdd: ['CAP_NET_ADMIN'],
        capabilityDrop: ['CAP_CHOWN'],
        sysctls: { 'net.ipv4.ip_unprivileged_port_start': '81' },
        // Not nofile: Go programs such as runc raise their own soft limit of it, and a container may inherit that.
        ulimits: [{ name: 'core', soft: 100, hard: 200 }],
        oomScoreAdj: 300,
        mounts: [
          { type: 'tmpfs', target: '/t', tmpfs: { sizeBytes: 65_536, mode: 0o1770 } },
          { type: 'volume', source: 'data', target: '/v', volume: { labels: { a: 'b' } } },
          { type: 'bind', source: '/etc', target: '/host', readOnly: true },
        ],
      },
      {
        spec: { resources: { limits: { memoryBytes: 64 * 2 ** 20, nanoCpus: 5e8, pids: 50 } } },
        logDriver: { name: 'local', options: { 'max-size': '2m' } },
      },
    );
    bed.drive();
    await bed.until('t1', 'running');
    const commands: Readonly<Record<string, string>> = {
      'echo $A $H $(hostname) $(pwd)': '1 node-1 h-1 /tmp',
      'id -u; id -g; id -G': '12\n34\n34 56',
      'grep core /proc/1/limits | tr -s " "': 'Max core file size 100 200 bytes',
      'cat /proc/sys/net/ipv4/ip_unprivileged_port_start': '81',
      'cat /proc/1/oom_score_adj': '300',
      'grep -c "^1.2.3.4" /etc/hosts': '2',
      'grep -v "#" /etc/resolv.conf | sort': 'nameserver 9.9.9.9\noptions ndots:2\nsearch example.org',
      'stat -c %a /t; df -k /t | tail -1 | tr -s " " | cut -d" " -f2': '1770\n64',
    };
    for (const [command, expected] of Object.entries(commands))
      expect([command, (await inside('t1', command)).trim()]).toEqual([command, expected]);
    const { Config, HostConfig } = await inspect('t1');
    expect(Config).toMatchObject({ Tty: true, OpenStdin: true, StopSignal: 'SIGINT', StopTimeout: 20 });
    expect(HostConfig).toMatchObject({
      ...{ Init: true, ReadonlyRootfs: true, Memory: 64 * 2 ** 20, NanoCpus: 5e8, PidsLimit: 50 },
      ...{ CapAdd: ['CAP_NET_ADMIN'], CapDrop: ['CAP_CHOWN'] },
      LogConfig: { Type: 'local', Config: { 'max-size': '2m' } },
      RestartPolicy: { Name: '' },
    });
    expect((await client.inspectVolume('data')).Labels).toEqual({ a: 'b' });
    await bed.want('t1', 'shutdown');
    expect((await bed.until('t1', 'shutdown')).status.container?.exitCode).toBe(5);
  });

  it('lets a task run only when it is healthy, and fails it when it is not', async () => {
    const test = ['CMD-SHELL', 'test -e /tmp/fine'];
    await run('t1', { healthcheck: { test, intervalMs: 100, retries: 100 }, stopGracePeriodMs: 100 });
    await run('t2', { healthcheck: { test, intervalMs: 100, retries: 2 }, stopGracePeriodMs: 100 }, { slot: 2 });
    bed.drive();
    await until(() => bed.state('t1') === 'starting');
    expect((await bed.until('t2', 'failed')).status.err).toBe(
      'task: non-zero exit (137): dockerexec: unhealthy container',
    );
    expect(bed.state('t1')).toBe('starting');
    await inside('t1', 'touch /tmp/fine');
    await bed.until('t1', 'running');
    expect(bed.reported('t2')).not.toContain('running');
  });

  it('publishes ports of the host: the one that was asked for, and one that the engine chooses', async () => {
    const port = (targetPort: number, publishedPort: number, publishMode: PortConfig['publishMode']) => ({
      targetPort,
      publishedPort,
      publishMode,
    });
    const ports = [port(80, 18_080, 'host'), port(81, 0, 'host'), port(82, 18_082, 'ingress')];
    await run(
      't1',
      { args: ['sh', '-c', 'for p in 80 81 82; do while true; do echo hi | nc -l -p $p; done & done; wait'] },
      { endpoint: { ports } },
    );
    bed.drive();
    const { status } = await bed.until('t1', 'running');
    expect(status.ports).toMatchObject([
      { targetPort: 80, publishedPort: 18_080 },
      { targetPort: 81 },
      { targetPort: 82, publishMode: 'ingress' },
    ]);
    expect(status.ports[2]?.publishedPort).not.toBe(18_082);
    for (const { publishedPort } of status.ports)
      await expect.poll(() => firstBytes(engine.ip, publishedPort), { timeout: 10_000 }).toBe('hi\n');
  });

  it('connects a task to two networks under all its names', async () => {
    await bed.store.update((tx) => {
      for (const id of ['back', 'front']) tx.networks().create({ id, spec: { annotations: { name: `shop_${id}` } } });
    });
    await run('t1', {}, { spec: { networks: [{ target: 'back', aliases: ['db'] }, { target: 'front' }] } });
    await run('t2', {}, { slot: 2, serviceAnnotations: { name: 'api' }, spec: { networks: [{ target: 'front' }] } });
    bed.drive();
    await bed.until('t1', 'running');
    await bed.until('t2', 'running');
    const answer = async (name: string) => {
      const { stdout } = await client.exec({ container: 'api.2.t2', cmd: ['ping', '-c1', '-W1', name] });
      return /(\d+) packets received/.exec(stdout)?.[1];
    };
    expect([await answer('web'), await answer('tasks.web'), await answer('db')]).toEqual(['1', '1', undefined]);
    const { NetworkSettings } = await inspect('t1');
    expect(Object.keys(NetworkSettings.Networks ?? {}).sort()).toEqual(['shop_back', 'shop_front']);
  });

  it('ends tasks in the words of the engine when they cannot run', async () => {
    await run('t1', { image: 'busybox:nosuch' });
    await run('t2', { mounts: [{ type: 'bind', source: '/nosuchdir', target: '/a' }] }, { slot: 2 });
    await run('t3', { args: ['/nosuchcmd'] }, { slot: 3 });
    await run('t4', { args: ['sh', '-c', 'exit 1'] }, { slot: 4 });
    await run('t5', { args: ['true'] }, { slot: 5, desiredState: 'complete' });
    bed.drive();
    expect((await bed.until('t1', 'rejected')).status).toMatchObject({
      message: 'preparing',
      err: 'No such image: busybox:nosuch',
    });
    expect((await bed.until('t2', 'rejected')).status.err).toBe(
      'invalid mount config for type "bind": bind source path does not exist: /nosuchdir',
    );
    expect((await bed.until('t3', 'failed')).status.err).toMatch(
      /^starting container failed: .*no such file or directory/,
    );
    expect((await bed.until('t4', 'failed')).status).toMatchObject({
      message: 'started',
      err: 'task: non-zero exit (1)',
    });
    expect((await bed.until('t5', 'complete')).status.message).toBe('finished');
  });

  it('has tasks that failed once dockerd was restarted without live-restore, and starts none of them again', async () => {
    await run('t1', {});
    await run('t2', { args: ['sh', '-c', 'trap "exit 0" TERM; while true; do sleep 0.1; done'] }, { slot: 2 });
    bed.drive();
    const { status } = await bed.until('t1', 'running');
    await bed.until('t2', 'running');
    await engine.restart();
    expect((await bed.until('t1', 'failed')).status.err).toBe('task: non-zero exit (137)');
    await until(() => ['complete', 'failed'].includes(bed.state('t2')));
    const again = await inspect('t1');
    expect([again.Id, again.State.Status]).toEqual([status.container?.containerId, 'exited']);
    await run('t3', {}, { slot: 3 });
    await bed.until('t3', 'running');
  });
});

/** First bytes that a port sends; empty when it sends none. */
function firstBytes(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once('data', (data) => (resolve(data.toString()), socket.destroy()));
    socket.once('error', () => resolve(''));
    socket.once('close', () => resolve(''));
  });
}
