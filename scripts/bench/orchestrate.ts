import { BehaviorSubject } from 'rxjs';
import { systemClock } from '../../src/base/clock.js';
import { silentLogger } from '../../src/base/log.js';
import { systemRandom } from '../../src/base/random.js';
import { type DeepPartial, type ServiceSpec, type Task } from '../../src/kinds/index.js';
import { serviceRules } from '../../src/kinds/service/rules.js';
import { type ControlLoop, openControlLoop } from '../../src/orchestrate/control/control-loop.js';
import type { LeadershipSource } from '../../src/orchestrate/loop/index.js';
import { MemoryStore, watch } from '../../src/state/index.js';
import { testCluster } from '../../src/testing/index.js';
import { type Figure, figure, type SuiteOptions } from './figure.js';
import { PretendDrivers } from './orchestrate-drivers.js';
import { withCluster } from './replicated.js';
import { Slices } from './slices.js';

const clock = systemClock;
const waitMostMs = 120_000;
const replicas = 10;

/** The control loop: SwarmKit's workload for its scheduler, many services at once, and the loss of a leader. */
export async function* orchestrateSuite({ quick }: SuiteOptions): AsyncGenerator<Figure> {
  for (const [tasks, nodes] of quick
    ? [[1_000, 1_000]]
    : [
        [1_000, 1_000],
        [10_000, 1_000],
        [100_000, 1_000],
      ])
    yield await looseTasks(tasks ?? 0, nodes ?? 0);
  const [services, nodes] = quick ? [100, 10] : [1_000, 100];
  yield* await manyServices(services, nodes);
  yield await lostLeader(services, nodes);
}

function open(store: MemoryStore, leadership: LeadershipSource): ControlLoop {
  return openControlLoop({
    store,
    leadership,
    clock,
    random: systemRandom,
    logger: { ...silentLogger, warn: console.error, error: console.error },
  });
}

/** Tasks of no service, on a store alone; the time includes that of creating nodes and tasks, as it does in SwarmKit's. */
async function looseTasks(tasks: number, nodes: number): Promise<Figure> {
  const store = new MemoryStore();
  const loop = open(store, { leadership: new BehaviorSubject<'leader'>('leader') });
  const placed = counting(store, ({ status }) => status.state === 'assigned');
  const slices = new Slices();
  const start = performance.now();
  const spent = cpuMsSince();
  await addNodes(store, nodes);
  await store.batch(async (batch) => {
    for (let i = 0; i < tasks; i++)
      await batch.update(
        (tx) => void tx.tasks().create({ desiredState: 'running', spec: { container: { image: 'app' } } }),
      );
  });
  const createdMs = performance.now() - start;
  await placed.reach(tasks);
  const seconds = (performance.now() - start) / 1_000;
  const cpuMs = spent();
  const figures = await slices.stop();
  placed.end();
  await loop.close();
  return figure(`looseTasks-${tasks}`, tasks, seconds, { nodes, createdMs: Math.round(createdMs), cpuMs, ...figures });
}

/** Services on the leader of three members with disks; pretend drivers run the tasks. */
async function manyServices(services: number, nodes: number): Promise<Figure[]> {
  const found: Figure[] = [];
  await withCluster(
    async function* (leader) {
      const { store } = leader;
      await addNodes(store, nodes);
      const loop = open(store, leader);
      const assigned = counting(store, ({ status }) => status.state === 'assigned');
      const running = counting(store, ({ status }) => status.state === 'running');
      const drivers = new PretendDrivers(store, clock);
      const slices = new Slices();
      const start = performance.now();
      const spent = cpuMsSince();
      const since = () => (performance.now() - start) / 1_000;
      await addServices(store, services);
      const createdMs = Math.round(since() * 1_000);
      await assigned.reach(services * replicas);
      yield figure('servicesAssigned', services * replicas, since(), { services, nodes, createdMs, cpuMs: spent() });
      await running.reach(services * replicas);
      yield figure('servicesRunning', services * replicas, since(), {
        services,
        nodes,
        cpuMs: spent(),
        ...(await slices.stop()),
      });
      yield await oneReport(store, nodes);
      drivers.end();
      await loop.close();
    },
    (one) => found.push(one),
  );
  return found;
}

