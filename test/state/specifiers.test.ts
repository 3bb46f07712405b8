import { beforeAll, describe, expect, it } from 'vitest';
import * as skep from '../../src/index.js';
import { type MemoryStore, type Specifier, watch } from '../../src/index.js';
import { newStore, record } from '../support/state-events.js';

const {
  EventCommit,
  EventCreateNetwork,
  EventCreateNode,
  EventCreateService,
  EventCreateTask,
  EventCreateCluster,
  EventDeleteTask,
  EventUpdateNode,
  EventUpdateTask,
} = skep;

/** The transactions that every row below is matched against. */
async function run(store: MemoryStore): Promise<void> {
  const marks = (...indices: [string, string][]) => ({ indices: indices.map(([key, val]) => ({ key, val })) });
  await store.update((tx) => {
    tx.nodes().create({ id: 'n1', description: { hostname: 'Alpha' }, spec: { annotations: marks(['rack', 'r10']) } });
    tx.nodes().create({ id: 'n2', role: 'manager', status: { state: 'ready' }, spec: { membership: 'pending' } });
    tx.services().create({ id: 's1', spec: { annotations: { name: 'Web', ...marks(['tier', 'front']) } } });
    tx.networks().create({ id: 'w1', spec: { annotations: { name: 'Net', labels: { a: '1', b: '2' } } } });
    tx.clusters().create({ id: 'c1', spec: { annotations: { name: 'Default', ...marks(['k', 'v']) } } });
    tx.tasks().create({
      id: 't1',
      serviceId: 's1',
      slot: 1,
      nodeId: 'n1',
      annotations: marks(['zone', 'x'], ['z', 'y']),
    });
    tx.tasks().create({
      id: 't2',
      serviceId: 's1',
      slot: 2,
      serviceAnnotations: { name: 'Web' },
      desiredState: 'running',
    });
  });
  await store.update((tx) => {
    const move = (id: string, fields: object) => tx.tasks().update({ ...tx.tasks().get(id), id, ...fields });
    move('t1', { nodeId: 'n2', status: { state: 'running' } });
    move('t2', { nodeId: 'n1', status: { state: 'failed' } });
    tx.nodes().update({ ...tx.nodes().get('n1'), id: 'n1', role: 'manager' });
  });
  await store.update((tx) => tx.tasks().delete('t1'));
}

async function matched(specifiers: Specifier[], options: { match?: 'new' | 'either' } = {}): Promise<string[]> {
  const { store } = newStore();
  const live = record(watch(store.queue, options, ...specifiers));
  const everything = record(watch(store.queue));
  await run(store);
  expect(live.errors).toEqual([]);
  expect(everything.lines).toHaveLength(14);
  if (!options.match) {
    const replayed = record(store.watchFrom(0, ...specifiers));
    expect(replayed.lines).toEqual(live.lines);
  }
  return live.lines.map((text) => text.replace(/ @\d$/, ''));
}

const entry = (key: string, val: string) => ({ indices: [{ key, val }] });
const none: string[] = [];

