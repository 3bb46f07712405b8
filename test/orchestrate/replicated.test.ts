import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../support/orchestrate.js';

const replicas = (count: number) => ({ mode: { replicated: { replicas: count } } });

describe('a replicated service', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1', 'n2', 'n3');
  });

  it('has a task in each of the slots 1 to 3 when it has three replicas', async () => {
    await world.addService(replicas(3));
    expect(await world.pass()).toBe(3);
    expect(world.tasks().map(({ slot, desiredState }) => [slot, desiredState])).toEqual([
      [1, 'running'],
      [2, 'running'],
      [3, 'running'],
    ]);
  });

  it('writes a task with its node in the pass that makes it', async () => {
    await world.addService(replicas(1));
    await world.pass();
    expect(world.tasks()[0]).toMatchObject({
      nodeId: 'n1',
      status: { state: 'assigned', message: 'scheduler assigned task to node' },
    });
  });

  it('leaves a task pending with the reason when it fits nowhere', async () => {
    await world.addService({ ...replicas(1), task: { placement: { constraints: ['node.id == n9'] } } });
    await world.settle();
    expect(world.tasks()[0]?.nodeId).toBeUndefined();
    expect(world.tasks()[0]?.status).toMatchObject({ state: 'pending', err: 'no suitable node' });
  });

  it('makes a task again in the slot whose task was deleted from the store', async () => {
    await world.addService(replicas(3));
    await world.run(0);
    const [, second] = world.tasks();
    await world.store.update((tx) => tx.tasks().delete(second?.id ?? ''));
    await world.run(0);
    expect(world.running().map(({ slot }) => slot)).toEqual([1, 2, 3]);
  });

  it('scales 6 to 4 on nodes with 1, 2 and 3 tasks: both leave the node with 3, the highest slots first', async () => {
    await world.addService(replicas(6));
    const nodes = ['n1', 'n2', 'n2', 'n3', 'n3', 'n3'];
    const { specVersion } = world.service();
    for (const [i, nodeId] of nodes.entries())
      await world.addTask({ slot: i + 1, nodeId, specVersion, desiredState: 'running', status: { state: 'running' } });
    await world.scale(4);
    await world.run(0);
    // One on n1, one on n2 and one on n3 are first on their nodes; of the second ones the lower slot stays.
    expect(world.wanted().map(({ slot, nodeId }) => [slot, nodeId])).toEqual([
      [1, 'n1'],
      [2, 'n2'],
      [3, 'n2'],
      [4, 'n3'],
    ]);
  });

  it('evens out the nodes rather than keep the low slots', async () => {
    await world.addService(replicas(6));
    const { specVersion } = world.service();
    for (const [i, nodeId] of ['n3', 'n3', 'n3', 'n2', 'n2', 'n1'].entries())
      await world.addTask({ slot: i + 1, nodeId, specVersion, desiredState: 'running', status: { state: 'running' } });
    await world.scale(4);
    await world.run(0);
    expect(world.wanted().map(({ slot }) => slot)).toEqual([1, 2, 4, 6]);
  });

  it('drops unassigned tasks before any other when it scales down', async () => {
    await world.addService({ ...replicas(4) });
    const { specVersion } = world.service();
    const base = { specVersion, desiredState: 'running' as const };
    await world.addTask({
      ...base,
      slot: 1,
      status: { state: 'pending' },
      spec: { placement: { constraints: ['node.id == n9'] } },
    });
    for (const slot of [2, 3, 4]) await world.addTask({ ...base, slot, nodeId: 'n1', status: { state: 'running' } });
    await world.scale(3);
    await world.run(0);
    expect(world.tasks().map(({ slot }) => slot)).toEqual([2, 3, 4]);
  });

  it('wants a task removed when it scales down, and deletes it only after the agent reported its end', async () => {
    await world.addService(replicas(2));
    await world.run(0);
    world.fate = () => 'hang';
    await world.scale(1);
    await world.run(60_000);
    expect(world.tasks().map(({ slot, desiredState }) => [slot, desiredState])).toEqual([
      [1, 'running'],
      [2, 'remove'],
    ]);
    world.fate = () => 'run';
    await world.run(999);
    expect(world.tasks().map(({ status }) => status.state)).toEqual(['running', 'shutdown']);
    await world.run(1);
    expect(world.tasks().map(({ slot }) => slot)).toEqual([1]);
  });

  it('deletes a task that is removed before it was assigned at once', async () => {
    await world.addService({ ...replicas(2), task: { placement: { constraints: ['node.id == n9'] } } });
    await world.settle();
    await world.scale(1);
    await world.settle();
    expect(world.tasks()).toHaveLength(1);
  });

  it('wants all its tasks removed when it is removed, the dead ones too', async () => {
    await world.addService(replicas(2));
    await world.run(0);
    const [first] = world.tasks();
    if (first) await world.report(first, 'failed');
    await world.settle();
    await world.store.update((tx) => tx.services().delete('s1'));
    await world.settle();
    expect(new Set(world.tasks().map(({ desiredState }) => desiredState))).toEqual(new Set(['remove']));
    await world.run(1_000);
    expect(world.tasks()).toEqual([]);
  });

  it.each([
    { how: 'is down', lose: () => world.setNodeState('n1', 'down'), moves: true },
    { how: 'is drained', lose: () => world.setAvailability('n1', 'drain'), moves: true },
    { how: 'is deleted', lose: () => world.store.update((tx) => tx.nodes().delete('n1')), moves: true },
    { how: 'is unknown', lose: () => world.setNodeState('n1', 'unknown'), moves: false },
    { how: 'is paused', lose: () => world.setAvailability('n1', 'pause'), moves: false },
  ])('moves the task of a node that $how: $moves', async ({ lose, moves }) => {
    await world.addService(replicas(1));
    await world.run(0);
    await lose();
    await world.run(100);
    const [now] = world.running();
    expect(now?.nodeId !== 'n1').toBe(moves);
  });

  it('replaces a task that had failed before the leader began', async () => {
    await world.addService(replicas(1));
    const { specVersion } = world.service();
    const failed = { state: 'failed' as const, timestamp: world.now - 60_000 };
    await world.addTask({ slot: 1, specVersion, nodeId: 'n1', desiredState: 'running', status: failed });
    await world.run(5_000);
    expect(world.running()).toHaveLength(1);
    expect(world.tasks()).toHaveLength(2);
  });

  it('deletes the task of a service that was deleted before the leader began', async () => {
    await world.addTask({
      serviceId: 'gone',
      slot: 1,
      nodeId: 'n1',
      desiredState: 'running',
      status: { state: 'running' },
    });
    await world.run(1_000);
    expect(world.tasks()).toEqual([]);
  });

  it('starts a replacement after the rest of its delay under a new leader', async () => {
    await world.addService({ ...replicas(1), task: { restart: { delayMs: 1_000 } } });
    const { specVersion, spec } = world.service();
    const base = { slot: 1, specVersion, spec: spec.task, nodeId: 'n1' };
    await world.addTask({ ...base, desiredState: 'shutdown', status: { state: 'failed', timestamp: world.now } });
    const waiting = await world.addTask({ ...base, desiredState: 'ready', status: { state: 'ready' } });
    world.clock.advance(600);
    await world.run(399);
    expect(world.tasks(({ id }) => id === waiting.id)[0]?.desiredState).toBe('ready');
    await world.run(1);
    expect(world.running().map(({ id }) => id)).toEqual([waiting.id]);
  });
});
