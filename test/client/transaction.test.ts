import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StoreError } from '../../src/base/store-error.js';
import { Client } from '../../src/client/index.js';
import {
  all,
  and,
  type By,
  byIdPrefix,
  byIdRange,
  byNamePrefix,
  byRole,
  defineKind,
  or,
  schema as s,
  type Tx,
} from '../../src/kinds/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { codeOf } from '../support/state-events.js';

const jobs = defineKind({
  name: 'jobs',
  schema: s.object({ title: s.text(), size: s.int(), done: s.flag() }),
  indexes: { size: (job) => job.size, done: (job) => job.done, title: (job) => job.title, name: (job) => job.title },
  unique: ['title'],
});

let members: OpenMembers;
let client: Client;
beforeAll(async () => {
  members = await OpenMembers.start(3, { kinds: [jobs] });
  client = new Client({ hosts: members.hosts });
});
afterAll(async () => {
  client.close();
  await members.close();
});

async function wipe(): Promise<void> {
  await client.transaction((tx) => {
    for (const { id } of tx.nodes().find()) tx.nodes().delete(id);
    for (const { id } of tx.kind(jobs).find()) tx.kind(jobs).delete(id);
  });
}

describe('a transaction of a client', () => {
  it('takes the callback of a store, and resolves with what it returned', async () => {
    await wipe();
    const make = (tx: Tx) => {
      const node = tx.nodes().create({ description: { hostname: 'alpha' } });
      expect(tx.nodes().get(node.id)).toBe(node);
      return tx.nodes().update({ ...node, role: 'manager' });
    };
    const made = await client.transaction(make, { actor: 'ann', reason: 'to see' });
    expect(made).toEqual(await client.get('node', made.id)); // version and times as committed
    expect(Object.isFrozen(made.meta)).toBe(true);
    expect((await client.history('node', made.id)).entries.at(-1)).toMatchObject({ actor: 'ann', reason: 'to see' });
  });

  it('runs again when what it read was changed meanwhile, with the new state', async () => {
    await wipe();
    await client.create('node', { id: 'n', description: { hostname: '0' } });
    const count = async (by: Client) =>
      by.transaction(
        (tx) => {
          const node = tx.nodes().get('n');
          if (!node) throw new TypeError('there is no node');
          const hostname = String(Number(node.description?.hostname ?? 0) + 1);
          return tx.nodes().update({ ...node, description: { hostname } }).meta.version;
        },
        { attempts: 100 },
      );
    const others = members.all.map((replica) => new Client({ replica }));
    const writers = [client, ...others];
    const versions = await Promise.all(Array.from({ length: 24 }, (_, i) => count(writers[i % 4] as Client)));
    expect((await client.get('node', 'n')).description?.hostname).toBe('24');
    expect(new Set(versions)).toEqual(new Set([expect.any(Number)])); // of the draft: read before it was committed
    for (const other of others) other.close();
  });

  it('notices an object that came, went or changed in what a lookup found', async () => {
    await wipe();
    for (const disturb of ['create', 'delete', 'update'] as const) {
      await client.create('node', { id: `${disturb}-1` });
      let runs = 0;
      let disturbed: Promise<unknown> | undefined;
      const held = client.transaction((tx) => {
        const found = tx.nodes().find(byIdPrefix(disturb));
        runs++;
        if (runs === 1)
          disturbed =
            disturb === 'create'
              ? members.all[0]?.store.update((other) => void other.nodes().create({ id: `${disturb}-2` }))
              : members.all[0]?.store.update((other) => {
                  if (disturb === 'delete') other.nodes().delete(`${disturb}-1`);
                  else other.nodes().update({ id: `${disturb}-1`, role: 'manager' });
                });
        tx.nodes().create({ id: `count-${disturb}`, description: { hostname: String(found.length) } });
        return { length: found.length, role: found[0]?.role };
      });
      // The writer is only in front when it is the leader: else it is done through the client.
      await disturbed?.catch(async () => {
        if (disturb === 'create') await client.create('node', { id: `${disturb}-2` });
        else if (disturb === 'delete') await client.remove('node', `${disturb}-1`);
        else await client.update('node', { id: `${disturb}-1`, role: 'manager' });
      });
      const expected = { create: { length: 2 }, delete: { length: 0 }, update: { role: 'manager' } }[disturb];
      expect(await held).toMatchObject(expected);
    }
  });

  it('passes on what the callback throws, once that is certain, and its own errors', async () => {
    await wipe();
    await expect(
      client.transaction((tx) => {
        tx.nodes().create({ id: 'never' });
        throw new RangeError(String(tx.nodes().count()));
      }),
    ).rejects.toEqual(new RangeError('1'));
    expect((await client.list('node')).objects).toEqual([]);
    expect(await codeOf(client.transaction((tx) => tx.nodes().delete('none')))).toBe('NOT_FOUND');
    const waits = (): unknown => Promise.resolve();
    expect(await codeOf(client.transaction(waits))).toBe('ASYNC_CALLBACK');
    let kept: Tx | undefined;
    await client.transaction((tx) => {
      kept = tx;
    });
    expect(() => kept?.nodes()).toThrow(StoreError);
    await expect(client.transaction(() => 1, { attempts: 0 })).rejects.toThrow(TypeError);
    await expect(client.transaction(() => 1, { tries: 3 } as never)).rejects.toThrow(TypeError);
  });

  it('knows what it read although the callback catches what is thrown through it', async () => {
    await wipe();
    await client.create('node', { id: 'n' });
    const careless = (tx: Tx) => {
      try {
        return tx.nodes().get('n')?.id ?? 'none';
      } catch {
        return 'an error';
      }
    };
    expect(await client.transaction(careless)).toBe('n');
  });

  it('reports what the store reports where the name and the id are both taken: the name', async () => {
    await wipe();
    await client.transaction((tx) => {
      tx.kind(jobs).create({ id: 'a', title: 'x', size: 1, done: false });
      tx.kind(jobs).create({ id: 'b', title: 'y', size: 1, done: false });
    });
    const taken = { id: 'b', title: 'x', size: 1, done: false };
    expect(await codeOf(client.transaction((tx) => tx.kind(jobs).create(taken)))).toBe('NAME_CONFLICT');
    const other = { ...taken, title: 'z' };
    expect(await codeOf(client.transaction((tx) => tx.kind(jobs).create(other)))).toBe('ALREADY_EXISTS');
  });

  it('gives up after its attempts', async () => {
    await wipe();
    await client.create('node', { id: 'n' });
    const leader = await members.leader();
    let runs = 0;
    const refused = client.transaction(
      (tx) => {
        const node = tx.nodes().get('n');
        if (!node) return;
        runs++;
        leader.store.update((other) => void other.nodes().update({ id: 'n' })).catch(() => undefined);
        tx.nodes().update({ ...node, role: 'manager' });
      },
      { attempts: 3 },
    );
    expect(await codeOf(refused)).toBe('CONDITION_FAILED');
    expect(runs).toBeGreaterThanOrEqual(3);
  });
});

