import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client, type IndexWhere, type Selector, type WatchMessage } from '../../src/client/index.js';
import { defineKind, schema } from '../../src/kinds/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const jobs = defineKind({
  name: 'job',
  schema: schema.object({
    name: schema.text(),
    queue: schema.text('default'),
    priority: schema.int(),
    urgent: schema.flag(),
    tags: schema.list(schema.text()),
    from: schema.object({ host: schema.text() }),
  }),
  indexes: {
    name: (job) => job.name || undefined,
    queue: (job) => job.queue,
    priority: (job) => job.priority,
    urgent: (job) => job.urgent,
    tag: (job) => job.tags,
  },
  unique: ['name'],
  validate: ({ priority }, old) => {
    if (priority > 9) return 'priority must be at most 9';
    return old && priority < old.priority ? 'priority never goes down' : undefined;
  },
});

const idsOf = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);
const messageOf = (promise: Promise<unknown>) => promise.then(String, (error: Error) => error.message);

describe('a kind of one’s own that every member knows', () => {
  let members: OpenMembers;
  let client: Client;

  beforeAll(async () => {
    members = await OpenMembers.start(3, { kinds: [jobs] });
    client = new Client({ hosts: [(await members.follower()).addr] });
  });
  afterEach(async () => {
    for (const { id } of (await client.list(jobs)).objects) await client.remove(jobs, id);
  });
  afterAll(async () => {
    client.close();
    await members.close();
  });

  it.each([
    ['its definition', jobs],
    ['its name', 'job'],
  ])('is created, read, listed, updated and removed by %s', async (_what, kind) => {
    const created = await client.create(kind, { id: 'j1', name: 'One', priority: 3 });
    expect(created).toMatchObject({ id: 'j1', name: 'One', queue: 'default', urgent: false, tags: [] });
    expect(await client.get(kind, 'j1')).toEqual(created);
    const { version } = created.meta;
    expect(await client.list(kind)).toEqual({ objects: [created], version });

    const updated = await client.update(kind, { id: 'j1', name: 'One', priority: 4 }, { version });
    expect(updated).toMatchObject({ priority: 4, meta: { createdAt: created.meta.createdAt, version: version + 1 } });
    expect(await codeOf(client.update(kind, { id: 'j1', priority: 5 }, { version }))).toBe('SEQUENCE_CONFLICT');
    for (const { store } of members.all) {
      await until('the member holds it', () => store.version === updated.meta.version);
      expect(store.view((tx) => tx.kind(jobs).get('j1'))).toEqual(updated);
    }

    await client.remove(kind, 'j1');
    expect(await codeOf(client.get(kind, 'j1'))).toBe('NOT_FOUND');
    expect(await codeOf(client.remove(kind, 'j1'))).toBe('NOT_FOUND');
  });

  it.each<[string, IndexWhere[], string[]]>([
    ['a text', [{ index: 'queue', is: 'mail' }], ['a', 'c']],
    ['a number, negative ones too', [{ index: 'priority', is: -1 }], ['c']],
    ['a stretch of numbers, in their order', [{ index: 'priority', from: -1, to: 7 }], ['c', 'a']],
    ['numbers from one on', [{ index: 'priority', from: 2 }], ['a', 'b']],
    ['a flag', [{ index: 'urgent', is: true }], ['b']],
    ['one of several values', [{ index: 'tag', is: 'y' }], ['a', 'b']],
    ['the beginning of a text', [{ index: 'queue', prefix: 'm' }], ['a', 'c', 'b']],
    ['a stretch of texts', [{ index: 'queue', from: 'mail', to: 'max' }], ['a', 'c']],
    [
      'several at once',
      [
        { index: 'queue', is: 'mail' },
        { index: 'tag', is: 'y' },
      ],
      ['a'],
    ],
    ['a value that nobody has', [{ index: 'queue', is: 'MAIL' }], []],
  ])('is found by %s', async (_what, indexes, ids) => {
    await client.create(jobs, { id: 'a', queue: 'mail', priority: 2, tags: ['x', 'y'] });
    await client.create(jobs, { id: 'b', queue: 'move', priority: 7, tags: ['y'], urgent: true });
    await client.create(jobs, { id: 'c', queue: 'mail', priority: -1 });
    expect(idsOf((await client.list(jobs, { indexes })).objects)).toEqual(ids);
    expect(idsOf((await client.list('job', { indexes })).objects)).toEqual(ids);
  });

  it('is found by what its index calls a name, without case', async () => {
    await client.create(jobs, { id: 'a', name: 'Nightly' });
    expect(idsOf((await client.list(jobs, { names: ['nightly'] })).objects)).toEqual(['a']);
    expect(idsOf((await client.list(jobs, { namePrefixes: ['NIGHT'] })).objects)).toEqual(['a']);
  });

  it('has no index that its definition does not have', async () => {
    const list = (...indexes: IndexWhere[]) => client.list(jobs, { indexes });
    expect(await codeOf(list({ index: 'colour', is: 'red' }))).toBe('INVALID_FIND_BY');
    expect(await messageOf(list({ index: 'colour', is: 'red' }))).toMatch(
      /jobs have no index "colour"; they have .*queue/,
    );
    expect(await codeOf(list({ index: 'queue', prefix: 'm', from: 'a' }))).toBe('INVALID_OBJECT');
  });

  it('lets a unique value stand once, also within one transaction', async () => {
    await client.create(jobs, { id: 'a', name: 'Nightly' });
    expect(await codeOf(client.create(jobs, { id: 'b', name: 'NIGHTLY' }))).toBe('NAME_CONFLICT');
    const own = (id: string) => ({ op: 'create', kind: 'job', id, object: undefined }) as never;
    expect(await codeOf(client.apply([own('c')]))).toBe('INVALID_OBJECT'); // carries no object
    await client.update(jobs, { id: 'a', name: 'Weekly' });
    expect((await client.create(jobs, { id: 'b', name: 'nightly' })).name).toBe('nightly');
  });

  it.each([
    ['a field that is not there', { colour: 'red' }, 'job: colour'],
    ['a wrong type', { tags: ['a', 1] }, 'job: tags[1]'],
    ['a wrong type further down', { from: { host: 5 } }, 'job: from.host'],
    ['what validate refuses', { priority: 10 }, 'priority must be at most 9'],
  ])('is refused with %s, and it is said where', async (_what, draft, says) => {
    const create = () => client.create('job', draft);
    expect(await codeOf(create())).toBe('INVALID_OBJECT');
    expect(await messageOf(create())).toContain(says);
  });

  it('shows validate what was there before', async () => {
    await client.create(jobs, { id: 'a', priority: 5 });
    expect(await codeOf(client.update(jobs, { id: 'a', priority: 4 }))).toBe('INVALID_OBJECT');
  });

  it('has a history that says who, why and what', async () => {
    await client.create(jobs, { id: 'h', priority: 1 }, { actor: 'ann', reason: 'first' });
    await client.update(jobs, { id: 'h', priority: 2, from: { host: 'x' } }, { actor: 'bob' });
    await client.remove(jobs, 'h');
    const { entries } = await client.history(jobs, 'h');
    expect(entries).toMatchObject([
      { op: 'create', actor: 'ann', reason: 'first' },
      { op: 'update', actor: 'bob' },
      { op: 'remove' },
    ]);
    expect(entries[1]?.fields).toEqual([
      { path: 'from.host', old: '""', new: '"x"' },
      { path: 'priority', old: '1', new: '2' },
    ]);
    expect((await client.history('job', 'h', { limit: 1 })).entries).toEqual(entries.slice(-1));
  });

  it('is listed among the kinds, with its indexes and how much there is', async () => {
    await client.create(jobs, { id: 'k' });
    const jobsNow = async () => (await client.kinds()).find(({ kind }) => kind === 'job');
    await until('the member that is asked has it', async () => (await jobsNow())?.objects === 1);
    const found = await jobsNow();
    expect(found).toMatchObject({ kind: 'job', plural: 'jobs', builtIn: false, known: true, objects: 1 });
    expect([...(found?.indexes ?? [])].sort()).toEqual(['name', 'priority', 'queue', 'tag', 'urgent']);
    expect(found?.bytes).toBeGreaterThan(0);
  });

  it.each<[string, Selector, string[]]>([
    ['its kind', { kind: 'job' }, ['create a', 'create b', 'update a', 'delete b']],
    ['an id', { kind: 'job', ids: ['b'] }, ['create b', 'delete b']],
    ['a name', { kind: 'job', names: ['ALPHA'] }, ['create a', 'update a']],
    ['an index', { kind: 'job', indexes: [{ index: 'priority', from: 3, to: 6 }] }, ['update a']],
    ['two indexes', { kind: 'job', indexes: [{ index: 'queue', prefix: 'ma' }, { index: 'urgent', is: true }] }, ['create b', 'delete b']],
    ['an action', { kind: 'job', actions: ['delete'] }, ['delete b']],
  ])('is watched by %s', async (_what, selector, expected) => {
    const [{ store }, { addr }] = [await members.leader(), await members.follower()];
    const from = store.version;
    await client.create(jobs, { id: 'a', name: 'alpha', priority: 1 });
    await client.create(jobs, { id: 'b', name: 'beta', queue: 'mail', urgent: true });
    await client.update(jobs, { id: 'a', name: 'alpha', priority: 5 });
    await client.remove(jobs, 'b');
    const last = await client.create('node', {});
    const watcher = new Client({ hosts: [addr] });
    const end = { kind: 'node', ids: [last.id] };
    const seen: string[] = [];
    for await (const { events } of watcher.watch({ from, selectors: [selector, end] })) {
      if (events.some(({ kind }) => kind === 'node')) break;
      seen.push(...events.map(({ action, object }) => `${action} ${object.id}`));
    }
    watcher.close();
    expect(seen).toEqual(expected);
  }); // prettier-ignore

  it('is not watched by custom entries, which it cannot have', async () => {
    const selector = { kind: 'job', custom: [{ key: 'k', val: 'v' }] };
    expect(await codeOf(client.watch({ selectors: [selector] }).next())).toBe('INVALID_OBJECT');
  });
});

