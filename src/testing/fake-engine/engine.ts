import { type Clock, systemClock } from '../../base/clock.js';
import { type Random, systemRandom } from '../../base/random.js';
import { FakeContainers } from './containers.js';
import { FakeEventLog } from './events.js';
import { FakeExecs } from './execs.js';
import { FakeImages } from './images.js';
import { type ListContainers, listContainers } from './list.js';
import { Moments, rfc3339 } from './moment.js';
import { FakeNetworks } from './networks.js';
import { FakePorts } from './ports.js';
import type { Commands } from './program.js';
import { type FakeRegistry, lookUp, progressLines } from './pull.js';
import { containerSummary } from './shown.js';
import type { Json } from './types.js';
import { FakeVolumes } from './volumes.js';

/** Settings of a fake engine. */
export interface FakeEngineOptions {
  /** Identity of the engine. By default one is made from `random`. */
  readonly id?: string;
  /** Host name. Default `fake`. */
  readonly name?: string;
  /** Number of CPUs. Default 2. */
  readonly cpus?: number;
  /** Bytes. */
  readonly memory?: number;
  /** Labels of the engine. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Images that are there from the start. Default `busybox:latest`. */
  readonly images?: readonly string[];
  /** Images that it can pull. Default none but those that are there. */
  readonly registry?: FakeRegistry;
  /** Address at which ports without one are published. Default `0.0.0.0`. */
  readonly publishIp?: string;
  /** Folders of the host that may be mounted. Default all. */
  readonly hostPaths?: readonly string[];
  /** Commands of containers beside `echo`, `sleep`, `sh`, `cat` and a few more. */
  readonly commands?: Commands;
  /** Events that it remembers for `since`. Default 256, as Docker. */
  readonly eventsKept?: number;
  /** Time. Default that of the system. */
  readonly clock?: Clock;
  /** Randomness for ids. Default that of the system. */
  readonly random?: Random;
}

/** Version of the API that a fake engine has, and the oldest that it takes. */
export const apiVersion = '1.41';
export const apiVersionMin = '1.12';
const serverVersion = '20.10.24';

/**
 * A Docker engine in memory: names, states, exit codes, events and texts as Docker 20.10 has them, and no process,
 * socket or file. Time and chance come from outside, so it lives in a simulation as well.
 */
export class FakeEngine implements Disposable {
  /** Identity of the engine. */
  readonly id: string;
  /** Host name of the engine. */
  readonly name: string;
  /** Clock of the engine, and its ids. */
  readonly moments: Moments;
  /** Events, kept and followed. */
  readonly events: FakeEventLog;
  /** Images on the engine. */
  readonly images: FakeImages;
  /** Volumes on the engine. */
  readonly volumes: FakeVolumes;
  /** Networks of the engine. */
  readonly networks: FakeNetworks;
  /** Containers of the engine, in every state. */
  readonly containers: FakeContainers;
  /** Commands that run in containers beside their own. */
  readonly execs: FakeExecs;
  /** Options that it was made with. */
  readonly options: FakeEngineOptions;

  constructor(options: FakeEngineOptions = {}) {
    this.options = options;
    this.moments = new Moments(options.clock ?? systemClock, options.random ?? systemRandom);
    this.id = options.id ?? engineId(this.moments.random);
    this.name = options.name ?? 'fake';
    const { moments } = this;
    this.events = new FakeEventLog(moments, options.eventsKept ?? 256);
    this.images = new FakeImages(moments, this.events, (id) => this.containers.usersOfImage(id));
    this.volumes = new FakeVolumes(moments, this.events, (name) => this.containers.usersOfVolume(name));
    this.networks = new FakeNetworks(moments, this.events);
    const parts = {
      ...{ moments, events: this.events, images: this.images, volumes: this.volumes, networks: this.networks },
      ports: new FakePorts(options.publishIp ?? '0.0.0.0'),
      commands: options.commands ?? {},
      cpus: options.cpus ?? 2,
      ...(options.hostPaths && { hostPaths: options.hostPaths }),
    };
    this.containers = new FakeContainers(parts);
    this.execs = new FakeExecs(parts, this.containers);
    this.containers.onEnd = (container, gone) => {
      if (gone) this.execs.forgetAllOf(container);
      else this.execs.endAllOf(container);
    };
    for (const image of options.images ?? ['busybox:latest']) this.images.add(image, options.registry?.[image]);
  }

