import { describe, expect, it } from 'vitest';
import { defineKind, EventCreateNode, MemoryStore, type Tx, typeOf, watch } from '../../src/index.js';
import { codeOf, newStore, record, thrownCode } from '../support/state-events.js';
import { FakeProposer } from '../support/state-proposer.js';

interface Job {
  readonly queue: string;
  readonly key?: string;
  readonly parts?: readonly string[];
}

/** Code that runs inside of a call of the transaction, and what it does there. */
let inside: (() => void) | undefined;
const run = () => {
  const now = inside;
  inside = undefined;
  now?.();
};

const jobs = defineKind({
  name: 'job',
  type: typeOf<Job>(),
  indexes: { queue: (job) => job.queue, key: (job) => job.key },
  unique: ['key'],
  validate: run,
});
const indexed = defineKind({
  name: 'indexed',
  type: typeOf<Job>(),
  indexes: {
    queue: (job) => {
      run();
      return job.queue;
    },
  },
});
const shaped = defineKind({
  name: 'shaped',
  schema: {
    canonical: (input: unknown) => {
      run();
      return input as Job;
    },
  },
});
const kinds = [jobs, indexed, shaped];

const withGetter = (job: object) =>
  Object.defineProperty({ ...job }, 'parts', {
    enumerable: true,
    get: () => {
      run();
      return ['x'];
    },
  }) as never;

const writers: readonly [string, (tx: Tx) => void][] = [
  ['a getter of an update', (tx) => tx.kind(jobs).update(withGetter({ id: 'a', queue: 'new', key: 'k2' }))],
  ['a getter of a create', (tx) => tx.kind(jobs).create(withGetter({ id: 'z', queue: 'new', key: 'k2' }))],
  ['validate', (tx) => tx.kind(jobs).update({ id: 'a', queue: 'new', key: 'k2' })],
  ['an index', (tx) => tx.kind(indexed).update({ id: 'a', queue: 'new' })],
  ['an index of what goes', (tx) => tx.kind(indexed).delete('a')],
  ['a schema', (tx) => tx.kind(shaped).update({ id: 'a', queue: 'new' })],
  ['where', (tx) => void tx.kind(jobs).find(undefined, { where: () => (run(), true) })],
];
const writes: readonly [string, (tx: Tx) => void][] = [
  ['updates the same object', (tx) => tx.kind(jobs).update({ id: 'a', queue: 'within', key: 'k3' })],
  ['takes the unique value', (tx) => tx.kind(jobs).create({ id: 'y', queue: 'within', key: 'k2' })],
  ['deletes the same object', (tx) => tx.kind(jobs).delete('a')],
];

describe('code that runs inside of a call of the transaction', () => {
  const filled = async () => {
    const store = new MemoryStore({ kinds });
    await store.update((tx) => {
      for (const kind of kinds) tx.kind(kind).create({ id: 'a', queue: 'old', key: 'k1' });
    });
    return store;
  };
  const cases = writers.flatMap(([from, call]) => writes.map(([what, write]) => [from, what, call, write] as const));

  it.each(cases)('cannot write: %s %s', async (_from, _what, call, write) => {
    const store = await filled();
    const codes: string[] = [];
    await store.update((tx) => {
      inside = () => void codes.push(thrownCode(() => write(tx)));
      call(tx);
    });
    expect(codes).toEqual(['TX_CLOSED']);
    store.view((tx) => {
      const table = tx.kind(jobs);
      for (const job of table.find()) {
        expect(table.find(jobs.by('queue', job.queue)).map(({ id }) => id)).toContain(job.id);
        if (job.key !== undefined) expect(table.find(jobs.by('key', job.key))).toEqual([job]);
      }
      for (const queue of ['old', 'new', 'within'])
        expect(table.find(jobs.by('queue', queue)).every((job) => job.queue === queue)).toBe(true);
    });
  });

  it('may read, and what it throws undoes the call alone', async () => {
    const store = await filled();
    await store.update((tx) => {
      let seen: unknown;
      inside = () => (seen = tx.kind(jobs).get('a')?.queue);
      tx.kind(jobs).update({ id: 'a', queue: 'new' });
      expect(seen).toBe('old');
      inside = () => tx.kind(jobs).delete('a');
      expect(thrownCode(() => tx.kind(jobs).update({ id: 'a', queue: 'newer' }))).toBe('TX_CLOSED');
      tx.kind(jobs).update({ id: 'a', queue: 'last' });
    });
    expect(store.view((tx) => tx.kind(jobs).get('a')?.queue)).toBe('last');
  });

  it('reads each field of a literal once', async () => {
    const reads: Record<string, number> = {};
    const counting = (name: string, value: object): object =>
      Object.defineProperties(
        Array.isArray(value) ? [] : {},
        Object.fromEntries(
          Object.entries(value).map(([key, part]) => {
            const get = () => ((reads[`${name}.${key}`] = (reads[`${name}.${key}`] ?? 0) + 1), part as unknown);
            return [key, { enumerable: true, get }];
          }),
        ),
      );
    const spec = { mode: counting('mode', { global: {} }), networks: counting('networks', [{ target: 'n' }]) };
    const free = { queue: 'q', parts: counting('parts', ['x']), more: counting('more', { f: [1] }) };
    await new MemoryStore().update((tx) => {
      tx.services().create({ spec } as never);
      tx.kind(jobs).create(free as never);
    });
    expect(reads).toEqual({ 'mode.global': 1, 'networks.0': 1, 'parts.0': 1, 'more.f': 1 });
  });
});

describe('a callback that closes the store', () => {
  it.each([{ replicated: false }, { replicated: true }])(
    'is refused as CLOSED, and nothing of it is written or proposed (replicated: $replicated)',
    async ({ replicated }) => {
      const proposer = new FakeProposer({ commit: 'during' });
      const { store } = newStore(replicated ? { proposer } : {});
      const seen = record(watch(store.queue, EventCreateNode()));
      const write = store.update((tx) => {
        tx.nodes().create({ id: 'a' });
        void store.close();
      });
      expect(await codeOf(write)).toBe('CLOSED');
      expect([store.version, seen.lines, proposer.proposed]).toEqual([0, [], []]);
    },
  );

  it('is refused also when it writes nothing, and throws what it throws', async () => {
    const closing = newStore().store;
    expect(await codeOf(closing.update(() => void closing.close()))).toBe('CLOSED');
    const throwing = newStore().store;
    const thrown = throwing.update(() => {
      void throwing.close();
      throw new Error('mine');
    });
    await expect(thrown).rejects.toThrow(/^mine$/);
  });

  it('ends a batch as CLOSED, with or without changes', async () => {
    for (const change of [true, false]) {
      const { store } = newStore();
      const batch = store.batch((group) => {
        void group.update((tx) => {
          if (change) tx.nodes().create({ id: 'a' });
          void store.close();
        });
      });
      expect([await codeOf(batch), store.version]).toEqual(['CLOSED', 0]);
    }
  });

  it('ends the application of a plan as CLOSED', async () => {
    const { store } = newStore({ kinds });
    const plan = store.plan((tx) => tx.kind(jobs).create({ id: 'a', queue: 'q' }));
    inside = () => void store.close();
    expect([await codeOf(store.apply(plan)), store.version]).toEqual(['CLOSED', 0]);
  });
});
