import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client, type Selector, type WatchMessage, type WatchOptions } from '../../src/client/index.js';
import type { Node, Task } from '../../src/kinds/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const slot = (serviceId: string, number: number) => ({ slots: [{ serviceId, slot: number }] });

describe('a watch that selects', () => {
  let members: OpenMembers;
  let client: Client;
  let from: number;

  beforeAll(async () => {
    members = await OpenMembers.start(1);
    client = new Client({ hosts: members.hosts });
    const { store } = await members.leader();
    from = store.version;
    const entry = (key: string, val: string) => ({ indices: [{ key, val }] });
    await store.update((tx) => {
      tx.tasks().create({ id: 'ta1', serviceId: 's1', slot: 1, nodeId: 'n1', annotations: { name: 'Alpha', ...entry('k', 'v1') } });
      tx.tasks().create({ id: 'ta2', serviceId: 's1', slot: 2, nodeId: 'n2', status: { state: 'running' }, desiredState: 'running' });
      tx.tasks().create({ id: 'tb3', serviceId: 's2', slot: 1, nodeId: 'n2', status: { state: 'failed' }, annotations: entry('k', 'w') });
      tx.nodes().create({ id: 'n1', description: { hostname: 'Host-a' }, role: 'manager', spec: { membership: 'pending', annotations: entry('k|v', '1') } });
      tx.nodes().create({ id: 'n2', description: { hostname: 'host-b' }, status: { state: 'ready' }, spec: { annotations: entry('k', 'v|1') } });
      tx.services().create({ id: 's1', spec: { annotations: { name: 'alpha' } } });
    }); // prettier-ignore
    await store.update((tx) => {
      tx.tasks().update({ ...bare(tx.tasks().get('ta1')), nodeId: 'n2' });
      tx.nodes().update({ ...bare(tx.nodes().get('n1')), role: 'worker' });
      tx.tasks().delete('tb3');
    });
    await store.update((tx) => tx.clusters().create({ id: 'end' }));
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  function bare<T extends Task | Node>(object: T | undefined): Omit<T, 'meta'> {
    const { meta: _meta, ...rest } = object as T;
    return rest;
  }

  /** What comes before the end: `+` created, `*` updated, `-` deleted. */
  async function seen(selectors: readonly Selector[], options: WatchOptions = {}): Promise<string> {
    const marks = { create: '+', update: '*', delete: '-' };
    const found: string[] = [];
    const end = { kind: 'cluster', ids: ['end'] };
    for await (const { events } of client.watch({ from, selectors: [...selectors, end], ...options })) {
      if (events.some(({ object }) => object.id === 'end')) break;
      found.push(...events.map(({ action, object }) => `${marks[action]}${object.id}`));
    }
    return found.join(' ');
  }

  it.each<[string, Selector[], string]>([
    ['nothing', [{}], '+ta1 +ta2 +tb3 +n1 +n2 +s1 *ta1 *n1 -tb3'],
    ['a kind', [{ kind: 'node' }], '+n1 +n2 *n1'],
    ['actions', [{ actions: ['create', 'delete'], kind: 'task' }], '+ta1 +ta2 +tb3 -tb3'],
    ['ids, of any kind', [{ ids: ['n1', 's1'] }], '+n1 +s1 *n1'],
    ['the beginning of ids', [{ idPrefixes: ['ta', 's'] }], '+ta1 +ta2 +s1 *ta1'],
    ['names, without case', [{ names: ['ALPHA', 'host-A'] }], '+ta1 +n1 +s1 *ta1 *n1'],
    ['the beginning of names', [{ kind: 'node', namePrefixes: ['HOST'] }], '+n1 +n2 *n1'],
    ['nodes of tasks', [{ kind: 'task', nodeIds: ['n2'] }], '+ta2 +tb3 *ta1 -tb3'],
    ['services of tasks', [{ kind: 'task', serviceIds: ['s2', 's9'] }], '+tb3 -tb3'],
    ['a slot of a service', [{ kind: 'task', ...slot('s1', 1) }], '+ta1 *ta1'],
    ['the same slot of another service', [{ kind: 'task', ...slot('s2', 1) }], '+tb3 -tb3'],
    ['the state that is desired', [{ kind: 'task', desiredStates: ['running'] }], '+ta2'],
    ['states that are further on', [{ kind: 'task', stateGreaterThan: 'running' }], '+tb3 -tb3'],
    ['roles', [{ kind: 'node', roles: ['manager'] }], '+n1'],
    ['memberships', [{ kind: 'node', memberships: ['accepted'] }], '+n2'],
    ['states of nodes', [{ kind: 'node', states: ['ready', 'down'] }], '+n2'],
    ['custom entries', [{ custom: [{ key: 'k', val: 'v1' }] }], '+ta1 *ta1'],
    ['custom entries that could be confused', [{ custom: [{ key: 'k', val: 'v|1' }] }], '+n2'],
    ['the beginning of custom entries', [{ customPrefixes: [{ key: 'k', val: 'v' }] }], '+ta1 +n2 *ta1'],
    ['an index', [{ kind: 'task', indexes: [{ index: 'slot', is: ['s1', '2'] }] }], '+ta2'],
    ['an index of numbers, asked with a number', [{ kind: 'task', indexes: [{ index: 'slot', is: ['s1', 2] }] }], '+ta2'],
    ['the beginning of an index', [{ kind: 'task', indexes: [{ index: 'state', prefix: 'r' }] }], '+ta2'],
    ['two things at once', [{ kind: 'task', nodeIds: ['n2'], serviceIds: ['s1'] }], '+ta2 *ta1'],
    ['two things at once that nothing has', [{ kind: 'task', nodeIds: ['n2'], stateGreaterThan: 'new', serviceIds: ['s1'], idPrefixes: ['tb'] }], ''],
    ['one thing or the other', [{ kind: 'task', nodeIds: ['n1'] }, { kind: 'node', roles: ['manager'] }], '+ta1 +n1'],
    ['what both selectors want, once', [{ kind: 'task', ids: ['ta2'] }, { kind: 'task', nodeIds: ['n2'], actions: ['create'] }], '+ta2 +tb3'],
    ['an id twice, once', [{ ids: ['n2', 'n2'] }], '+n2'],
  ])('by %s gets those', async (_what, selectors, expected) => {
    expect(await seen(selectors)).toBe(expected);
  }); // prettier-ignore

  it('is told of what leaves the selection when it asks for either side', async () => {
    const selectors: Selector[] = [
      { kind: 'task', nodeIds: ['n1'] },
      { kind: 'node', roles: ['manager'] },
    ];
    expect(await seen(selectors)).toBe('+ta1 +n1');
    expect(await seen(selectors, { matchEither: true })).toBe('+ta1 +n1 *ta1 *n1');
  });

  it.each<[string, Selector, string]>([
    ['nodes of nodes', { kind: 'node', nodeIds: ['n1'] }, 'node_ids selects tasks only'],
    ['services of everything', { serviceIds: ['s1'] }, 'set kind to "task"'],
    ['slots of services', { kind: 'service', ...slot('s1', 1) }, 'slots selects tasks only'],
    ['a state of nodes', { kind: 'node', stateGreaterThan: 'new' }, 'state_greater_than selects tasks only'],
    ['a desired state of nodes', { kind: 'node', desiredStates: ['new'] }, 'desired_states selects tasks only'],
    ['roles of tasks', { kind: 'task', roles: ['worker'] }, 'roles selects nodes only'],
    ['memberships of everything', { memberships: ['accepted'] }, 'memberships selects nodes only'],
    ['node states of tasks', { kind: 'task', states: ['ready'] }, 'states selects nodes only'],
    ['an index of everything', { indexes: [{ index: 'node', is: 'n1' }] }, 'indexes belong to one kind'],
    ['an id that does not begin so', { ids: ['a'], idPrefixes: ['b'] }, 'no object can have'],
    ['a name that does not begin so', { names: ['a'], namePrefixes: ['b'] }, 'no object can have'],
    ['a prefix and a range', { kind: 'task', indexes: [{ index: 'node', prefix: 'n', from: 'a' }] }, 'either a prefix or a range'],
  ])('by %s is refused', async (_what, selector, says) => {
    const begin = () => client.watch({ from, selectors: [selector] }).next();
    expect(await codeOf(begin())).toBe('INVALID_OBJECT');
    expect(await begin().catch((error: Error) => error.message)).toContain(says);
  }); // prettier-ignore

  it('by a kind that is not there is refused', async () => {
    const refused = client.watch({ from, selectors: [{ kind: 'thing' }] }).next();
    await expect(refused).rejects.toMatchObject({
      code: 'UNKNOWN_KIND',
      message: expect.stringContaining('there is no kind "thing"; known are node, service') as string,
    });
  });

  it('by an index that the kind does not have is refused', async () => {
    const begin = client.watch({ from, selectors: [{ kind: 'node', indexes: [{ index: 'slot', is: 's1' }] }] }).next();
    expect(await codeOf(begin)).toBe('INVALID_FIND_BY');
  });
});

describe('a watch that begins', () => {
  let members: OpenMembers;
  const stops: AbortController[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    members = await OpenMembers.start(2);
  });
  afterEach(() => {
    for (const stop of stops.splice(0)) stop.abort();
    for (const client of clients.splice(0)) client.close();
  });
  afterAll(() => members.close());

  /** Follows, and keeps what came. */
  function follow(addr: string, options: WatchOptions) {
    const stop = new AbortController();
    const client = new Client({ hosts: [addr] });
    stops.push(stop);
    clients.push(client);
    const seen = { messages: [] as WatchMessage[], error: undefined as unknown };
    const run = async () => {
      for await (const message of client.messages({ ...options, signal: stop.signal })) seen.messages.push(message);
    };
    run().catch((error: unknown) => (seen.error = error));
    return seen;
  }

  it('with a snapshot gets pages of one version, then where it stands, then all that follows, once', async () => {
    const { store } = await members.leader();
    const fill = 'x'.repeat(1_000);
    const labelled = (i: number) => ({ spec: { annotations: { labels: { fill, i: String(i) } } } });
    for (let i = 0; i < 1_200; i += 100)
      await store.update((tx) => {
        for (let j = i; j < i + 100; j++) tx.nodes().create({ id: `n${j}`, ...labelled(0) });
      });
    let writing = true;
    const writer = async () => {
      for (let i = 1; writing; i++)
        await store.update((tx) => {
          tx.nodes().update({ id: `n${i % 1_200}`, ...labelled(i) });
          tx.tasks().create({ id: `t${i}` });
        });
    };
    const written = writer();
    const seen = follow((await members.follower()).addr, { snapshot: true, selectors: [{ kind: 'node' }] });
    await until('it follows', () => seen.messages.filter(({ type }) => type === 'transaction').length > 50);
    writing = false;
    await written;
    await until('it has the last', () => {
      const last = seen.messages.at(-1);
      return last?.type === 'transaction' && last.version === store.version;
    });

    const synced = seen.messages.findIndex(({ type }) => type === 'synced');
    const pages = seen.messages.slice(0, synced);
    expect(pages.length).toBeGreaterThan(2);
    const version = pages.map((page) => ('version' in page ? page.version : -1));
    expect([...new Set(version), (seen.messages[synced] as { version: number }).version]).toEqual([
      version[0],
      version[0],
    ]);
    const state = new Map<string, unknown>();
    for (const page of pages)
      if (page.type === 'snapshot') for (const { object } of page.objects) state.set(object.id, object);
    expect(state.size).toBe(1_200);

    const transactions = seen.messages.slice(synced + 1).filter((one) => one.type === 'transaction');
    expect(transactions.map((one) => one.version)).toEqual(transactions.map((_, i) => (version[0] as number) + 1 + i));
    for (const { events } of transactions) for (const { object } of events) state.set(object.id, object);
    const now = store.view((tx) => tx.nodes().find());
    expect([...state.values()].sort(byId)).toEqual([...now].sort(byId));
  });

  const byId = (a: unknown, b: unknown) => ((a as { id: string }).id < (b as { id: string }).id ? -1 : 1);

  it('with a snapshot gets what any of its selectors want, and secrets and all where it has none', async () => {
    const { store, addr } = await members.leader();
    await store.update((tx) => {
      tx.tasks().create({ id: 'on-n1', nodeId: 'n1' });
      tx.tasks().create({ id: 'on-n9', nodeId: 'n9' });
      tx.networks().create({ id: 'net', spec: { annotations: { name: 'net' } } });
    });
    const ids = (seen: { messages: WatchMessage[] }) =>
      seen.messages.flatMap((one) =>
        one.type === 'snapshot' ? one.objects.map(({ kind, object }) => `${kind} ${object.id}`) : [],
      );
    const some = follow(addr, {
      snapshot: true,
      selectors: [{ kind: 'task', nodeIds: ['n1'], actions: ['delete'] }, { kind: 'network', names: ['NET'] }, { kind: 'task', ids: ['on-n1'] }],
    }); // prettier-ignore
    await until('it stands', () => some.messages.some(({ type }) => type === 'synced'));
    expect(ids(some)).toEqual(['task on-n1', 'network net']);
    const none = follow(addr, { snapshot: true, selectors: [{ kind: 'cluster' }] });
    await until('it stands', () => none.messages.length > 0);
    expect(none.messages[0]).toMatchObject({ type: 'synced', version: store.version });
    const all = follow(addr, { snapshot: true });
    await until('it stands', () => all.messages.some(({ type }) => type === 'synced'));
    expect(new Set(ids(all).map((text) => text.split(' ')[0]))).toEqual(new Set(['node', 'task', 'network']));
  });

  it('with a snapshot and a version is refused', async () => {
    const seen = follow((await members.leader()).addr, { snapshot: true, from: 1 });
    await until('it has ended', () => seen.error !== undefined);
    expect(seen.error).toMatchObject({ code: 'INVALID_OBJECT' });
  });

  it('ahead of the history is refused, or waits when it is told to', async () => {
    const { store, addr } = await members.leader();
    const from = store.version + 2;
    const refused = follow(addr, { from });
    const waiting = follow(addr, { from, wait: true });
    await until('it has been refused', () => refused.error !== undefined);
    expect(refused.error).toMatchObject({ code: 'VERSION_AHEAD' });
    await until('it waits', () => store.queue.listeners > 0);
    for (let i = 0; i < 4; i++) await store.update((tx) => tx.clusters().create({ id: `c${i}` }));
    await until(
      'both later ones have come',
      () => waiting.messages.filter(({ type }) => type === 'transaction').length === 2,
    );
    expect(waiting.error).toBeUndefined();
    const [first, ...rest] = waiting.messages.filter(({ type }) => type !== 'bookmark');
    expect(first).toEqual({ type: 'synced', version: from });
    expect(rest.map((one) => 'version' in one && one.version)).toEqual([from + 1, from + 2]);
  });

  it('at a version gets everything after it, on any member', async () => {
    const { store } = await members.leader();
    const from = store.version;
    for (let i = 0; i < 20; i++) await store.update((tx) => tx.services().create({ id: `r${i}` }));
    for (const { addr } of members.all) {
      const seen = follow(addr, { from: from + 5 });
      await until('all have come', () => seen.messages.filter(({ type }) => type === 'transaction').length === 15);
      const versions = seen.messages.flatMap((one) => (one.type === 'transaction' ? [one.version] : []));
      expect(versions).toEqual(Array.from({ length: 15 }, (_, i) => from + 6 + i));
      expect(seen.messages[0]).toEqual({ type: 'synced', version: from + 5 });
    }
  });
});
