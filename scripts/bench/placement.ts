import { cpuUsage } from 'node:process';
import type { Node, Task } from '../../src/kinds/index.js';
import { nodeBody } from '../../src/kinds/node/schema.js';
import { taskBody } from '../../src/kinds/task/schema.js';
import { placeTasks, TaskNodes } from '../../src/schedule/index.js';
import { type Figure, figure } from './figure.js';

const nodeCount = 1_000;
const now = 1_000_000_000;
const meta = { version: 1, createdAt: 0, updatedAt: 0 };
/** Rounds for each number of tasks: the fastest counts. */
const sizes = [
  [1_000, 20],
  [10_000, 8],
  [100_000, 4],
] as const;

/** Ways to make a number of tasks. */
const workloads: Readonly<Record<string, (i: number) => Task>> = {
  /** One service that asks for nothing. */
  placeOneService: (i) => taskOf(i, 'web', {}),
  /** Services of ten tasks with reservations and constraints. */
  placeServices: (i) => taskOf(i, `service-${Math.floor(i / 10)}`, { resources, placement: { constraints } }),
  /** One service with reservations, constraints, a platform, and preferences over zones and racks. */
  placePreferences: (i) => taskOf(i, 'web', { resources, placement: { constraints, preferences, platforms } }),
  /** Tasks of no service, as SwarmKit's own benchmark has them: each is a decision of its own. */
  placeByThemselves: (i) => taskOf(i, undefined, {}),
};

const constraints = ['node.labels.storage==ssd', 'node.role!=manager'];
const preferences = [{ spread: 'node.labels.zone' }, { spread: 'node.labels.rack' }];
const platforms = [{ os: 'linux', architecture: 'amd64' }];
const resources = { reservations: { nanoCpus: 1e7, memoryBytes: 2 ** 20 } };

/** Placements of tasks that wait, on nodes without any; and the time to build the view of as many that run. */
export function* placementSuite(): Generator<Figure> {
  const nodes = Array.from({ length: nodeCount }, (_, i) => nodeOf(i));
  for (const [workload, taskAt] of Object.entries(workloads)) {
    for (const [count, rounds] of sizes) {
      const tasks = Array.from({ length: count }, (_, i) => taskAt(i));
      yield fastest(`${workload}-${count}`, count, rounds, nodes, tasks);
    }
  }
  const running = Array.from({ length: 100_000 }, (_, i) => runningAt(i));
  yield measured('viewOf-100000', running.length, 4, () => () => TaskNodes.of(nodes, running).all.length);
}

function fastest(name: string, count: number, rounds: number, nodes: Node[], tasks: Task[]): Figure {
  return measured(name, count, rounds, () => {
    const view = TaskNodes.of(nodes, []);
    return () => placeTasks({ tasks, view, now }).assigned.length;
  });
}

function measured(name: string, count: number, rounds: number, prepare: () => () => number): Figure {
  let leastMs = Number.POSITIVE_INFINITY;
  let leastCpuMs = Number.POSITIVE_INFINITY;
  let done = 0;
  for (let i = 0; i < rounds; i++) {
    const work = prepare();
    const before = cpuUsage();
    const start = performance.now();
    done = work();
    leastMs = Math.min(leastMs, performance.now() - start);
    leastCpuMs = Math.min(leastCpuMs, cpuUsage(before).user / 1_000);
  }
  const shown = { leastMs: Number(leastMs.toPrecision(3)), leastCpuMs: Number(leastCpuMs.toPrecision(3)) };
  return figure(name, count, leastMs / 1_000, { nodes: nodeCount, done, ...shown });
}

function nodeOf(i: number): Node {
  const id = `node-${String(i).padStart(21, '0')}`;
  const labels = { storage: i % 2 === 0 ? 'ssd' : 'hdd', zone: `zone-${i % 3}`, rack: `rack-${i % 40}` };
  const description = {
    hostname: `host-${i}`,
    platform: { os: 'linux', architecture: 'x86_64' },
    resources: { nanoCpus: 64e9, memoryBytes: 2 ** 38 },
  };
  const given = { spec: { annotations: { labels } }, description, status: { state: 'ready' } };
  return { id, meta, ...nodeBody.canonical(given) };
}

function taskOf(i: number, serviceId: string | undefined, spec: object, more: object = {}): Task {
  const given = {
    spec,
    serviceId,
    specVersion: 1,
    slot: i,
    status: { state: 'pending' },
    desiredState: 'running',
    ...more,
  };
  return { id: `task-${String(i).padStart(20, '0')}`, meta, ...taskBody.canonical(given) };
}

function runningAt(i: number): Task {
  const nodeId = `node-${String(i % nodeCount).padStart(21, '0')}`;
  return taskOf(i, `service-${i % 1_000}`, { resources }, { nodeId, status: { state: 'running' } });
}
