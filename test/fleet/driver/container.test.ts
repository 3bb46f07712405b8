import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containerBody } from '../../../src/fleet/driver/container.js';
import { containerName, specHash } from '../../../src/fleet/driver/labels.js';
import { volumesToMake } from '../../../src/fleet/driver/mounts.js';
import type { NetworkPlace } from '../../../src/fleet/driver/networks.js';
import { unsupported } from '../../../src/fleet/driver/unsupported.js';
import type { ContainerSpec, DeepPartial, Mount, Task, TaskSpec } from '../../../src/kinds/index.js';
import { storedTask } from '../../support/driver-objects.js';

const ids = { id: 'az6lstdtgoywok0mt6d3o9q1f', serviceId: 'w4mzapjg8yrehikc76h42q4oa', slot: 1 };
const where = { nodeId: 'swj2h8oozjmk6ududyelmg28j', serviceAnnotations: { name: 'rich' } };
const taskWith = (spec: DeepPartial<TaskSpec>, more: DeepPartial<Task> = {}) =>
  storedTask({ ...ids, ...where, spec, ...more });

async function bodyOf(container: DeepPartial<ContainerSpec>, spec: DeepPartial<TaskSpec> = {}, more = {}) {
  const task = await taskWith({ ...spec, container: { image: 'busybox', ...container } }, more);
  return containerBody({ task, container: task.spec.container as ContainerSpec, clusterId: 'c1', networks: [] });
}

interface Fixture {
  readonly Name: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}
const fixture = (): Fixture =>
  JSON.parse(readFileSync(join(import.meta.dirname, 'container-of-task.json'), 'utf8')) as Fixture;

