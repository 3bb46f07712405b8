import { seededRandom } from '../../src/base/random.js';
import {
  containerFilters,
  type ContainerView,
  type CreateBody,
  type NodeView,
  readRequest,
  select,
  strategyNamed,
} from '../../src/schedule/index.js';
import { type Figure, figure, percentiles } from './figure.js';
import { placementSuite } from './placement.js';

const nodeCount = 1_000;
const containersEach = 30;
const imagesEach = 20;
const rounds = 200;
const random = seededRandom(1);
const hexadecimal = () => Array.from({ length: 64 }, () => random(16).toString(16)).join('');

/** Decisions for kinds of containers, on 1,000 nodes that have 30 containers each; then placements of tasks. */
export async function* scheduleSuite(): AsyncGenerator<Figure> {
  const nodes = Array.from({ length: nodeCount }, (_, i) => nodeOf(i));
  const bodies: Readonly<Record<string, CreateBody>> = {
    selectPlain: {},
    selectResources: { HostConfig: { Memory: 2 ** 20, CpuShares: 1 } },
    selectPort: { HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } } },
    selectConstraints: { Env: ['constraint:storage==ssd', 'constraint:region==us-*'] },
    selectRegularExpression: { Env: ['constraint:region==/(?i)US-(east|west)/', 'affinity:container!=/^web-9+/'] },
    selectAffinity: { Env: ['affinity:container!=web-*', 'affinity:image==redis'] },
    selectLink: { HostConfig: { Links: ['web-500-7:web'] } },
    selectSoftInVain: { Env: ['constraint:storage==~none', 'affinity:container==~none-*'] },
  };
  for (const [name, body] of Object.entries(bodies)) yield decisions(name, body, nodes);
  yield* placementSuite();
}

function decisions(name: string, body: CreateBody, nodes: readonly NodeView[]): Figure {
  const { wanted } = readRequest('new', { Image: 'redis', ...body });
  const options = { filters: containerFilters, strategy: strategyNamed('spread'), random };
  const once = () => select(wanted, nodes, options);
  for (let i = 0; i < rounds / 4; i++) once();
  const latencies = Array.from({ length: rounds }, () => {
    const start = performance.now();
    once();
    return performance.now() - start;
  });
  const seconds = latencies.reduce((sum, one) => sum + one, 0) / 1_000;
  const leastMs = Number(Math.min(...latencies).toPrecision(3)); // on a busy machine, the nearest to the work itself
  return figure(name, rounds, seconds, { candidates: once().length, leastMs, ...percentiles(latencies) });
}

function nodeOf(i: number): NodeView {
  return {
    id: `${hexadecimal()}|10.0.0.1:2375`,
    name: `node-${i}`,
    labels: { storage: i % 2 === 0 ? 'ssd' : 'hdd', region: i % 3 === 0 ? 'us-east' : 'eu-west', kernelversion: '6.1' },
    healthPercent: 100,
    cpus: 64,
    memoryBytes: 2 ** 38,
    usedCpus: random(60),
    usedMemoryBytes: random(2 ** 32),
    containers: Array.from({ length: containersEach }, (_, j) => containerOf(i, j)),
    images: Array.from({ length: imagesEach }, (_, j) => ({
      id: `sha256:${hexadecimal()}`,
      tags: [j === 7 && i % 4 === 0 ? 'redis:7' : `registry.example.com:5000/team/app-${j}:${i % 10}`],
    })),
  };
}

function containerOf(i: number, j: number): ContainerView {
  return {
    id: hexadecimal(),
    names: [`${i % 10 === 0 ? 'web' : 'job'}-${i}-${j}`],
    image: 'busybox',
    labels: { tier: 'front' },
    ports: [{ ip: '', port: 8_000 + random(200), protocol: 'tcp' }],
    hostNetwork: false,
    exposedPorts: [],
    cpus: 0,
    memoryBytes: 0,
  };
}
