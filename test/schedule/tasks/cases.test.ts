import { describe, expect, it } from 'vitest';
import type { Task } from '../../../src/kinds/index.js';
import { placeTasks, type TaskNodes } from '../../../src/schedule/index.js';
import { gib, node, now, place, reserving, running, task, tasks, view } from './made.js';

/** Cases that SwarmKit is held to as well: nodes and tasks in, placements out. */

const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i + 1}`);
const spreadOver = (...labels: string[]) => ({
  placement: { preferences: labels.map((label) => ({ spread: `node.labels.${label}` })) },
});

/** Makes what was placed run: `setTask` as the store would say it. */
function run(wanted: readonly Task[], on: TaskNodes): void {
  const byId = new Map(wanted.map((one) => [one.id, one]));
  for (const { taskId, nodeId } of placeTasks({ tasks: wanted, view: on, now }).assigned) {
    const one = byId.get(taskId) as Task;
    on.setTask({ ...one, nodeId, status: { ...one.status, state: 'running' } });
  }
}

describe('tasks of one service', () => {
  it('spread evenly: 18 over 5 nodes are 4, 4, 4, 3 and 3', () => {
    const on = view(names(5).map((name) => node(name)));
    expect(place(tasks(18), on).counts).toEqual({ n1: 4, n2: 4, n3: 4, n4: 3, n5: 3 });
  });

  it('leave the emptiest nodes to the next service', () => {
    const on = view(names(5).map((name) => node(name)));
    run(tasks(18), on);
    expect(place(tasks(2, { service: 'api' }), on).counts).toEqual({ n4: 1, n5: 1 });
  });

  it('fill a fresh node until it has as many as the others', () => {
    const on = view(names(3).map((name) => node(name)));
    run(tasks(9), on);
    on.setNode(node('fresh'));
    expect(place(tasks(3, {}, 'more'), on).counts).toEqual({ fresh: 3 });
    expect(place(tasks(4, {}, 'yet-more'), on).counts).toEqual({ fresh: 1, n1: 1, n2: 1, n3: 1 });
  });

  it('give a fresh node its share only, although it is the emptiest in all', () => {
    const on = view(names(2).map((name) => node(name)));
    run(tasks(20, { service: 'other' }), on);
    on.setNode(node('fresh'));
    expect(place(tasks(6), on).counts).toEqual({ n1: 2, n2: 2, fresh: 2 });
  });
});

describe('tasks of no service', () => {
  it('spread as well, and each asks for what it asks', () => {
    const on = view([node('n1'), node('n2'), node('big', { memoryBytes: 16 * gib })]);
    const small = tasks(3, { service: '' }, 'small');
    const large = tasks(2, { service: '', spec: reserving({ memoryBytes: 8 * gib }) }, 'large');
    expect(place([...small, ...large], on)).toMatchObject({ waiting: 0 });
    expect(on.all.map(({ name, activeTasks }) => [name, activeTasks])).toEqual([
      ['big', 3],
      ['n1', 1],
      ['n2', 1],
    ]);
  });
});

describe('groups of tasks', () => {
  it('are taken by slot, not by id', () => {
    const on = view([node('n1', { memoryBytes: 2 * gib })]);
    const wanted = tasks(12, { spec: reserving({ memoryBytes: gib }) });
    expect(place(wanted, on).assigned.map(({ taskId }) => taskId)).toEqual(['web-1', 'web-2']);
  });

  it('that wait longer go first, and low slots before high ones', () => {
    const on = view([node('n1', { memoryBytes: 3 * gib })]);
    const spec = reserving({ memoryBytes: gib });
    const later = tasks(2, { service: 'a', createdAt: 2, spec });
    const first = tasks(2, { service: 'b', createdAt: 1, spec });
    expect(place([...later].reverse().concat(first), on).assigned.map(({ taskId }) => taskId)).toEqual([
      'b-1',
      'b-2',
      'a-1',
    ]);
  });
});

describe('preferences', () => {
  it('even out zones, not nodes: a zone with 1 node takes 4 of 8, one with 4 nodes 1 each', () => {
    const on = view([
      node('a1', { labels: { az: 'az1' } }),
      ...['b1', 'b2', 'b3', 'b4'].map((name) => node(name, { labels: { az: 'az2' } })),
    ]);
    expect(place(tasks(8, { spec: spreadOver('az') }), on).counts).toEqual({ a1: 4, b1: 1, b2: 1, b3: 1, b4: 1 });
  });

  it('give way where a zone is full: 5 fit in it, and 7 spread over the racks of the other', () => {
    const on = view([
      node('a1', { labels: { az: 'az1', rack: 'r1' }, memoryBytes: 5 * gib }),
      node('b1', { labels: { az: 'az2', rack: 'r1' }, memoryBytes: 64 * gib }),
      node('b2', { labels: { az: 'az2', rack: 'r1' }, memoryBytes: 64 * gib }),
      node('b3', { labels: { az: 'az2', rack: 'r2' }, memoryBytes: 64 * gib }),
    ]);
    const spec = { ...spreadOver('az', 'rack'), ...reserving({ memoryBytes: gib }) };
    expect(place(tasks(12, { spec }), on).counts).toEqual({ a1: 5, b1: 2, b2: 2, b3: 3 });
  });

  it('count tasks that run already, also on nodes that no longer fit', () => {
    const on = view(
      [
        node('a1', { labels: { az: 'az1' }, availability: 'pause' }),
        node('a2', { labels: { az: 'az1' } }),
        node('b1', { labels: { az: 'az2' } }),
      ],
      [running('old-1', 'a1'), running('old-2', 'a1')],
    );
    expect(place(tasks(2, { spec: spreadOver('az') }), on).counts).toEqual({ b1: 2 });
  });

  it('take nodes without the label as a branch of their own', () => {
    const on = view([
      node('a1', { labels: { az: 'az1' } }),
      node('a2', { labels: { az: 'az1' } }),
      node('bare1'),
      node('bare2', { labels: { az: '' } }),
    ]);
    expect(place(tasks(4, { spec: spreadOver('az') }), on).counts).toEqual({ a1: 1, a2: 1, bare1: 1, bare2: 1 });
    expect(place(tasks(3, { service: 'x', spec: spreadOver('az') }), on).waiting).toBe(0);
  });

  it('know labels of engines, and leave out what they do not know', () => {
    const engine = (rack: string) => ({ description: { engine: { labels: { rack } } } });
    const on = view([node('a1', engine('r1')), node('b1', engine('r2')), node('b2', engine('r2'))]);
    const preferences = [{ spread: 'node.hostname' }, { spread: 'engine.labels.rack' }];
    const spec = { placement: { preferences } };
    expect(place(tasks(4, { spec }), on).counts).toEqual({ a1: 2, b1: 1, b2: 1 });
  });

  it('send services of one task to different branches: of equal ones, that with the emptier node', () => {
    const on = view(['a1', 'b1', 'c1'].map((name) => node(name, { labels: { az: name } })));
    const ones = ['x', 'y', 'z'].map((service) => task(service, { service, spec: spreadOver('az') }));
    expect(place(ones, on).counts).toEqual({ a1: 1, b1: 1, c1: 1 });
  });

  it('do not send a task back to a branch in which the service keeps failing', () => {
    const on = view(
      [node('a1', { labels: { az: 'az1' } }), node('b1', { labels: { az: 'az2' } })],
      [running('ok', 'b1'), ...tasks(5, { state: 'failed', nodeId: 'a1-id', at: now - 1_000 }, 'failed')],
    );
    expect(place([task('next', { spec: spreadOver('az') })], on).counts).toEqual({ b1: 1 });
  });
});

describe('failures', () => {
  const failed = (count: number, given: Parameters<typeof tasks>[1] = {}) =>
    tasks(count, { state: 'failed', nodeId: 'n1-id', at: now - 1_000, ...given }, 'failed');
  const placed = (count: number, given: Parameters<typeof tasks>[1] = {}) =>
    place([task('next')], view([node('n1'), node('n2')], [running('ok', 'n2'), ...failed(count, given)])).counts;

  it('of five tasks on a node send the sixth elsewhere, although more tasks are there', () => {
    expect(placed(4)).toEqual({ n1: 1 });
    expect(placed(5)).toEqual({ n2: 1 });
    expect(placed(5, { state: 'rejected' })).toEqual({ n2: 1 });
  });

  it('of another version of the spec, or another service, are not held against it', () => {
    expect(placed(5, { specVersion: 2 })).toEqual({ n1: 1 });
    expect(placed(5, { service: 'api' })).toEqual({ n1: 1 });
  });

  it('are forgotten after five minutes', () => {
    expect(placed(5, { at: now - 5 * 60_000 + 1 })).toEqual({ n2: 1 });
    expect(placed(5, { at: now - 5 * 60_000 })).toEqual({ n1: 1 });
  });

  it('are remembered when the task is removed, and count once however often it is reported', () => {
    const on = view([node('n1'), node('n2')], [running('ok', 'n2')]);
    for (const one of [...failed(4), ...failed(4)]) on.setTask(one);
    expect(place([task('next')], on).counts).toEqual({ n1: 1 });
    on.removeTask('next');
    on.setTask(task('fifth', { state: 'failed', nodeId: 'n1-id', at: now }));
    for (const { id } of failed(4)) on.removeTask(id);
    expect(place([task('next')], on).counts).toEqual({ n2: 1 });
  });

  it('on all nodes leave the node with the fewest', () => {
    const on = view(
      [node('n1'), node('n2')],
      [...failed(7), ...tasks(6, { state: 'failed', nodeId: 'n2-id', at: now }, 'other')],
    );
    expect(place(tasks(2), on).counts).toEqual({ n2: 2 });
  });
});

describe('a task that waits', () => {
  it('says why, the most frequent reason first', () => {
    const on = view([
      node('small', { memoryBytes: gib }),
      node('down', { state: 'down' }),
      node('paused', { availability: 'pause' }),
    ]);
    expect(place([task('big', { spec: reserving({ memoryBytes: 2 * gib }) })], on).texts).toEqual([
      'no suitable node (2 nodes not available for new tasks; insufficient resources on 1 node)',
    ]);
  });

  it('says that a host port is taken', () => {
    const on = view([node('n1'), node('n2')]);
    expect(place(tasks(3, { hostPorts: [8080] }), on)).toMatchObject({
      counts: { n1: 1, n2: 1 },
      texts: ['no suitable node (host-mode port already in use on 2 nodes)'],
      waiting: 1,
    });
  });

  it('says that nodes have all replicas that they may have: 1 each, 2 nodes and 3 tasks', () => {
    const on = view([node('n1'), node('n2')]);
    expect(place(tasks(3, { spec: { placement: { maxReplicas: 1 } } }), on)).toMatchObject({
      counts: { n1: 1, n2: 1 },
      texts: ['no suitable node (max replicas per node limit exceed)'],
      waiting: 1,
    });
  });

  it('counts every node once after others of the group were placed', () => {
    const on = view([
      node('n1', { memoryBytes: 2 * gib }),
      node('n2', { memoryBytes: gib }),
      node('n3', { memoryBytes: 0 }),
      node('down', { state: 'down' }),
    ]);
    expect(place(tasks(4, { spec: reserving({ memoryBytes: gib }) }), on)).toMatchObject({
      counts: { n1: 2, n2: 1 },
      texts: ['no suitable node (insufficient resources on 3 nodes; 1 node not available for new tasks)'],
    });
  });

  it('has no reason in a cluster without nodes', () => {
    expect(place([task('one')], view([])).texts).toEqual(['no suitable node']);
  });
});

describe('a task whose node is given', () => {
  const bound = (id: string) => task(id, { nodeId: 'n1-id', spec: reserving({ memoryBytes: 3 * gib }) });

  it('waits for resources, and goes there when another task ends', () => {
    const on = view(
      [node('n1'), node('n2')],
      [running('old', 'n1', { service: 'other', spec: reserving({ memoryBytes: 2 * gib }) })],
    );
    expect(place([bound('new')], on)).toMatchObject({ counts: {}, texts: ['insufficient resources on 1 node'] });
    on.setTask(
      running('old', 'n1', { service: 'other', state: 'complete', spec: reserving({ memoryBytes: 2 * gib }) }),
    );
    expect(place([bound('new')], on).counts).toEqual({ n1: 1 });
  });

  it('waits while its node is paused, and when it is gone', () => {
    const on = view([node('n1', { availability: 'pause' })]);
    expect(place([bound('new')], on).texts).toEqual(['1 node not available for new tasks']);
    on.removeNode('n1-id');
    expect(place([bound('new')], on).texts).toEqual(['the assigned node does not exist']);
  });

  it('comes before tasks that may go anywhere', () => {
    const on = view([node('n1', { memoryBytes: 3 * gib }), node('n2')]);
    const free = tasks(2, { service: 'api', spec: reserving({ memoryBytes: 3 * gib }) });
    expect(place([...free, bound('new')], on)).toMatchObject({ counts: { n1: 1, n2: 1 }, waiting: 1 });
  });
});

describe('what tasks hold', () => {
  const asks = reserving({ memoryBytes: 3 * gib });
  const waiting = (state: Task['status']['state'], desired: Task['desiredState'] = 'running') =>
    place([task('new', { spec: asks })], view([node('n1')], [running('old', 'n1', { state, desired, spec: asks })]))
      .waiting;

  it('is free before they are assigned, and when they are dead', () => {
    for (const state of ['new', 'pending', 'complete', 'shutdown', 'failed', 'rejected', 'orphaned'] as const) {
      expect([state, waiting(state)]).toEqual([state, 0]);
    }
  });

  it('is taken from assigned to running, also while they are to stop', () => {
    for (const state of ['assigned', 'accepted', 'preparing', 'ready', 'starting', 'running'] as const) {
      expect([state, waiting(state)]).toEqual([state, 1]);
      expect([state, waiting(state, 'shutdown')]).toEqual([state, 1]);
    }
  });

  it('is taken until the last holder ends', () => {
    const hostPorts = [80];
    const on = view([node('n1')], [running('a', 'n1', { hostPorts }), running('b', 'n1', { hostPorts })]);
    const waits = () => place([task('new', { hostPorts })], on).waiting;
    on.removeTask('a');
    expect(waits()).toBe(1);
    on.removeTask('b');
    expect(waits()).toBe(0);
  });

  it('does not count for the spread when they are to stop', () => {
    const on = view(
      [node('n1'), node('n2')],
      [running('a', 'n1', { desired: 'shutdown' }), running('b', 'n1', { desired: 'remove' }), running('c', 'n2')],
    );
    expect(place([task('new')], on).counts).toEqual({ n1: 1 });
  });
});
