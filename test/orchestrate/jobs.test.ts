import { beforeEach, describe, expect, it } from 'vitest';
import { World } from '../support/orchestrate.js';

describe('a job', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1', 'n2');
  });

  const states = () =>
    world
      .tasks()
      .map(({ slot, status }) => [slot, status.state])
      .sort();
  const job = (maxConcurrent: number, totalCompletions: number) => ({
    mode: { replicatedJob: { maxConcurrent, totalCompletions } },
    task: { restart: { delayMs: 100 } },
  });

  it('wants its tasks complete, and runs no more at a time than it may', async () => {
    await world.addService(job(2, 5));
    let most = 0;
    for (let round = 0; round < 30; round++) {
      await world.settle();
      const active = world.tasks(({ status }) => status.state !== 'complete');
      most = Math.max(most, active.length);
      await world.act();
    }
    expect(most).toBe(2);
    expect(world.tasks().every(({ desiredState }) => desiredState === 'complete')).toBe(true);
    expect(states()).toEqual([1, 2, 3, 4, 5].map((slot) => [slot, 'complete']));
    expect(await world.pass()).toBe(0);
  });

  it('tries again what failed, after the delay, and leaves what is complete alone', async () => {
    await world.addService(job(0, 2));
    world.fate = ({ slot }) => (slot === 2 ? 'fail' : 'complete');
    await world.run(0);
    expect(states()).toEqual([
      [1, 'complete'],
      [2, 'failed'],
      [2, 'ready'],
    ]);
    world.fate = () => 'complete';
    await world.run(100);
    expect(states().filter(([, state]) => state === 'complete')).toEqual([
      [1, 'complete'],
      [2, 'complete'],
    ]);
  });

  it('gives up a slot whose attempts are used', async () => {
    await world.addService({ ...job(1, 1), task: { restart: { delayMs: 100, maxAttempts: 1 } } });
    world.fate = () => 'fail';
    await world.run(60_000);
    expect(states()).toEqual([
      [1, 'failed'],
      [1, 'failed'],
    ]);
  });

  it('goes on when the total grows, and begins a new run when forceUpdate is raised', async () => {
    await world.addService(job(0, 1));
    await world.run(0);
    await world.changeSpec((spec) => ({ ...spec, ...job(0, 2), task: spec.task }));
    await world.run(0);
    expect(states()).toEqual([
      [1, 'complete'],
      [2, 'complete'],
    ]);
    await world.changeSpec((spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } }));
    await world.run(0);
    const second = world.tasks(({ spec, status }) => spec.forceUpdate === 1 && status.state === 'complete');
    expect(second.map(({ slot }) => slot)).toEqual([1, 2]);
  });

  it('that is global runs once on each node, and on nodes that join', async () => {
    await world.addService({ mode: { globalJob: {} } });
    await world.run(60_000);
    await world.addNodes('n3');
    await world.run(60_000);
    expect(
      world
        .tasks()
        .map(({ nodeId, status }) => [nodeId, status.state])
        .sort(),
    ).toEqual([
      ['n1', 'complete'],
      ['n2', 'complete'],
      ['n3', 'complete'],
    ]);
  });
});
