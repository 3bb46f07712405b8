import { describe, expectTypeOf, it } from 'vitest';
import {
  type By,
  defineKind,
  EventCreateNode,
  EventUpdateTask,
  MemoryStore,
  type Plan,
  schema as s,
  type StandardSchema,
  typeOf,
  watch,
} from '../../src/index.js';

// Never runs: the compiler is the judge.
const never = (_: () => unknown) => undefined;

const jobs = defineKind({
  name: 'jobs',
  schema: s.object({ queue: s.text(), priority: s.int(), tags: s.list(s.text()), key: s.optional(s.text()) }),
  indexes: {
    queue: (job) => job.queue,
    priority: (job) => job.priority,
    tags: (job) => job.tags,
    key: (job) => job.key,
  },
  unique: ['key'],
});
interface Note {
  readonly title: string;
  readonly line?: string;
}
const notes = defineKind({ name: 'notes', type: typeOf<Note>() });
const deeps = defineKind({ name: 'deep', type: typeOf<{ list: { n: number }[] }>() });

describe('the types of a kind of one’s own', () => {
  it('are those of its schema', () => {
    never(() => {
      const store = new MemoryStore({ kinds: [jobs, notes] });
      const job = store.view((tx) => tx.kind(jobs).get('a'));
      expectTypeOf(job?.queue).toEqualTypeOf<string | undefined>();
      expectTypeOf(job?.tags).toEqualTypeOf<readonly string[] | undefined>();
      // @ts-expect-error what is stored is frozen all the way down
      job?.tags.push('x');
      const deep = store.view((tx) => tx.kind(deeps).get('a'));
      // @ts-expect-error what is stored is frozen all the way down
      deep?.list.push({ n: 1 });
      // @ts-expect-error what is stored is frozen all the way down
      if (deep?.list[0]) deep.list[0].n = 2;
      if (deep) void store.update((tx) => tx.kind(deeps).update({ ...deep, list: [...deep.list, { n: 3 }] }));
      expectTypeOf(job?.meta.version).toEqualTypeOf<number | undefined>();
      expectTypeOf(store.update((tx) => tx.kind(notes).create({ title: 'a' }).line)).toEqualTypeOf<
        Promise<string | undefined>
      >();
      store.view((tx) => tx.kind(jobs).find(jobs.by('queue', 'mail'), { where: ({ priority }) => priority > 1 }));
      // @ts-expect-error a read transaction does not write
      store.view((tx) => tx.kind(jobs).create({}));
      // @ts-expect-error there is no such field
      void store.update((tx) => tx.kind(jobs).create({ colour: 'red' }));
      // @ts-expect-error a priority is a number
      void store.update((tx) => tx.kind(jobs).create({ priority: 'high' }));
      // @ts-expect-error an update says of which object
      void store.update((tx) => tx.kind(jobs).update({ priority: 1 }));
      // @ts-expect-error a note needs a title
      void store.update((tx) => tx.kind(notes).create({ line: 'x' }));
      // @ts-expect-error what is stored is not changed
      if (job) job.queue = 'mail';
    });
  });

  it('know the indexes and their values', () => {
    expectTypeOf(jobs.by('queue', 'mail')).toEqualTypeOf<By<'jobs'>>();
    expectTypeOf(jobs.byRange('priority', { from: 1 })).toEqualTypeOf<By<'jobs'>>();
    jobs.by('tags', 'x');
    jobs.by('key', 'x');
    jobs.byPrefix('queue', 'ma');
    never(() => [
      // @ts-expect-error there is no such index
      jobs.by('colour', 'red'),
      // @ts-expect-error a priority is a number
      jobs.by('priority', 'high'),
      // @ts-expect-error numbers have no beginnings
      jobs.byPrefix('priority', '1'),
      // @ts-expect-error a range of texts
      jobs.byRange('queue', { from: 1 }),
      // @ts-expect-error this kind has no index
      notes.by('title', 'x'),
      // @ts-expect-error unique names an index
      defineKind({ name: 'x', type: typeOf<Note>(), indexes: { title: (note) => note.title }, unique: ['line'] }),
      // @ts-expect-error an index looks at fields that are there
      defineKind({ name: 'x', type: typeOf<Note>(), indexes: { colour: (note) => note.colour } }),
      // @ts-expect-error an index gives texts, numbers, true or false
      defineKind({ name: 'x', type: typeOf<Note>(), indexes: { all: (note) => ({ note }) } }),
    ]);
  });

  it('go through events, checks and plans', () => {
    never(() => {
      const store = new MemoryStore();
      const checked = jobs.updated({ queue: 'mail' }, jobs.check.queue, (wanted, changed) => {
        expectTypeOf(wanted.queue).toEqualTypeOf<string | undefined>();
        expectTypeOf(changed.priority).toEqualTypeOf<number>();
        return true;
      });
      watch(store.queue, checked).subscribe((event) => {
        expectTypeOf(event.action).toEqualTypeOf<'update'>();
        expectTypeOf(event.object.queue).toEqualTypeOf<string>();
        expectTypeOf(event.old.queue).toEqualTypeOf<string>();
      });
      watch(store.queue, jobs.created(), jobs.deleted()).subscribe((event) => {
        expectTypeOf(event.action).toEqualTypeOf<'create' | 'delete'>();
      });
      watch(store.queue, EventUpdateTask(), EventCreateNode(), jobs.deleted()).subscribe((event) => {
        if (event.kind === 'task') expectTypeOf(event.old.nodeId).toEqualTypeOf<string | undefined>();
        else if (event.kind === 'jobs') expectTypeOf(event.object.queue).toEqualTypeOf<string>();
        else expectTypeOf(event.kind).toEqualTypeOf<'node'>();
      });
      // @ts-expect-error there is no such field
      jobs.created({ colour: 'red' });
      // @ts-expect-error there is no such check
      void jobs.check.colour;
      expectTypeOf(store.plan((tx) => tx.kind(jobs).count())).toEqualTypeOf<Plan<number>>();
      // @ts-expect-error a plan cannot wait
      store.plan(async () => undefined);
    });
  });

  it('follow the schemas of other libraries', () => {
    const shape = undefined as unknown as StandardSchema<{ n: number }>;
    never(() => {
      const evens = defineKind({ name: 'evens', schema: shape, indexes: { n: (even) => even.n } });
      evens.by('n', 2);
      // @ts-expect-error a number
      evens.by('n', 'two');
    });
  });
});
