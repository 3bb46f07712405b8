import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  all,
  and,
  byName,
  defineKind,
  EventCommit,
  fork,
  MemoryStore,
  schema as s,
  type StandardSchema,
  type StoreSnapshot,
  typeOf,
  watch,
} from '../../src/index.js';
import { codeOf, thrownCode } from '../support/state-events.js';

const jobs = defineKind({
  name: 'jobs',
  schema: s.object({
    queue: s.text('default'),
    priority: s.int(),
    done: s.flag(),
    tags: s.list(s.text()),
    key: s.optional(s.text()),
  }),
  indexes: {
    queue: (job) => job.queue,
    priority: (job) => job.priority,
    done: (job) => job.done,
    tags: (job) => job.tags,
    key: (job) => job.key,
  },
  unique: ['key'],
  validate: (job) => (job.priority > 100 ? 'priority must be at most 100' : undefined),
});

interface Note {
  readonly title: string;
  readonly lines?: readonly string[];
}
const notes = defineKind({
  name: 'note',
  type: typeOf<Note>(),
  indexes: { name: (note) => note.title },
  unique: ['name'],
});

const idsOf = (objects: readonly { readonly id: string }[]) => objects.map(({ id }) => id);

describe('a kind of one’s own', () => {
  it('has defaults, refuses what does not fit, and says where', async () => {
    const store = new MemoryStore({ kinds: [jobs] });
    const made = await store.update((tx) => tx.kind(jobs).create({ id: 'a', priority: 5 }));
    expect(made).toEqual({
      id: 'a',
      meta: { version: 1, createdAt: expect.any(Number), updatedAt: expect.any(Number) },
      ...{ queue: 'default', priority: 5, done: false, tags: [] },
    });
    expect(Object.isFrozen(made.tags)).toBe(true);
    const refusal = store.update((tx) => tx.kind(jobs).create({ priority: 'high' as never }));
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'priority' } });
    expect(await codeOf(store.update((tx) => tx.kind(jobs).create({ colour: 1 } as never)))).toBe('INVALID_OBJECT');
    await expect(store.update((tx) => tx.kind(jobs).create({ priority: 101 }))).rejects.toThrow('at most 100');
    expect(store.version).toBe(1);
  });

  it('is found by its indexes, in the order of their values', async () => {
    const store = new MemoryStore();
    await store.update((tx) => {
      const table = tx.kind(jobs);
      table.create({ id: 'a', queue: 'mail', priority: 10, tags: ['x', 'y'] });
      table.create({ id: 'b', queue: 'mail', priority: 9, done: true });
      table.create({ id: 'c', queue: 'print', priority: -1, tags: ['y'] });
      table.create({ id: 'd', queue: 'mailer', priority: 100 });
    });
    store.view((tx) => {
      const table = tx.kind(jobs);
      expect(idsOf(table.find(jobs.by('queue', 'mail')))).toEqual(['a', 'b']);
      expect(idsOf(table.find(jobs.byPrefix('queue', 'mail')))).toEqual(['a', 'b', 'd']);
      expect(idsOf(table.find(jobs.byRange('priority', {})))).toEqual(['c', 'b', 'a', 'd']);
      expect(idsOf(table.find(jobs.byRange('priority', { from: 0, to: 100 })))).toEqual(['b', 'a']);
      expect(idsOf(table.find(jobs.by('done', true)))).toEqual(['b']);
      expect(idsOf(table.find(jobs.by('tags', 'y')))).toEqual(['a', 'c']);
      expect(idsOf(table.find(and(jobs.by('tags', 'y'), jobs.by('queue', 'print'))))).toEqual(['c']);
      expect(idsOf(table.find(jobs.byRange('tags', {})))).toEqual(['a', 'c']);
      expect(table.count(jobs.by('queue', 'mail'))).toBe(2);
      expect(table.count()).toBe(4);
    });
  });

  it.each([-Infinity, -1e300, -2, -1.5, -1, -Number.MIN_VALUE, 0, Number.MIN_VALUE, 0.1, 1, 2, 10, 1e300, Infinity])(
    'keeps the order of numbers around %d',
    (value) => {
      const store = new MemoryStore();
      const points = defineKind({ name: 'points', type: typeOf<{ at: number }>(), indexes: { at: (p) => p.at * 1 } });
      // What is stored must be finite; an index may be anything that is a number.
      const at = Number.isFinite(value) ? value : 0;
      void store.update((tx) => {
        tx.kind(points).create({ id: 'p', at });
        tx.kind(points).create({ id: 'more', at: at + Math.abs(at) * 2 + 1 });
        tx.kind(points).create({ id: 'less', at: at - Math.abs(at) * 2 - 1 });
      });
      expect(idsOf(store.view((tx) => tx.kind(points).find(points.byRange('at', {}))))).toEqual(['less', 'p', 'more']);
      expect(idsOf(store.view((tx) => tx.kind(points).find(points.byRange('at', { from: at }))))).toEqual([
        'p',
        'more',
      ]);
    },
  );

  it('refuses a second value of a unique index, and takes what is gone again', async () => {
    const store = new MemoryStore();
    await store.update((tx) => tx.kind(jobs).create({ id: 'a', key: 'k' }));
    expect(await codeOf(store.update((tx) => tx.kind(jobs).create({ id: 'b', key: 'k' })))).toBe('NAME_CONFLICT');
    await store.update((tx) => tx.kind(jobs).create({ id: 'b' }));
    expect(await codeOf(store.update((tx) => tx.kind(jobs).update({ id: 'b', key: 'k' })))).toBe('NAME_CONFLICT');
    await store.update((tx) => {
      tx.kind(jobs).delete('a');
      tx.kind(jobs).update({ id: 'b', key: 'k' });
    });
    await store.update((tx) => tx.kind(notes).create({ title: 'Shopping' }));
    expect(await codeOf(store.update((tx) => tx.kind(notes).create({ title: 'SHOPPING' })))).toBe('NAME_CONFLICT');
    expect(store.view((tx) => tx.kind(notes).find(byName('shopping')))).toHaveLength(1);
  });

  it('has events and checks of its own', async () => {
    const store = new MemoryStore();
    const seen: string[] = [];
    const note = (what: string) => (event: { action: string; object?: { id: string } }) =>
      seen.push(`${what} ${event.action} ${event.object?.id ?? ''}`);
    watch(store.queue, jobs.created()).subscribe(note('all'));
    watch(store.queue, jobs.created({ queue: 'mail' })).subscribe(note('literal'));
    watch(
      store.queue,
      jobs.updated({ queue: 'mail' }, jobs.check.queue, (_, { done }) => done),
    ).subscribe(note('check'));
    watch(store.queue, jobs.deleted({ id: 'b' }, jobs.check.id)).subscribe(note('gone'));
    watch(store.queue, EventCommit()).subscribe(({ version }) => seen.push(`commit ${version}`));
    await store.update((tx) => {
      tx.kind(jobs).create({ id: 'a', queue: 'mail' });
      tx.kind(jobs).create({ id: 'b', queue: 'print' });
    });
    await store.update((tx) => tx.kind(jobs).update({ id: 'a', queue: 'mail', done: true }));
    await store.update((tx) => tx.kind(jobs).delete('b'));
    expect(seen.sort()).toEqual(
      [
        'all create a',
        'all create b',
        'literal create a',
        'commit 1',
        'check update a',
        'commit 2',
        'gone delete b',
        'commit 3',
      ].sort(),
    );
  });

  it('tells its own events from others', async () => {
    const store = new MemoryStore();
    const queues: string[] = [];
    watch(store.queue).subscribe((event) => {
      if (jobs.is(event)) queues.push(event.object.queue);
    });
    await store.update((tx) => {
      tx.nodes().create({});
      tx.kind(jobs).create({ queue: 'mail' });
    });
    expect(queues).toEqual(['mail']);
  });

  it('is one definition: another of the same name is a mistake', async () => {
    const store = new MemoryStore({ kinds: [jobs] });
    const other = defineKind({ name: 'jobs', type: typeOf<object>() });
    expect(() => store.view((tx) => tx.kind(other).find())).toThrow(TypeError);
    for (const name of ['task', 'commit', '__proto__', 'toString', '', '1a', 'a b'])
      expect(() => defineKind({ name, type: typeOf<object>() }), name).toThrow(TypeError);
    expect(() => defineKind({ name: 'a' })).toThrow('schema or a type');
    expect(() => defineKind({ name: 'a', type: typeOf<object>(), unique: ['b' as never] })).toThrow('no index');
  });

  it.each<[string, { name: string; plural?: string }]>([
    ['the plural of a kind of the store’s own', { name: 'nodes' }],
    ['a plural that is the store’s own', { name: 'host', plural: 'nodes' }],
    ['the plural of another', { name: 'jobs2', plural: 'note' }],
  ])('is not called by %s', (_what, options) => {
    expect(() => new MemoryStore({ kinds: [notes, defineKind({ ...options, type: typeOf<object>() })] })).toThrow(
      /means the kind (node|note) already/,
    );
  });

  it('keeps values of several types apart in one index', async () => {
    const mixed = defineKind({
      name: 'mixed',
      plural: 'mixed',
      type: typeOf<{ v: string | number | boolean }>(),
      indexes: { v: ({ v }) => v },
      unique: ['v'],
    });
    const store = new MemoryStore({ kinds: [mixed] });
    const values = [true, 'true', 1, '1', -2, 'n', 'bff0000000000000', '', 0];
    await store.update((tx) => values.forEach((v, i) => tx.kind(mixed).create({ id: `m${i}`, v })));
    const found = (by: Parameters<typeof mixed.by>[1] | object) =>
      store.view((tx) =>
        tx
          .kind(mixed)
          .find(typeof by === 'object' ? (by as never) : mixed.by('v', by))
          .map(({ v }) => v),
      );
    for (const v of values) expect(found(v)).toEqual([v]);
    expect(found(mixed.byRange('v', { from: -10 }))).toEqual([-2, 0, 1]);
    expect(found(mixed.byRange('v', { to: 1 }))).toEqual([-2, 0]);
    expect(found(mixed.byRange('v', { from: 'c' }))).toEqual(['n', 'true']);
    expect(found(mixed.byRange('v', { from: false }))).toEqual([true]);
    expect(found(mixed.byRange('v', {}))).toHaveLength(values.length);
    expect(found(mixed.byPrefix('v' as never, ''))).toEqual(['', '1', 'bff0000000000000', 'n', 'true']);
    expect(() => mixed.byRange('v', { from: 1, to: 'a' })).toThrow('both ends of a range are of one type');
    for (const [v, says] of [
      [1, '1'],
      [-2, '-2'],
      ['n', '"n"'],
      [true, 'true'],
    ] as const)
      await expect(store.update((tx) => tx.kind(mixed).create({ v }))).rejects.toThrow(`already has the v ${says}`);
  });

  it.each<[string, object, RegExp]>([
    [
      'an index cannot be worked out',
      { indexes: { x: () => (undefined as never as { y: string }).y } },
      /INVALID_OBJECT: odd: the index x cannot be worked out/,
    ],
    ['validate says no and not why', { validate: () => false }, /^odd: validate returns a text/],
    [
      'validate would have to be waited for',
      { validate: () => Promise.resolve('no') },
      /^odd: validate returns a text/,
    ],
  ])('refuses when %s', async (_what, options, says) => {
    const odd = defineKind({ name: 'odd', type: typeOf<object>(), ...options });
    const store = new MemoryStore({ kinds: [odd] });
    await expect(store.update((tx) => tx.kind(odd).create({}))).rejects.toThrow(says);
    expect(store.version).toBe(0);
  });

  it('refuses what goes in a circle', async () => {
    const circle: { title: string; lines: string[] } = { title: 'x', lines: [] };
    circle.lines.push(circle as never);
    const create = new MemoryStore().update((tx) => tx.kind(notes).create(circle));
    await expect(create).rejects.toThrow('INVALID_OBJECT: note: goes in a circle');
  });

  it.each([{ objects: -1 }, { bytes: Number.NaN }, { objectBytes: 'x' as never }])(
    'has no limits like %j',
    (limits) => {
      expect(() => defineKind({ name: 'x', type: typeOf<object>(), limits })).toThrow(RangeError);
      expect(() => new MemoryStore({ limits: { kinds: { task: limits } } })).toThrow(RangeError);
    },
  );

  it('may be limited in number and size', async () => {
    const few = defineKind({
      name: 'few',
      type: typeOf<{ text?: string }>(),
      limits: { objects: 2, objectBytes: 200 },
    });
    const store = new MemoryStore({ kinds: [few] });
    await store.update((tx) => {
      tx.kind(few).create({ id: 'a' });
      tx.kind(few).create({ id: 'b' });
    });
    expect(await codeOf(store.update((tx) => tx.kind(few).create({})))).toBe('LIMIT_EXCEEDED');
    const long = { id: 'a', text: 'x'.repeat(200) };
    expect(await codeOf(store.update((tx) => tx.kind(few).update(long)))).toBe('LIMIT_EXCEEDED');
    await store.update((tx) => {
      tx.kind(few).delete('a');
      tx.kind(few).create({ id: 'c' });
    });
  });

  it('takes the schema of another library, and refuses one that must wait', async () => {
    const even: StandardSchema<{ n: number }> = {
      '~standard': {
        version: 1,
        validate: (input) => {
          const { n = 2 } = input as { n?: number };
          return n % 2 === 0 ? { value: { n } } : { issues: [{ message: 'must be even', path: ['n'] }] };
        },
      },
    };
    const evens = defineKind({ name: 'evens', schema: even });
    const store = new MemoryStore();
    expect(await store.update((tx) => tx.kind(evens).create({} as never))).toMatchObject({ n: 2 });
    const refusal = store.update((tx) => tx.kind(evens).create({ n: 3 }));
    await expect(refusal).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'n' } });
    const slow = { '~standard': { version: 1 as const, validate: () => Promise.resolve({ value: { n: 1 } }) } };
    const slows = defineKind({ name: 'slows', schema: slow });
    await expect(store.update((tx) => tx.kind(slows).create({ n: 1 }))).rejects.toThrow('must wait');
  });

  it('takes a schema of zod, with its defaults and its types', async () => {
    const sessions = defineKind({
      name: 'session',
      schema: z.object({
        user: z.string().min(1),
        seconds: z.number().int().default(30),
        tags: z.array(z.string()).default([]),
      }),
      indexes: { user: (session) => session.user, seconds: (session) => session.seconds },
    });
    const store = new MemoryStore({ kinds: [sessions] });
    const made = await store.update((tx) => tx.kind(sessions).create({ id: 'a', user: 'ann' }));
    const seconds: number = made.seconds;
    expect(seconds).toBe(30);
    expect(Object.isFrozen(made.tags)).toBe(true);
    expect(idsOf(store.view((tx) => tx.kind(sessions).find(sessions.byRange('seconds', { from: 30 }))))).toEqual(['a']);
    const nobody = store.update((tx) => tx.kind(sessions).create({ user: '' }));
    await expect(nobody).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'user' } });
    // @ts-expect-error a user is a text
    const wrong = store.update((tx) => tx.kind(sessions).create({ user: 7 }));
    await expect(wrong).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'user' } });
  });

  it.each([
    ['zod', z.object({ id: z.string(), user: z.string() })],
    ['zod', z.looseObject({ meta: z.unknown() })],
    ['valibot', { ...standard({ user: 'ann' }), entries: { id: {} } }],
  ])('refuses a schema of %s with a field of the store', (_library, schema) => {
    expect(() => defineKind({ name: 'session', schema: schema as never })).toThrow(
      /a field (id|meta) of the store's own/,
    );
  });

  it('says which field is the store’s when a schema does not show its fields', async () => {
    const hidden = z.object({ id: z.string() }).transform(({ id }) => ({ of: id }));
    const sessions = defineKind({ name: 'session', schema: hidden });
    const create = new MemoryStore().update((tx) => tx.kind(sessions).create({ id: 'a' }));
    await expect(create).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'id' } });
    await expect(create).rejects.toThrow('id is a field of the store, which a schema is not given');
  });

  it.each([
    ['a Date', z.date(), new Date(0), 'a text (toISOString) or a number (getTime)'],
    ['a Map', z.map(z.string(), z.string()), new Map(), 'an object'],
    ['a Set', z.set(z.string()), new Set(), 'a list'],
    ['bigint', z.bigint(), 1n, 'a text or a number'],
    ['a URL', z.instanceof(URL), new URL('http://a/'), 'texts, numbers, lists and objects'],
  ])('says what to keep instead of %s', async (_what, at, value, instead) => {
    const runs = defineKind({ name: 'run', schema: z.object({ at }) as unknown as z.ZodObject<{ at: z.ZodUnknown }> });
    const create = new MemoryStore().update((tx) => tx.kind(runs).create({ at: value }));
    await expect(create).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'at' } });
    await expect(create).rejects.toThrow(`must be plain data, is ${_what === 'bigint' ? 'a value of type' : _what}`);
    await expect(create).rejects.toThrow(`keep ${instead} instead`);
  });

  it.each([Number.NaN, () => 1, Symbol('x'), 1n, new Date(), '\ud800', new Map()])(
    'refuses %s, which is no plain data',
    async (value) => {
      const store = new MemoryStore();
      const create = store.update((tx) => tx.kind(notes).create({ title: 'a', lines: [value as never] }));
      await expect(create).rejects.toMatchObject({ code: 'INVALID_OBJECT', details: { path: 'lines[0]' } });
    },
  );
});

