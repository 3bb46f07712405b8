import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { until } from '../../scripts/waiting.js';
import { addressOf, bridgeOf, poolOf } from './engine-bridges.js';
import { killAllOf } from './engine-leftovers.js';
import type { OwnNetwork } from './engine-networks.js';

export interface RealEngineOptions {
  /** Labels of the engine. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Containers live on while the engine is gone. Default true. */
  readonly liveRestore?: boolean;
  /** Size of its disk, megabytes: a file system in memory, which {@link RealEngine.fillDisk} can fill. Default: the folder's. */
  readonly diskMb?: number;
  /** The engines of a group have a network each and reach one another, as on machines of their own: for overlay networks. Default false. */
  readonly ownNetwork?: boolean;
  /** Other options of dockerd. */
  readonly args?: readonly string[];
}

/** One dockerd with a containerd, host name, identity, bridge and address of its own. */
export class RealEngine {
  readonly number: number;
  readonly #folder: string;
  readonly #image: string;
  readonly #options: RealEngineOptions;
  readonly #network: OwnNetwork | undefined;
  #containerd: ChildProcess | undefined;
  #dockerd: ChildProcess | undefined;

  constructor(
    number: number,
    folder: string,
    image: string,
    { network, ...options }: RealEngineOptions & { readonly network?: OwnNetwork },
  ) {
    this.number = number;
    this.#folder = folder;
    this.#image = image;
    this.#options = options;
    this.#network = network;
  }

  get name(): string {
    return `node-${this.number}`;
  }

  /** Address at which its containers publish ports. */
  get ip(): string {
    return this.#network?.ip ?? addressOf(this.number);
  }

  get address(): string {
    return `${this.ip}:2375`;
  }

