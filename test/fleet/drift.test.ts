import { describe, expect, it } from 'vitest';
import { compareEngine } from '../../src/fleet/drift/compare.js';
import { containerLabels } from '../../src/fleet/driver/labels.js';
import type { ContainerSummary } from '../../src/fleet/index.js';
import type { Task, TaskState } from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';

const clusterId = 'c1';
const store = new MemoryStore();

/** A task of service web on node n1, with every field filled in by the store. */
async function taskOf(id: string, state: TaskState, desiredState: TaskState = 'running', nodeId = 'n1'): Promise<Task> {
  return store.update((tx) => {
    if (tx.tasks().get(id)) tx.tasks().delete(id);
    return tx.tasks().create({
      ...{ id, serviceId: 's1', slot: 1, nodeId, desiredState, status: { state } },
      serviceAnnotations: { name: 'web' },
      spec: { container: { image: 'docker.io/library/nginx:1' } },
    });
  });
}

function containerOf(task: Task, fields: Partial<ContainerSummary> = {}): ContainerSummary {
  return {
    ...{ Id: `c-${task.id}`, Names: [`/web.1.${task.id}`], Image: 'nginx:1', ImageID: 'sha256:1', Command: '' },
    ...{ Created: 0, Ports: [], Labels: containerLabels(task, clusterId), State: 'running', Status: 'Up' },
    ...fields,
  };
}

interface Case {
  readonly task?: Task;
  readonly containers?: readonly ContainerSummary[];
  readonly images?: readonly { readonly Id: string; readonly RepoTags: readonly string[] }[];
  readonly settled?: boolean;
}

function kinds({ task, containers = [], images = [], settled = true }: Case): string[] {
  const found = compareEngine(
    {
      ...{ node: 'n1', clusterId, networks: new Set<string>(), isSettled: () => settled },
      tasks: new Map(task ? [[task.id, task]] : []),
    },
    { containers, networks: [], volumes: [], images: images as never },
  );
  return found.map(({ kind, fix }) => `${kind} ${fix}`);
}

describe('the comparison of an engine with the store', () => {
  const cases: [string, (id: string) => Promise<Case>, string[]][] = [
    ['agrees on a task that runs', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task)] }; }, []],
    ['waits for a container that is still to be made', async (id) => ({ task: await taskOf(id, 'preparing') }), []],
    ['misses a container that was made', async (id) => ({ task: await taskOf(id, 'ready') }), ['missing none']],
    ['misses none of a task that is to stop', async (id) => ({ task: await taskOf(id, 'running', 'shutdown') }), []],
    ['keeps the rest of a task that is over', async (id) => { const task = await taskOf(id, 'failed'); return { task, containers: [containerOf(task, { State: 'exited' })] }; }, []],
    ['finds what runs after its task is over', async (id) => { const task = await taskOf(id, 'failed'); return { task, containers: [containerOf(task)] }; }, ['extra remove-container']],
    ['finds a container without its task', async (id) => ({ containers: [containerOf(await taskOf(id, 'running'))] }), ['extra remove-container']],
    ['leaves a task alone that changes meanwhile', async (id) => ({ settled: false, containers: [containerOf(await taskOf(id, 'running'))] }), []],
    ['finds a container on the wrong node', async (id) => { const task = await taskOf(id, 'running', 'running', 'n2'); return { task, containers: [containerOf(task)] }; }, ['extra remove-container']],
    ['finds the second container of a task', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task), containerOf(task, { Id: 'second' })] }; }, ['extra remove-container']],
    ['finds what was stopped', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task, { State: 'exited' })] }; }, ['stopped remove-container']],
    ['finds what was paused', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task, { State: 'paused' })] }; }, ['stopped unpause-container']],
    ['finds another hash of the spec', async (id) => { const task = await taskOf(id, 'running'); const Labels = { ...containerLabels(task, clusterId), 'skep.spec': 'x' }; return { task, containers: [containerOf(task, { Labels })] }; }, ['changed remove-container']],
    ['finds a tag that means another image by now', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task)], images: [{ Id: 'sha256:2', RepoTags: ['nginx:1'] }] }; }, ['changed remove-container']],
    ['finds what was renamed', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task, { Names: ['/other'] })] }; }, ['changed remove-container']],
    ['agrees on the same image', async (id) => { const task = await taskOf(id, 'running'); return { task, containers: [containerOf(task)], images: [{ Id: 'sha256:1', RepoTags: ['nginx:1'] }] }; }, []],
    ['passes over the container of another cluster', async (id) => { const task = await taskOf(id, 'running'); return { containers: [containerOf(task, { Labels: { 'skep.cluster': 'c2', 'skep.task': id } })] }; }, []],
    ['passes over a container that fills a volume just now', async (id) => { const task = await taskOf(id, 'running'); return { containers: [containerOf(task, { State: 'created', Labels: { 'skep.cluster': clusterId, 'skep.files': 'v' } })] }; }, []],
  ]; // prettier-ignore

  it.each(cases)('%s', async (name, made, expected) => {
    expect(kinds(await made(`t${cases.findIndex(([other]) => other === name)}`))).toEqual(expected);
  });
});
