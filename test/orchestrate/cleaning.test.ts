import { beforeEach, describe, expect, it } from 'vitest';
import { placeOnNodes } from '../../src/schedule/index.js';
import { World } from '../support/orchestrate.js';

const day = 86_400_000;
let world: World;

beforeEach(async () => {
  world = new World();
  await world.addNodes('n1', 'n2');
});

describe('the reaper', () => {
  const keep = async (limit: number) => {
    await world.store.update((tx) => {
      tx.clusters().create({ spec: { orchestration: { taskHistoryRetentionLimit: limit } } });
    });
  };

  it('keeps as many tasks of a slot as the cluster says, the current one included', async () => {
    await keep(2);
    await world.addService({ task: { restart: { delayMs: 10 } } });
    await world.run(0);
    const made: string[] = [];
    for (let round = 0; round < 3; round++) {
      const [task] = world.running();
      made.push(task?.id ?? '');
      if (task) await world.report(task, 'failed');
      await world.run(10);
    }
    const left = world.tasks().map(({ id }) => id);
    expect(left).toHaveLength(2);
    expect(left).toContain(made[2]);
    expect(left).not.toContain(made[0]);
  });

  it('keeps one task more than there may be attempts', async () => {
    await keep(1);
    await world.addService({ task: { restart: { delayMs: 10, maxAttempts: 3 } } });
    world.fate = () => 'fail';
    await world.run(60_000);
    expect(world.tasks()).toHaveLength(4);
  });

  it('leaves a slot alone in which two tasks still run', async () => {
    await keep(1);
    await world.addService();
    world.fate = () => 'run';
    await world.run(0);
    const { specVersion } = world.service();
    world.fate = () => 'hang';
    await world.addTask({ slot: 1, specVersion, nodeId: 'n2', desiredState: 'running', status: { state: 'running' } });
    await world.run(10_000);
    expect(world.tasks()).toHaveLength(2);
    world.fate = () => 'run';
    await world.run(10_000);
    expect(world.tasks()).toHaveLength(1);
  });

  it('keeps the task from which a waiting replacement has its delay', async () => {
    await keep(0);
    await world.addService({ task: { restart: { delayMs: 1_000 } } });
    await world.run(0);
    world.fate = () => 'fail';
    await world.setNodeState('n1', 'down');
    await world.run(10);
    expect(world.wanted()).toMatchObject([{ nodeId: 'n2', desiredState: 'ready' }]);
    expect(world.tasks(({ status }) => status.state === 'failed')).toHaveLength(1);
  });

  it('never takes the task on which a slot rests', async () => {
    await keep(0);
    await world.addService({ task: { restart: { condition: 'none' } } });
    world.fate = () => 'complete';
    await world.run(60_000);
    expect(world.tasks()).toMatchObject([{ status: { state: 'complete' } }]);
  });
});

