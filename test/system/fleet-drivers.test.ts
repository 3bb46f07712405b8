import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { drivers, engines, isHeld } from '../../src/kinds/index.js';
import type { FakeEngineServer } from '../../src/testing/index.js';
import { buildIfMissing, endAll, SkepProcess } from '../support/cli-process.js';
import { freePort, skep } from '../support/cli-run.js';
import { fakeEngines } from '../support/fleet.js';
import { TcpProxy } from '../support/tcp-proxy.js';

/** Three managers as processes, which drive three fake engines, each through a proxy of its own. */
class Managers {
  readonly dir = mkdtempSync(join(tmpdir(), 'skep-drivers-'));
  readonly processes = new Map<string, SkepProcess>();
  readonly client: Client;

  private constructor(
    readonly engines: readonly FakeEngineServer[],
    readonly proxies: readonly TcpProxy[],
    readonly hosts: readonly string[],
  ) {
    this.client = new Client({ hosts });
  }

  static async start(): Promise<Managers> {
    const fakes = await fakeEngines(3);
    const proxies = await Promise.all(fakes.map(({ address }) => TcpProxy.open(address)));
    const hosts = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
    const managers = new Managers(fakes, proxies, hosts);
    const url = `nodes://${proxies.map(({ address }) => address).join(',')}`;
    await Promise.all(hosts.map((addr, i) => managers.run(`m${i + 1}`, addr, url)));
    return managers;
  }

  private async run(name: string, addr: string, url: string): Promise<void> {
    const process = new SkepProcess(['manager', '--name', name, '--listen', addr, '--data-dir', join(this.dir, name), '--peers', this.hosts.join(','), '--fleet', url, ...(name === 'm1' ? ['--ingress', '0.0.0.0'] : [])]); // prettier-ignore
    this.processes.set(name, process);
    await process.line('ready ');
  }

  skep(...args: readonly string[]) {
    return skep(['--host', this.hosts.join(','), ...args]);
  }

  /** Applies a Compose file with so many replicas. */
  async apply(replicas: number): Promise<void> {
    const file = join(this.dir, 'compose.yaml');
    writeFileSync(file, compose(replicas));
    expect(await this.skep('apply', file, '--stack', 'shop')).toMatchObject({ code: 0 });
  }

  async until(what: string, holds: () => Promise<boolean>, timeout = 60_000): Promise<void> {
    await expect.poll(() => holds().catch(() => false), { timeout, interval: 100, message: what }).toBe(true);
  }

  /** State of the node of each engine. */
  async states(): Promise<string[]> {
    const { objects } = await this.client.list('node');
    return objects.map(({ status }) => status.state).sort();
  }

  /** Name of the manager that should drive each engine, by its address. */
  async wanted(): Promise<Record<string, string>> {
    const [all, live] = await Promise.all([this.client.list(engines), this.client.list(drivers)]);
    const names = new Map(live.objects.map(({ id, name }) => [id, name]));
    return Object.fromEntries(all.objects.map(({ addr, want }) => [addr, names.get(want) ?? '']));
  }

  async confirmed(): Promise<boolean> {
    const { objects } = await this.client.list(engines);
    return objects.length === 3 && objects.every((one) => one.state === 'healthy' && one.confirmedAt >= one.wantAt);
  }

  /** Ids of all containers on all engines, in the order of the engines. */
  containers(): string[][] {
    return this.engines.map(({ model }) => [...model.containers.all].map(({ id }) => id).sort());
  }

  async runningTasks(): Promise<number> {
    const { objects } = await this.client.list('task');
    return objects.filter(({ status }) => status.state === 'running').length;
  }

  async close(): Promise<void> {
    this.client.close();
    await endAll();
    await Promise.all(this.proxies.map((proxy) => proxy.close()));
    await rm(this.dir, { recursive: true, force: true });
  }
}

const compose = (replicas: number) => `services:
  web:
    image: busybox
    command: ["sleep", "1000"]
    deploy: { replicas: ${replicas} }
`;

describe('three managers that drive engines', { timeout: 240_000 }, () => {
  let managers: Managers;
  beforeAll(() => buildIfMissing());
  beforeEach(async () => {
    managers = await Managers.start();
    await managers.until('all nodes are ready', async () => (await managers.states()).join() === 'ready,ready,ready');
    await managers.apply(6);
    await managers.until('all tasks run', async () => (await managers.runningTasks()) === 6);
    await managers.until('all drivers are there', async () => new Set(Object.values(await managers.wanted())).size > 0 && (await managers.client.list(drivers)).objects.length === 3); // prettier-ignore
    await managers.until('all is confirmed', () => managers.confirmed());
  }, 120_000);
  afterEach(() => managers.close());

  it('take the engines of one that is killed when its lease ends, and touch no container', async () => {
    const before = managers.containers();
    expect(before.map((ids) => ids.length)).toEqual([2, 2, 2]);
    const [[, lost = ''] = []] = Object.entries(await managers.wanted());
    const seen = new Set<string>();
    managers.processes.get(lost)?.signal('SIGKILL');
    await managers.until('others drive its engines', async () => {
      for (const state of await managers.states()) seen.add(state);
      const names = Object.values(await managers.wanted());
      return !names.includes(lost) && !names.includes('') && (await managers.confirmed());
    });
    expect([...seen]).toEqual(['ready']);
    expect(managers.containers()).toEqual(before);
    // A task that ends is seen and replaced by the manager that drives its engine now.
    await managers.apply(9);
    await managers.until('all nine run', async () => (await managers.runningTasks()) === 9);
    expect(managers.containers().map((ids) => ids.length)).toEqual([3, 3, 3]);
  });

  it('move nothing when they are cut off from most engines, until a person says so', async () => {
    const before = managers.containers();
    await Promise.all(managers.proxies.slice(0, 2).map((proxy) => proxy.refuse()));
    await managers.until(
      'both are held',
      async () => (await managers.client.list('node')).objects.filter(isHeld).length === 2,
    );
    const status = await managers.skep('fleet', 'status');
    expect(status.out).toContain('ingress ports are published at 127.0.0.1 (m1)');
    expect(status.out).toContain('held: ');
    expect(await managers.runningTasks()).toBe(6);
    expect(managers.containers()).toEqual(before);
    await Promise.all(managers.proxies.slice(0, 2).map((proxy) => proxy.accept()));
    await managers.until('all nodes are ready', async () => (await managers.states()).join() === 'ready,ready,ready');
    expect(managers.containers(), 'nothing was restarted').toEqual(before);
    await Promise.all(managers.proxies.slice(0, 2).map((proxy) => proxy.refuse()));
    await managers.until(
      'both are held',
      async () => (await managers.client.list('node')).objects.filter(isHeld).length === 2,
    );
    expect((await managers.skep('fleet', 'resume')).code).toBe(0);
    await managers.until('all tasks run on the engine that is left', async () => {
      const { objects } = await managers.client.list('task');
      const running = objects.filter(
        ({ status, desiredState }) => status.state === 'running' && desiredState === 'running',
      );
      return running.length === 6 && new Set(running.map(({ nodeId }) => nodeId)).size === 1;
    });
  });
});
