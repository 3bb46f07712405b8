import { describe, expectTypeOf, it } from 'vitest';
import {
  all,
  and,
  type By,
  byId,
  byName,
  byNodeId,
  byReferencedSecretId,
  byRole,
  byVolumeGroup,
  type CustomKind,
  defineKind,
  MemoryStore,
  or,
  typeOf,
} from '../../src/index.js';

interface Job {
  readonly queue: string;
}
const jobs = defineKind({ name: 'jobs', type: typeOf<Job>(), indexes: { queue: (job) => job.queue } });
const notes = defineKind({ name: 'notes', type: typeOf<Job>(), indexes: { queue: (note) => note.queue } });

describe('the types of lookups', () => {
  // Never runs: the compiler is the judge.
  const store = undefined as unknown as MemoryStore;
  const judge = (_: () => unknown) => undefined;

  it('are those of the kinds that have the index', () => {
    judge(() =>
      store.view((tx) => {
        tx.kind(jobs).find(jobs.by('queue', 'x'), { limit: 1 });
        tx.tasks().count(byNodeId('n'));
        tx.tasks().find(byReferencedSecretId('s'));
        tx.services().find(byReferencedSecretId('s'));
        // @ts-expect-error a lookup of another kind
        tx.nodes().find(jobs.by('queue', 'x'));
        // @ts-expect-error a lookup of another kind
        tx.nodes().count(jobs.byPrefix('queue', 'x'));
        // @ts-expect-error a lookup of another kind
        tx.kind(notes).find(jobs.byRange('queue', { from: 'x' }));
        // @ts-expect-error a lookup of another kind
        tx.kind(jobs).find(byRole('manager'));
        // @ts-expect-error nodes are not on nodes
        tx.nodes().find(byNodeId('n'));
        // @ts-expect-error networks use no secrets
        tx.networks().find(byReferencedSecretId('s'));
        // @ts-expect-error services have no group
        tx.services().find(byVolumeGroup('g'));
      }),
    );
  });

  it('fit every kind where they ask for what all kinds have', () => {
    judge(() =>
      store.update((tx) => {
        tx.kind(jobs).find(all);
        tx.nodes().find(byId('a'));
        tx.kind(jobs).find(byName('a'));
        tx.kind(jobs).find();
      }),
    );
    expectTypeOf(byId('a')).toEqualTypeOf<By<string>>();
    expectTypeOf(jobs.by('queue', 'x')).toEqualTypeOf<By<'jobs'>>();
  });

  it('go through `or` and `and`', () => {
    judge(() =>
      store.view((tx) => {
        tx.kind(jobs).find(and(byName('a'), jobs.by('queue', 'x'), or(jobs.by('queue', 'y'), byId('z'))));
        tx.tasks().find(or(byNodeId('a'), byReferencedSecretId('b')));
        tx.kind(jobs).find(or());
        // @ts-expect-error a branch of another kind
        tx.tasks().find(or(byNodeId('a'), byRole('manager')));
        // @ts-expect-error a branch of another kind
        tx.nodes().find(and(byId('a'), jobs.by('queue', 'x')));
        // @ts-expect-error services are on no node
        tx.services().find(and(byReferencedSecretId('b'), byNodeId('a')));
      }),
    );
  });

  it('are not checked where the kind is not known', () => {
    judge(() =>
      store.view((tx) => {
        const by: By = Math.PI > 3 ? jobs.by('queue', 'x') : byRole('manager');
        tx.nodes().find(by);
        tx.kind(jobs).find(by);
        const kind: CustomKind<Job> = jobs;
        tx.kind(kind).find(jobs.by('queue', 'x'));
        const named: By<'jobs'> = by;
        tx.kind(jobs).find(named);
      }),
    );
  });
});