describe('the container of a task', () => {
  it('is the one that Docker makes of the same service in swarm mode', async () => {
    const { Name, Config, HostConfig } = fixture();
    const task = await taskWith(
      {
        container: {
          image: 'busybox:latest',
          args: Config.Cmd as string[],
          env: ['H=node-1'],
          hostname: 'h-1',
          dir: '/tmp',
          user: '0',
          labels: { cl: '2' },
          hosts: ['1.2.3.4 a'],
          dns: { nameservers: ['9.9.9.9'] },
          capabilityAdd: ['CAP_NET_ADMIN'],
          readOnly: true,
          init: true,
          sysctls: { 'net.core.somaxconn': '100' },
          ulimits: [{ name: 'nofile', soft: 100, hard: 200 }],
          healthcheck: { test: ['CMD-SHELL', 'true'], intervalMs: 1_000 },
          mounts: [
            { type: 'tmpfs', target: '/t', tmpfs: { sizeBytes: 1_048_576 } },
            { type: 'volume', source: 'v1', target: '/v' },
          ],
        },
        resources: { limits: { memoryBytes: 33_554_432 } },
      },
      {
        logDriver: { name: 'json-file', options: { 'max-size': '1m' } },
        endpoint: { ports: [{ targetPort: 80, publishedPort: 18_081, publishMode: 'host' }] },
      },
    );
    const container = task.spec.container as ContainerSpec;
    const {
      HostConfig: host,
      Labels: labels,
      ...config
    } = containerBody({ task, container, clusterId: 'c', networks: [] });

    expect(`/${containerName(task)}`).toBe(Name);
    for (const [field, value] of Object.entries(config)) expect(value, field).toEqual(Config[field]);
    for (const [field, value] of Object.entries(host ?? {}))
      if (field !== 'PortBindings') expect(value, field).toEqual(HostConfig[field]);
    expect(host?.PortBindings).toEqual({ '80/tcp': [{ HostPort: '18081' }] });
    expect(labels).toMatchObject(Config.Labels as object);
    expect(labels).toMatchObject({ 'skep.cluster': 'c', 'skep.task': task.id, 'skep.spec': specHash(task) });
  });

  type Row = { readonly of: unknown; readonly is: object } | 'elsewhere';
  // A field that is added to the spec does not compile here before it has a row: nothing that is stored may be ignored.
  const fields: Readonly<Record<keyof ContainerSpec, Row>> = {
    image: { of: 'nginx:1.27', is: { Image: 'nginx:1.27' } },
    command: { of: ['sh', '-c'], is: { Entrypoint: ['sh', '-c'] } },
    args: { of: ['sleep', '9'], is: { Cmd: ['sleep', '9'] } },
    env: { of: ['A=1', 'PATH'], is: { Env: ['A=1', 'PATH'] } },
    labels: { of: { tier: 'front' }, is: { Labels: expect.objectContaining({ tier: 'front' }) } },
    mounts: { of: [{ type: 'bind', source: '/a', target: '/b' }], is: { HostConfig: { Mounts: [{ Target: '/b' }] } } },
    healthcheck: {
      of: { test: ['NONE'], timeoutMs: 1, retries: 2, startPeriodMs: 3, startIntervalMs: 4 },
      is: { Healthcheck: { Test: ['NONE'], Timeout: 1e6, Retries: 2, StartPeriod: 3e6, StartInterval: 4e6 } },
    },
    hostname: { of: 'web', is: { Hostname: 'web' } },
    dir: { of: '/srv', is: { WorkingDir: '/srv' } },
    user: { of: '1000:1000', is: { User: '1000:1000' } },
    groups: { of: ['audio'], is: { HostConfig: { GroupAdd: ['audio'] } } },
    tty: { of: true, is: { Tty: true } },
    openStdin: { of: true, is: { OpenStdin: true } },
    readOnly: { of: true, is: { HostConfig: { ReadonlyRootfs: true } } },
    init: { of: false, is: { HostConfig: { Init: false } } },
    stopSignal: { of: 'SIGINT', is: { StopSignal: 'SIGINT' } },
    stopGracePeriodMs: { of: 1_500, is: { StopTimeout: 2 } },
    hosts: { of: ['::1 a b'], is: { HostConfig: { ExtraHosts: ['a:::1', 'b:::1'] } } },
    dns: {
      of: { nameservers: ['1.1.1.1'], search: ['example'], options: ['ndots:2'] },
      is: { HostConfig: { Dns: ['1.1.1.1'], DnsSearch: ['example'], DnsOptions: ['ndots:2'] } },
    },
    capabilityAdd: { of: ['ALL'], is: { HostConfig: { CapAdd: ['ALL'] } } },
    capabilityDrop: { of: ['CAP_CHOWN'], is: { HostConfig: { CapDrop: ['CAP_CHOWN'] } } },
    sysctls: { of: { 'net.x': '1' }, is: { HostConfig: { Sysctls: { 'net.x': '1' } } } },
    secrets: 'elsewhere', // files.test.ts
    configs: 'elsewhere', // files.test.ts
    ulimits: {
      of: [{ name: 'core', soft: 0, hard: -1 }],
      is: { HostConfig: { Ulimits: [{ Name: 'core', Soft: 0, Hard: -1 }] } },
    },
    privileges: {
      of: {
        credentialSpec: { file: 'a.json' },
        seccomp: { mode: 'custom', profile: '{}' },
        appArmor: 'disabled',
        noNewPrivileges: true,
      },
      is: {
        HostConfig: {
          SecurityOpt: ['credentialspec=file://a.json', 'seccomp={}', 'apparmor=unconfined', 'no-new-privileges=true'],
        },
      },
    },
    registryAuth: 'elsewhere', // driver.test.ts
    isolation: { of: 'hyperv', is: { HostConfig: { Isolation: 'hyperv' } } },
    oomScoreAdj: { of: -5, is: { HostConfig: { OomScoreAdj: -5 } } },
  };
  const rows = Object.entries(fields).flatMap(([field, row]) => (row === 'elsewhere' ? [] : [{ field, ...row }]));

  it.each(rows)('has $field', async ({ field, of, is }) => {
    expect(await bodyOf({ [field]: of })).toMatchObject(is);
    if (field !== 'image') expect(await bodyOf({})).not.toMatchObject(is);
  });

  it('has nothing that was not asked for, and is never restarted by its engine', async () => {
    const { Labels: _labels, ...body } = await bodyOf({});
    expect(body).toEqual({ Image: 'busybox', HostConfig: { NetworkMode: 'default' } });
  });

  it.each([
    [{ nanoCpus: 5e8 }, { NanoCpus: 5e8 }],
    [{ memoryBytes: 1e9 }, { Memory: 1e9 }],
    [{ pids: 100 }, { PidsLimit: 100 }],
  ])('has the limits %j', async (limits, expected) => {
    expect((await bodyOf({}, { resources: { limits } })).HostConfig).toMatchObject(expected);
    expect((await bodyOf({}, { resources: { reservations: limits } })).HostConfig).toEqual({ NetworkMode: 'default' });
  });

  it('takes the log driver of the cluster where the task has none of its own', async () => {
    const own = await bodyOf({}, { logDriver: { name: 'syslog', options: {} } });
    expect(own.HostConfig).toMatchObject({ LogConfig: { Type: 'syslog' } });
    const copied = await bodyOf({}, {}, { logDriver: { name: 'local', options: { a: 'b' } } });
    expect(copied.HostConfig).toMatchObject({ LogConfig: { Type: 'local', Config: { a: 'b' } } });
  });

  it.each([
    [{ credentialSpec: { registry: 'a' } }, ['credentialspec=registry://a']],
    [{ seccomp: { mode: 'unconfined' as const, profile: '' } }, ['seccomp=unconfined']],
    [{ seccomp: { mode: 'default' as const, profile: '' }, appArmor: 'default' as const }, undefined],
  ])('has the security options of %j', async (privileges, expected) => {
    expect((await bodyOf({ privileges })).HostConfig?.SecurityOpt).toEqual(expected);
  });

  it('has variables with the pieces of resources that it was given', async () => {
    const assignedGeneric = [
      { kind: 'gpu', named: 'a' },
      { kind: 'ssd', discrete: 2 },
      { kind: 'gpu', named: 'b' },
    ];
    const { Env } = await bodyOf({ env: ['A=1'] }, {}, { assignedGeneric });
    expect(Env).toEqual(['A=1', 'DOCKER_RESOURCE_GPU=a,b', 'DOCKER_RESOURCE_SSD=2']);
  });

  it('joins its first network at the creation', async () => {
    const task = await taskWith({ container: { image: 'busybox' } });
    const networks: NetworkPlace[] = [
      { name: 'back', endpoint: { Aliases: ['web'] } },
      { name: 'front', endpoint: {} },
    ];
    const plan = { task, container: task.spec.container as ContainerSpec, clusterId: 'c1', networks };
    const body = containerBody(plan);
    expect(body.HostConfig?.NetworkMode).toBe('back');
    expect(body.NetworkingConfig).toEqual({ EndpointsConfig: { back: { Aliases: ['web'] } } });
  });

  it('is called by the node where the service has one task a node, and by its id in any case', async () => {
    expect(containerName(await taskWith({}, { slot: 0 }))).toBe(`rich.${where.nodeId}.${ids.id}`);
    expect(containerName(await storedTask({ id: 't1', slot: 3 }))).toBe('task.3.t1');
    expect(containerName(await taskWith({}, { annotations: { name: 'x' } }))).toBe(`rich.1.${ids.id}`);
  });

  it('has a hash that changes with what it is made of, and with nothing else', async () => {
    const hash = async (container: DeepPartial<ContainerSpec>, more: DeepPartial<Task> = {}) =>
      specHash(await taskWith({ container }, more));
    const first = await hash({ env: ['A=1'] });
    expect(await hash({ env: ['A=1'] }, { id: 'other', slot: 2, desiredState: 'running' })).toBe(first);
    expect(await hash({ env: ['A=1'], registryAuth: 'e30=' })).toBe(first);
    expect(await hash({ env: ['A=2'] })).not.toBe(first);
    expect(await hash({ env: ['A=1'] }, { endpoint: { ports: [{ targetPort: 80 }] } })).not.toBe(first);
  });
});

