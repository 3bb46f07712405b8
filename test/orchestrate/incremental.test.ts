import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import type { DeepPartial, ServiceSpec, Task } from '../../src/kinds/index.js';
import { type Fate, World } from '../support/orchestrate.js';
import { LoopWorld, schedulerPorts } from '../support/orchestrate-loop.js';

const hour = 3_600_000;
const nodeIds = ['n1', 'n2', 'n3'];
const serviceIds = ['s1', 's2', 's3', 's4'];
const one = <const T>(...values: readonly T[]) => fc.constantFrom(...values);
const nodeId = fc.constantFrom(...nodeIds);
const serviceId = fc.constantFrom(...serviceIds);
const gibibyte = 2 ** 30;

const spec = fc.record({
  mode: fc.oneof(
    fc.record({ replicated: fc.record({ replicas: fc.nat({ max: 5 }) }) }),
    fc.constant({ global: {} }),
    fc.constant({ replicatedJob: { maxConcurrent: 2, totalCompletions: 3 } }),
    fc.constant({ globalJob: {} }),
  ),
  image: one('a', 'b'),
  memory: one(0, 0, 1, 3),
  constraint: one('', '', 'node.labels.disk==ssd', 'node.labels.disk==none'),
  maxReplicas: one(0, 0, 1),
  port: one(undefined, undefined, 0, 8_080, 30_000),
  publishMode: one('ingress', 'host'),
  maxAttempts: one(0, 0, 2),
  parallelism: fc.nat({ max: 2 }),
  failureAction: one('continue', 'pause', 'rollback'),
});
type Spec = typeof spec extends fc.Arbitrary<infer T> ? T : never;

