import { type Logger, silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { Cluster, type ClusterOptions, type Container, type Engine, StoreRecords } from '../../src/fleet/index.js';
import { MemoryStore } from '../../src/index.js';
import { containers } from '../../src/kinds/index.js';
import { type RealEngine, RealEngines } from '../../test/support/engines.js';
import { TcpProxy } from '../../test/support/tcp-proxy.js';
import { until } from '../waiting.js';

/** A real engine, and the proxy through which the cluster reaches it. */
export interface Site {
  readonly real: RealEngine;
  readonly proxy: TcpProxy;
}

const swarmIdLabel = 'com.docker.swarm.id';
const engineCount = 3;
const diskMb = 64;

/** Settings that find a loss within seconds. */
const quick: ClusterOptions = { pingMs: 150, refreshMinMs: 200, refreshMaxMs: 400, failureRetry: 3 };
/** Deadlines that an engine on a busy machine still keeps. */
const timeouts = { pingMs: 1_500, readMs: 4_000, createMs: 8_000, startMs: 8_000, changeMs: 8_000, removeMs: 8_000 };

/** Three real engines behind proxies, and a cluster of them. */
export class Field {
  readonly sites: readonly Site[];
  readonly #engines: RealEngines;
  readonly #logger: Logger;
  #cluster: Cluster | undefined;
  #store = new MemoryStore();

  private constructor(engines: RealEngines, sites: readonly Site[], logger: Logger) {
    this.#logger = logger;
    this.#engines = engines;
    this.sites = sites;
  }

  /** @param logger Told of what the clusters do. */
  static async open(logger = silentLogger): Promise<Field> {
    const engines = await RealEngines.start(engineCount, { diskMb });
    const random = seededRandom(1);
    const proxies = await Promise.all(engines.all.map(({ address }) => TcpProxy.open(address, random)));
    return new Field(
      engines,
      engines.all.map((real, at) => ({ real, proxy: proxies[at] as TcpProxy })),
      logger,
    );
  }

  async close(): Promise<void> {
    await this.leave();
    await Promise.all(this.sites.map(({ proxy }) => proxy.close()));
    await this.#engines.stop();
  }

  /** Opens a cluster over the engines, which are empty. */
  async enter(options: ClusterOptions = {}): Promise<void> {
    this.#store = new MemoryStore();
    this.#cluster = new Cluster({ ...quick, client: { timeouts }, follows: true, logger: this.#logger, ...options });
    this.cluster.updateNodes(this.sites.map(({ proxy }) => proxy.address));
    await this.cluster.lead(new StoreRecords(this.#store));
    await this.untilHealthy();
  }

  /** Ends all faults and the cluster, and removes what it made. */
  async leave(): Promise<void> {
    for (const { real, proxy } of this.sites) {
      proxy.heal();
      real.resume();
    }
    await this.#cluster?.close();
    this.#cluster = undefined;
    await Promise.all(this.sites.map(({ real }) => cleared(real)));
  }

  get cluster(): Cluster {
    if (!this.#cluster) throw new Error('enter comes first');
    return this.#cluster;
  }

  /** The engine of a site, as the cluster sees it. */
  engine({ proxy }: Site): Engine {
    const engine = this.cluster.engines().find(({ addr }) => addr === proxy.address);
    if (!engine) throw new Error(`the cluster has no engine at ${proxy.address}`);
    return engine;
  }

  site({ addr }: { readonly addr: string }): Site {
    return this.sites.find(({ proxy }) => proxy.address === addr) as Site;
  }

  /** Records of the containers that the cluster was asked for. */
  get records() {
    return this.#store.view((tx) => tx.kind(containers).find());
  }

  /** Containers of an engine, asked without cluster and proxy. */
  async listOf({ real }: Site): Promise<readonly Listed[]> {
    const { status, body } = await real.call('GET', '/containers/json?all=1');
    if (status !== 200) throw new Error(`${real.name} lists nothing: ${body}`);
    return JSON.parse(body) as Listed[];
  }

  /** Names on all engines, each as often as it is there. */
  async names(): Promise<string[]> {
    const lists = await Promise.all(this.sites.map((site) => this.listOf(site)));
    return lists.flat().map(({ Names }) => Names[0]?.slice(1) ?? '');
  }

  /** Containers beyond the first of a Swarm id, on all engines. */
  async duplicates(): Promise<number> {
    const lists = await Promise.all(this.sites.map((site) => this.listOf(site)));
    const ids = lists.flat().flatMap(({ Labels }) => Labels[swarmIdLabel] ?? []);
    return ids.length - new Set(ids).size;
  }

  /** Facts by which a container is seen to have run on. */
  async life({ real }: Site, id: string): Promise<{ StartedAt: string; Pid: number; Running: boolean }> {
    const { body } = await real.call('GET', `/containers/${id}/json`);
    const { State } = JSON.parse(body) as { State: { StartedAt: string; Pid: number; Running: boolean } };
    return State;
  }

  /** Makes and starts a container. Resolves when cluster and record know that it runs. */
  async run(site: Site, name: string, { moves = false } = {}): Promise<Container> {
    const engine = this.engine(site);
    const container = await this.cluster.deployContainer(engine, sleeper({ moves }), name);
    await engine.client.startContainer(container.id);
    await engine.refreshContainer(container.id, { full: true });
    if (moves)
      await until(`${name} is recorded as running`, () => this.records.some((one) => one.name === name && one.running));
    return container;
  }

  async untilHealthy(): Promise<void> {
    await until('all engines are healthy', () => {
      const engines = this.cluster.engines();
      return engines.length === engineCount && engines.every(({ isHealthy }) => isHealthy);
    });
  }

  /** Waits until a container runs elsewhere than there, and only there as the cluster sees it. */
  async untilMoved(name: string, from: Site): Promise<Container> {
    const moved = () =>
      [...this.cluster.containers()].find(
        (one) => one.name === name && one.engine.addr !== from.proxy.address && one.state.status === 'running',
      );
    await until(`${name} runs elsewhere`, () => moved() !== undefined);
    return moved() as Container;
  }
}

async function cleared(real: RealEngine): Promise<void> {
  real.freeDisk();
  if (!real.runs) await real.start();
  await real.clear();
}

/** Entry of an engine's list. */
export interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Body of a container that sleeps, and ends at once when it is told to. */
export const sleeper = ({
  moves = false,
  ...more
}: {
  readonly moves?: boolean;
  readonly [field: string]: unknown;
}) => ({
  Image: 'busybox',
  Cmd: ['sh', '-c', 'trap exit TERM; while :; do sleep 1000 & wait; done'],
  ...(moves && { Env: ['reschedule:on-node-failure'] }),
  ...more,
});
