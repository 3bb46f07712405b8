import { Agent, request } from 'node:http';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from './child.js';
import { type Figure, figure, percentiles, type SuiteOptions } from './figure.js';
import { type EngineCrowd, image, type ManagerUsage } from './fleet-crowd.js';
import type { SliceFigures } from './slices.js';

const containersEach = 30;
/** Processes that the fake engines are spread over. */
const crowds = 2;

/** How much is measured. Times are seconds. */
interface Extent {
  readonly engines: number;
  readonly idle: number;
  readonly hung: number;
  readonly infos: number;
  readonly lists: number;
  readonly runs: number;
}

const whole: Extent = { engines: 1_000, idle: 60, hung: 20, infos: 300, lists: 10, runs: 300 };
const small: Extent = { engines: 100, idle: 5, hung: 5, infos: 50, lists: 5, runs: 50 };

interface Measured {
  readonly ops: number;
  readonly [more: string]: number;
}

/**
 * A thousand engines with 30,000 containers behind one manager: fake engines, the manager and this client each have
 * processes of their own. `cpuMsEach` is processor time of the manager for each call, with what it does beside.
 */
export async function* fleetSuite({ quick, profile }: SuiteOptions): AsyncGenerator<Figure> {
  const extent = quick ? small : whole;
  const engines = Array.from({ length: crowds }, () => new Child('fleet-engines'));
  const manager = new Child('fleet-manager', ['--expose-gc']);
  try {
    const each = extent.engines / crowds;
    const opened = await Promise.all(
      engines.map((crowd, at) =>
        crowd.ask<string[]>('open', { first: at * each, count: each, containersEach } satisfies EngineCrowd),
      ),
    );
    const api = new Api(await manager.ask<string>('open'));
    const bench = new FleetBench({ manager, api, extent, profile });
    yield await bench.connecting(opened.flat());
    yield await bench.idling();
    yield await bench.infos();
    yield await bench.lists();
    yield await bench.runs();
    yield await bench.callsAboutOthers('fleetOthers');
    const hung = opened[0]?.[0];
    await engines[0]?.ask('hang', hung);
    yield await bench.callsAboutOthers('fleetOthersOneHung');
    await engines[0]?.ask('resume', hung);
  } finally {
    await Promise.all([manager, ...engines].map((child) => child.stop()));
  }
}

class FleetBench {
  readonly #manager: Child;
  readonly #api: Api;
  readonly #extent: Extent;
  readonly #profile: string | undefined;

  constructor(parts: { manager: Child; api: Api; extent: Extent; profile: string | undefined }) {
    this.#manager = parts.manager;
    this.#api = parts.api;
    this.#extent = parts.extent;
    this.#profile = parts.profile;
  }

