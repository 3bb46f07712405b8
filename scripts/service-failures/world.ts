import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { messageOf } from '../../src/base/errors.js';
import { seededRandom } from '../../src/base/random.js';
import { Client } from '../../src/client/index.js';
import { type EngineBody, engines as engineKind, type Node, type Task } from '../../src/kinds/index.js';
import { type RealEngine, RealEngines } from '../../test/support/engines.js';
import { TcpProxy } from '../../test/support/tcp-proxy.js';
import { Manager } from '../chaos/manager.js';
import { Proxies } from '../chaos/proxies.js';
import type { Listed } from '../engine-failures/field.js';
import { freePort, until } from '../waiting.js';
import { EngineLog } from './engine-log.js';
import { Services, standing } from './services.js';
import { TaskWatch } from './task-watch.js';

const binary = join(import.meta.dirname, '../../dist/main.js');
const memberCount = 3;
const engineCount = 3;
const diskMb = 96;
const discoveryMs = 1_000;
/** Longest time after which a cluster on a busy machine answers again, milliseconds. */
export const patienceMs = 240_000;

/** An engine, with the proxies through which managers reach it, and what it says itself. */
export interface Site {
  readonly real: RealEngine;
  /** Faults for everyone. */
  readonly proxy: TcpProxy;
  /** Address that managers know. */
  readonly address: string;
  readonly log: EngineLog;
  /** Container that is no task. */
  readonly foreign: { readonly id: string; readonly startedAt: string };
}

/** Three managers as processes, three real engines, three services with twelve tasks. */
export class World {
  readonly client: Client;
  readonly services: Services;
  readonly sites: Site[] = [];
  readonly managers: Manager[] = [];
  /** Cuts single managers off from single engines. */
  readonly cuts = new Proxies(() => this.managers);
  readonly watch: TaskWatch;
  /** Ends of processes that nobody wanted. */
  readonly surprises: string[] = [];
  readonly #dir: string;
  readonly #engines: RealEngines;
  readonly #watchClient: Client;
  readonly #hosts: readonly string[];

