import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryStore, Tx } from '../../src/index.js';
import type { FakeClock } from '../support/state-clock.js';
import { codeOf, newStore } from '../support/state-events.js';

const named = (name: string) => ({ spec: { annotations: { name } } });

describe('create, update and delete', () => {
  let store: MemoryStore;
  let clock: FakeClock;

  beforeEach(async () => {
    ({ store, clock } = newStore());
    await store.update((tx) => {
      tx.services().create({ id: 's1', ...named('Web') });
      tx.services().create({ id: 's2', ...named('db') });
      tx.nodes().create({ id: 'n1', description: { hostname: 'box' } });
    });
  });

  it.each<{ what: string; write: (tx: Tx) => unknown; code: string }>([
    { what: 'a taken id', write: (tx) => tx.services().create({ id: 's1' }), code: 'ALREADY_EXISTS' },
    { what: 'a taken name', write: (tx) => tx.services().create({ id: 's9', ...named('Web') }), code: 'NAME_CONFLICT' },
    {
      what: 'a name taken in another case',
      write: (tx) => tx.services().create({ id: 's9', ...named('wEB') }),
      code: 'NAME_CONFLICT',
    },
    {
      what: 'a taken name and a taken id: the name first',
      write: (tx) => tx.services().create({ id: 's1', ...named('DB') }),
      code: 'NAME_CONFLICT',
    },
    {
      what: 'a taken id with its own name: the name first',
      write: (tx) => tx.services().create({ id: 's1', ...named('web') }),
      code: 'NAME_CONFLICT',
    },
    { what: 'an update of nothing', write: (tx) => tx.services().update({ id: 'no' }), code: 'NOT_FOUND' },
    {
      what: 'an update of nothing with a taken name: the id first',
      write: (tx) => tx.services().update({ id: 'no', meta: { version: 9 }, ...named('db') }),
      code: 'NOT_FOUND',
    },
    {
      what: 'an old version and a taken name: the version first',
      write: (tx) => tx.services().update({ id: 's1', meta: { version: 9 }, ...named('db') }),
      code: 'SEQUENCE_CONFLICT',
    },
    {
      what: 'version 0',
      write: (tx) => tx.services().update({ id: 's1', meta: { version: 0 } }),
      code: 'SEQUENCE_CONFLICT',
    },
    {
      what: 'a taken name on update',
      write: (tx) => tx.services().update({ id: 's1', meta: { version: 1 }, ...named('DB') }),
      code: 'NAME_CONFLICT',
    },
    { what: 'a delete of nothing', write: (tx) => tx.services().delete('no'), code: 'NOT_FOUND' },
    {
      what: 'an update without an id',
      write: (tx) => tx.services().update({} as { id: string }),
      code: 'INVALID_OBJECT',
    },
    {
      what: 'a version that is no whole number',
      write: (tx) => tx.services().update({ id: 's1', meta: { version: 1.5 } }),
      code: 'INVALID_OBJECT',
    },
  ])('refuse $what with $code', async ({ write, code }) => {
    expect(await codeOf(store.update((tx) => void write(tx)))).toBe(code);
    expect(store.version).toBe(1);
  });

  it('compare meta.version with the newest version that the transaction sees', async () => {
    const versions = await store.update((tx) => {
      const first = tx.services().update({ id: 's1', meta: { version: 1 }, ...named('Web') });
      const second = tx.services().update({ ...first, specVersion: 1 });
      return [first.meta.version, second.meta.version];
    });
    expect(versions).toEqual([2, 2]);
    expect(await codeOf(store.update((tx) => void tx.services().update({ id: 's1', meta: { version: 1 } })))).toBe(
      'SEQUENCE_CONFLICT',
    );
    await store.update((tx) => tx.services().update({ id: 's1', ...named('Web') }));
    await store.update((tx) => tx.services().update({ id: 's1', meta: {}, ...named('Web') }));
    expect(store.version).toBe(4);
  });

  it('replace the whole object', async () => {
    const node = await store.update((tx) => {
      const old = tx.nodes().get('n1');
      if (!old) throw new Error('no n1');
      return tx.nodes().update({ ...old, spec: { ...old.spec, availability: 'drain' } });
    });
    expect(node.description?.hostname).toBe('box');
    const bare = await store.update((tx) => tx.nodes().update({ id: 'n1', role: 'manager' }));
    expect(bare.spec.availability).toBe('active');
    expect(bare).not.toHaveProperty('description');
    expect(bare.role).toBe('manager');
  });

  it('keep createdAt, and never let updatedAt go back', async () => {
    clock.advance(500);
    const second = await store.update((tx) => tx.nodes().update({ id: 'n1', meta: { createdAt: 5, updatedAt: 5 } }));
    expect(second.meta).toEqual({ version: 2, createdAt: 1_000_000, updatedAt: 1_000_500 });
    clock.jump(-10_000);
    const third = await store.update((tx) => tx.nodes().update({ id: 'n1' }));
    expect(third.meta).toEqual({ version: 3, createdAt: 1_000_000, updatedAt: 1_000_500 });
  });

  it('count equal content as a change', async () => {
    await store.update((tx) => tx.nodes().update(tx.nodes().get('n1') ?? { id: 'n1' }));
    expect(store.version).toBe(2);
  });

  it('free a name with its holder, in the same transaction too', async () => {
    await store.update((tx) => {
      tx.services().update({ id: 's1', ...named('other') });
      tx.services().update({ id: 's2', ...named('WEB') });
      tx.services().delete('s1');
      return tx.services().create({ id: 's3', ...named('Other') });
    });
    const names = store.view((tx) => tx.services().find()).map((one) => one.spec.annotations.name);
    expect(names).toEqual(['WEB', 'Other']);
  });

  it('let an object write its own name in another case', async () => {
    const one = await store.update((tx) => tx.services().update({ id: 's1', ...named('WEB') }));
    expect(one.spec.annotations.name).toBe('WEB');
  });

  it('let a name stand once in each kind, and no name any number of times', async () => {
    await store.update((tx) => {
      tx.networks().create({ id: 'w1', ...named('web') });
      tx.clusters().create({ id: 'c1', ...named('web') });
      for (const id of ['w2', 'w3']) tx.networks().create({ id });
    });
    for (const kind of ['networks', 'clusters'] as const) {
      expect(await codeOf(store.update((tx) => void tx[kind]().create(named('WEB'))))).toBe('NAME_CONFLICT');
    }
  });

  it('never let names of nodes and tasks conflict', async () => {
    await store.update((tx) => {
      tx.nodes().create({ id: 'n2', description: { hostname: 'box' } });
      for (const id of ['t1', 't2']) tx.tasks().create({ id, annotations: { name: 'same' } });
    });
    expect(store.version).toBe(2);
  });

  it('undo only the call that failed when the callback catches it', async () => {
    await store.update((tx) => {
      tx.nodes().create({ id: 'n2' });
      expect(() => tx.nodes().create({ id: 'n2' })).toThrow('ALREADY_EXISTS');
      expect(() => tx.services().update({ id: 's1', ...named('db') })).toThrow('NAME_CONFLICT');
      expect(() => tx.services().create({ slot: 1 } as object)).toThrow('INVALID_OBJECT');
      tx.nodes().create({ id: 'n3' });
    });
    expect(store.view((tx) => tx.nodes().find()).map(({ id }) => id)).toEqual(['n1', 'n2', 'n3']);
    expect(store.view((tx) => tx.services().get('s1'))?.meta.version).toBe(1);
  });

  it('tell one letter from another whatever the script', async () => {
    await store.update((tx) => tx.networks().create({ id: 'w1', ...named('ΟΔΟΣ') }));
    expect(await codeOf(store.update((tx) => void tx.networks().create({ ...named('οδοσ') })))).toBe('NAME_CONFLICT');
    expect(await codeOf(store.update((tx) => void tx.networks().create({ ...named('οδος') })))).toBe('NAME_CONFLICT');
  });
});