describe('the enforcer', () => {
  const rejected = () => world.tasks(({ status }) => status.state === 'rejected');
  const resources = async (id: string, memoryBytes: number) => {
    await world.changeNode(id, (node) => ({
      ...node,
      description: { hostname: id, resources: { nanoCpus: 0, memoryBytes, generic: [], pids: 0 } },
    }));
  };

  it.each([
    {
      what: 'its role',
      constraint: 'node.role == worker',
      change: () => world.changeNode('n1', (node) => ({ ...node, role: 'manager' })),
    },
    { what: 'a label', constraint: 'node.labels.disk != hdd', change: () => world.label('n1', { disk: 'hdd' }) },
  ])('rejects the task of a node that loses $what, and it runs elsewhere', async ({ constraint, change }) => {
    await world.addService({ task: { placement: { constraints: [constraint] } } });
    await world.run(0);
    await change();
    await world.settle();
    expect(rejected()).toMatchObject([
      {
        nodeId: 'n1',
        status: { message: 'task rejected by constraint enforcer', err: 'assigned node no longer meets constraints' },
      },
    ]);
    await world.run(5_000);
    expect(world.running().map(({ nodeId }) => nodeId)).toEqual(['n2']);
  });

  it('rejects what no longer fits when a node has less memory, and no more than that', async () => {
    await resources('n1', 100);
    await world.setAvailability('n2', 'pause');
    await world.addService({
      mode: { replicated: { replicas: 2 } },
      task: { resources: { reservations: { memoryBytes: 50 } } },
    });
    await world.run(0);
    await resources('n1', 60);
    // One pass only: the placer of this test would put the replacement on the full node again.
    await world.pass();
    expect(rejected()).toHaveLength(1);
  });

  it('rejects a task whose named piece of a resource is gone, and writes down the pieces of a new one', async () => {
    const pieces = (...names: string[]) => names.map((named) => ({ kind: 'gpu', named }));
    const offer = (id: string, ...names: string[]) =>
      world.changeNode(id, (node) => ({
        ...node,
        description: { hostname: id, resources: { nanoCpus: 0, memoryBytes: 0, generic: pieces(...names), pids: 0 } },
      }));
    await offer('n1', 'a', 'b');
    await offer('n2', 'c');
    world.ports = { ...world.ports, place: placeOnNodes };
    await world.addService({ task: { resources: { reservations: { generic: [{ kind: 'gpu', discrete: 1 }] } } } });
    await world.run(0);
    expect(world.running()).toMatchObject([{ nodeId: 'n1', assignedGeneric: pieces('a') }]);
    await offer('n1', 'b');
    await world.run(5_000);
    expect(rejected()).toMatchObject([{ nodeId: 'n1', assignedGeneric: pieces('a') }]);
    expect(world.running()).toHaveLength(1);
    expect(world.running()).toMatchObject([
      { assignedGeneric: [{ named: expect.stringMatching(/^[bc]$/) as string }] },
    ]);
  });

  it('does not count the reservations of tasks that are done', async () => {
    await resources('n1', 60);
    await world.addService({ task: { resources: { reservations: { memoryBytes: 50 } } } });
    await world.setAvailability('n2', 'pause');
    const { specVersion, spec } = world.service();
    for (const state of ['complete', 'failed'] as const)
      await world.addTask({
        slot: 1,
        specVersion,
        spec: spec.task,
        nodeId: 'n1',
        desiredState: 'shutdown',
        status: { state },
      });
    await world.run(10_000);
    expect(rejected()).toEqual([]);
    expect(world.running()).toHaveLength(1);
  });

  it('holds an outdated task to its own constraints while the update is paused', async () => {
    await world.label('n1', { disk: 'ssd' });
    await world.addService({ task: { placement: { constraints: ['node.labels.disk == ssd'] } } });
    await world.run(0);
    await world.changeService((service) => ({
      ...service,
      spec: { ...service.spec, task: { ...service.spec.task, forceUpdate: 1 } },
      updateStatus: { state: 'paused' },
    }));
    await world.run(10_000);
    expect(rejected()).toEqual([]);
    await world.label('n1', {});
    await world.settle();
    expect(rejected()).toMatchObject([{ nodeId: 'n1', spec: { forceUpdate: 0 } }]);
  });

  it('goes by the constraints of the service, not by those of the task', async () => {
    await world.addService({ task: { placement: { constraints: ['node.labels.disk == ssd'] } } });
    await world.label('n1', { disk: 'ssd' });
    await world.run(0);
    await world.changeSpec((spec) => ({
      ...spec,
      task: { ...spec.task, placement: { constraints: ['node.id == n1'] } },
    }));
    await world.label('n1', {});
    await world.run(10_000);
    expect(rejected()).toEqual([]);
    expect(world.running()).toHaveLength(1);
    expect(world.tasks()).toHaveLength(1);
  });
});

describe('a node', () => {
  it('is down when nobody has confirmed it for 30 seconds', async () => {
    await world.addService();
    await world.run(0);
    await world.setNodeState('n1', 'unknown');
    await world.run(29_999);
    expect(world.running().map(({ nodeId }) => nodeId)).toEqual(['n1']);
    await world.run(1);
    expect(world.store.view((tx) => tx.nodes().get('n1')?.status)).toMatchObject({
      state: 'down',
      message: 'heartbeat failure',
    });
    expect(world.running().map(({ nodeId }) => nodeId)).toEqual(['n2']);
  });

  it('stays unknown, and keeps its tasks, when managers drive its engine: they judge it', async () => {
    await world.addService();
    await world.run(0);
    const engine = { addr: '10.0.0.1:2375', apiVersion: '1.41', swarmNode: '', swarmControl: false };
    await world.changeNode('n1', (node) => ({ ...node, engine }));
    await world.setNodeState('n1', 'unknown');
    await world.run(day);
    expect(world.store.view((tx) => tx.nodes().get('n1')?.status.state)).toBe('unknown');
    expect(world.running().map(({ nodeId }) => nodeId)).toEqual(['n1']);
  });

  it.each([
    { how: 'down for a day', lose: () => world.setNodeState('n1', 'down'), afterMs: day },
    { how: 'gone', lose: () => world.store.update((tx) => tx.nodes().delete('n1')), afterMs: 0 },
  ])('that is $how has orphans', async ({ lose, afterMs }) => {
    await world.addService();
    await world.run(0);
    await lose();
    if (afterMs > 0) {
      await world.run(afterMs - 1);
      expect(world.tasks(({ status }) => status.state === 'orphaned')).toEqual([]);
    }
    await world.run(1);
    expect(world.tasks(({ status }) => status.state === 'orphaned').map(({ nodeId }) => nodeId)).toEqual(['n1']);
  });
});