  /** Time until all engines are healthy: each container is inspected once. */
  connecting(addresses: readonly string[]): Promise<Figure> {
    return this.#phase('fleetConnect', async () => {
      await this.#manager.ask('follow', addresses);
      return { ops: addresses.length };
    });
  }

  /** Share of one core that the manager takes when nobody calls, in percent. */
  async idling(): Promise<Figure> {
    const { idle } = this.#extent;
    const one = await this.#phase('fleetIdle', async () => {
      await sleep(idle * 1_000);
      return { ops: 1 };
    });
    return { ...one, corePercent: Number((Number(one.cpuMsEach) / (one.seconds * 10)).toPrecision(3)) };
  }

  infos(): Promise<Figure> {
    return this.#phase('fleetInfo', async () => {
      const latencies: number[] = [];
      for (let i = 0; i < this.#extent.infos; i++) latencies.push(await timed(() => this.#api.call('GET', '/info')));
      return { ops: latencies.length, ...spread(latencies) };
    });
  }

  async lists(): Promise<Figure> {
    let bytes = 0;
    const figures = await this.#phase('fleetList', async () => {
      const latencies: number[] = [];
      for (let i = 0; i < this.#extent.lists; i++)
        latencies.push(
          await timed(async () => {
            bytes = (await this.#api.call('GET', '/containers/json?all=1')).length;
          }),
        );
      return { ops: latencies.length, ...spread(latencies), maxMs: whole3(Math.max(...latencies)) };
    });
    const { rssMaxMiB } = await this.#manager.ask<ManagerUsage>('usage');
    const heapMiB = await this.#manager.ask<number>('heap');
    const mebibytes = { rssMaxMiB, heapMiB, answerMiB: bytes / 2 ** 20 };
    return { ...figures, ...Object.fromEntries(Object.entries(mebibytes).map(([name, n]) => [name, Math.round(n)])) };
  }

  /** Create and start through the API, and the same at the engine where it went: the difference is our own share. */
  runs(): Promise<Figure> {
    return this.#phase('fleetRun', async () => {
      const runs: number[] = [];
      const direct: number[] = [];
      for (let i = 0; i < this.#extent.runs; i++) {
        let id = '';
        runs.push(await timed(async () => (id = await this.#api.run(`run-${i}`))));
        const { Node } = JSON.parse(await this.#api.call('GET', `/containers/${id}/json`)) as {
          Node: { Addr: string };
        };
        const engine = new Api(`tcp://${Node.Addr}`);
        await engine.call('GET', '/_ping'); // the manager has a connection, too
        direct.push(await timed(() => engine.run(`direct-${i}`)));
        engine.close();
      }
      const own = percentiles(runs.map((ms, at) => ms - (direct[at] ?? 0)));
      const { p50Ms: engineP50Ms, p99Ms: engineP99Ms } = percentiles(direct);
      return { ops: runs.length, ...spread(runs), engineP50Ms, engineP99Ms, ownP50Ms: own.p50Ms, ownP99Ms: own.p99Ms };
    });
  }

  /** Calls for a while about everything but the first engine. */
  callsAboutOthers(name: string): Promise<Figure> {
    return this.#phase(name, async () => {
      const latencies: number[] = [];
      const end = performance.now() + this.#extent.hung * 1_000;
      for (let i = 0; performance.now() < end; i++) {
        const engine = 1 + (i % (this.#extent.engines - 1));
        latencies.push(
          await timed(() => this.#api.call('GET', `/containers/web-${engine}-${i % containersEach}/json`)),
        );
        await sleep(5);
      }
      return { ops: latencies.length, ...spread(latencies) };
    });
  }

  async #phase(name: string, work: () => Promise<Measured>): Promise<Figure> {
    const manager = this.#manager;
    await manager.ask('begin', this.#profile);
    const before = await manager.ask<ManagerUsage>('usage');
    const start = performance.now();
    const { ops, ...more } = await work();
    const seconds = (performance.now() - start) / 1_000;
    const after = await manager.ask<ManagerUsage>('usage');
    const slices = await manager.ask<SliceFigures>('end', { dir: this.#profile, name });
    const cpuMsEach = Number(((after.cpuMs - before.cpuMs) / ops).toPrecision(3));
    return figure(name, ops, seconds, {
      ...more,
      cpuMsEach,
      rssMiB: Math.round(after.rssMiB),
      ...slices,
      load: whole3(loadavg()[0] ?? 0),
    });
  }
}

/** Calls of Docker's API over one connection. */
class Api {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #host: string;
  readonly #port: string;

  constructor(address: string) {
    const { hostname, port } = new URL(address.replace(/^tcp:/, 'http:'));
    [this.#host, this.#port] = [hostname, port];
  }

  /** Resolves with the body of an answer of success. */
  call(method: string, path: string, body?: unknown): Promise<string> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const options = { host: this.#host, port: this.#port, method, path: `/v1.41${path}`, agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece)).on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(pieces).toString();
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('error', reject).end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** Creates and starts a container. */
  async run(name: string): Promise<string> {
    const body = {
      Image: image,
      Cmd: ['sleep', '1000000'],
      Labels: { tier: 'front' },
      HostConfig: { Memory: 2 ** 28 },
    };
    const { Id } = JSON.parse(await this.call('POST', `/containers/create?name=${name}`, body)) as { Id: string };
    await this.call('POST', `/containers/${Id}/start`);
    return Id;
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const whole3 = (value: number) => Number(value.toPrecision(3));

/** On a busy machine the least is the nearest to the work itself. */
const spread = (latencies: readonly number[]) => ({
  leastMs: whole3(Math.min(...latencies)),
  ...percentiles(latencies),
});