  private constructor(engines: RealEngines, hosts: readonly string[], dir: string) {
    this.#engines = engines;
    this.#hosts = hosts;
    this.#dir = dir;
    this.client = new Client({ hosts, timeoutMs: 60_000 });
    this.#watchClient = new Client({ hosts, timeoutMs: patienceMs });
    this.services = new Services(this.client);
    this.watch = new TaskWatch(this.#watchClient);
  }

  static async open(): Promise<World> {
    const engines = await RealEngines.start(engineCount, { diskMb });
    const hosts: string[] = [];
    for (let at = 0; at < memberCount; at++) hosts.push(`127.0.0.1:${await freePort()}`);
    const world = new World(engines, hosts, mkdtempSync(join(tmpdir(), 'skep-service-failures-')));
    try {
      await world.#begin();
    } catch (error) {
      await world.close();
      throw error;
    }
    return world;
  }

  async #begin(): Promise<void> {
    const random = seededRandom(1);
    for (const real of this.#engines.all) {
      const proxy = await TcpProxy.open(real.address, random);
      const address = await this.cuts.before(real.name, proxy.address);
      this.sites.push({ real, proxy, address, log: new EngineLog(real), foreign: await runForeign(real) });
    }
    this.discover(this.sites);
    const fleet = ['--fleet', `file://${this.#list}`, '--fleet-heartbeat-ms', String(discoveryMs)];
    for (const [at, addr] of this.#hosts.entries()) {
      const name = `m${at + 1}`;
      const args = ['--peers', this.#hosts.join(','), ...fleet];
      const options = { name, addr, advertise: addr, dataDir: join(this.#dir, name), join: [], args };
      this.managers.push(new Manager(options, (what) => this.surprises.push(what)));
    }
    await Promise.all(this.managers.map((one) => one.start()));
    try {
      await until('all nodes are ready', async () => (await this.readyNodes()) === engineCount, patienceMs, 250);
    } catch (error) {
      throw new Error(`${messageOf(error)}: ${await this.explain()}`, { cause: error });
    }
    for (const [name, wish] of Object.entries(standing)) await this.services.create(name, wish);
  }

  async close(): Promise<void> {
    await this.watch.close();
    this.client.close();
    this.#watchClient.close();
    await Promise.all(this.managers.map((one) => one.end('SIGKILL')));
    await Promise.all(this.sites.map(({ log }) => log.close()));
    this.cuts.close();
    await Promise.all(this.sites.map(({ proxy }) => proxy.close()));
    await this.#engines.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }

  /** Ends all faults: every process runs, and every byte gets through. */
  async mend(): Promise<void> {
    this.discover(this.sites);
    this.cuts.mend({ reset: true });
    for (const { real, proxy } of this.sites) {
      proxy.heal();
      real.resume();
      real.freeDisk();
      if (!real.runs) await real.start();
    }
    for (const one of this.managers) one.signal('SIGCONT');
    await Promise.all(this.managers.filter(({ isRunning }) => !isRunning).map((one) => one.start()));
  }

  /** Names these engines in the discovery service. */
  discover(sites: readonly Site[]): void {
    writeFileSync(this.#list, sites.map(({ address }) => `${address}\n`).join(''));
  }

  get #list(): string {
    return join(this.#dir, 'engines');
  }

  /** The manager that leads, as soon as there is one. */
  async leader(): Promise<Manager> {
    let name: string | undefined;
    await until(
      'a member leads',
      async () => {
        const { members } = await this.client.status();
        name = members.find(({ leader }) => leader)?.name;
        return name !== undefined;
      },
      patienceMs,
      100,
    );
    return this.managers.find((one) => one.name === name) as Manager;
  }

  /** Runs a command of `skep`. Resolves with its output; rejects with its error. */
  async skep(...args: readonly string[]): Promise<string> {
    const all = [binary, '--host', this.#hosts.join(','), '--timeout', '60s', ...args];
    const child = spawn(process.execPath, all, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    if (child.exitCode !== 0) throw new Error(`skep ${args.join(' ')} exited with ${child.exitCode}: ${err}${out}`);
    return out;
  }

  async tasks(): Promise<readonly Task[]> {
    return (await this.client.list('task')).objects;
  }

  async nodes(): Promise<readonly Node[]> {
    return (await this.client.list('node')).objects;
  }

  async readyNodes(): Promise<number> {
    return (await this.nodes()).filter(({ status }) => status.state === 'ready').length;
  }

  /** Returns what the cluster says of its engines, and what managers logged last. */
  async explain(): Promise<string> {
    const { objects } = await this.client.list(engineKind);
    const logs = this.managers.map(({ name, log }) => `${name}: ${log}`);
    return [JSON.stringify(objects), JSON.stringify(await this.nodes()), ...logs].join('\n');
  }

  /** The object of an engine. */
  async engine({ address }: Site): Promise<EngineBody> {
    const { objects } = await this.client.list(engineKind);
    const found = objects.find(({ addr }) => addr === address);
    if (!found) throw new Error(`no engine is known at ${address}`);
    return found;
  }

  async node(site: Site): Promise<Node> {
    return this.client.get('node', (await this.engine(site)).nodeId);
  }

  /** Containers of an engine, asked without managers and proxies. */
  async listOf({ real }: Site): Promise<readonly Listed[]> {
    const { status, body } = await real.call('GET', '/containers/json?all=1');
    if (status !== 200) throw new Error(`${real.name} lists nothing: ${body}`);
    return JSON.parse(body) as Listed[];
  }

  /** Ids of the containers of tasks that run, on engines that answer. */
  async running(sites: readonly Site[] = this.sites): Promise<string[]> {
    const lists = await Promise.all(sites.filter(({ real }) => real.runs).map((site) => this.listOf(site)));
    return lists
      .flat()
      .filter((one) => one.State === 'running' && 'skep.task' in one.Labels)
      .map(({ Id }) => Id)
      .sort();
  }
}

/** Runs a container that is nobody's task. */
async function runForeign(real: RealEngine): Promise<Site['foreign']> {
  const body = JSON.stringify({ Image: 'busybox', Cmd: ['sleep', '100000'], Labels: { 'com.docker.swarm.task': '' } });
  const made = await real.post('/containers/create?name=foreign', body);
  const { Id: id } = JSON.parse(made.body) as { Id: string };
  await real.post(`/containers/${id}/start`);
  return { id, startedAt: await startOf(real, id) };
}

/** Time at which a container was last started; empty when it is gone. */
export async function startOf(real: RealEngine, id: string): Promise<string> {
  const { status, body } = await real.call('GET', `/containers/${id}/json`);
  if (status !== 200) return '';
  const { State } = JSON.parse(body) as { State: { StartedAt: string; Running: boolean } };
  return State.Running ? State.StartedAt : '';
}
