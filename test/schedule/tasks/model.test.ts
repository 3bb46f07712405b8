import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Node, Task } from '../../../src/kinds/index.js';
import { placeOnNodes, placeTasks, TaskNodes, tryPlacing } from '../../../src/schedule/index.js';
import { node, now, reserving, task, type TaskGiven } from './made.js';
import { type NaiveResult, placeNaively, type Reason, reasonAgainst, reasons } from './naive.js';

const runs = Number(process.env['PLACEMENT_RUNS'] ?? 300);

const zone = fc.constantFrom('a', 'b', 'c', undefined);
const rack = fc.constantFrom('r1', 'r2', undefined);
const architecture = fc.constantFrom('amd64', 's390x');
const mostly = <T>(usual: T, ...other: T[]) => fc.constantFrom(usual, usual, usual, usual, ...other);

const labelsOf = (given: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined));

const anyNode = fc.record({
  zone,
  rack,
  architecture,
  state: mostly<Node['status']['state']>('ready', 'down'),
  availability: mostly<Node['spec']['availability']>('active', 'drain'),
  memory: fc.integer({ min: 0, max: 9 }),
  cpus: fc.integer({ min: 0, max: 5 }),
  gpus: fc.integer({ min: 0, max: 2 }),
});
type AnyNode = typeof anyNode extends fc.Arbitrary<infer T> ? T : never;

const made = (given: AnyNode, name: string) =>
  node(name, {
    labels: labelsOf({ zone: given.zone, rack: given.rack }),
    state: given.state,
    availability: given.availability,
    memoryBytes: given.memory,
    cpus: given.cpus,
    generic: [{ kind: 'gpu', discrete: given.gpus }],
    description: { platform: { os: 'linux', architecture: given.architecture } },
  });

const anyNodes = (max = 6) =>
  fc.array(anyNode, { maxLength: max }).map((given) => given.map((one, i) => made(one, `n${i}`)));

const anyService = fc.record({
  memory: mostly(0, 1, 2, 3),
  cpus: mostly(0, 1),
  gpus: mostly(0, 1),
  constraint: mostly(undefined, 'node.labels.zone==a', 'node.labels.zone!=a'),
  architecture: mostly(undefined, 'amd64'),
  port: mostly(undefined, 80, 81),
  maxReplicas: mostly(0, 1, 2),
  preferences: fc.constantFrom<string[]>([], ['zone'], ['rack'], ['zone', 'rack'], ['rack', 'zone']),
});
type AnyService = typeof anyService extends fc.Arbitrary<infer T> ? T : never;

function given(service: string, of: AnyService, more: TaskGiven = {}): TaskGiven {
  return {
    service,
    spec: {
      ...reserving({
        memoryBytes: of.memory,
        cpus: of.cpus,
        ...(of.gpus > 0 ? { generic: [{ kind: 'gpu', discrete: of.gpus }] } : {}),
      }),
      placement: {
        constraints: of.constraint === undefined ? [] : [of.constraint],
        platforms: of.architecture === undefined ? [] : [{ os: 'linux', architecture: of.architecture }],
        maxReplicas: of.maxReplicas,
        preferences: of.preferences.map((label) => ({ spread: `node.labels.${label}` })),
      },
    },
    ...(of.port === undefined ? {} : { hostPorts: [of.port] }),
    ...more,
  };
}

const anyExisting = fc.record({
  service: fc.nat(2),
  on: fc.nat(5),
  state: mostly<Task['status']['state']>('running', 'assigned', 'complete', 'failed'),
  desired: mostly<Task['desiredState']>('running', 'shutdown'),
  specVersion: mostly(1, 2),
  old: mostly(false, true),
  /** Tasks like this one: failures count when there are five. */
  times: mostly(1, 5, 7),
});

