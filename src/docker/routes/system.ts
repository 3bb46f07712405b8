import { arch, hostname, release, version as osVersion } from 'node:os';
import { Slicer } from '../../base/clock.js';
import { type Counts, countsOf, infoParts, type Row } from '../convert/info-rows.js';
import type { Exchange } from '../exchange.js';
import type { Route } from '../router.js';
import { infoJson } from '../swarm/settings.js';
import { apiVersion, apiVersionMin } from '../versions.js';

function ping(x: Exchange): void {
  x.response.setHeader('Cache-Control', 'no-cache, no-store, must-revalidate');
  x.response.setHeader('Pragma', 'no-cache');
  x.response.setHeader('Builder-Version', '1');
  x.response.setHeader('Swarm', x.api.swarm ? 'active/manager' : 'inactive');
  if (x.method === 'HEAD') x.sendNothing(200);
  else x.sendText(200, 'OK', 'text/plain; charset=utf-8');
}

const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** `GET /version`: clients know a cluster by `swarm/` in it. Without components the command line shows these fields. */
function version(x: Exchange): void {
  x.send(200, {
    Platform: { Name: 'skep' },
    Version: `swarm/${x.api.version}`,
    ApiVersion: apiVersion,
    MinAPIVersion: apiVersionMin,
    GitCommit: '',
    GoVersion: `node ${process.versions.node}`,
    Os: 'linux',
    Arch: architectures[arch()] ?? arch(),
    KernelVersion: release(),
    BuildTime: '',
    Experimental: false,
  });
}

/** Facts of one engine that the command line warns of when they are not there. */
const abilities = {
  MemoryLimit: true,
  SwapLimit: true,
  KernelMemory: true,
  KernelMemoryTCP: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  IPv4Forwarding: true,
  BridgeNfIptables: true,
  BridgeNfIp6tables: true,
  OomKillDisable: true,
};

const noSwarm = {
  LocalNodeState: 'inactive',
  NodeID: '',
  NodeAddr: '',
  ControlAvailable: false,
  Error: '',
  RemoteManagers: null,
};

const sumOf = (a: Counts, b: Counts): Counts => ({
  total: a.total + b.total,
  running: a.running + b.running,
  paused: a.paused + b.paused,
  stopped: a.stopped + b.stopped,
});

/** The engines summed up, one after the other in slices. */
async function summedUp({ fleet, clock, role }: Exchange['api']) {
  const slicer = new Slicer(clock);
  const engines = fleet.engines().filter(({ state }) => state !== 'pending');
  const images = new Set<string>();
  let counts: Counts = { total: 0, running: 0, paused: 0, stopped: 0 };
  for (const engine of engines) {
    for (const { id } of engine.images) images.add(id);
    counts = sumOf(counts, countsOf(engine));
    if (slicer.due) await slicer.pause();
  }
  const rows: Row[] = [];
  for (const part of infoParts(fleet, role?.())) {
    rows.push(...part);
    if (slicer.due) await slicer.pause();
  }
  await slicer.pause(); // the text of it all takes a slice of its own
  return { engines, images: images.size, counts, rows };
}

async function info(x: Exchange): Promise<void> {
  const { engines, images, counts, rows } = await summedUp(x.api);
  x.send(200, {
    ID: '',
    Containers: counts.total,
    ContainersRunning: counts.running,
    ContainersPaused: counts.paused,
    ContainersStopped: counts.stopped,
    Images: images,
    Driver: '',
    DriverStatus: null,
    SystemStatus: rows,
    Plugins: { Volume: null, Network: null, Authorization: null, Log: null },
    ...abilities,
    Debug: false,
    NFd: 0,
    NGoroutines: 0,
    NEventsListener: 0,
    SystemTime: new Date(x.api.clock.now()).toISOString(),
    LoggingDriver: '',
    CgroupDriver: '',
    KernelVersion: release(),
    OperatingSystem: osVersion(),
    OSType: 'linux',
    OSVersion: '',
    Architecture: architectures[arch()] ?? arch(),
    IndexServerAddress: '',
    RegistryConfig: null,
    NCPU: engines.reduce((total, { cpus }) => total + cpus, 0),
    MemTotal: engines.reduce((total, { memoryBytes }) => total + memoryBytes, 0),
    GenericResources: null,
    DockerRootDir: '',
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: hostname(),
    Labels: [],
    ExperimentalBuild: false,
    ServerVersion: `swarm/${x.api.version}`,
    Runtimes: null,
    DefaultRuntime: '',
    Swarm: x.api.swarm ? infoJson(x.api.swarm) : noSwarm,
    LiveRestoreEnabled: false,
    Isolation: '',
    InitBinary: '',
    ContainerdCommit: { ID: '', Expected: '' },
    RuncCommit: { ID: '', Expected: '' },
    InitCommit: { ID: '', Expected: '' },
    SecurityOptions: [],
    Warnings: [],
  });
}

/** `OPTIONS`: the headers that every answer has say what web pages may do. */
const options = (x: Exchange) => x.sendNothing(200);

export const systemRoutes: readonly Route[] = [
  ['HEAD', '/_ping', ping],
  ['GET', '/_ping', ping],
  ['GET', '/version', version],
  ['GET', '/info', info],
  ['OPTIONS', '/{name}', options],
];