describe('specifiers', () => {
  it('exist for every kind and action', () => {
    for (const kind of ['Node', 'Service', 'Task', 'Network', 'Cluster']) {
      for (const action of ['Create', 'Update', 'Delete']) {
        const make = (skep as unknown as Record<string, (() => Specifier) | undefined>)[`Event${action}${kind}`];
        expect(make?.()).toMatchObject({ kind: kind.toLowerCase(), action: action.toLowerCase() });
      }
      for (const check of ['Id', 'IdPrefix', 'Name', 'NamePrefix', 'Custom', 'CustomPrefix']) {
        expect(skep).toHaveProperty(`${kind.toLowerCase()}Check${check}`);
      }
    }
  });

  it.each<[string, Specifier[], string[]]>([
    ['one action of one kind', [EventDeleteTask()], ['delete task t1']],
    [
      'several are OR-ed, in the order of the changes',
      [EventDeleteTask(), EventUpdateNode()],
      ['update node n1', 'delete task t1'],
    ],
    ['an event that two want comes once', [EventDeleteTask(), EventDeleteTask({ id: 't1' })], ['delete task t1']],
    ['commits only when asked for', [EventCommit()], ['commit', 'commit', 'commit']],
    [
      'commits of every transaction',
      [EventUpdateNode(), EventCommit()],
      ['commit', 'update node n1', 'commit', 'commit'],
    ],
    ['a literal', [EventUpdateTask({ nodeId: 'n2' })], ['update task t1']],
    ['a literal of two fields', [EventUpdateTask({ nodeId: 'n2', slot: 2 })], none],
    ['a literal deep down', [EventUpdateTask({ status: { state: 'failed' } })], ['update task t2']],
    ['a literal without a text', [EventCreateTask({ slot: 2 })], ['create task t2']],
    ['an empty literal', [EventDeleteTask({})], ['delete task t1']],
    ['a literal with an undefined field', [EventDeleteTask({ nodeId: undefined })], ['delete task t1']],
    [
      'a literal of some labels',
      [EventCreateNetwork({ spec: { annotations: { labels: { b: '2' } } } })],
      ['create network w1'],
    ],
    [
      'a literal of a label that differs',
      [EventCreateNetwork({ spec: { annotations: { labels: { b: '3' } } } })],
      none,
    ],
    ['a literal with case', [EventCreateService({ spec: { annotations: { name: 'web' } } })], none],
    ['a literal of a whole list', [EventCreateTask({ annotations: entry('zone', 'x') })], none],
    ['checks without a literal', [EventUpdateTask((_, task) => task.slot === 2)], ['update task t2']],
    [
      'only the checks count when there are some',
      [EventUpdateTask({ nodeId: 'n1', slot: 9 }, skep.taskCheckNodeId)],
      ['update task t2'],
    ],
    [
      'checks are AND-ed',
      [EventUpdateTask({ nodeId: 'n1' }, skep.taskCheckNodeId, (_, task) => task.slot === 1)],
      none,
    ],
    [
      'a check of your own',
      [EventUpdateTask({ slot: 2 }, (wanted, task) => wanted.slot === task.slot)],
      ['update task t2'],
    ],
  ])('%s', async (_, specifiers, wanted) => {
    expect(await matched(specifiers)).toEqual(wanted);
  });

  it.each<[string, Specifier, string[]]>([
    ['nodeCheckId', EventCreateNode({ id: 'n1' }, skep.nodeCheckId), ['n1']],
    ['nodeCheckId is with case', EventCreateNode({ id: 'N1' }, skep.nodeCheckId), none],
    ['nodeCheckId of nothing', EventCreateNode({}, skep.nodeCheckId), none],
    ['nodeCheckId without a literal', EventCreateNode(skep.nodeCheckId), none],
    ['nodeCheckIdPrefix', EventCreateNode({ id: 'n' }, skep.nodeCheckIdPrefix), ['n1', 'n2']],
    ['nodeCheckIdPrefix of nothing', EventCreateNode({}, skep.nodeCheckIdPrefix), none],
    ['nodeCheckName', EventCreateNode({ description: { hostname: 'ALPHA' } }, skep.nodeCheckName), ['n1']],
    ['nodeCheckName of nothing', EventCreateNode({}, skep.nodeCheckName), none],
    ['nodeCheckNamePrefix', EventCreateNode({ description: { hostname: 'aL' } }, skep.nodeCheckNamePrefix), ['n1']],
    ['nodeCheckNamePrefix of nothing', EventCreateNode({}, skep.nodeCheckNamePrefix), none],
    ['nodeCheckCustom', EventCreateNode({ spec: { annotations: entry('rack', 'r10') } }, skep.nodeCheckCustom), ['n1']],
    [
      'nodeCheckCustom is no prefix',
      EventCreateNode({ spec: { annotations: entry('rack', 'r1') } }, skep.nodeCheckCustom),
      none,
    ],
    [
      'nodeCheckCustomPrefix',
      EventCreateNode({ spec: { annotations: entry('rack', 'r1') } }, skep.nodeCheckCustomPrefix),
      ['n1'],
    ],
    ['nodeCheckState', EventCreateNode({ status: { state: 'ready' } }, skep.nodeCheckState), ['n2']],
    ['nodeCheckState of nothing', EventCreateNode({}, skep.nodeCheckState), none],
    ['nodeCheckRole', EventCreateNode({ role: 'manager' }, skep.nodeCheckRole), ['n2']],
    [
      'nodeCheckRole is not the desired role',
      EventCreateNode({ spec: { desiredRole: 'manager' } }, skep.nodeCheckRole),
      none,
    ],
    ['nodeCheckMembership', EventCreateNode({ spec: { membership: 'pending' } }, skep.nodeCheckMembership), ['n2']],
    ['nodeCheckMembership of nothing', EventCreateNode({}, skep.nodeCheckMembership), none],
    ['serviceCheckName', EventCreateService({ spec: { annotations: { name: 'wEB' } } }, skep.serviceCheckName), ['s1']],
    [
      'serviceCheckCustomPrefix',
      EventCreateService({ spec: { annotations: entry('tier', '') } }, skep.serviceCheckCustomPrefix),
      ['s1'],
    ],
    [
      'networkCheckNamePrefix',
      EventCreateNetwork({ spec: { annotations: { name: 'n' } } }, skep.networkCheckNamePrefix),
      ['w1'],
    ],
    ['networkCheckIdPrefix', EventCreateNetwork({ id: 'w' }, skep.networkCheckIdPrefix), ['w1']],
    [
      'clusterCheckCustom',
      EventCreateCluster({ spec: { annotations: entry('k', 'v') } }, skep.clusterCheckCustom),
      ['c1'],
    ],
    [
      'clusterCheckName',
      EventCreateCluster({ spec: { annotations: { name: 'default' } } }, skep.clusterCheckName),
      ['c1'],
    ],
    [
      'taskCheckName by its own rule',
      EventCreateTask({ annotations: { name: 'web.2.T2' } }, skep.taskCheckName),
      ['t2'],
    ],
    ['taskCheckNamePrefix', EventCreateTask({ annotations: { name: 'WEB.' } }, skep.taskCheckNamePrefix), ['t2']],
    ['taskCheckCustom', EventCreateTask({ annotations: entry('z', 'y') }, skep.taskCheckCustom), ['t1']],
    [
      'taskCheckCustom of two entries',
      EventCreateTask(
        {
          annotations: {
            indices: [
              { key: 'zone', val: 'x' },
              { key: 'z', val: 'y' },
            ],
          },
        },
        skep.taskCheckCustom,
      ),
      none,
    ],
    ['taskCheckCustom of nothing', EventCreateTask({}, skep.taskCheckCustom), none],
    ['taskCheckCustomPrefix', EventCreateTask({ annotations: entry('zone', '') }, skep.taskCheckCustomPrefix), ['t1']],
    ['taskCheckNodeId', EventCreateTask({ nodeId: 'n1' }, skep.taskCheckNodeId), ['t1']],
    ['taskCheckNodeId of nothing does not mean no node', EventCreateTask({}, skep.taskCheckNodeId), none],
    ['taskCheckServiceId', EventCreateTask({ serviceId: 's1' }, skep.taskCheckServiceId), ['t1', 't2']],
    ['taskCheckSlot', EventCreateTask({ serviceId: 's1', slot: 2 }, skep.taskCheckSlot), ['t2']],
    ['taskCheckSlot without a slot', EventCreateTask({ serviceId: 's1' }, skep.taskCheckSlot), none],
    ['taskCheckSlot without a service', EventCreateTask({ slot: 2 }, skep.taskCheckSlot), none],
    ['taskCheckDesiredState', EventCreateTask({ desiredState: 'running' }, skep.taskCheckDesiredState), ['t2']],
    [
      'taskCheckStateGreaterThan',
      EventUpdateTask({ status: { state: 'running' } }, skep.taskCheckStateGreaterThan),
      ['t2'],
    ],
    [
      'taskCheckStateGreaterThan of the first',
      EventUpdateTask({ status: { state: 'new' } }, skep.taskCheckStateGreaterThan),
      ['t1', 't2'],
    ],
    ['taskCheckStateGreaterThan of nothing', EventUpdateTask({}, skep.taskCheckStateGreaterThan), none],
    [
      'two keyed checks',
      EventCreateTask({ nodeId: 'n1', slot: 1, serviceId: 's1' }, skep.taskCheckServiceId, skep.taskCheckSlot),
      ['t1'],
    ],
  ])('%s', async (_, specifier, wanted) => {
    expect((await matched([specifier])).map((text) => text.split(' ')[2])).toEqual(wanted);
  });

  it.each<[string, Specifier]>([
    ['a literal', EventUpdateTask({ nodeId: 'n1' })],
    ['a built-in check', EventUpdateTask({ nodeId: 'n1' }, skep.taskCheckNodeId)],
    ['a check of your own', EventUpdateTask((_, task) => task.nodeId === 'n1')],
  ])("with match 'either' an object that leaves %s is seen", async (_, specifier) => {
    expect(await matched([specifier])).toEqual(['update task t2']);
    expect(await matched([specifier], { match: 'either' })).toEqual(['update task t1', 'update task t2']);
  });

  it('refuse what is no literal and no check', () => {
    expect(() => EventUpdateTask('n1' as never)).toThrow('INVALID_OBJECT');
    expect(() => EventUpdateTask({}, 5 as never)).toThrow('INVALID_OBJECT');
    const { store } = newStore();
    expect(() => watch(store.queue, EventUpdateTask as never)).toThrow(TypeError);
    expect(() => watch(store.queue, { limit: 0 })).toThrow(TypeError);
    expect(() => watch(store.queue, { match: 'old' as never })).toThrow(TypeError);
  });
});