const anyWorld = fc
  .record({
    nodes: anyNodes(),
    services: fc.tuple(anyService, anyService, anyService),
    existing: fc.array(anyExisting, { maxLength: 6 }),
    replicas: fc.tuple(fc.nat(8), fc.nat(4), fc.nat(4)),
    bound: fc.array(fc.nat(5), { maxLength: 3 }),
  })
  .map(({ nodes, services, existing, replicas, bound }) => ({
    nodes,
    existing: existing.flatMap(({ service, on, times, old, ...more }, i) =>
      Array.from({ length: times }, (_, j) =>
        task(
          `old-${i}-${j}`,
          given(`s${service}`, services[service] as AnyService, {
            ...more,
            nodeId: `n${on}-id`,
            at: old ? now - 400_000 : now - 1_000,
          }),
        ),
      ),
    ),
    /** In the order in which they are to be placed. */
    tasks: [
      ...bound.map((on, i) => task(`b-${i}`, given('s0', services[0], { slot: i, nodeId: `n${on}-id` }))),
      ...replicas.flatMap((count, s) =>
        Array.from({ length: count }, (_, i) =>
          task(`t-${s}-${i}`, given(`s${s}`, services[s] as AnyService, { slot: i, createdAt: s })),
        ),
      ),
    ],
  }));

const texts: Readonly<Record<Reason, (nodes: string) => string>> = {
  'not available': (nodes) => `${nodes} not available for new tasks`,
  'insufficient resources': (nodes) => `insufficient resources on ${nodes}`,
  constraints: (nodes) => `scheduling constraints not satisfied on ${nodes}`,
  platform: (nodes) => `unsupported platform on ${nodes}`,
  'host-mode port': (nodes) => `host-mode port already in use on ${nodes}`,
  'max replicas': () => 'max replicas per node limit exceed',
};

function textOf({ taskId, counts }: NaiveResult['pending'][number]): string {
  const text = reasons
    .filter((reason) => counts[reason] !== undefined)
    .sort((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0))
    .map((reason) => texts[reason](counts[reason] === 1 ? '1 node' : `${counts[reason]} nodes`))
    .join('; ');
  if (taskId.startsWith('b')) return text === '' ? 'the assigned node does not exist' : text;
  return text === '' ? 'no suitable node' : `no suitable node (${text})`;
}

const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, check), { numRuns: runs });

describe('placing', () => {
  it('does what a naive scheduler does, with the same texts', () => {
    holds(anyWorld, ({ nodes, existing, tasks }) => {
      const fast = placeTasks({ tasks, view: TaskNodes.of(nodes, existing), now });
      const naive = placeNaively(tasks, nodes, existing, now);
      const each = nodes.map((one) => ({ node: one, tasks: existing.filter(({ nodeId }) => nodeId === one.id) }));
      expect(placeOnNodes(tasks, each, now)).toEqual(fast);
      expect(fast.assigned).toEqual(naive.assigned);
      expect(fast.pending).toEqual(naive.pending.map((one) => ({ taskId: one.taskId, text: textOf(one) })));
    });
  });

  it('assigns a task only to a node that passes every filter at that moment', () => {
    holds(anyWorld, ({ nodes, existing, tasks }) => {
      const all = [...existing];
      for (const { taskId, nodeId } of placeTasks({ tasks, view: TaskNodes.of(nodes, existing), now }).assigned) {
        const one = tasks.find(({ id }) => id === taskId) as Task;
        const on = nodes.find(({ id }) => id === nodeId) as Node;
        expect(reasonAgainst(on, one, all)).toBeUndefined();
        all.push({ ...one, nodeId, status: { ...one.status, state: 'assigned' } });
      }
    });
  });

  it('does not depend on the order of tasks and nodes', () => {
    const shuffled = anyWorld.chain((world) =>
      fc.record({
        world: fc.constant(world),
        nodes: fc.shuffledSubarray(world.nodes, { minLength: world.nodes.length }),
        tasks: fc.shuffledSubarray(world.tasks, { minLength: world.tasks.length }),
      }),
    );
    holds(shuffled, ({ world, nodes, tasks }) => {
      const { existing } = world;
      const one = placeTasks({ tasks: world.tasks, view: TaskNodes.of(world.nodes, existing), now });
      expect(placeTasks({ tasks, view: TaskNodes.of(nodes, existing), now })).toEqual(one);
    });
  });

  it('assigns no fewer tasks of a service when a node is added', () => {
    const grown = fc.record({ world: anyWorld, service: anyService, count: fc.nat(20), added: anyNode });
    holds(grown, ({ world: { nodes, existing }, service, count, added }) => {
      const tasks = Array.from({ length: count }, (_, i) => task(`t-${i}`, given('s0', service, { slot: i })));
      const assigned = (on: readonly Node[]) =>
        placeTasks({ tasks, view: TaskNodes.of(on, existing), now }).assigned.length;
      expect(assigned([...nodes, made(added, 'added')])).toBeGreaterThanOrEqual(assigned(nodes));
    });
  });
});