describe('a mount', () => {
  const driver = { name: 'nfs', options: { addr: 'x' } };
  it.each<[DeepPartial<Mount>, object]>([
    [
      { type: 'bind', source: '/a', target: '/b', readOnly: true, bind: { propagation: 'rshared' } },
      { Type: 'bind', Source: '/a', Target: '/b', ReadOnly: true, BindOptions: { Propagation: 'rshared' } },
    ],
    [
      { type: 'volume', source: 'v', target: '/b', volume: { noCopy: true, labels: { a: '1' }, driver, subpath: 'x' } },
      {
        Type: 'volume',
        Source: 'v',
        Target: '/b',
        VolumeOptions: {
          NoCopy: true,
          Labels: { a: '1' },
          Subpath: 'x',
          DriverConfig: { Name: 'nfs', Options: { addr: 'x' } },
        },
      },
    ],
    [
      { type: 'volume', target: '/b' },
      { Type: 'volume', Target: '/b' },
    ],
    [
      { type: 'tmpfs', target: '/b', tmpfs: { sizeBytes: 5, mode: 0o1777 } },
      { Type: 'tmpfs', Target: '/b', TmpfsOptions: { SizeBytes: 5, Mode: 0o1777 } },
    ],
    [
      { type: 'npipe', source: '\\\\.\\pipe\\a', target: 'b' },
      { Type: 'npipe', Source: '\\\\.\\pipe\\a', Target: 'b' },
    ],
  ])('%j is as Docker has it', async (mount, expected) => {
    expect((await bodyOf({ mounts: [mount as Mount] })).HostConfig?.Mounts).toEqual([expected]);
  });

  it('of the cluster is refused: plain engines have none', async () => {
    const mounts = [{ type: 'cluster', source: 'data', target: '/b' } as Mount];
    await expect(bodyOf({ mounts })).rejects.toThrow(/cluster volume data cannot be mounted/);
  });

  it('with a driver is made before the container', async () => {
    const { mounts } = (
      await taskWith({
        container: {
          mounts: [
            { type: 'volume', source: 'v', target: '/v', volume: { driver, labels: { a: '1' } } },
            { type: 'volume', source: 'plain', target: '/p' },
            { type: 'volume', source: '', target: '/anonymous', volume: { driver } },
            { type: 'bind', source: '/a', target: '/a' },
          ],
        },
      })
    ).spec.container as ContainerSpec;
    expect(volumesToMake(mounts)).toEqual([
      { Name: 'v', Driver: 'nfs', DriverOpts: { addr: 'x' }, Labels: { a: '1' } },
    ]);
  });
});