function specOf(id: string, given: Spec): DeepPartial<ServiceSpec> {
  const { mode, image, memory, constraint, maxReplicas, port, publishMode } = given;
  const { maxAttempts, parallelism, failureAction } = given;
  return {
    annotations: { name: id },
    mode,
    update: { parallelism, failureAction, monitorMs: 1_000 },
    task: {
      container: { image },
      restart: { delayMs: 5_000, maxAttempts },
      ...(memory > 0 && { resources: { reservations: { memoryBytes: memory * gibibyte } } }),
      placement: { maxReplicas, constraints: constraint === '' ? [] : [constraint] },
    },
    ...(port !== undefined && { endpoint: { ports: [{ targetPort: 80, publishedPort: port, publishMode }] } }),
  };
}

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: one('run'), ms: one(0, 1, 150, 1_000, 61_000) }) },
  { weight: 5, arbitrary: fc.record({ do: one('write'), serviceId, spec }) },
  { weight: 2, arbitrary: fc.record({ do: one('scale'), serviceId, replicas: fc.nat({ max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ do: one('removeService'), serviceId }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: one('fate'),
      serviceId,
      fate: fc.constantFrom<Fate>('run', 'hang', 'fail', 'reject', 'complete'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: one('state'), nodeId, state: one('down', 'ready', 'ready', 'unknown') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: one('availability'), nodeId, availability: one('active', 'pause', 'drain') }),
  },
  { weight: 2, arbitrary: fc.record({ do: one('node'), nodeId, memory: one(2, 4, 8), disk: one('ssd', 'hdd') }) },
  { weight: 1, arbitrary: fc.record({ do: one('removeNode'), nodeId }) },
  { weight: 1, arbitrary: fc.record({ do: one('retention'), limit: one(0, 1, 5) }) },
  { weight: 2, arbitrary: fc.record({ do: one('loose'), memory: one(0, 1, 3), desired: one('running', 'remove') }) },
  { weight: 1, arbitrary: fc.record({ do: one('removeLoose') }) },
  { weight: 1, arbitrary: fc.record({ do: one('lose'), nth: fc.nat({ max: 12 }) }) },
  { weight: 1, arbitrary: fc.record({ do: one('leader') }) },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;
const actions = fc.array(action, { minLength: 1, maxLength: 25 });

const newWorld = () => prepared(new LoopWorld());

async function prepared<W extends World>(world: W): Promise<W> {
  await world.addNodes(...nodeIds);
  for (const id of nodeIds) await setNode(world, id, 4, id === 'n1' ? 'ssd' : 'hdd');
  await world.store.update((tx) => void tx.clusters().create({ id: 'cluster' }));
  return world;
}

async function setNode(world: World, id: string, memory: number, disk: string): Promise<void> {
  if (!world.store.view((tx) => tx.nodes().get(id))) await world.addNodes(id);
  await world.changeNode(id, (node) => ({
    ...node,
    description: { hostname: id, resources: { nanoCpus: 4e9, memoryBytes: memory * gibibyte, generic: [], pids: 0 } },
    spec: { ...node.spec, annotations: { ...node.spec.annotations, labels: { disk } } },
  }));
}

const has = (world: World, id: string) => world.store.view((tx) => tx.services().get(id)) !== undefined;

async function writeService(world: World, id: string, given: Spec): Promise<void> {
  if (!has(world, id)) return world.addService(specOf(id, given), id);
  const { mode } = world.service(id).spec;
  // A service keeps its mode.
  return world.changeSpec((old) => ({ ...old, ...specOf(id, given), mode }), id);
}

async function play(world: World, now: Action): Promise<void> {
  switch (now.do) {
    case 'run':
      return world.run(now.ms);
    case 'write':
      return writeService(world, now.serviceId, now.spec);
    case 'scale':
      if (has(world, now.serviceId) && 'replicated' in world.service(now.serviceId).spec.mode)
        await world.scale(now.replicas, now.serviceId);
      return;
    case 'removeService':
      if (has(world, now.serviceId)) await world.store.update((tx) => tx.services().delete(now.serviceId));
      return;
    case 'fate': {
      const { fate: others } = world;
      world.fate = (task) => (task.serviceId === now.serviceId ? now.fate : others(task));
      return;
    }
    case 'state':
      return world.setNodeState(now.nodeId, now.state);
    case 'availability':
      return world.setAvailability(now.nodeId, now.availability);
    case 'node':
      return setNode(world, now.nodeId, now.memory, now.disk);
    case 'removeNode':
      await world.store.update((tx) => tx.nodes().get(now.nodeId) && tx.nodes().delete(now.nodeId));
      return;
    case 'retention':
      await world.store.update((tx) => {
        const [cluster] = tx.clusters().find();
        if (!cluster) return;
        const orchestration = { taskHistoryRetentionLimit: now.limit };
        tx.clusters().update({ ...cluster, spec: { ...cluster.spec, orchestration } });
      });
      return;
    case 'loose':
      await world.store.update((tx) => {
        const resources = { reservations: { memoryBytes: now.memory * gibibyte } };
        tx.tasks().create({ desiredState: now.desired, spec: { container: { image: 'a' }, resources } });
      });
      return;
    case 'removeLoose':
      for (const task of world.tasks(isLoose))
        await world.store.update((tx) => void tx.tasks().update({ ...task, desiredState: 'remove' }));
      return;
    case 'lose': {
      const task = world.tasks()[now.nth];
      if (task) await world.store.update((tx) => tx.tasks().delete(task.id));
      return;
    }
    case 'leader':
      return world.changeLeader();
  }
}

const isLoose = ({ serviceId: id }: Task) => id === undefined;

/** What users see: which images run where they should. */
function summary(world: World) {
  return serviceIds.map((id) => {
    const service = world.store.view((tx) => tx.services().get(id));
    const wanted = world.wanted().filter((task) => task.serviceId === id);
    const places = wanted.map(({ slot, spec: of, status }) => [slot, of.container?.image, status.state]);
    return { state: service?.updateStatus?.state, ports: service?.endpoint?.ports.length, places };
  });
}

describe('passes over what has changed', () => {
  it('leave nothing to do for a pass over everything', async () => {
    await fc.assert(
      fc.asyncProperty(actions, async (all) => {
        const world = await newWorld();
        for (const now of all) {
          await play(world, now);
          await world.run(2_500);
          world.expectComplete();
        }
        world.fate = () => 'run';
        await world.run(25 * hour);
        world.expectComplete();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('leave nothing to do when several things change at once, writes are refused and leaders are lost', async () => {
    await fc.assert(
      fc.asyncProperty(actions, fc.nat(), async (all, seed) => {
        const world = await newWorld();
        const random = seededRandom(seed);
        let trouble = 0;
        world.refuse = () => trouble < 20 && random(6) === 0 && trouble++ >= 0;
        world.cut = () => (trouble < 20 && random(8) === 0 ? (trouble++, random(4)) : undefined);
        for (const [i, now] of all.entries()) {
          if (now.do === 'run') trouble = 0;
          await play(world, now);
          if (i % 4 === 3) await world.run(0);
        }
        trouble = 20;
        await world.run(3_000);
        world.expectComplete();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('reach the same end as passes over everything', async () => {
    await fc.assert(
      fc.asyncProperty(actions, async (all) => {
        const [changed, whole] = [await prepared(new LoopWorld()), await prepared(new World())];
        Object.assign(whole.ports, schedulerPorts);
        for (const now of all) {
          if (now.do === 'lose' || now.do === 'fate') continue; // which task it is depends on the order of ids
          // Which of two services gets a port that both want depends on the order of events.
          const given = now.do === 'write' ? { ...now, spec: { ...now.spec, port: undefined } } : now;
          await play(changed, given);
          await play(whole, given);
        }
        for (const world of [changed, whole]) {
          for (const id of nodeIds) {
            await setNode(world, id, 1_000, 'ssd');
            await world.setNodeState(id, 'ready');
            await world.setAvailability(id, 'active');
          }
          world.fate = () => 'run';
          await world.run(hour);
        }
        expect(summary(changed)).toEqual(summary(whole));
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});
