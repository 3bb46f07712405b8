import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../scripts/waiting.js';
import { skep } from '../support/cli-run.js';
import { TaskWorld } from '../support/task-world.js';

/** Ends at once when it is stopped. */
const sleeps = { args: ['sh', '-c', "trap 'exit 0' TERM; sleep 1000 & wait"] };

describe('skep drift', () => {
  let world: TaskWorld;
  const drift = (...args: string[]) => skep([...world.host, '-o', 'json', 'drift', ...args]);
  const found = async () => {
    const { code, out } = await drift();
    const rows = JSON.parse(out) as { kind: string; name: string; hostname: string; task: string; detail: string }[];
    return { code, rows };
  };
  const container = async (task: string, node = 'node-1') => {
    const [summary] = await world
      .node(node)
      .docker.listContainers({ all: true, filters: { label: [`skep.task=${task}`] } });
    if (!summary) throw new Error(`task ${task} has no container`);
    return summary.Id;
  };
  const clusterLabel = () => ({ 'skep.cluster': world.cluster.members.all[0]?.status().clusterId ?? '' });

  beforeAll(async () => {
    world = await TaskWorld.start(2);
    await world.addNode('node-1');
    await world.addNode('node-2', { driver: 'm2' });
    await world.addService('web');
    await world.addTask('web', 1, 'node-1', sleeps);
    await world.addTask('web', 2, 'node-2', sleeps);
    // Neither is any of our business.
    const { docker } = world.node('node-1');
    await docker.createContainer({ Image: 'busybox', Cmd: ['true'], Labels: { 'skep.cluster': 'another' } }, 'foreign');
    await docker.createVolume({ Name: 'data' });
  });
  afterEach(async () => {
    await until('no connection stays', () => Promise.resolve(world.cluster.connections === 0));
  });
  afterAll(() => world.close());

  it('finds nothing where everything is as it should be', async () => {
    expect(await found()).toEqual({ code: 0, rows: [] });
    expect(await skep([...world.host, 'drift'])).toMatchObject({ code: 0, out: '', err: 'no differences\n' });
  });

  it('finds a container without its task, shows the plan, and removes it', async () => {
    const task = await world.addTask('web', 3, 'node-2', sleeps);
    await world.remove('task', task);
    const { code, rows } = await found();
    expect(code).toBe(5);
    expect(rows).toMatchObject([{ kind: 'extra', hostname: 'node-2', task, detail: 'its task does not exist' }]);
    const refused = await skep([...world.host, 'drift', '--fix']);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('needs a confirmation') });
    const unsure = await skep([...world.host, 'drift', '--fix'], { confirm: () => Promise.resolve(false) });
    expect(unsure).toMatchObject({ code: 5, err: 'nothing was changed\n' });
    expect(unsure.out).toMatch(/stop and remove the container/);
    expect(await container(task, 'node-2')).toBeTruthy();
    const fixed = await skep([...world.host, 'drift', '--fix', '--yes']);
    expect(fixed).toMatchObject({ code: 0, err: expect.stringMatching(/^done: web\.3\./) });
    expect(await found()).toEqual({ code: 0, rows: [] });
  });

  it('finds a task whose container is gone, and leaves it to the driver', async () => {
    const task = await world.addTask('web', 4, 'node-1', sleeps);
    await world.node('node-1').docker.removeContainer(await container(task), { force: true });
    const { code, rows } = await found();
    expect(code).toBe(5);
    expect(rows).toMatchObject([{ kind: 'missing', name: 'web.4', hostname: 'node-1', task, fix: 'none' }]);
    await world.remove('task', task);
  });

  it('finds what was stopped or paused by hand', async () => {
    const [stopped, paused] = [
      await world.addTask('web', 5, 'node-1', sleeps),
      await world.addTask('web', 6, 'node-1', sleeps),
    ];
    const { docker } = world.node('node-1');
    await docker.stopContainer(await container(stopped), { timeoutS: 0 });
    await docker.pauseContainer(await container(paused));
    const { rows } = await found();
    expect(rows.map(({ kind, task, detail }) => ({ kind, task, detail }))).toEqual(
      expect.arrayContaining([
        { kind: 'stopped', task: stopped, detail: 'task is running, container is exited' },
        { kind: 'stopped', task: paused, detail: 'was paused' },
      ]),
    );
    expect(rows).toHaveLength(2);
    await drift('--fix', '--yes');
    const [one] = await docker.listContainers({ all: true, filters: { label: [`skep.task=${paused}`] } });
    expect(one?.State).toBe('running');
    await world.remove('task', stopped);
  });

  it('finds a container of another spec', async () => {
    const task = await world.addTask('web', 7, 'node-1', sleeps);
    const leader = await world.cluster.members.leader();
    await leader.store.update((tx) => {
      const old = tx.tasks().get(task);
      if (old?.spec.container)
        tx.tasks().update({ ...old, spec: { ...old.spec, container: { ...old.spec.container, env: ['A=b'] } } });
    });
    await world.cluster.caughtUp();
    expect((await found()).rows).toMatchObject([{ kind: 'changed', task, detail: 'was made of another spec' }]);
    await drift('--fix', '--yes');
    await world.remove('task', task);
  });

  it('finds networks and volumes without an owner', async () => {
    const { docker } = world.node('node-1');
    await docker.createNetwork({ Name: 'left', Labels: { ...clusterLabel(), 'skep.network': 'gone' } });
    await docker.createVolume({ Name: 'skep-files-1', Labels: { ...clusterLabel(), 'skep.files': 'skep-files-1' } });
    const { rows } = await found();
    expect(rows.map(({ kind, name }) => [kind, name])).toEqual([
      ['network', 'left'],
      ['volume', 'skep-files-1'],
    ]);
    expect((await drift('--fix', '--yes')).code).toBe(0);
    expect(await found()).toEqual({ code: 0, rows: [] });
  });

  it('says which engine it cannot read', async () => {
    await world.node('node-2').engine?.faults.kill();
    const { code, rows } = await found();
    expect(code).toBe(5);
    expect(rows).toMatchObject([
      { kind: 'unreachable', hostname: 'node-2', detail: expect.stringContaining('ECONNREFUSED') },
    ]);
    await world.node('node-2').engine?.faults.comeBack();
  });
});