  /** Lists containers as `docker ps` does. */
  list(asked: ListContainers = {}): Json[] {
    const found = listContainers(this.containers.all, asked, (one) => this.containers.get(one), this.images);
    return found.map((container) => containerSummary(container, this.moments, this.networks));
  }

  /** Pulls an image; the lines that a client is shown. */
  pull(reference: string): Json[] {
    const present = this.images.find(reference);
    const registry = this.options.registry ?? {};
    const image = present && Object.keys(registry).length === 0 ? present.of : lookUp(registry, reference);
    return progressLines(reference, image, this.images.pulled(reference, image));
  }

  /** Makes an image from a container; its id. */
  commit(container: string, repository: string, tag: string, comment = '', pause = true): string {
    const found = this.containers.get(container);
    const paused = pause && found.state === 'running';
    if (paused) this.containers.pause(found.id);
    const name = repository === '' ? undefined : `${repository}:${tag || 'latest'}`;
    const of = { cmd: found.argv, env: found.env, labels: found.labels };
    const image = this.images.import(name, of, found.imageId, comment);
    const made = { comment, imageID: image.id, ...(name === undefined ? {} : { imageRef: name }) };
    this.containers.emit(found, 'commit', made);
    if (paused) this.containers.unpause(found.id);
    return image.id;
  }

  /** Returns the answer to `GET /info`. */
  info(): Json {
    const all = [...this.containers.all];
    const count = (...states: string[]) => all.filter(({ state }) => states.includes(state)).length;
    const { cpus = 2, memory = 8 * 2 ** 30, labels = {} } = this.options;
    return {
      ID: this.id,
      Containers: all.length,
      ContainersRunning: count('running', 'restarting'),
      ContainersPaused: count('paused'),
      ContainersStopped: count('created', 'exited', 'dead'),
      Images: this.images.size,
      Driver: 'overlay2',
      DriverStatus: [['Backing Filesystem', 'extfs']],
      Plugins: {
        Volume: ['local'],
        Network: ['bridge', 'host', 'ipvlan', 'macvlan', 'null'],
        Authorization: null,
        Log: ['json-file'],
      },
      MemoryLimit: true,
      SwapLimit: true,
      SystemTime: rfc3339(this.moments.next()),
      LoggingDriver: 'json-file',
      CgroupDriver: 'cgroupfs',
      CgroupVersion: '1',
      NEventsListener: this.events.listeners,
      KernelVersion: '6.1.0',
      OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
      OSVersion: '12',
      OSType: 'linux',
      Architecture: 'x86_64',
      IndexServerAddress: 'https://index.docker.io/v1/',
      NCPU: cpus,
      MemTotal: memory,
      DockerRootDir: '/var/lib/docker',
      Name: this.name,
      Labels: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
      ExperimentalBuild: false,
      ServerVersion: serverVersion,
      Swarm: {
        NodeID: '',
        NodeAddr: '',
        LocalNodeState: 'inactive',
        ControlAvailable: false,
        Error: '',
        RemoteManagers: null,
      },
      LiveRestoreEnabled: true,
      SecurityOptions: ['name=seccomp,profile=default'],
      Warnings: null,
    };
  }

  /** Returns the answer to `GET /version`. */
  version(): Json {
    const about = { ApiVersion: apiVersion, Arch: 'amd64', GoVersion: 'go1.19.8', KernelVersion: '6.1.0' };
    const built = {
      MinAPIVersion: apiVersionMin,
      Os: 'linux',
      GitCommit: 'fake',
      BuildTime: '2024-01-01T00:00:00.000000000+00:00',
    };
    return {
      Platform: { Name: '' },
      Components: [{ Name: 'Engine', Version: serverVersion, Details: { ...about, ...built, Experimental: 'false' } }],
      Version: serverVersion,
      ...about,
      ...built,
    };
  }

  /** Ends all processes without a word: no timer is left. */
  close(): void {
    this.containers.drop();
  }

  /** Closes it: `using engine = …`, or `await using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** An engine id in Docker's form: twelve groups of four. */
function engineId(random: Random): string {
  const group = () => Array.from({ length: 4 }, () => letters[random(letters.length)]).join('');
  return Array.from({ length: 12 }, group).join(':');
}
