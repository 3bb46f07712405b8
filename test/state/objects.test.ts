import { describe, expect, it } from 'vitest';
import { isStoreError, type MemoryStore, type Tx } from '../../src/index.js';
import { newStore } from '../support/state-events.js';

const meta = { version: 1, createdAt: 1_000_000, updatedAt: 1_000_000 };
const annotations = { name: '', labels: {}, indices: [] };
const taskSpec = { networks: [], forceUpdate: 0 };

/** Creates whatever it is given, as JavaScript would let you. */
function createLoose(
  store: MemoryStore,
  kind: Exclude<keyof Tx, 'version' | 'kind'>,
  input: unknown,
): Promise<unknown> {
  return store.update((tx) => {
    const table = tx[kind]() as unknown as { create(object: unknown): unknown };
    return table.create(input);
  });
}

describe('objects', () => {
  it.each([
    {
      kind: 'nodes',
      stored: {
        spec: { annotations, desiredRole: 'worker', membership: 'accepted', availability: 'active' },
        status: { state: 'unknown', message: '', addr: '', timestamp: 0 },
        role: 'worker',
      },
    },
    {
      kind: 'services',
      stored: {
        spec: { annotations, task: taskSpec, mode: { replicated: { replicas: 1 } }, networks: [] },
        specVersion: 0,
      },
    },
    {
      kind: 'tasks',
      stored: {
        spec: taskSpec,
        specVersion: 0,
        slot: 0,
        annotations,
        serviceAnnotations: annotations,
        status: { timestamp: 0, state: 'new', message: '', err: '', ports: [] },
        desiredState: 'new',
        networks: [],
        assignedGeneric: [],
      },
    },
    {
      kind: 'networks',
      stored: { spec: { annotations, ipv6Enabled: false, internal: false, attachable: false, ingress: false } },
    },
    {
      kind: 'clusters',
      stored: {
        spec: {
          annotations,
          orchestration: { taskHistoryRetentionLimit: 5 },
          raft: {
            snapshotInterval: 10_000,
            keepOldSnapshots: 0,
            logEntriesForSlowFollowers: 500,
            heartbeatTick: 1,
            electionTick: 10,
          },
          dispatcher: { heartbeatPeriodMs: 5_000 },
          taskDefaults: {},
          encryptionConfig: { autoLockManagers: false },
        },
      },
    },
  ] as const)('of $kind have these defaults', async ({ kind, stored }) => {
    const { store } = newStore();
    expect(await createLoose(store, kind, { id: 'x1' })).toStrictEqual({ id: 'x1', meta, ...stored });
  });

  it('get an id of 25 letters and digits when they bring none', async () => {
    const { store } = newStore();
    const ids = await store.update((tx) => [tx.nodes().create({}).id, tx.nodes().create({ id: undefined }).id]);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]{25}$/);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('leave optional fields out when they are undefined or empty', async () => {
    const { store } = newStore();
    const task = await store.update((tx) => tx.tasks().create({ serviceId: '', nodeId: undefined }));
    expect(Object.keys(task)).not.toContain('serviceId');
    expect(Object.keys(task)).not.toContain('nodeId');
  });

  const lone = '\ud800';
  it.each([
    { kind: 'nodes', input: { id: '' }, path: 'id' },
    { kind: 'nodes', input: { id: null }, path: 'id' },
    { kind: 'nodes', input: { id: 5 }, path: 'id' },
    { kind: 'nodes', input: { id: lone }, path: 'id' },
    { kind: 'nodes', input: 'n1', path: '' },
    { kind: 'nodes', input: [], path: '' },
    { kind: 'nodes', input: null, path: '' },
    { kind: 'nodes', input: { colour: 'red' }, path: 'colour' },
    { kind: 'nodes', input: { colour: undefined }, path: 'colour' },
    { kind: 'nodes', input: { spec: null }, path: 'spec' },
    { kind: 'nodes', input: { spec: [] }, path: 'spec' },
    { kind: 'nodes', input: { description: null }, path: 'description' },
    { kind: 'nodes', input: { description: '' }, path: 'description' },
    { kind: 'nodes', input: { description: 'web' }, path: 'description' },
    { kind: 'nodes', input: { spec: { availability: 'gone' } }, path: 'spec.availability' },
    { kind: 'nodes', input: { spec: { annotations: { name: 1 } } }, path: 'spec.annotations.name' },
    { kind: 'nodes', input: { spec: { annotations: { name: lone } } }, path: 'spec.annotations.name' },
    { kind: 'nodes', input: { spec: { annotations: { labels: { tier: 1 } } } }, path: 'spec.annotations.labels.tier' },
    { kind: 'nodes', input: { spec: { annotations: { labels: { a: null } } } }, path: 'spec.annotations.labels.a' },
    { kind: 'nodes', input: { spec: { annotations: { labels: { a: lone } } } }, path: 'spec.annotations.labels.a' },
    {
      kind: 'nodes',
      input: { spec: { annotations: { labels: new Map([['a', 'b']]) } } },
      path: 'spec.annotations.labels',
    },
    { kind: 'nodes', input: { spec: new Date(0) }, path: 'spec' },
    {
      kind: 'nodes',
      input: { spec: { annotations: { labels: JSON.parse('{"__proto__":"x"}') as object } } },
      path: 'spec.annotations.labels.__proto__',
    },
    { kind: 'nodes', input: JSON.parse('{"__proto__":{"role":"manager"}}') as object, path: '__proto__' },
    {
      kind: 'nodes',
      input: { spec: { annotations: { indices: [{ key: 'a', val: 'b' }, { key: 1 }] } } },
      path: 'spec.annotations.indices[1].key',
    },
    { kind: 'nodes', input: { spec: { annotations: { indices: [undefined] } } }, path: 'spec.annotations.indices[0]' },
    { kind: 'nodes', input: { spec: { annotations: { indices: {} } } }, path: 'spec.annotations.indices' },
    { kind: 'tasks', input: { slot: NaN }, path: 'slot' },
    { kind: 'tasks', input: { slot: -1 }, path: 'slot' },
    { kind: 'tasks', input: { slot: 1.5 }, path: 'slot' },
    { kind: 'tasks', input: { slot: '1' }, path: 'slot' },
    { kind: 'tasks', input: { slot: Infinity }, path: 'slot' },
    { kind: 'tasks', input: { slot: null }, path: 'slot' },
    { kind: 'tasks', input: { desiredState: 'done' }, path: 'desiredState' },
    { kind: 'tasks', input: { status: { container: { pid: 'x' } } }, path: 'status.container.pid' },
    {
      kind: 'tasks',
      input: { spec: { container: { healthcheck: { retries: '' } } } },
      path: 'spec.container.healthcheck.retries',
    },
    { kind: 'tasks', input: { networks: [{ addresses: ['a', 5] }] }, path: 'networks[0].addresses[1]' },
    { kind: 'services', input: { spec: { mode: { both: {} } } }, path: 'spec.mode' },
    { kind: 'services', input: { spec: { mode: { global: {}, replicated: {} } } }, path: 'spec.mode' },
    {
      kind: 'services',
      input: { spec: { mode: { replicated: { replicas: -1 } } } },
      path: 'spec.mode.replicated.replicas',
    },
    { kind: 'services', input: { spec: { update: { maxFailureRatio: NaN } } }, path: 'spec.update.maxFailureRatio' },
    { kind: 'networks', input: { spec: { internal: 1 } }, path: 'spec.internal' },
    { kind: 'clusters', input: { spec: { raft: { electionTick: 2 ** 32 } } }, path: 'spec.raft.electionTick' },
  ] as const)('of $kind refuse $input at $path', async ({ kind, input, path }) => {
    const { store } = newStore();
    const error: unknown = await createLoose(store, kind, input).catch((reason: unknown) => reason);
    if (!isStoreError(error, 'INVALID_OBJECT')) throw error;
    expect(error.details.path).toBe(path);
    expect(error.message).toContain(path);
    expect(store.version).toBe(0);
  });

  it('are copied: what came in is neither frozen nor kept', async () => {
    const { store } = newStore();
    const labels = { b: '2', a: '1' };
    const input = { id: 'n1', spec: { annotations: { labels, indices: [{ key: 'k', val: 'v' }] } } };
    const stored = await store.update((tx) => tx.nodes().create(input));
    labels.a = 'changed';
    input.spec.annotations.indices.push({ key: 'x', val: 'y' });
    expect(Object.isFrozen(input) || Object.isFrozen(labels)).toBe(false);
    expect(stored.spec.annotations.labels).toStrictEqual({ a: '1', b: '2' });
    expect(Object.keys(stored.spec.annotations.labels)).toEqual(['a', 'b']);
    expect(stored.spec.annotations.indices).toHaveLength(1);
  });

  it('are deeply frozen, defaults too, and shared between readers', async () => {
    const { store } = newStore();
    const made = await store.update((tx) =>
      tx.services().create({ id: 's1', spec: { task: { container: { image: 'web', env: ['A=1'] } } } }),
    );
    const open: string[] = [];
    const look = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Object.isFrozen(value)) open.push(path);
      for (const [key, part] of Object.entries(value)) look(part, `${path}.${key}`);
    };
    look(made, 's1');
    expect(open).toEqual([]);
    expect(store.view((tx) => tx.services().get('s1'))).toBe(made);
    expect(store.view((tx) => tx.services().find()[0])).toBe(made);
  });

  it('come back from JSON and go in again as they were', async () => {
    const { store } = newStore();
    const input = {
      id: 't1',
      slot: -0,
      status: { timestamp: -0 },
      annotations: { labels: { toString: 'a', constructor: 'b', '': 'c', '10': 'd', '9': 'e' } },
    };
    const stored = await store.update((tx) => tx.tasks().create(input));
    expect(JSON.parse(JSON.stringify(stored))).toStrictEqual(stored);
    const again = await store.update((tx) => tx.tasks().update(JSON.parse(JSON.stringify(stored))));
    expect({ ...again, meta }).toStrictEqual({ ...stored, meta });
  });

  it('never carry the meta that came with them', async () => {
    const { store } = newStore();
    const made = await store.update((tx) => tx.nodes().create({ id: 'n1', meta: { version: 77, createdAt: 1 } }));
    expect(made.meta).toStrictEqual(meta);
    const loose = await createLoose(store, 'nodes', { id: 'n2', meta: 'junk' });
    expect(loose).toMatchObject({ meta: { version: 2 } });
  });
});