// ---------------------------------------------------------------- the same as in process

const ids = ['a', 'ab', 'b', 'c'];
const id = fc.constantFrom(...ids);
const size = fc.integer({ min: -2, max: 3 });
const title = fc.constantFrom('x', 'xy', 'Y', 'z');
const nodeBy = fc.oneof(
  fc.constant<By>(all),
  fc.constantFrom('a', 'b', '').map((prefix): By => byIdPrefix(prefix)),
  fc.tuple(id, id).map(([from, to]): By => byIdRange({ from, to })),
  fc.constantFrom('worker', 'manager' as const).map((role): By => byRole(role)),
);
const jobBy = fc.oneof(
  fc.constant<By>(all),
  size.map((one): By => jobs.by('size', one)),
  fc.boolean().map((done): By => jobs.by('done', done)),
  fc.tuple(size, size).map(([from, to]): By => jobs.byRange('size', { from, to })),
  size.map((to): By => jobs.byRange('size', { to })),
  size.map((from): By => jobs.byRange('size', { from })),
  title.map((prefix): By => jobs.byPrefix('title', prefix)),
  title.map((prefix): By => byNamePrefix(prefix)),
  fc.tuple(size, fc.boolean()).map(([one, done]): By => and(jobs.by('size', one), jobs.by('done', done))),
  fc.tuple(size, title).map(([one, text]): By => or(jobs.by('size', one), jobs.by('title', text))),
);
const limit = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });

