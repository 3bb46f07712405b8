import { describe, expect, it } from 'vitest';
import { type Picture, unrestOf } from '../../scripts/service-failures/calm.js';
import { brokenRules } from '../../scripts/service-failures/task-watch.js';
import { MemoryStore } from '../../src/index.js';
import { engines, type Service, type Task } from '../../src/kinds/index.js';

/** A service with one task that runs on the only node, whose engine has its container. */
async function calmPicture() {
  const store = new MemoryStore();
  return store.update((tx): Picture & { readonly service: Service; readonly task: Task } => {
    const node = tx.nodes().create({ id: 'n1', status: { state: 'ready' } });
    const engine = tx.kind(engines).create({ id: 'e1', addr: 'e1:1', nodeId: 'n1', state: 'healthy' });
    const container = { image: 'busybox', env: ['REVISION=1'] };
    const service = tx.services().create({ spec: { annotations: { name: 'web' }, task: { container } } });
    const task = tx.tasks().create({
      id: 't1',
      serviceId: service.id,
      nodeId: 'n1',
      spec: { container },
      desiredState: 'running',
      status: { state: 'running', container: { containerId: 'c1' } },
    });
    const labels = { 'skep.cluster': 'c', 'skep.task': 't1' };
    const containers = new Map([['n1', [{ Id: 'c1', Names: ['/web'], State: 'running', Labels: labels }]]]);
    return { services: [service], tasks: [task], nodes: [node], engines: [engine], containers, service, task };
  });
}

const listed = (task: string, State: string) => ({
  Id: `of-${task}`,
  Names: [],
  State,
  Labels: { 'skep.cluster': 'c', 'skep.task': task },
});

describe('a picture of a cluster', () => {
  it('is calm when everything runs as written', async () => {
    expect(unrestOf(await calmPicture())).toEqual([]);
  });

  it.each<[string, (picture: Awaited<ReturnType<typeof calmPicture>>) => Partial<Picture>, string]>([
    ['a container without a task', ({ containers }) => ({ containers: new Map([['n1', [...(containers.get('n1') ?? []), listed('t2', 'exited')]]]) }), 'of no task there'],
    ['a task whose container is gone', () => ({ containers: new Map([['n1', []]]) }), 'no container that runs'],
    ['a container of a task that is over', ({ task }) => ({ services: [], tasks: [{ ...task, desiredState: 'shutdown', status: { ...task.status, state: 'failed' } }] }), 'which is failed, runs'],
    ['too few tasks', () => ({ tasks: [], containers: new Map([['n1', []]]) }), 'web has 0 of 1'],
    ['too many tasks', ({ task }) => ({ tasks: [task, { ...task, id: 't2' }], containers: new Map([['n1', [listed('t1', 'running'), listed('t2', 'running')]]]) }), 'web has 2 of 1'],
    ['an update that goes on', ({ service }) => ({ services: [{ ...service, updateStatus: { state: 'updating', message: '', slots: 1, specVersion: 1 } }] }), 'web is updating'],
    ['a task that should have ended', ({ task }) => ({ services: [], tasks: [{ ...task, desiredState: 'shutdown' }] }), 'desired shutdown'],
    ['an engine that is not healthy', ({ engines: all }) => ({ engines: all.map((one) => ({ ...one, state: 'unhealthy' as const })) }), 'e1:1 is unhealthy'],
    ['a node that is down while its engine answers', ({ nodes }) => ({ nodes: nodes.map((one) => ({ ...one, status: { ...one.status, state: 'down' as const } })) }), 'node n1 is down'],
  ])('is not calm with %s', async (_what, change, says) => {
    const picture = await calmPicture();
    expect(unrestOf({ ...picture, ...change(picture) }).join()).toContain(says);
  });
}); // prettier-ignore

describe('the rules of a task', () => {
  it.each<[string, (task: Task) => Task]>([
    ['went back', (task) => ({ ...task, status: { ...task.status, state: 'starting' } })],
    ['desired ready after running', (task) => ({ ...task, desiredState: 'ready' })],
    ['moved from node n1', (task) => ({ ...task, nodeId: 'n2' })],
    ['has container c2 after c1', (task) => ({ ...task, status: { ...task.status, container: { containerId: 'c2', pid: 1, exitCode: 0 } } })],
  ])('name one that %s', async (says, change) => {
    const { task } = await calmPicture();
    expect(brokenRules(task, change(task)).join()).toContain(says);
    expect(brokenRules(task, { ...task, desiredState: 'shutdown' })).toEqual([]);
  });
}); // prettier-ignore
