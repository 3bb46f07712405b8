import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../support/orchestrate.js';

describe('a global service', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1', 'n2');
  });

  const nodes = () =>
    world
      .running()
      .map(({ nodeId }) => nodeId)
      .sort();

  it('has a task on each node, made with its node', async () => {
    await world.addService({ mode: { global: {} } });
    await world.pass();
    expect(
      world
        .tasks()
        .map(({ nodeId, slot, status }) => [nodeId, slot, status.message])
        .sort(),
    ).toEqual([
      ['n1', 0, 'scheduler confirmed task can run on preassigned node'],
      ['n2', 0, 'scheduler confirmed task can run on preassigned node'],
    ]);
  });

  it('gives a task to a node that joins, and drops the tasks of one that leaves', async () => {
    await world.addService({ mode: { global: {} } });
    await world.run(0);
    await world.addNodes('n3');
    await world.run(0);
    expect(nodes()).toEqual(['n1', 'n2', 'n3']);
    await world.store.update((tx) => tx.nodes().delete('n3'));
    await world.run(0);
    expect(
      world
        .tasks()
        .map(({ nodeId }) => nodeId)
        .sort(),
    ).toEqual(['n1', 'n2']);
  });

  it('neither adds nor removes on a paused node, shuts down on a drained one, and returns to an active one', async () => {
    await world.setAvailability('n2', 'pause');
    await world.addService({ mode: { global: {} } });
    await world.run(0);
    expect(nodes()).toEqual(['n1']);
    await world.setAvailability('n1', 'pause');
    await world.run(10_000);
    expect(nodes()).toEqual(['n1']);
    await world.setAvailability('n1', 'drain');
    await world.run(10_000);
    expect(nodes()).toEqual([]);
    expect(world.tasks().map(({ desiredState }) => desiredState)).toEqual(['shutdown']);
    await world.setAvailability('n1', 'active');
    await world.run(10_000);
    expect(nodes()).toEqual(['n1']);
  });

  it('shuts down, and does not restart, what fails on a paused node', async () => {
    await world.addService({ mode: { global: {} } });
    await world.run(0);
    await world.setAvailability('n1', 'pause');
    const task = world.running().find(({ nodeId }) => nodeId === 'n1');
    if (task) await world.report(task, 'failed');
    await world.run(60_000);
    expect(nodes()).toEqual(['n2']);
    expect(world.tasks()).toHaveLength(2);
  });

  it('makes a new task when a node that was down is ready again', async () => {
    await world.addService({ mode: { global: {} } });
    await world.run(0);
    const before = world.running().find(({ nodeId }) => nodeId === 'n1');
    await world.setNodeState('n1', 'down');
    await world.run(10_000);
    await world.setNodeState('n1', 'ready');
    await world.run(10_000);
    const after = world.running().find(({ nodeId }) => nodeId === 'n1');
    expect(after).toBeDefined();
    expect(after?.id).not.toBe(before?.id);
  });

  it('replaces the outdated task of a node that comes back at once, outside the update', async () => {
    await world.addService({ mode: { global: {} }, update: { delayMs: 3_600_000 } });
    await world.run(0);
    await world.setNodeState('n1', 'down');
    await world.run(0);
    await world.changeSpec((spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } }));
    await world.run(0);
    await world.setNodeState('n1', 'ready');
    await world.run(0);
    expect(world.running().map(({ spec }) => spec.forceUpdate)).toEqual([1, 1]);
  });

  it('keeps one of two tasks on a node', async () => {
    await world.addService({ mode: { global: {} } });
    await world.run(0);
    const { specVersion } = world.service();
    await world.addTask({ nodeId: 'n1', specVersion, desiredState: 'running', status: { state: 'running' } });
    await world.run(0);
    expect(nodes()).toEqual(['n1', 'n2']);
  });

  it('runs only where the constraints hold, and follows the labels', async () => {
    await world.label('n1', { disk: 'ssd' });
    await world.addService({ mode: { global: {} }, task: { placement: { constraints: ['node.labels.disk == ssd'] } } });
    await world.run(0);
    expect(nodes()).toEqual(['n1']);
    await world.label('n1', {});
    await world.label('n2', { disk: 'ssd' });
    await world.run(10_000);
    expect(nodes()).toEqual(['n2']);
  });

  it('updates one node after the other', async () => {
    await world.addService({ mode: { global: {} }, update: { delayMs: 1_000 } });
    await world.run(0);
    await world.changeSpec((spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } }));
    await world.run(999);
    expect(world.running().filter(({ spec }) => spec.forceUpdate === 1)).toHaveLength(1);
    await world.run(60_000);
    expect(world.running().filter(({ spec }) => spec.forceUpdate === 1)).toHaveLength(2);
    expect(world.service().updateStatus?.state).toBe('completed');
  });
});
