import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { type RealEngine, RealEngines } from '../../test/support/engines.js';
import { freePort, until } from '../waiting.js';
import { expectThat, patienceMs } from './check.js';
import { dockerBinary, environmentOf, type Ran, runCommand, tellOf } from './command.js';
import type { Container, DockerService, DockerTask } from './docker-json.js';
import { binary, ManagerProcess } from './manager.js';

/** A command that goes on. */
export interface Followed {
  /** All that it has printed so far, on both streams. */
  readonly out: () => string;
  readonly end: () => void;
}

/** Three managers and three real engines, and both clients at one of the managers. */
export class World {
  readonly engines: readonly RealEngine[];
  readonly managers: readonly ManagerProcess[];
  readonly folder: string;
  readonly #engines: RealEngines;
  #door: ManagerProcess;

  private constructor(engines: RealEngines, managers: readonly ManagerProcess[], folder: string) {
    this.#engines = engines;
    this.engines = engines.all;
    this.managers = managers;
    this.folder = folder;
    this.#door = managers[0] as ManagerProcess;
  }

  static async open(): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'skep-acceptance-'));
    const engines = await RealEngines.start(3);
    const addrs: string[] = [];
    for (let at = 0; at < 3; at++) addrs.push(`127.0.0.1:${await freePort()}`);
    const fleet = `nodes://${engines.all.map(({ address }) => address).join(',')}`;
    const managers: ManagerProcess[] = [];
    for (const [at, engine] of engines.all.entries()) {
      const shared = ['--peers', addrs.join(','), '--fleet', fleet, '--log-level', 'info'];
      const own = ['--node', engine.name, '--ingress', ingressOf(engine)];
      const docker = `127.0.0.1:${await freePort()}`;
      const args = [...shared, ...own];
      managers.push(new ManagerProcess({ name: `m${at + 1}`, addr: addrs[at] as string, docker, folder, args }));
    }
    const world = new World(engines, managers, folder);
    try {
      await Promise.all(managers.map((one) => one.start()));
      for (const engine of engines.all) await engine.call('POST', '/images/busybox/tag?repo=busybox&tag=two');
      await world.untilReady();
      return world;
    } catch (error) {
      await world.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.managers.map((one) => one.end('SIGKILL')));
    await this.#engines.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Address at which a manager publishes ports. */
  ingress(at: number): string {
    return ingressOf(this.engines[at] as RealEngine);
  }

  engine(name: string): RealEngine {
    const engine = this.engines.find((one) => one.name === name);
    expectThat(engine !== undefined, `there is no engine ${name}`);
    return engine;
  }

  /** The manager that leads. From now on clients ask another one. */
  async leader(): Promise<ManagerProcess> {
    let leader: ManagerProcess | undefined;
    await until('a manager leads', async () => {
      const ran = await this.docker('node', 'ls', '--format', '{{.Hostname}} {{.ManagerStatus}}');
      const name = /^(\S+) Leader$/m.exec(ran.out)?.[1];
      leader = this.managers[this.engines.findIndex((engine) => engine.name === name)];
      return leader?.runs ?? false;
    });
    this.#door = this.managers.find((one) => one !== leader && one.runs) as ManagerProcess;
    return leader as ManagerProcess;
  }

  docker(...args: string[]): Promise<Ran> {
    return this.dockerWith({}, ...args);
  }

  /** As `docker`, with input or another folder. */
  dockerWith({ input = '', cwd = this.folder }: { input?: string; cwd?: string }, ...args: string[]): Promise<Ran> {
    if (!dockerBinary) throw new Error('docker is missing: apt-get install docker.io');
    return runCommand(dockerBinary, args, { env: this.#env, cwd, input });
  }

  skep(...args: string[]): Promise<Ran> {
    return runCommand(process.execPath, [binary, ...args], { env: this.#env, cwd: this.folder });
  }

  /** Runs a docker command that must do well. Its output without the last newline. */
  async good(...args: string[]): Promise<string> {
    return well('docker', args, await this.docker(...args));
  }

  /** Runs a skep command that must do well. */
  async goodSkep(...args: string[]): Promise<string> {
    return well('skep', args, await this.skep(...args));
  }

  /** Begins a docker command that goes on until it is ended. */
  follow(...args: string[]): Followed {
    return this.#follow(dockerBinary ?? '', args);
  }

  /** Begins a skep command that goes on until it is ended. */
  followSkep(...args: string[]): Followed {
    return this.#follow(process.execPath, [binary, ...args]);
  }

  #follow(file: string, args: readonly string[]): Followed {
    const child = spawn(file, args, { env: this.#env, cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (out += part.toString()));
    return { out: () => out, end: () => child.kill() };
  }

  /** Asks the Docker API of the manager. */
  async ask<T>(path: string): Promise<T> {
    const answer = await fetch(`http://${this.#door.docker}${path}`);
    expectThat(answer.ok, `GET ${path} answers ${answer.status}`);
    return (await answer.json()) as T;
  }

  service(name: string): Promise<DockerService> {
    return this.ask(`/services/${name}`);
  }

  /** All tasks of a service, also those that are over. */
  async tasks(service: string): Promise<DockerTask[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [service] }));
    return this.ask(`/tasks?filters=${filters}`);
  }

  async runningTasks(service: string): Promise<DockerTask[]> {
    return (await this.tasks(service)).filter(
      ({ Status, DesiredState }) => Status.State === 'running' && DesiredState === 'running',
    );
  }

  async untilRunning(service: string, count: number, timeoutMs = patienceMs): Promise<DockerTask[]> {
    let tasks: DockerTask[] = [];
    await until(
      `${service} has ${count} running tasks`,
      async () => {
        tasks = await this.runningTasks(service);
        return tasks.length === count;
      },
      timeoutMs,
      50,
    );
    return tasks;
  }

  /** Containers of a service on all engines that run, asked without skep. */
  async containers(service?: string): Promise<Container[]> {
    const label = service === undefined ? [] : [`com.docker.swarm.service.name=${service}`];
    const filters = encodeURIComponent(JSON.stringify({ label }));
    const lists = await Promise.all(
      this.engines
        .filter(({ runs }) => runs)
        .map(async (engine) => {
          const { body } = await engine.call('GET', `/containers/json?all=1&filters=${filters}`);
          return (JSON.parse(body) as Omit<Container, 'engine'>[]).map((one) => ({ ...one, engine: engine.name }));
        }),
    );
    return lists.flat();
  }

  /** Running containers of a service by engine: `[2, 2, 2]`. */
  async spread(service: string): Promise<number[]> {
    const all = (await this.containers(service)).filter(({ State }) => State === 'running');
    return this.engines.map(({ name }) => all.filter(({ engine }) => engine === name).length);
  }

  /** Waits until the managers lead, reach all engines, and give tasks to all nodes. */
  async untilReady(): Promise<void> {
    await until(
      'three nodes are ready',
      async () => {
        const { out } = await this.docker('node', 'ls', '--format', '{{.Status}} {{.Availability}} {{.ManagerStatus}}');
        const rows = out.split('\n').filter((row) => row.startsWith('Ready Active'));
        return rows.length === 3 && out.includes('Leader') && !out.includes('Unreachable');
      },
      patienceMs,
      200,
    );
  }

  /** Starts what a check has ended, and removes what it has made. */
  async tidy(): Promise<void> {
    for (const manager of this.managers) {
      manager.signal('SIGCONT');
      if (!manager.runs) await manager.start();
    }
    for (const engine of this.engines) {
      engine.resume();
      if (!engine.runs) await engine.start();
    }
    await this.#removeAll(['service', 'ls', '-q'], ['service', 'rm']);
    await this.untilReady().catch(() => undefined);
    for (const { name } of this.engines) {
      await this.docker('node', 'update', '--availability', 'active', name);
      const labels = await this.ask<{ Spec: { Labels?: object } }>(`/nodes/${name}`);
      for (const label of Object.keys(labels.Spec.Labels ?? {}))
        await this.docker('node', 'update', '--label-rm', label, name);
    }
    await this.untilReady();
    await until('containers of tasks are gone', async () => (await this.#leftOfTasks()) === 0, patienceMs, 100);
    await this.#removeAll(['ps', '-aq'], ['rm', '-f']);
    for (const kind of ['secret', 'config']) await this.#removeAll([kind, 'ls', '-q'], [kind, 'rm']);
    await this.#removeAll(['network', 'ls', '-q', '--filter', 'scope=swarm'], ['network', 'rm']);
  }

  async #leftOfTasks(): Promise<number> {
    return (await this.containers()).filter(({ Labels }) => 'skep.cluster' in Labels).length;
  }

  async #removeAll(list: readonly string[], remove: readonly string[]): Promise<void> {
    const { out } = await this.docker(...list);
    const ids = out.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await this.docker(...remove, ...ids);
  }

  get #env(): NodeJS.ProcessEnv {
    if (!this.#door.runs) this.#door = this.managers.find(({ runs }) => runs) ?? this.#door;
    const others = this.managers.filter((one) => one !== this.#door && one.runs);
    const hosts = [this.#door, ...others].map(({ addr }) => addr).join(',');
    return environmentOf(this.folder, { DOCKER_HOST: `tcp://${this.#door.docker}`, SKEP_HOST: hosts });
  }
}

/** Each manager publishes on an address of its own, so that all can publish the same port. */
const ingressOf = ({ number }: RealEngine): string => `127.0.3.${number}`;

function well(name: string, args: readonly string[], ran: Ran): string {
  expectThat(ran.code === 0, tellOf(`${name} ${args.join(' ')}`, ran));
  return ran.out.replace(/\n$/, '');
}