describe('an engine that is too old', () => {
  const volume = { type: 'volume', source: 'v', target: '/v' } as const;
  it.each<[string, DeepPartial<TaskSpec>, string]>([
    ['1.24', { container: { init: false } }, 'container.init needs version 1.25'],
    ['1.24', { container: { mounts: [volume] } }, 'container.mounts needs version 1.25'],
    ['1.24', { container: { stopGracePeriodMs: 0 } }, 'container.stopGracePeriodMs needs version 1.25'],
    ['1.24', { container: { secrets: [{ secretId: 's' }] } }, 'container.secrets needs version 1.25'],
    ['1.24', { container: {}, resources: { limits: { nanoCpus: 1 } } }, 'resources.limits.nanoCpus needs version 1.25'],
    [
      '1.28',
      { container: { healthcheck: { startPeriodMs: 1 } } },
      'container.healthcheck.startPeriodMs needs version 1.29',
    ],
    [
      '1.41',
      { container: { mounts: [volume, { ...volume, volume: { subpath: 'a' } }] } },
      'container.mounts[1].volume.subpath needs version 1.45',
    ],
  ])('%s refuses %j', async (version, spec, text) => {
    expect(unsupported(await taskWith(spec), version as '1.24')).toContain(text);
    expect(unsupported(await taskWith(spec), '1.45')).toBeUndefined();
  });

  it('takes a task that asks for nothing new', async () => {
    expect(unsupported(await taskWith({ container: { image: 'a', env: ['A=1'] } }), '1.24')).toBeUndefined();
  });

  it('takes a task whose health is looked at less often than it asks for', async () => {
    const task = await taskWith({ container: { healthcheck: { startIntervalMs: 1 } } });
    expect(unsupported(task, '1.41')).toBeUndefined();
  });
});
