import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AnyObject, byName, canonicalObject, type Kind, kindNames, kindOf } from '../../src/kinds/index.js';
import { type Channel, methodOf } from '../../src/rpc/index.js';
import { tableOf } from '../../src/state/index.js';
import type { messages } from '../../src/wire/index.js';
import { call, OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

const named = (name: string) => ({ spec: { annotations: { name } } });

/** An object of a message: every field there, and no id unless one is given. */
function whole(kind: Kind, draft: object, id = 'x'): AnyObject {
  return canonicalObject(kindOf(kind), draft as never, id, { version: 0, createdAt: 0, updatedAt: 0 }) as AnyObject;
}

/** The objects of every page of a list. */
async function list(channel: Channel, kind: Kind, filter: Partial<messages.Filter>): Promise<AnyObject[]> {
  const full = { ids: [], idPrefixes: [], names: [], namePrefixes: [], indexes: [], ...filter };
  const pages = channel.serverStream<object, messages.ListResponse>(methodOf('control', 'List'), {
    kind,
    filter: full,
  });
  const objects: AnyObject[] = [];
  for await (const page of pages as AsyncIterable<messages.ListResponse>)
    objects.push(...page.objects.map((object) => (object as never as Record<Kind, AnyObject>)[kind]));
  return objects;
}

describe('the Control service', () => {
  let members: OpenMembers;
  let onFollower: Channel;
  let onLeader: Channel;

  beforeAll(async () => {
    members = await OpenMembers.start(3);
    onFollower = members.channel((await members.follower()).addr);
    onLeader = members.channel((await members.leader()).addr);
  });
  afterAll(() => members.close());

  it.each(kindNames.map((kind) => ({ kind })))(
    'creates, reads, lists, updates and removes a $kind',
    async ({ kind }) => {
      type Answer = { object: Record<Kind, AnyObject>; version: number };
      const name = `crud-${kind}`;
      const drafts: Partial<Record<Kind, object>> = {
        task: { annotations: { name } },
        secret: { spec: { annotations: { name }, data: 'aGVsbG8=' } },
        config: { spec: { annotations: { name }, data: 'aGVsbG8=' } },
        volume: { spec: { annotations: { name }, driver: { name: 'nfs' } } },
      };
      const draft = whole(kind, drafts[kind] ?? named(name), name);

      const object = { [kind]: draft };
      const created = await call<Answer>(onFollower, 'control', 'Create', { object });
      const stored = created.object[kind];
      expect(stored).toMatchObject({ id: draft.id, meta: { version: created.version } });

      const wanted = { kind, id: draft.id, stale: false };
      expect((await call<Answer>(onFollower, 'control', 'Get', wanted)).object).toEqual({ [kind]: stored });
      const filter = { ids: [draft.id], idPrefixes: ['crud'] };
      expect(await list(onFollower, kind, filter)).toEqual([stored]);

      const request = { kind, object, version: created.version };
      const updated = await call<Answer>(onFollower, 'control', 'Update', request);
      expect(updated.object[kind].meta.createdAt).toBe(stored.meta.createdAt);
      expect(updated.version).toBe(updated.object[kind].meta.version);
      expect(await codeOf(call(onFollower, 'control', 'Update', request))).toBe('SEQUENCE_CONFLICT');

      const remove = (version?: number) => call(onFollower, 'control', 'Remove', { kind, id: draft.id, version });
      expect(await codeOf(remove(created.version))).toBe('SEQUENCE_CONFLICT');
      await remove(updated.version);
      expect(await codeOf(call(onFollower, 'control', 'Get', wanted))).toBe('NOT_FOUND');
    },
  );

  it.each([
    ['control', 'Create', { object: { node: whole('node', {}, 'labelled') } }],
    ['control', 'Remove', { kind: 'node', id: 'labelled' }],
    ['control', 'Apply', { changes: [{ op: 'remove', kind: 'node', id: 'labelled' }], dryRun: false, conditions: [] }],
    ['lease', 'Grant', { ttlMs: 10_000, holder: '', guarded: false }],
    ['catalog', 'Deregister', { ids: ['labelled'], session: 's' }],
  ] as const)('keeps no long actor, reason or request id: %s %s', async (service, method, request) => {
    const { version } = (await members.leader()).store;
    for (const label of ['actor', 'reason', 'requestId']) {
      const asked = { ...request, info: { [label]: 'x'.repeat(1_400_000) } };
      const answer = onFollower.unary(methodOf(service, method), asked, { timeoutMs: 5_000 });
      expect(await codeOf(answer), label).toBe('INVALID_OBJECT');
    }
    expect((await members.leader()).store.version).toBe(version);
  });

  it('makes up an id when none is given', async () => {
    const { id: _id, ...rest } = whole('node', {});
    const { object } = await call<{ object: { node: AnyObject } }>(onFollower, 'control', 'Create', {
      object: { node: { ...rest, id: '' } },
    });
    expect(object.node.id).toMatch(/^[a-z0-9]{25}$/);
  });

  it.each([
    ['that has no object', { kind: 'node' }, /an object of kind node is expected, in the field "node"/],
    ['of another kind', { kind: 'task', object: { node: whole('node', {}) } }, /an object of kind task is expected/],
    ['of no kind', { object: { custom: { id: 'a', body: '{}' } } }, /the kind of the object must be named/],
    ['of a kind that cannot be', { kind: 'a b', object: { custom: { id: 'a', body: '{}' } } }, /is no name of a kind/],
  ])('refuses a create %s', async (_what, request, says) => {
    await expect(call(onFollower, 'control', 'Create', request)).rejects.toThrow(says);
    const changes = [{ op: 'create', id: 'a', ...request }];
    await expect(call(onFollower, 'control', 'Apply', { changes })).rejects.toThrow(says);
  });

  it('answers with the code of the store, whichever member is asked', async () => {
    await call(onFollower, 'control', 'Create', { object: { network: whole('network', named('taken'), 'n1') } });
    for (const channel of [onFollower, onLeader]) {
      const create = (network: AnyObject) => codeOf(call(channel, 'control', 'Create', { object: { network } }));
      expect(await create(whole('network', named('other'), 'n1'))).toBe('ALREADY_EXISTS');
      expect(await create(whole('network', named('TAKEN'), 'n2'))).toBe('NAME_CONFLICT');
      expect(await codeOf(call(channel, 'control', 'Remove', { kind: 'task', id: 'nowhere' }))).toBe('NOT_FOUND');
      expect(await codeOf(call(channel, 'control', 'Get', { kind: 'task', id: 'nowhere', stale: true }))).toBe(
        'NOT_FOUND',
      );
      const changes = [{ op: 'create', kind: 'thing', id: 'x' }];
      expect(await codeOf(call(channel, 'control', 'Apply', { changes }))).toBe('INVALID_OBJECT');
    }
  });

  it.each(['', 'a b', '-a', 'a-', 'ä', 'a.b', 'x'.repeat(64)])('refuses the name "%s"', async (name) => {
    for (const kind of ['service', 'network', 'cluster'] as const) {
      const request = { object: { [kind]: whole(kind, named(name), 'bad-name') } };
      expect(await codeOf(call(onFollower, 'control', 'Create', request))).toBe('INVALID_OBJECT');
    }
  });

  it('refuses a transaction that is too large, and says so', async () => {
    const labels = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`l${i}`, 'x'.repeat(50_000)]));
    const node = whole('node', { spec: { annotations: { labels } } }, 'large');
    expect(await codeOf(call(onFollower, 'control', 'Create', { object: { node } }))).toBe('TOO_LARGE');
  });

  it('applies several changes at once, or none of them', async () => {
    const leader = await members.leader();
    const before = leader.store.version;
    const task = whole('task', {}, 'all-1');
    const good = { op: 'create', kind: 'task', id: 'all-1', object: { task } };
    const bad = { op: 'remove', kind: 'task', id: 'not-there' };
    expect(await codeOf(call(onFollower, 'control', 'Apply', { changes: [good, bad] }))).toBe('NOT_FOUND');
    expect(leader.store.version).toBe(before);
    const applied = await call<messages.ApplyResponse>(onFollower, 'control', 'Apply', {
      changes: [
        good,
        { op: 'update', kind: 'task', id: 'all-1', object: { task } },
        { op: 'remove', kind: 'task', id: 'all-1' },
      ],
    });
    expect(applied).toMatchObject({ version: before + 1, ids: ['all-1', 'all-1', 'all-1'] });
  });

  it('carries out a repeated request once and answers with what the first one made', async () => {
    const node = whole('node', {}, 'repeated');
    const request = { object: { node }, info: { requestId: 'again', actor: 'test', reason: 'to see' } };
    const first = await call<{ version: number }>(onFollower, 'control', 'Create', request);
    const second = await call<{ version: number }>(onLeader, 'control', 'Create', request);
    expect(second).toEqual(first);
    const leader = await members.leader();
    expect(leader.store.transaction(first.version)).toMatchObject({
      actor: 'test',
      reason: 'to see',
      requestId: 'again',
    });
  });

  it('answers a repeated Apply with the version that the first one made', async () => {
    const request = {
      changes: [{ op: 'create', kind: 'node', id: 'apply-again', object: { node: whole('node', {}, 'apply-again') } }],
      info: { requestId: 'apply-again' },
    };
    const first = await call<messages.ApplyResponse>(onFollower, 'control', 'Apply', request);
    await call(onFollower, 'control', 'Create', { object: { node: whole('node', {}, 'between') } });
    expect(await call<messages.ApplyResponse>(onLeader, 'control', 'Apply', request)).toEqual(first);
  });

  it('reads on every member what was written before, and what the member holds when asked for that', async () => {
    for (let i = 0; i < 10; i++) {
      await call(onLeader, 'control', 'Create', { object: { node: whole('node', {}, `fresh-${i}`) } });
      for (const { addr } of members.all)
        await call(members.channel(addr), 'control', 'Get', { kind: 'node', id: `fresh-${i}`, stale: false });
    }
    await until('the follower holds it', async () => {
      const read = call(onFollower, 'control', 'Get', { kind: 'node', id: 'fresh-9', stale: true });
      return read.then(
        () => true,
        () => false,
      );
    });
  });

  it('finds by every filter, AND-ed, each list OR-ed', async () => {
    const names = ['find-a', 'find-b', 'other-a'];
    for (const name of names)
      await call(onLeader, 'control', 'Create', { object: { service: whole('service', named(name), name) } });
    const idsOf = async (filter: Partial<messages.Filter>) =>
      (await list(onFollower, 'service', filter)).map(({ id }) => id);
    expect(await idsOf({ namePrefixes: ['FIND'] })).toEqual(['find-a', 'find-b']);
    expect(await idsOf({ names: ['find-b', 'OTHER-A'] })).toEqual(['find-b', 'other-a']);
    expect(await idsOf({ namePrefixes: ['find'], ids: ['find-a', 'other-a'] })).toEqual(['find-a']);
    expect(await idsOf({ idPrefixes: ['nothing'] })).toEqual([]);
    const { store } = await members.leader();
    expect(store.view((tx) => tableOf(tx, 'service').find(byName('find-a')))).toHaveLength(1);
  });
});