describe('a kind that some members do not know', () => {
  let members: OpenMembers;
  let client: Client;

  beforeEach(async () => {
    members = await OpenMembers.start(1, { kinds: [jobs] });
    const other = new OpenMembers({ kinds: [] });
    other.all.push(...members.all);
    await other.open('m2');
    members.all.push(other.all[1] as never);
    client = new Client({ hosts: members.hosts });
    await client.create(jobs, { id: 'kept', queue: 'mail', tags: ['a'] });
  });
  afterEach(async () => {
    client.close();
    await members.close();
  });

  const only = (name: string) =>
    new Client({ hosts: [members.all.find((one) => one.status().name === name)?.addr ?? ''] });

  it('is written through one that does not, while one that does leads', async () => {
    const ignorant = only('m2');
    expect(await ignorant.create('job', { id: 'new' })).toMatchObject({ id: 'new', queue: 'default' });
    expect(await ignorant.get('job', 'kept')).toEqual(await client.get(jobs, 'kept'));
    expect((await ignorant.kinds()).find(({ kind }) => kind === 'job')).toMatchObject({
      ...{ kind: 'job', plural: 'jobs', known: false, builtIn: false, objects: 2 },
      indexes: ['name', 'priority', 'queue', 'tag', 'urgent'],
    });
    ignorant.close();
  });

  it('is not written when the leader does not know it, and read, watched and kept all the same', async () => {
    await (await members.leader()).transferLeadership('m2');
    await until('m2 leads', () => members.all.some((one) => one.isLeader && one.status().name === 'm2'));
    const ignorant = only('m2');
    for (const one of [client, ignorant]) {
      expect(await codeOf(one.create('job', { id: 'x' }))).toBe('UNKNOWN_KIND');
      expect(await codeOf(one.update('job', { id: 'kept' }))).toBe('UNKNOWN_KIND');
      expect(await messageOf(one.create('job', { id: 'x' }))).toContain('job');
    }
    expect(idsOf((await ignorant.list('job')).objects)).toEqual(['kept']);
    expect(await codeOf(ignorant.list('job', { indexes: [{ index: 'queue', is: 'mail' }] }))).toBe('INVALID_FIND_BY');
    const first = (await ignorant.messages({ snapshot: true, selectors: [{ kind: 'job' }] }).next())
      .value as WatchMessage;
    expect(first).toMatchObject({ type: 'snapshot', objects: [{ kind: 'job', object: { id: 'kept', tags: ['a'] } }] });
    await ignorant.remove('job', 'kept'); // there is nothing to check
    expect(await codeOf(client.get(jobs, 'kept'))).toBe('NOT_FOUND');
    ignorant.close();
  });
});
