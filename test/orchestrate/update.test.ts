import { beforeEach, describe, expect, it } from 'vitest';
import type { DeepPartial, ServiceSpec, Task, UpdateConfig } from '../../src/kinds/index.js';
import { World } from '../support/orchestrate.js';

const withUpdate = (replicas: number, update: Partial<UpdateConfig> = {}, rollback?: Partial<UpdateConfig>) =>
  ({
    mode: { replicated: { replicas } },
    task: { container: { image: 'web:1' }, restart: { delayMs: 100 } },
    update,
    ...(rollback && { rollback }),
  }) satisfies DeepPartial<ServiceSpec>;

const imageOf = (task: Task) => task.spec.container?.image;

describe('an update', () => {
  let world: World;

  beforeEach(async () => {
    world = new World();
    await world.addNodes('n1', 'n2', 'n3');
  });

  const images = () => world.running().map(imageOf).sort();
  const status = () => world.service().updateStatus;
  /** Tasks of these images never run. */
  const failing = (...bad: string[]) => {
    world.fate = (task) => (bad.includes(imageOf(task) ?? '') ? 'reject' : 'run');
  };

  it('gives all tasks the new image and says so', async () => {
    await world.addService(withUpdate(3));
    await world.run(0);
    await world.setImage('web:2');
    await world.settle();
    expect(status()).toMatchObject({ state: 'updating', message: 'update in progress', slots: 3 });
    await world.run(60_000);
    expect(images()).toEqual(['web:2', 'web:2', 'web:2']);
    expect(status()).toMatchObject({ state: 'completed', message: 'update completed' });
  });

  it.each([
    { from: 'the task', own: { name: 'own', options: {} }, expected: 'own' },
    { from: 'the cluster', own: undefined, expected: 'default' },
  ])('takes the log driver from $from', async ({ own, expected }) => {
    await world.store.update((tx) => {
      tx.clusters().create({ spec: { taskDefaults: { logDriver: { name: 'default' } } } });
    });
    await world.addService({ task: { ...(own && { logDriver: own }) } });
    await world.settle();
    expect(world.tasks()[0]?.logDriver?.name).toBe(expected);
  });

  it('touches no task when only the placement differs and the nodes fit', async () => {
    await world.addService(withUpdate(3));
    await world.run(0);
    const before = world.tasks();
    await world.changeSpec((spec) => ({
      ...spec,
      task: { ...spec.task, placement: { constraints: ['node.id != n9'] } },
    }));
    await world.run(60_000);
    expect(world.tasks()).toEqual(before);
    expect(status()).toBeUndefined();
  });

  it('moves the tasks that a new placement no longer fits', async () => {
    await world.addService(withUpdate(3));
    await world.run(0);
    await world.changeSpec((spec) => ({
      ...spec,
      task: { ...spec.task, placement: { constraints: ['node.id != n1'] } },
    }));
    await world.run(60_000);
    expect(world.running().filter(({ nodeId }) => nodeId === 'n1')).toEqual([]);
    expect(world.tasks(({ status: { state } }) => state === 'rejected')).toEqual([]);
    expect(world.running()).toHaveLength(3);
  });

  it('replaces as many tasks at a time as parallelism says, and pauses for the delay', async () => {
    await world.addService(withUpdate(4, { parallelism: 2, delayMs: 1_000 }));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(999);
    expect(images()).toEqual(['web:1', 'web:1', 'web:2', 'web:2']);
    await world.run(1);
    expect(images()).toEqual(['web:2', 'web:2', 'web:2', 'web:2']);
  });

  it('is complete only when the last tasks have been watched', async () => {
    await world.addService(withUpdate(1, { monitorMs: 2_000 }));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(1_999);
    expect(status()?.state).toBe('updating');
    await world.run(1);
    expect(status()?.state).toBe('completed');
  });

  it('pauses when one new task fails, says which, and the next update completes', async () => {
    await world.addService(withUpdate(3));
    await world.run(0);
    failing('web:2');
    await world.setImage('web:2');
    await world.run(50);
    const failed = world.tasks(({ status: { state } }) => state === 'rejected');
    expect(new Set(failed.map(({ slot }) => slot)).size).toBe(1);
    expect(status()).toMatchObject({ state: 'paused' });
    const [, id] =
      /^update paused due to failure or early termination of task (\w+)$/.exec(status()?.message ?? '') ?? [];
    expect(failed.map((task) => task.id)).toContain(id);
    expect(images()).toEqual(['web:1', 'web:1']);
    failing();
    await world.setImage('web:3');
    await world.run(60_000);
    expect(images()).toEqual(['web:3', 'web:3', 'web:3']);
    expect(status()?.state).toBe('completed');
  });

  it('goes on over failures when told to', async () => {
    await world.addService(withUpdate(3, { failureAction: 'continue' }));
    await world.run(0);
    let left = 2;
    world.fate = (task) =>
      imageOf(task) === 'web:2' && task.status.state === 'running' && left-- > 0 ? 'fail' : 'run';
    await world.setImage('web:2');
    await world.run(60_000);
    expect(images()).toEqual(['web:2', 'web:2', 'web:2']);
    expect(status()?.state).toBe('completed');
  });

  it('counts only tasks that ended while they were watched', async () => {
    await world.addService(withUpdate(2, { monitorMs: 1_000, delayMs: 3_000 }));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(2_000);
    const [updated] = world.running().filter((task) => imageOf(task) === 'web:2');
    if (updated) await world.report(updated, 'failed');
    await world.run(60_000);
    expect(images()).toEqual(['web:2', 'web:2']);
    expect(status()?.state).toBe('completed');
  });

  it('rolls back when more tasks fail than the ratio allows, and ends as rolled back', async () => {
    await world.addService(withUpdate(4, { failureAction: 'rollback', maxFailureRatio: 0.5 }));
    await world.run(0);
    failing('web:2');
    await world.setImage('web:2');
    await world.run(60_000);
    expect(images()).toEqual(['web:1', 'web:1', 'web:1', 'web:1']);
    expect(status()).toMatchObject({ state: 'rollbackCompleted', message: 'rollback completed' });
    expect(world.service().previousSpec).toBeUndefined();
  });

  it('waits for a third failure of four when the ratio is a half', async () => {
    await world.addService(withUpdate(4, { failureAction: 'rollback', maxFailureRatio: 0.5 }));
    await world.run(0);
    let left = 2;
    world.fate = (task) =>
      imageOf(task) === 'web:2' && task.status.state === 'running' && left-- > 0 ? 'fail' : 'run';
    await world.setImage('web:2');
    await world.run(60_000);
    expect(status()?.state).toBe('completed');
    expect(images()).toEqual(['web:2', 'web:2', 'web:2', 'web:2']);
  });

  it.each(['pause', 'rollback'] as const)('ends paused when its rollback fails, with the action %s', async (action) => {
    await world.addService(withUpdate(2, { failureAction: 'rollback' }, { failureAction: action }));
    await world.run(0);
    const old = new Set(world.running().map(({ id }) => id));
    world.fate = ({ id }) => (old.has(id) ? 'run' : 'reject');
    await world.setImage('web:2');
    await world.run(1_000);
    expect(status()?.state).toBe('rollbackPaused');
    expect(status()?.message).toMatch(/^rollback paused due to failure or early termination of task /);
  });

  it('pauses when it should roll back and there is nothing to return to', async () => {
    await world.addService(withUpdate(1, { failureAction: 'rollback' }));
    await world.run(0);
    await world.setImage('web:2');
    await world.store.update((tx) => {
      const { previousSpec: _gone, ...service } = world.service();
      tx.services().update(service);
    });
    failing('web:2');
    await world.run(50);
    expect(status()?.state).toBe('paused');
  });

  it('with start-first stops an old task only after the new one runs', async () => {
    await world.addService(withUpdate(2, { order: 'startFirst', parallelism: 0 }));
    await world.run(0);
    world.fate = (task) => (imageOf(task) === 'web:2' ? 'hang' : 'run');
    await world.setImage('web:2');
    await world.run(60_000);
    expect(images()).toEqual(['web:1', 'web:1']);
    expect(world.wanted()).toHaveLength(4);
    world.fate = () => 'run';
    await world.run(0);
    expect(images()).toEqual(['web:2', 'web:2']);
    expect(world.tasks()).toHaveLength(4);
  });

  it('with start-first keeps the old task while the new one fails and is restarted', async () => {
    await world.addService(withUpdate(1, { order: 'startFirst', failureAction: 'continue' }));
    await world.run(0);
    world.fate = (task) => (imageOf(task) === 'web:2' ? 'reject' : 'run');
    await world.setImage('web:2');
    await world.run(1_000);
    expect(images()).toEqual(['web:1']);
    world.fate = () => 'run';
    await world.run(10_000);
    expect(images()).toEqual(['web:2']);
  });

  it('with start-first makes no second new task when the old one ends meanwhile', async () => {
    await world.addService(withUpdate(1, { order: 'startFirst' }));
    await world.run(0);
    const [old] = world.running();
    world.fate = () => 'hang';
    await world.setImage('web:2');
    await world.settle();
    if (old) await world.report(old, 'failed');
    await world.run(60_000);
    expect(world.wanted().map(imageOf)).toEqual(['web:2']);
    expect(world.tasks()).toHaveLength(2);
  });

  it('remembers failures however little history is kept', async () => {
    await world.store.update((tx) => {
      tx.clusters().create({ spec: { orchestration: { taskHistoryRetentionLimit: 1 } } });
    });
    await world.addService(withUpdate(4, { maxFailureRatio: 0.5, delayMs: 1_000 }));
    await world.run(0);
    const seen = new Map<number, string>();
    world.fate = (task) => {
      if (imageOf(task) !== 'web:2') return 'run';
      if (!seen.has(task.slot)) seen.set(task.slot, task.id);
      return seen.get(task.slot) === task.id ? 'reject' : 'run';
    };
    await world.setImage('web:2');
    await world.run(60_000);
    expect(status()?.state).toBe('paused');
    expect(images()).toEqual(['web:1', 'web:2', 'web:2', 'web:2']);
  });

  it('leaves one task in a slot that has two', async () => {
    await world.addService(withUpdate(1));
    await world.run(0);
    const [{ specVersion, spec } = world.service()] = world.running();
    await world.addTask({
      slot: 1,
      specVersion,
      spec: spec,
      nodeId: 'n2',
      desiredState: 'running',
      status: { state: 'running' },
    });
    await world.run(0);
    expect(world.running()).toHaveLength(1);
  });

  it('does not happen for other credentials, save for tasks without their image', async () => {
    const withAuth = (registryAuth: string) => (spec: ServiceSpec) => ({
      ...spec,
      task: { ...spec.task, container: { ...spec.task.container, registryAuth } },
    });
    await world.addService(withUpdate(3));
    await world.run(0);
    const [first, second, third] = world.running();
    await world.changeSpec(withAuth('e30='));
    await world.run(60_000);
    expect(world.running().map(({ id }) => id)).toEqual([first?.id, second?.id, third?.id]);
    expect(world.service().updateStatus).toBeUndefined();

    // Tasks that are on their way: only one that has its image keeps going.
    world.fate = () => 'hang';
    await world.setImage('web:2');
    await world.settle();
    const preparing = world.tasks(({ spec }) => spec.container?.image === 'web:2');
    expect(preparing.length).toBeGreaterThan(0);
    for (const task of preparing) await world.report(task, 'preparing');
    await world.changeSpec(withAuth('e31='));
    await world.settle();
    expect(world.wanted().filter(({ id }) => preparing.some((task) => task.id === id))).toEqual([]);
  });

  it('happens when forceUpdate alone is raised', async () => {
    await world.addService(withUpdate(2));
    await world.run(0);
    const before = world.running().map(({ id }) => id);
    await world.changeSpec((spec) => ({ ...spec, task: { ...spec.task, forceUpdate: 1 } }));
    await world.run(60_000);
    expect(world.running()).toHaveLength(2);
    expect(world.running().filter(({ id }) => before.includes(id))).toEqual([]);
  });

  it.each([
    {
      what: 'labels of the service',
      change: (spec: ServiceSpec) => ({ ...spec, annotations: { ...spec.annotations, labels: { a: 'b' } } }),
    },
    {
      what: 'the number of replicas',
      change: (spec: ServiceSpec) => ({ ...spec, mode: { replicated: { replicas: 3 } } }),
    },
    { what: 'the update settings', change: (spec: ServiceSpec) => ({ ...spec, update: { parallelism: 7 } }) },
  ])('leaves the tasks alone after a change of $what', async ({ change }) => {
    await world.addService(withUpdate(2));
    await world.run(0);
    const before = world.running().map(({ id }) => id);
    await world.changeSpec(change);
    await world.run(60_000);
    expect(world.running().map(({ id }) => id)).toEqual(expect.arrayContaining(before));
    expect(status()).toBeUndefined();
  });

  it('does not wait for a new replica that fits nowhere', async () => {
    await world.addService(withUpdate(2));
    await world.run(0);
    const { place } = world.ports;
    Object.assign(world.ports, {
      place: (...[tasks, nodes, now]: Parameters<typeof place>) => {
        const { assigned, pending } = place(
          tasks.filter(({ slot }) => slot < 3),
          nodes,
          now,
        );
        const full = tasks.filter(({ slot }) => slot === 3).map(({ id }) => ({ taskId: id, text: 'full' }));
        return { assigned, pending: [...pending, ...full] };
      },
    });
    await world.changeSpec((spec) => ({
      ...spec,
      mode: { replicated: { replicas: 3 } },
      task: { container: { image: 'web:2' } },
    }));
    await world.run(60_000);
    expect(images()).toEqual(['web:2', 'web:2']);
    expect(status()?.state).toBe('completed');
  });

  it('is forgotten with the spec that it was about', async () => {
    await world.addService(withUpdate(1));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(60_000);
    await world.scale(2);
    expect(status()).toBeUndefined();
  });

  it('that a person takes back runs by the rules of a rollback', async () => {
    await world.addService(withUpdate(2, {}, { parallelism: 0 }));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(60_000);
    const message = 'manually requested rollback';
    await world.changeService((service) => ({
      ...service,
      spec: service.previousSpec ?? service.spec,
      updateStatus: { state: 'rollbackStarted', message },
    }));
    await world.settle();
    expect(status()).toMatchObject({ state: 'rollbackStarted', message, slots: 2 });
    expect(world.wanted().every(({ desiredState }) => desiredState === 'ready')).toBe(true);
    await world.run(60_000);
    expect(images()).toEqual(['web:1', 'web:1']);
    expect(status()?.state).toBe('rollbackCompleted');
  });

  it('writes nothing after an identical spec, so that the way back stays open', async () => {
    await world.addService(withUpdate(1));
    await world.run(0);
    await world.setImage('web:2');
    await world.run(60_000);
    const before = world.service();
    await world.changeSpec((spec) => spec);
    await world.run(60_000);
    expect(world.service().previousSpec).toEqual(before.previousSpec);
    expect(world.service().updateStatus).toEqual(before.updateStatus);
  });
});