describe('the Control service of a member with a disk', () => {
  it('tells each of many writers at a time the version that its own transaction made', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'skep-control-'));
    const members = new OpenMembers({ dataDir: join(dir, 'm1') });
    try {
      const { store, addr } = await members.open('m1');
      const ids = Array.from({ length: 40 }, (_, i) => `own-${i}`);
      const apply = (changes: object[]) =>
        call<messages.ApplyResponse>(members.channel(addr), 'control', 'Apply', { changes });
      const create = (id: string) =>
        apply([{ op: 'create', kind: 'node', id, object: { node: whole('node', {}, id) } }]);
      const created = await Promise.all(ids.map(create));
      const made = store.view((tx) => ids.map((id) => tx.nodes().get(id)?.meta.version));
      expect(created.map(({ version }) => version)).toEqual(made);

      const removed = await Promise.all(
        ids.map((id) => call<{ version: number }>(members.channel(addr), 'control', 'Remove', { kind: 'node', id })),
      );
      const gone = new Map(
        store.history.flatMap(({ version, events }) =>
          events.flatMap((event) => (event.action === 'delete' ? [[event.object.id, version] as const] : [])),
        ),
      );
      expect(removed.map(({ version }) => version)).toEqual(ids.map((id) => gone.get(id)));
    } finally {
      await members.close();
      await rm(dir, { recursive: true, force: true });
    }
  });
});