/** One task that fails while all others run: the time until it has a replacement, without other work. */
async function oneReport(store: MemoryStore, nodes: number): Promise<Figure> {
  const made = counting(store, ({ desiredState }) => desiredState === 'ready', 'create');
  const rounds = 20;
  const before = process.cpuUsage();
  const start = performance.now();
  for (let i = 0; i < rounds; i++) {
    await store.update((tx) => {
      const [task] = tx.tasks().find(undefined, { limit: 1, where: ({ status }) => status.state === 'running' });
      if (task) tx.tasks().update({ ...task, status: { ...task.status, state: 'failed' } });
    });
    await made.reach(i + 1);
  }
  const { user, system } = process.cpuUsage(before);
  made.end();
  const cpuMs = Number(((user + system) / 1_000 / rounds).toPrecision(3));
  return figure('oneRestart', rounds, (performance.now() - start) / 1_000, { nodes, cpuMs });
}

/** The leader is lost while all tasks run: tasks that change, and the time from the election until a new service has a task. */
async function lostLeader(services: number, nodes: number): Promise<Figure> {
  const cluster = await testCluster(3);
  const loops = cluster.members.map((member) => open(member.store, member));
  const old = await cluster.leader();
  await addNodes(old.store, nodes);
  const drivers = new PretendDrivers(old.store, clock);
  const running = counting(old.store, ({ status }) => status.state === 'running');
  await addServices(old.store, services);
  await running.reach(services * replicas);
  drivers.end();
  running.end();
  await cluster.converge();
  const start = performance.now();
  cluster.crash(old.name);
  const next = await cluster.leader();
  const elected = performance.now();
  let changed = 0;
  let begun: (() => void) | undefined;
  const going = new Promise<void>((resolve) => (begun = resolve));
  const subscription = watch(next.store.queue).subscribe((event) => {
    if (event.kind !== 'task') return;
    if (event.object.serviceId !== 'last') changed++;
    else begun?.();
  });
  await addService(next.store, 'last', 1);
  await going;
  const goingMs = Math.round(performance.now() - elected);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  subscription.unsubscribe();
  for (const loop of loops) await loop.close();
  await cluster.close();
  const electionMs = Math.round(elected - start);
  return figure('lostLeader', services * replicas, goingMs / 1_000, { electionMs, goingMs, tasksChanged: changed });
}

/** Processor time of this process: on a busy machine, the nearest to the work itself. */
function cpuMsSince(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return Math.round((user + system) / 1_000);
  };
}

async function addNodes(store: MemoryStore, nodes: number): Promise<void> {
  await store.batch(async (batch) => {
    for (let i = 0; i < nodes; i++)
      await batch.update(
        (tx) =>
          void tx.nodes().create({
            id: `node-${i}`,
            description: { hostname: `node-${i}`, resources: { nanoCpus: 64e9, memoryBytes: 2 ** 38 } },
            status: { state: 'ready' },
          }),
      );
  });
}

async function addServices(store: MemoryStore, services: number): Promise<void> {
  for (let first = 0; first < services; first += 50)
    await Promise.all(
      Array.from({ length: Math.min(50, services - first) }, (_, i) =>
        addService(store, `service-${first + i}`, replicas),
      ),
    );
}

async function addService(store: MemoryStore, id: string, count: number): Promise<void> {
  const task = { container: { image: 'app:1' }, resources: { reservations: { nanoCpus: 1e7, memoryBytes: 2 ** 20 } } };
  const spec: DeepPartial<ServiceSpec> = { annotations: { name: id }, mode: { replicated: { replicas: count } }, task };
  await store.update((tx) => {
    const service = tx.services().create({ id, spec });
    tx.services().update(serviceRules.prepare?.(service, undefined, tx.version) ?? service);
  });
}

/** Counts tasks that come to a state. */
function counting(store: MemoryStore, counts: (task: Task) => boolean, action: 'create' | 'update' | 'both' = 'both') {
  const seen = new Set<string>();
  let wanted = Infinity;
  let reached: () => void = () => undefined;
  const subscription = watch(store.queue).subscribe((event) => {
    if (event.kind !== 'task' || event.action === 'delete' || (action !== 'both' && event.action !== action)) return;
    if (counts(event.object)) seen.add(event.object.id);
    if (seen.size >= wanted) reached();
  });
  return {
    end: () => subscription.unsubscribe(),
    reach: (count: number) =>
      new Promise<void>((resolve, reject) => {
        wanted = count;
        const late = setTimeout(() => reject(new Error(`${seen.size} tasks, not ${count}`)), waitMostMs);
        reached = () => {
          clearTimeout(late);
          resolve();
        };
        if (seen.size >= count) reached();
      }),
  };
}
