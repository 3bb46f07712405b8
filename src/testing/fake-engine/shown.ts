import type { FakeContainer } from './container.js';
import { humanDuration, type Moments, rfc3339, secondsOf } from './moment.js';
import type { FakeNetworks } from './networks.js';
import { commandLine } from './program.js';
import type { Json } from './types.js';

/** Text of the column STATUS in `docker ps`. */
export function statusText(container: FakeContainer, moments: Moments): string {
  const nowMs = moments.nowMs();
  const ago = (nano: bigint | undefined) => humanDuration(nowMs - Number((nano ?? 0n) / 1_000_000n));
  const { state, exitCode, health } = container;
  if (state === 'restarting') return `Restarting (${exitCode}) ${ago(container.finished)} ago`;
  if (state === 'paused') return `Up ${ago(container.started)} (Paused)`;
  if (state === 'running') {
    const healthText = health === undefined ? '' : ` (${health === 'starting' ? 'health: starting' : health})`;
    return `Up ${ago(container.started)}${healthText}`;
  }
  if (state === 'dead') return 'Dead';
  if (container.started === undefined) return 'Created';
  return `Exited (${exitCode}) ${ago(container.finished)} ago`;
}

const emptyEndpoint = {
  IPAMConfig: null,
  Links: null,
  Aliases: null,
  NetworkID: '',
  EndpointID: '',
  Gateway: '',
  IPAddress: '',
  IPPrefixLen: 0,
  IPv6Gateway: '',
  GlobalIPv6Address: '',
  GlobalIPv6PrefixLen: 0,
  MacAddress: '',
  DriverOpts: null,
};

function networksOf(container: FakeContainer, networks: FakeNetworks): Readonly<Record<string, Json>> {
  const shown = [...container.networks].map(([name, { settings, endpoint, networkId }]) => {
    const found = networks.find(networkId || name);
    const place = endpoint && {
      EndpointID: endpoint.endpointId,
      Gateway: networks.gateway(networkId),
      IPAddress: endpoint.ip,
      IPPrefixLen: endpoint.ip === '' ? 0 : 16,
      MacAddress: endpoint.mac,
    };
    return [
      found?.name ?? name,
      { ...emptyEndpoint, ...aliased(name, settings, container), NetworkID: networkId, ...place },
    ] as const;
  });
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** In a network that users made, a running container has its short id as an alias too. */
function aliased(network: string, settings: Json, { id, running }: FakeContainer): Json {
  if (!running || ['bridge', 'host', 'none'].includes(network)) return settings;
  const given = Array.isArray(settings.Aliases) ? (settings.Aliases as string[]) : [];
  return { ...settings, Aliases: [...given, id.slice(0, 12)] };
}

/** A container in `GET /containers/json`. */
export function containerSummary(container: FakeContainer, moments: Moments, networks: FakeNetworks): Json {
  const ports = [...container.published].flatMap(([port, bindings]) => {
    const [number, type = 'tcp'] = port.split('/');
    const inside = { PrivatePort: Number(number), Type: type };
    if (bindings === null) return [inside];
    return bindings.map(({ HostIp, HostPort }) => ({ IP: HostIp, ...inside, PublicPort: Number(HostPort) }));
  });
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: container.image,
    ImageID: container.imageId,
    Command: commandLine(container.argv),
    Created: secondsOf(container.created),
    Ports: ports,
    Labels: container.labels,
    State: container.state,
    Status: statusText(container, moments),
    HostConfig: { NetworkMode: container.host.NetworkMode ?? 'default' },
    NetworkSettings: { Networks: networksOf(container, networks) },
    Mounts: container.mounts,
  };
}

/** Settings that every container has, as Docker shows them when they were not given. */
const hostDefaults: Json = {
  Binds: null,
  ContainerIDFile: '',
  LogConfig: { Type: 'json-file', Config: {} },
  NetworkMode: 'default',
  PortBindings: {},
  RestartPolicy: { Name: '', MaximumRetryCount: 0 },
  AutoRemove: false,
  VolumeDriver: '',
  VolumesFrom: null,
  CapAdd: null,
  CapDrop: null,
  Dns: null,
  DnsOptions: null,
  DnsSearch: null,
  ExtraHosts: null,
  GroupAdd: null,
  IpcMode: 'private',
  Links: null,
  OomScoreAdj: 0,
  PidMode: '',
  Privileged: false,
  PublishAllPorts: false,
  ReadonlyRootfs: false,
  SecurityOpt: null,
  ShmSize: 67_108_864,
  Runtime: 'runc',
  CpuShares: 0,
  Memory: 0,
  NanoCpus: 0,
  MemoryReservation: 0,
  MemorySwap: 0,
  OomKillDisable: false,
  PidsLimit: null,
  Ulimits: null,
};

function stateOf(container: FakeContainer): Json {
  const { state, health } = container;
  return {
    Status: state,
    Running: container.running,
    Paused: state === 'paused',
    Restarting: state === 'restarting',
    OOMKilled: false,
    Dead: state === 'dead',
    Pid: container.pid,
    ExitCode: container.exitCode,
    Error: container.error,
    StartedAt: rfc3339(container.started),
    FinishedAt: rfc3339(container.finished),
    ...(health && { Health: { Status: health, FailingStreak: health === 'unhealthy' ? 3 : 0, Log: [] } }),
  };
}

/** Answer of `GET /containers/ID/json`. */
export function containerDetail(container: FakeContainer, networks: FakeNetworks): Json {
  const { HostConfig: _host, NetworkingConfig: _networking, ...config } = container.body;
  const shownNetworks = networksOf(container, networks);
  const bridge: Json = shownNetworks.bridge ?? {};
  const address = (field: string, otherwise: unknown) => bridge[field] ?? otherwise;
  return {
    Id: container.id,
    Created: rfc3339(container.created),
    Path: container.argv[0],
    Args: container.argv.slice(1),
    State: stateOf(container),
    Image: container.imageId,
    Name: `/${container.name}`,
    RestartCount: container.restarts,
    Driver: 'overlay2',
    Platform: 'linux',
    ExecIDs: container.execs?.length ? container.execs : null,
    HostConfig: { ...hostDefaults, ...container.host },
    Mounts: container.mounts,
    Config: {
      ...{ Hostname: container.id.slice(0, 12), Domainname: '', User: '', AttachStdin: false, AttachStdout: false },
      ...{ AttachStderr: false, Tty: false, OpenStdin: false, StdinOnce: false, Volumes: null, WorkingDir: '' },
      ...config,
      Hostname: config.Hostname || container.id.slice(0, 12),
      Env: container.env.length > 0 ? container.env : null,
      Cmd: config.Cmd ?? null,
      Entrypoint: config.Entrypoint ?? null,
      Labels: container.labels,
    },
    NetworkSettings: {
      Bridge: '',
      Ports: Object.fromEntries(container.published),
      EndpointID: address('EndpointID', ''),
      Gateway: address('Gateway', ''),
      IPAddress: address('IPAddress', ''),
      IPPrefixLen: address('IPPrefixLen', 0),
      MacAddress: address('MacAddress', ''),
      Networks: shownNetworks,
    },
  };
}