describe('the view', () => {
  const change = fc.oneof(
    fc.record({ do: fc.constant('setNode' as const), on: fc.nat(3), given: anyNode }),
    fc.record({ do: fc.constant('removeNode' as const), on: fc.nat(3) }),
    fc.record({ do: fc.constant('setTask' as const), id: fc.nat(7), service: anyService, existing: anyExisting }),
    fc.record({ do: fc.constant('removeTask' as const), id: fc.nat(7) }),
  );

  /** Everything that a rule or the order can read, except for failures: those outlive their tasks. */
  const shown = (view: TaskNodes) =>
    view.all.map((one) => ({
      facts: one.facts,
      usedCpus: one.usedCpus,
      usedMemoryBytes: one.usedMemoryBytes,
      gpus: one.piecesInUse.count('gpu'),
      active: one.activeTasks,
      byService: ['s0', 's1', 's2'].map((service) => one.activeTasksOf(service)),
      ports: [80, 81].map((port) => [...one.holdersOfPort(`${port}/tcp`)].sort()),
    }));

  it('after any changes is the one that is made anew', () => {
    holds(fc.array(change, { maxLength: 40 }), (changes) => {
      const view = new TaskNodes();
      const nodes = new Map<string, Node>();
      const tasks = new Map<string, Task>();
      for (const one of changes) {
        if (one.do === 'setNode') {
          const set = made(one.given, `n${one.on}`);
          nodes.set(set.id, set);
          view.setNode(set);
        } else if (one.do === 'removeNode') {
          nodes.delete(`n${one.on}-id`);
          view.removeNode(`n${one.on}-id`);
        } else if (one.do === 'setTask') {
          const { service, on, state, desired } = one.existing;
          const set = task(
            `t${one.id}`,
            given(`s${service}`, one.service, { state, desired, nodeId: `n${on % 4}-id` }),
          );
          tasks.set(set.id, set);
          view.setTask(set);
        } else {
          tasks.delete(`t${one.id}`);
          view.removeTask(`t${one.id}`);
        }
      }
      expect(shown(view)).toEqual(shown(TaskNodes.of(nodes.values(), tasks.values())));
    });
  });

  it('counts placements at once, and forgets those that are taken back', () => {
    holds(anyWorld, ({ nodes, existing, tasks }) => {
      const view = TaskNodes.of(nodes, existing);
      const before = shown(view);
      const tried = tryPlacing({ tasks, view, now });
      expect(shown(view)).toEqual(before);
      const first = placeTasks({ tasks, view, now });
      expect(first).toEqual(tried);
      const byId = new Map(tasks.map((one) => [one.id, one]));
      const written = first.assigned.map(({ taskId, nodeId }): Task => {
        const one = byId.get(taskId) as Task;
        return { ...one, nodeId, status: { ...one.status, state: 'assigned' } };
      });
      const after = shown(view);
      expect(after).toEqual(shown(TaskNodes.of(nodes, [...existing, ...written])));
      for (const one of written) view.setTask(one);
      expect(shown(view)).toEqual(after);
      for (const { id } of written) view.removeTask(id);
      expect(shown(view)).toEqual(before);
    });
  });
});