/** A schema of a library that gives this value. */
function standard<T>(value: T) {
  return { '~standard': { version: 1 as const, validate: () => ({ value }) } };
}

describe('a store that does not know a kind', () => {
  const described = [
    { kind: 'jobs', plural: 'jobs', indexes: ['done', 'key', 'priority', 'queue', 'tags'], unique: ['key'] },
  ];

  async function knowing(): Promise<MemoryStore> {
    const store = new MemoryStore({ kinds: [jobs] });
    await store.update((tx) => tx.kind(jobs).create({ id: 'a', queue: 'mail', priority: 3, key: 'k' }));
    return store;
  }

  it('is told of it by the first transaction that writes it, and not again', async () => {
    const store = await knowing();
    await store.update((tx) => tx.kind(jobs).create({ id: 'b' }));
    expect(store.history.map(({ kinds }) => kinds)).toEqual([described, undefined]);
    expect(store.descriptions()).toEqual(described);
    expect(store.history[0]?.events).toHaveLength(1);
  });

  it('keeps what it is given as it is, and gives it on', async () => {
    const store = await knowing();
    const other = new MemoryStore();
    for (const { events, commit: _c, bytes: _b, ...info } of store.history) {
      const actions = events.map((event) => ({
        action: event.action as 'create',
        kind: event.kind,
        object: event.object,
      }));
      other.applyStoreActions(actions, info);
    }
    expect(other.save().tables.jobs).toEqual(store.save().tables.jobs);
    expect(other.descriptions()).toEqual(described);
    const third = new MemoryStore();
    await third.restore(JSON.parse(JSON.stringify(other.save())) as StoreSnapshot);
    const content = ({ meta: _, ...rest }: object & { meta?: unknown }) => rest;
    expect(third.save().tables.jobs?.map(content)).toEqual(store.save().tables.jobs?.map(content));
    expect(third.descriptions()).toEqual(described);
    // Once it knows the kind, what it kept has the indexes.
    expect(idsOf(third.view((tx) => tx.kind(jobs).find(jobs.byRange('priority', { from: 3 }))))).toEqual(['a']);
    expect(await codeOf(third.update((tx) => tx.kind(jobs).create({ key: 'k' })))).toBe('NAME_CONFLICT');
  });

  it('finds by id only, and refuses to write what it cannot check', async () => {
    const store = await knowing();
    const other = new MemoryStore();
    await other.restore(JSON.parse(JSON.stringify(store.save())) as StoreSnapshot);
    const table = (tx: unknown): unknown => (tx as { of(kind: string): unknown }).of('jobs');
    other.view((tx) => {
      const own = table(tx) as { find(by?: unknown): { id: string }[] };
      expect(idsOf(own.find(all))).toEqual(['a']);
      expect(thrownCode(() => own.find(jobs.by('queue', 'mail')))).toBe('INVALID_FIND_BY');
    });
    const write = other.update((tx) => (table(tx) as { create(o: object): object }).create({ id: 'b' }));
    expect(await codeOf(write)).toBe('UNKNOWN_KIND');
  });

  it('survives objects of an older shape, and indexes that cannot be worked out', async () => {
    const store = new MemoryStore();
    store.applyStoreActions([{ action: 'create', kind: 'parts', object: { id: 'old' } as never }], {
      version: 1,
      time: 1,
    });
    const parts = defineKind({
      name: 'parts',
      type: typeOf<{ size: { mm: number } }>(),
      indexes: { mm: (part) => part.size.mm },
    });
    store.view((tx) => {
      expect(idsOf(tx.kind(parts).find())).toEqual(['old']);
      expect(tx.kind(parts).find(parts.byRange('mm', {}))).toEqual([]);
    });
    await store.update((tx) => tx.kind(parts).update({ id: 'old', size: { mm: 3 } }));
    expect(store.view((tx) => tx.kind(parts).count(parts.by('mm', 3)))).toBe(1);
  });

  it('is followed by a fork that knows the same kinds', async () => {
    const store = await knowing();
    const { store: copy } = fork(store);
    await store.update((tx) => tx.kind(jobs).create({ id: 'b', queue: 'mail' }));
    expect(idsOf(copy.view((tx) => tx.kind(jobs).find(jobs.by('queue', 'mail'))))).toEqual(['a', 'b']);
  });
});