  /** False while its dockerd is gone. */
  get runs(): boolean {
    return isRunning(this.#dockerd);
  }

  /** Starts it, with the image when it does not have it. Resolves when it answers. */
  async start(): Promise<void> {
    for (const part of ['data', 'exec', 'etc', 'ctd']) mkdirSync(join(this.#folder, part), { recursive: true });
    if (!isRunning(this.#containerd)) await this.#startContainerd();
    await this.#startDockerd();
    const { status } = await this.call('GET', '/images/busybox/json');
    if (status === 404) {
      const answer = await this.call(
        'POST',
        '/images/create?fromSrc=-&repo=busybox&tag=latest',
        createReadStream(this.#image),
      );
      if (answer.status !== 200) throw new Error(`${this.name} took no image: ${answer.body}`);
    }
  }

  async #startContainerd(): Promise<void> {
    const [config, socket] = [this.#in('ctd.toml'), this.#in('ctd/sock')];
    await rm(socket, { force: true });
    const plugins = 'disabled_plugins = ["io.containerd.grpc.v1.cri"]';
    const places = `root = "${this.#in('ctd/root')}"\nstate = "${this.#in('ctd/state')}"`;
    writeFileSync(config, `version = 2\n${places}\n${plugins}\n[grpc]\naddress = "${socket}"\n`);
    // Its namespaces are the engine's: an own host name, and an own key in /etc/docker, which is the engine's identity.
    const { diskMb } = this.#options;
    const disk = diskMb === undefined ? 'true' : `mount -t tmpfs -o size=${diskMb}m tmpfs ${this.#in('data')}`;
    const inside = `hostname ${this.name} && mount --bind ${this.#in('etc')} /etc/docker && ${disk} && exec containerd --config ${config}`;
    const enter = this.#network ? ['nsenter', `--net=${this.#network.namespace}`] : [];
    const [command = '', ...args] = [
      ...enter,
      'unshare',
      '--mount',
      '--uts',
      '--propagation',
      'private',
      'sh',
      '-c',
      inside,
    ];
    this.#containerd = this.#spawn(command, args, 'ctd.log');
    await this.#untilUp(this.#containerd, 'ctd.log', () => Promise.resolve(existsSync(socket)));
  }

  async #startDockerd(): Promise<void> {
    await rm(this.#in('docker.pid'), { force: true });
    const { labels = {}, liveRestore = true, args = [] } = this.#options;
    const dockerd = [
      ...['dockerd', '--host', `tcp://${this.address}`, '--tls=false', '--containerd', this.#in('ctd/sock')],
      ...['--data-root', this.#in('data'), '--exec-root', this.#in('exec'), '--pidfile', this.#in('docker.pid')],
      ...(this.#network ? [] : ['--bridge', bridgeOf(this.number)]),
      ...['--ip', this.ip, '--iptables=false', '--ip6tables=false'],
      ...['--default-address-pool', `base=${poolOf(this.number)},size=28`, '--storage-driver', 'overlay2'],
      ...['--shutdown-timeout', '1', ...(liveRestore ? ['--live-restore'] : [])],
      ...Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...args,
    ];
    this.#dockerd = this.#spawn('nsenter', [...this.#namespaces, ...dockerd], 'log');
    await this.#untilUp(this.#dockerd, 'log', async () => (await this.call('GET', '/_ping')).status === 200);
  }

  /** Dies as by SIGKILL. Its containers live on. */
  async kill9(): Promise<void> {
    await end(this.#dockerd, 'SIGKILL');
  }

  /** Stops it as SIGSTOP does: it accepts connections and answers nothing. */
  pause(): void {
    this.#dockerd?.kill('SIGSTOP');
  }

  resume(): void {
    this.#dockerd?.kill('SIGCONT');
  }

  /** Ends in good order. Its containers live on. */
  async terminate(): Promise<void> {
    await end(this.#dockerd, 'SIGTERM');
  }

  async restart(): Promise<void> {
    await this.terminate();
    await this.start();
  }

  /** Leaves no room on a disk that was made with `diskMb`. */
  fillDisk(): void {
    if (this.#options.diskMb === undefined) throw new Error(`the disk of ${this.name} is not its own: give diskMb`);
    const filled = spawnSync('nsenter', [...this.#namespaces, 'dd', 'if=/dev/zero', `of=${this.#in('data/filler')}`]);
    const text = filled.stderr.toString();
    if (!/No space left/.test(text)) throw new Error(`the disk of ${this.name} is not full: ${text}`);
  }

  /** Gives the room back. */
  freeDisk(): void {
    spawnSync('nsenter', [...this.#namespaces, 'rm', '-f', this.#in('data/filler')]);
  }

  /** Becomes another engine at the same address: another id, no containers, only the first image. */
  async wipe(): Promise<void> {
    await this.end();
    await rm(this.#folder, { recursive: true, force: true });
    await this.start();
  }

  /** Removes its containers, networks and volumes. The engine stays. */
  async clear(): Promise<void> {
    const list = async (path: string) =>
      JSON.parse((await this.call('GET', path)).body) as { Id: string; Name: string }[];
    const all = await list('/containers/json?all=1');
    await Promise.all(all.map(({ Id }) => this.call('DELETE', `/containers/${Id}?force=1&v=1`)));
    await this.call('POST', '/networks/prune');
    await this.call('POST', '/volumes/prune?filters=%7B%22all%22%3A%5B%22true%22%5D%7D');
  }

  /** Ends it and everything that it runs. */
  async end(): Promise<void> {
    this.resume();
    // Containers outlive their engine: those that cannot be removed through it are killed below.
    if (isRunning(this.#dockerd)) await this.clear().catch(() => undefined);
    await end(this.#dockerd, 'SIGTERM');
    await end(this.#containerd, 'SIGTERM');
    await killAllOf(this.#folder);
  }

  /** Calls the engine, with a deadline. */
  async call(method: string, path: string, body?: Readable, headers = {}): Promise<{ status: number; body: string }> {
    const asked = request({ host: this.ip, port: 2375, method, path, headers, agent: false, timeout: 20_000 });
    asked.once('timeout', () => asked.destroy(new Error(`${this.name} does not answer to ${method} ${path}`)));
    if (body) body.pipe(asked);
    else asked.end();
    const [response] = (await once(asked, 'response')) as [Readable & { statusCode: number }];
    return { status: response.statusCode, body: (await buffer(response)).toString() };
  }

  /** Posts JSON to the engine. */
  async post(path: string, json?: string): Promise<{ status: number; body: string }> {
    const body = json === undefined ? undefined : Readable.from([Buffer.from(json)]);
    return this.call('POST', path, body, json === undefined ? {} : { 'content-type': 'application/json' });
  }

  get #namespaces(): readonly string[] {
    return ['-t', String(this.#containerd?.pid), '--mount', '--uts', ...(this.#network ? ['--net'] : [])];
  }

  #in(file: string): string {
    return join(this.#folder, file);
  }

  #spawn(command: string, args: readonly string[], log: string): ChildProcess {
    const file = openSync(this.#in(log), 'a');
    // A session of its own: Ctrl-C at the tests must not end it before they have removed its containers.
    const child = spawn(command, args, { detached: true, stdio: ['ignore', file, file] });
    closeSync(file);
    child.unref();
    return child;
  }

  async #untilUp(child: ChildProcess, log: string, isUp: () => Promise<boolean>): Promise<void> {
    await until(
      `${this.name} starts`,
      async () => {
        if (!isRunning(child))
          throw new Error(`${this.name} ended: ${readFileSync(this.#in(log), 'utf8').slice(-2_000)}`);
        return isUp().catch(() => false);
      },
      30_000,
      10,
    );
  }
}

const isRunning = (child: ChildProcess | undefined): boolean =>
  child !== undefined && child.exitCode === null && child.signalCode === null;

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || !isRunning(child)) return;
  child.ref();
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
