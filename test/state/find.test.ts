import { beforeAll, describe, expect, it } from 'vitest';
import {
  all,
  type By,
  byCustom,
  byCustomPrefix,
  byDesiredState,
  byId,
  byIdPrefix,
  byMembership,
  byName,
  byNamePrefix,
  byNodeId,
  byReferencedNetworkId,
  byRole,
  byServiceId,
  bySlot,
  byTaskState,
  type MemoryStore,
  or,
} from '../../src/index.js';
import { newStore, thrownCode } from '../support/state-events.js';

type Plural = 'nodes' | 'services' | 'tasks' | 'networks' | 'clusters';

describe('find', () => {
  let store: MemoryStore;

  beforeAll(async () => {
    ({ store } = newStore());
    const custom = (...indices: [string, string][]) => ({ indices: indices.map(([key, val]) => ({ key, val })) });
    await store.update((tx) => {
      tx.nodes().create({ id: 'n3', description: { hostname: 'Alpha' }, role: 'manager' });
      tx.nodes().create({
        id: 'n1',
        description: { hostname: 'beta' },
        spec: { membership: 'pending', desiredRole: 'manager' },
      });
      tx.nodes().create({
        id: 'N2',
        description: { hostname: 'alpha' },
        spec: { annotations: custom(['rack', 'r1'], ['rack', 'r10']) },
      });
      tx.nodes().create({ id: 'n2' });
      tx.services().create({
        id: 's1',
        spec: { annotations: { name: 'Web', ...custom(['a', 'b|c']) }, networks: [{ target: 'w1' }] },
      });
      tx.services().create({
        id: 's2',
        spec: {
          annotations: { name: 'web-2', ...custom(['a|b', 'c']) },
          task: { networks: [{ target: 'w1' }, { target: 'w2' }] },
        },
      });
      tx.services().create({
        id: 's3',
        spec: { networks: [{ target: 'w1' }], task: { networks: [{ target: 'w1' }] } },
      });
      tx.tasks().create({
        id: 't1',
        serviceId: 's1',
        slot: 1,
        nodeId: 'n1',
        serviceAnnotations: { name: 'Web' },
        status: { state: 'running' },
        desiredState: 'running',
      });
      tx.tasks().create({
        id: 't2',
        serviceId: 's1',
        slot: 10,
        nodeId: 'n2',
        serviceAnnotations: { name: 'Web' },
        networks: [{ networkId: 'w2' }],
      });
      tx.tasks().create({
        id: 't3',
        serviceId: 's2',
        nodeId: 'n1',
        serviceAnnotations: { name: 'agent' },
        annotations: custom(['zone', 'x']),
      });
      tx.tasks().create({ id: 't4', annotations: { name: 'Loner' }, spec: { networks: [{ target: 'w2' }] } });
      tx.networks().create({ id: 'w1', spec: { annotations: { name: 'front', ...custom(['k', '\u0000']) } } });
      tx.networks().create({ id: 'w2', spec: { annotations: { name: 'back', ...custom(['k\u0000', '']) } } });
      tx.clusters().create({ id: 'c1', spec: { annotations: { name: 'default', ...custom(['k', 'v']) } } });
    });
  });

  const ids = (kind: Plural, by?: By) =>
    store.view((tx) => (tx[kind]().find(by) as { id: string }[]).map(({ id }) => id));

  it.each<[Plural, string, By | undefined, string[]]>([
    ['nodes', 'nothing said', undefined, ['N2', 'n1', 'n2', 'n3']],
    ['nodes', 'all', all, ['N2', 'n1', 'n2', 'n3']],
    ['nodes', 'byId', byId('n1'), ['n1']],
    ['nodes', 'byId in another case', byId('N1'), []],
    ['nodes', 'byIdPrefix', byIdPrefix('n'), ['n1', 'n2', 'n3']],
    ['nodes', "byIdPrefix ''", byIdPrefix(''), ['N2', 'n1', 'n2', 'n3']],
    ['nodes', 'byName without case, by id', byName('ALPHA'), ['N2', 'n3']],
    ['nodes', 'byNamePrefix by name, then id', byNamePrefix(''), ['N2', 'n3', 'n1']],
    ['nodes', 'byNamePrefix without case', byNamePrefix('AL'), ['N2', 'n3']],
    ['nodes', "byName '' finds none: no name is not indexed", byName(''), []],
    ['nodes', 'byRole means role', byRole('manager'), ['n3']],
    ['nodes', 'byMembership', byMembership('pending'), ['n1']],
    ['nodes', 'byCustom', byCustom('rack', 'r1'), ['N2']],
    ['nodes', 'byCustom with case', byCustom('Rack', 'r1'), []],
    ['nodes', 'byCustomPrefix finds an object once', byCustomPrefix('rack', 'r'), ['N2']],
    ['services', 'all', all, ['s1', 's2', 's3']],
    ['services', 'byName', byName('wEb'), ['s1']],
    ['services', 'byNamePrefix', byNamePrefix('web'), ['s1', 's2']],
    ['services', 'byCustom is not confused', byCustom('a', 'b|c'), ['s1']],
    ['services', 'byCustomPrefix is not confused', byCustomPrefix('a', ''), ['s1']],
    ['services', 'byReferencedNetworkId in either list', byReferencedNetworkId('w1'), ['s1', 's2', 's3']],
    ['services', 'byReferencedNetworkId in the task', byReferencedNetworkId('w2'), ['s2']],
    ['tasks', 'byServiceId', byServiceId('s1'), ['t1', 't2']],
    ['tasks', 'byNodeId', byNodeId('n1'), ['t1', 't3']],
    ['tasks', 'byNodeId is no prefix', byNodeId('n'), []],
    ['tasks', 'bySlot', bySlot('s1', 1), ['t1']],
    ['tasks', 'bySlot 0', bySlot('s2', 0), ['t3']],
    ['tasks', 'byDesiredState', byDesiredState('running'), ['t1']],
    ['tasks', 'byTaskState', byTaskState('new'), ['t2', 't3', 't4']],
    ['tasks', 'byReferencedNetworkId', byReferencedNetworkId('w2'), ['t2', 't4']],
    ['tasks', 'byName of its own', byName('LONER'), ['t4']],
    ['tasks', 'byName by slot', byName('web.10.T2'), ['t2']],
    ['tasks', 'byName by node when the slot is 0', byName('agent.n1.t3'), ['t3']],
    ['tasks', 'byNamePrefix orders by UTF-16 units', byNamePrefix('web.'), ['t1', 't2']],
    ['tasks', 'byCustomPrefix', byCustomPrefix('zone', ''), ['t3']],
    ['networks', 'byNamePrefix by name', byNamePrefix(''), ['w2', 'w1']],
    ['networks', 'byCustom with U+0000 in the value', byCustom('k', '\u0000'), ['w1']],
    ['networks', 'byCustomPrefix with U+0000 in the key', byCustomPrefix('k\u0000', ''), ['w2']],
    ['networks', 'byCustomPrefix', byCustomPrefix('k', ''), ['w1']],
    ['clusters', 'byName', byName('DEFAULT'), ['c1']],
    ['clusters', 'byCustom', byCustom('k', 'v'), ['c1']],
    ['clusters', 'byIdPrefix', byIdPrefix('c'), ['c1']],
    ['nodes', 'or() is empty', or(), []],
    [
      'nodes',
      'or by branch, without repeats',
      or(byRole('manager'), byName('alpha'), byId('n2'), byId('n2')),
      ['n3', 'N2', 'n2'],
    ],
    ['nodes', 'or in or', or(byId('n2'), or(byId('n1'), or()), all), ['n2', 'n1', 'N2', 'n3']],
  ])('in %s: %s', (kind, _, by, wanted) => {
    expect(ids(kind, by)).toEqual(wanted);
  });

  const foreign: Record<string, [By, Plural[]]> = {
    byRole: [byRole('worker'), ['nodes']],
    byMembership: [byMembership('accepted'), ['nodes']],
    byServiceId: [byServiceId('x'), ['tasks']],
    byNodeId: [byNodeId('x'), ['tasks']],
    bySlot: [bySlot('x', 1), ['tasks']],
    byDesiredState: [byDesiredState('new'), ['tasks']],
    byTaskState: [byTaskState('new'), ['tasks']],
    byReferencedNetworkId: [byReferencedNetworkId('x'), ['tasks', 'services']],
  };
  const kinds: Plural[] = ['nodes', 'services', 'tasks', 'networks', 'clusters'];
  const misfits = Object.entries(foreign).flatMap(([name, [by, fits]]) =>
    kinds.filter((kind) => !fits.includes(kind)).map((kind) => ({ name, by, kind })),
  );

  it.each(misfits)('refuses $name in $kind, inside or() too', ({ by, kind }) => {
    expect(thrownCode(() => ids(kind, by))).toBe('INVALID_FIND_BY');
    expect(thrownCode(() => ids(kind, or(all, or(byId('x'), by))))).toBe('INVALID_FIND_BY');
  });

  it.each([null, 5, {}, { by: 'colour' }, { by: 'index', lookup: { index: '__proto__', parts: [] } }])(
    'refuses %j',
    (by) => {
      expect(thrownCode(() => ids('nodes', by as unknown as By))).toBe('INVALID_FIND_BY');
    },
  );

  it('refuses a lookup for another kind inside a write transaction', async () => {
    await store.update((tx) => {
      expect(thrownCode(() => tx.networks().find(byRole('worker') as By))).toBe('INVALID_FIND_BY');
    });
  });

  it('gives a fresh array each time', () => {
    store.view((tx) => {
      tx.nodes().find().length = 0;
      expect(tx.nodes().find()).toHaveLength(4);
    });
  });

  it('gets undefined for what is not there', () => {
    expect(store.view((tx) => tx.nodes().get('no'))).toBeUndefined();
    expect(store.view((tx) => tx.nodes().get('constructor'))).toBeUndefined();
  });

  it('finds names by any prefix, in scripts whose letters change at the end of a word too', async () => {
    const { store: greek } = newStore();
    await greek.update((tx) => tx.networks().create({ id: 'w1', spec: { annotations: { name: 'ΟΔΟΣΑ' } } }));
    expect(greek.view((tx) => tx.networks().find(byNamePrefix('ΟΔΟΣ')))).toHaveLength(1);
  });
});