type Step = (tx: Tx) => unknown;
const shown = (objects: readonly { readonly id: string }[]) => objects.map((one) => one.id);
const step: fc.Arbitrary<Step> = fc.oneof(
  id.map(
    (one): Step =>
      (tx) =>
        tx.nodes().get(one)?.role,
  ),
  fc.tuple(nodeBy, limit).map(
    ([by, most]): Step =>
      (tx) =>
        shown(tx.nodes().find(by, { limit: most })),
  ),
  fc.tuple(jobBy, limit, fc.option(id, { nil: undefined })).map(
    ([by, most, after]): Step =>
      (tx) =>
        shown(tx.kind(jobs).find(by, { limit: most, after })),
  ),
  jobBy.map(
    (by): Step =>
      (tx) =>
        tx.kind(jobs).count(by),
  ),
  fc.tuple(jobBy, size).map(
    ([by, least]): Step =>
      (tx) =>
        shown(tx.kind(jobs).find(by, { where: (job) => job.size >= least, limit: 2 })),
  ),
  fc.tuple(id, fc.constantFrom('worker', 'manager' as const)).map(
    ([one, role]): Step =>
      (tx) =>
        tx.nodes().create({ id: one, role }).spec.availability,
  ),
  fc.tuple(id, title, size, fc.boolean()).map(
    ([one, text, of, done]): Step =>
      (tx) =>
        tx.kind(jobs).create({ id: one, title: text, size: of, done }).title,
  ),
  fc.tuple(id, title, size).map(
    ([one, text, of]): Step =>
      (tx) =>
        tx.kind(jobs).update({ id: one, title: text, size: of, done: true }).size,
  ),
  fc.tuple(id, title).map(([one, text]): Step => (tx) => {
    const old = tx.kind(jobs).get(one);
    return old && tx.kind(jobs).update({ ...old, title: text }).title;
  }),
  id.map(
    (one): Step =>
      (tx) =>
        tx.kind(jobs).delete(one),
  ),
  id.map(
    (one): Step =>
      (tx) =>
        tx.nodes().delete(one),
  ),
);
/** A callback: its steps, each caught, or the last one not. */
const callback = fc.tuple(fc.array(step, { minLength: 1, maxLength: 6 }), fc.boolean()).map(
  ([steps, caught]) =>
    (tx: Tx): unknown[] =>
      steps.map((one) => {
        if (!caught) return one(tx) ?? null;
        try {
          return one(tx) ?? null;
        } catch (error) {
          if (!(error instanceof StoreError)) throw error;
          return error.code;
        }
      }),
);

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error: error instanceof StoreError ? error.code : error }),
  );
type StateOf = Pick<MemoryStore, 'view'>;
const contents = (store: StateOf) =>
  store.view((tx) => [
    ...tx.nodes().find().map(({ id: one, role }) => `${one} ${role}`),
    ...tx.kind(jobs).find().map(({ id: one, title: text, size: of, done }) => `${one} ${text} ${of} ${done}`),
  ]); // prettier-ignore

describe('a transaction of a client and one in process', () => {
  it('do the same, whatever the callback does', { timeout: 120_000 }, async () => {
    const leader = await members.leader();
    await fc.assert(
      fc.asyncProperty(fc.array(callback, { minLength: 1, maxLength: 5 }), async (callbacks) => {
        await wipe();
        const model = new MemoryStore({ kinds: [jobs] });
        for (const write of callbacks) {
          const [here, there] = [await outcome(model.update(write)), await outcome(client.transaction(write))];
          expect(there).toEqual(here);
          await leader.linearizable(() => undefined);
          expect(contents(leader.store)).toEqual(contents(model));
        }
      }),
      { numRuns: 60 },
    );
  });
});
