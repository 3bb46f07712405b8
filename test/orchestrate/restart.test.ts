import { beforeEach, describe, expect, it } from 'vitest';
import type { DeepPartial, ServiceSpec } from '../../src/kinds/index.js';
import { World } from '../support/orchestrate.js';

type Restart = DeepPartial<NonNullable<ServiceSpec['task']['restart']>>;

const withRestart = (restart: Restart, replicas = 1): DeepPartial<ServiceSpec> => ({
  mode: { replicated: { replicas } },
  task: { restart },
});

describe('a restart', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1', 'n2');
  });

  /** The only running task ends in this state. */
  async function end(state: 'complete' | 'failed', slot = 1): Promise<void> {
    const task = world.running().find((one) => one.slot === slot);
    if (!task) throw new Error(`slot ${slot} does not run`);
    await world.report(task, state);
    await world.run(0);
  }

  const runningSlots = () => world.running().map(({ slot }) => slot);

  it.each([
    { condition: 'any' as const, state: 'complete' as const, restarts: true },
    { condition: 'any' as const, state: 'failed' as const, restarts: true },
    { condition: 'onFailure' as const, state: 'complete' as const, restarts: false },
    { condition: 'onFailure' as const, state: 'failed' as const, restarts: true },
    { condition: 'none' as const, state: 'complete' as const, restarts: false },
    { condition: 'none' as const, state: 'failed' as const, restarts: false },
  ])('follows the condition $condition after $state: $restarts', async ({ condition, state, restarts }) => {
    await world.addService(withRestart({ condition }));
    await world.run(0);
    await end(state);
    await world.run(10_000);
    expect(runningSlots()).toEqual(restarts ? [1] : []);
    expect(world.tasks()).toHaveLength(restarts ? 2 : 1);
  });

  it('with the condition none is not made up for by an unchanged update, but by a changed one', async () => {
    await world.addService(withRestart({ condition: 'none' }));
    await world.run(0);
    await end('failed');
    await world.changeSpec((spec) => spec);
    await world.run(10_000);
    expect(runningSlots()).toEqual([]);
    await world.setImage('web:2');
    await world.run(10_000);
    expect(runningSlots()).toEqual([1]);
  });

  it('begins as ready and runs after its delay, not before', async () => {
    await world.addService(withRestart({ delayMs: 100 }));
    await world.run(0);
    await end('failed');
    await world.run(99);
    expect(world.wanted()).toMatchObject([{ desiredState: 'ready', status: { state: 'ready' } }]);
    await world.run(1);
    expect(world.wanted()).toMatchObject([{ desiredState: 'running', status: { state: 'running' } }]);
  });

  it('gives up the old task in the transaction that makes the new one', async () => {
    await world.addService(withRestart({}));
    await world.run(0);
    const [task] = world.running();
    if (task) await world.report(task, 'failed');
    expect(await world.pass()).toBe(2);
    expect(world.tasks().map(({ desiredState }) => desiredState)).toEqual(['shutdown', 'ready']);
  });

  it('happens at most maxAttempts times in a slot, counts slots apart, and starts anew with a new spec', async () => {
    await world.addService(withRestart({ maxAttempts: 1, delayMs: 10 }, 2));
    await world.run(0);
    await end('failed');
    await world.run(10);
    expect(runningSlots()).toEqual([1, 2]);
    await end('failed');
    await world.run(10_000);
    expect(runningSlots()).toEqual([2]);
    await end('failed', 2);
    await world.run(10);
    expect(runningSlots()).toEqual([2]);
    await world.changeSpec((spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } }));
    await world.run(60_000);
    expect(runningSlots()).toEqual([1, 2]);
    await end('failed');
    await world.run(10);
    expect(runningSlots()).toEqual([1, 2]);
  });

  it('is allowed again when the attempts before are older than the window', async () => {
    await world.addService(withRestart({ maxAttempts: 1, windowMs: 500, delayMs: 10 }));
    await world.run(0);
    await end('failed');
    await world.run(600);
    await end('failed');
    await world.run(10);
    expect(runningSlots()).toEqual([1]);
    await world.run(100);
    await end('failed');
    await world.run(10_000);
    expect(runningSlots()).toEqual([]);
  });

  it('of a task that fails within its own delay waits for that delay first', async () => {
    await world.addService(withRestart({ delayMs: 1_000 }));
    await world.run(0);
    await end('failed');
    world.fate = () => 'reject';
    await world.run(999);
    expect(world.tasks()).toHaveLength(2);
    await world.run(1);
    expect(world.tasks()).toHaveLength(3);
    await world.run(999);
    expect(world.tasks()).toHaveLength(3);
  });

  it('on account of a drained node has no delay, but waits for the old task to end', async () => {
    await world.addService(withRestart({ delayMs: 5_000 }));
    await world.run(0);
    world.fate = (task) => (task.nodeId === 'n1' ? 'hang' : 'run');
    await world.setAvailability('n1', 'drain');
    await world.run(1_000);
    expect(world.wanted()).toMatchObject([{ nodeId: 'n2', desiredState: 'ready' }]);
    world.fate = () => 'run';
    await world.run(0);
    expect(world.running()).toMatchObject([{ nodeId: 'n2' }]);
  });

  it('on account of a lost node has no delay and waits for nobody', async () => {
    await world.addService(withRestart({ delayMs: 5_000 }));
    await world.run(0);
    await world.setNodeState('n1', 'down');
    await world.run(0);
    expect(world.running()).toMatchObject([{ nodeId: 'n2' }]);
  });

  it('starts after a minute when the old task never stops', async () => {
    await world.addService(withRestart({ delayMs: 0 }));
    await world.run(0);
    world.fate = (task) => (task.nodeId === 'n1' ? 'hang' : 'run');
    await world.setAvailability('n1', 'drain');
    await world.run(59_999);
    expect(world.running().filter(({ nodeId }) => nodeId === 'n2')).toEqual([]);
    await world.run(1);
    expect(world.running()).toMatchObject([{ nodeId: 'n2' }]);
  });
});