describe('a check', () => {
  let store: MemoryStore;
  beforeAll(() => {
    ({ store } = newStore());
  });

  it('that throws ends its watch with the error, and no other', async () => {
    const bad = record(
      watch(
        store.queue,
        EventCreateNode(() => {
          throw new Error('my check');
        }),
      ),
    );
    const good = record(watch(store.queue));
    await store.update((tx) => tx.nodes().create({ id: 'n1' }));
    expect(bad.errors).toEqual([new Error('my check')]);
    expect(bad.lines).toEqual([]);
    expect(good.lines).toEqual(['create node n1 @1', 'commit @1']);
    expect(store.queue.listeners).toBe(1);
    const replayed = record(
      store.watchFrom(
        0,
        EventCreateNode(() => {
          throw new Error('again');
        }),
      ),
    );
    expect(replayed.errors).toEqual([new Error('again')]);
  });

  it('gets the literal as it was given', async () => {
    const wanted = { id: 'x', role: 'manager' as const };
    const seen: unknown[] = [];
    const subscription = watch(
      store.queue,
      EventCreateNode(wanted, (given) => seen.push(given) > 0),
    ).subscribe();
    await store.update((tx) => tx.nodes().create({ id: 'n2' }));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBe(wanted);
    subscription.unsubscribe();
  });
});
