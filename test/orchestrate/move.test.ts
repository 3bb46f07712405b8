import { beforeEach, describe, expect, it } from 'vitest';
import { moveToLabel } from '../../src/orchestrate/index.js';
import { World } from '../support/orchestrate.js';

let world: World;
beforeEach(async () => {
  world = new World();
  await world.addNodes('n1', 'n2');
  await world.addService({ mode: { replicated: { replicas: 4 } } });
  await world.run(10_000);
  await world.addNodes('n3');
  await world.run(0);
});

/** Asks that these slots move to n3. */
async function ask(...slots: number[]): Promise<void> {
  const tasks = world.running().filter(({ slot }) => slots.includes(slot));
  await world.store.update((tx) => {
    for (const task of tasks)
      tx.tasks().update({ ...task, annotations: { ...task.annotations, labels: { [moveToLabel]: 'n3' } } });
  });
}
const onNode = (id: string) => world.running().filter(({ nodeId }) => nodeId === id).map(({ slot }) => slot); // prettier-ignore
const marked = () => world.wanted().filter(({ annotations }) => moveToLabel in annotations.labels).length;

describe('a move of a task', () => {
  it('starts the new task first, and shuts the old one down when that runs', async () => {
    world.fate = ({ nodeId }) => (nodeId === 'n3' ? 'hang' : 'run');
    await ask(1);
    await world.run(60_000);
    expect(world.running()).toHaveLength(4);
    expect(world.wanted()).toHaveLength(5);
    world.fate = () => 'run';
    await world.run(0);
    expect(onNode('n3')).toEqual([1]);
    expect(world.wanted()).toHaveLength(4);
    expect(marked()).toBe(0);
  });

  it('moves as many at a time as an update replaces, and never runs fewer than are wanted', async () => {
    await world.changeSpec((spec) => ({ ...spec, update: { parallelism: 1 } }));
    await world.run(10_000);
    await ask(1, 2, 3);
    for (let pass = 0; pass < 40; pass++) {
      await world.pass();
      expect(world.wanted().length).toBeLessThanOrEqual(5);
      await world.act();
      expect(world.running().length).toBeGreaterThanOrEqual(4);
    }
    expect(onNode('n3')).toEqual([1, 2, 3]);
    expect(world.running()).toHaveLength(4);
  });

  it.each([
    ['drained', () => world.setAvailability('n3', 'drain')],
    ['paused', () => world.setAvailability('n3', 'pause')],
    ['down', () => world.setNodeState('n3', 'down')],
  ])('is given up when its node is %s', async (_what, change) => {
    world.fate = ({ nodeId }) => (nodeId === 'n3' ? 'hang' : 'run');
    await ask(1);
    await world.run(0);
    await change();
    world.fate = () => 'run';
    await world.run(10_000);
    expect(world.running()).toHaveLength(4);
    expect([onNode('n3'), marked()]).toEqual([[], 0]);
  });

  it.each(['fail', 'reject'] as const)(
    'is given up when the new task ends (%s), and is not tried again',
    async (fate) => {
      world.fate = ({ nodeId, status }) =>
        nodeId !== 'n3' ? 'run' : fate === 'reject' || status.state === 'assigned' ? 'reject' : 'fail';
      await ask(1);
      await world.run(60_000);
      expect(world.running()).toHaveLength(4);
      expect([onNode('n3'), marked()]).toEqual([[], 0]);
      expect(world.tasks(({ nodeId }) => nodeId === 'n3')).toHaveLength(1);
    },
  );

  it('yields to an update, which replaces the task anyway', async () => {
    world.fate = ({ nodeId }) => (nodeId === 'n3' ? 'hang' : 'run');
    await ask(1);
    await world.run(0);
    world.fate = () => 'run';
    await world.setImage('other');
    await world.run(60_000);
    expect(world.running().map(({ spec }) => spec.container?.image)).toEqual(['other', 'other', 'other', 'other']);
    expect(world.service().updateStatus?.state).toBe('completed');
  });

  it('goes on under another leader, and when the old task fails meanwhile', async () => {
    world.fate = ({ nodeId }) => (nodeId === 'n3' ? 'hang' : 'run');
    await ask(1);
    await world.run(0);
    await world.changeLeader();
    const old = world.running().find(({ slot }) => slot === 1);
    if (old) await world.report(old, 'failed');
    await world.run(0);
    world.fate = () => 'run';
    await world.run(10_000);
    expect(onNode('n3')).toEqual([1]);
    expect(world.running()).toHaveLength(4);
  });
});
