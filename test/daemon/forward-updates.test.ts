import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isStoreError, StoreError } from '../../src/base/store-error.js';
import { byRole, defineKind, schema as s } from '../../src/kinds/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { codeOf } from '../support/state-events.js';

const counters = defineKind({
  name: 'counters',
  schema: s.object({ name: s.text(), value: s.int() }),
  indexes: { name: (counter) => counter.name },
  unique: ['name'],
});

let members: OpenMembers;
beforeAll(async () => {
  members = await OpenMembers.start(3, { kinds: [counters] });
});
afterAll(() => members.close());

const forward = { forward: true } as const;

describe('an update that a follower forwards', () => {
  it('is made by the leader, and can be seen here when it resolves, as it was committed', async () => {
    const { store } = await members.follower();
    expect(await codeOf(store.update((tx) => tx.nodes().create({ id: 'no' })))).toBe('NOT_LEADER');
    const made = await store.update(
      (tx) => {
        const { id } = tx.nodes().create({ description: { hostname: 'alpha' } });
        return tx.nodes().update({ ...(tx.nodes().get(id) ?? { id }), role: 'manager' });
      },
      { ...forward, actor: 'ann', reason: 'from afar' },
    );
    expect(store.view((tx) => tx.nodes().get(made.id))).toEqual(made);
    expect(store.historyOf('node', made.id)[0]).toMatchObject({ actor: 'ann', reason: 'from afar' });
    const leader = await members.leader();
    await leader.store.update((tx) => tx.nodes().delete(made.id), forward); // the leader does it itself
  });

  it('runs again when what it read has changed: nothing is lost', async () => {
    const { store } = await members.leader();
    await store.update((tx) => tx.kind(counters).create({ id: 'c', name: 'c', value: 0 }));
    let runs = 0;
    const count = async (at: number) =>
      members.all[at % 3]?.store.update((tx) => {
        runs++;
        const counter = tx.kind(counters).get('c');
        if (counter) tx.kind(counters).update({ ...counter, value: counter.value + 1 });
      }, { ...forward, timeoutMs: 15_000 }); // prettier-ignore
    await Promise.all(Array.from({ length: 24 }, (_, i) => count(i)));
    expect(runs).toBeGreaterThanOrEqual(24);
    expect(store.view((tx) => tx.kind(counters).get('c')?.value)).toBe(24);
  });

  it('notices what came into a lookup, on the other follower', async () => {
    const [one, two] = await members.followers();
    const workers = () => 'worker' as const;
    /** At most one of them may be there. */
    const claim = async (at: typeof one) =>
      at?.store.update((tx) => {
        const free = tx.nodes().find(byRole(workers())).length === 0;
        if (free) tx.nodes().create({ role: 'worker' });
        return free;
      }, forward);
    const won = await Promise.all([one, two, one, two].map(claim));
    expect(won.filter(Boolean)).toHaveLength(1);
  });

  it('passes on what the callback throws, and conflicts that only the leader knows', async () => {
    const { store } = await members.follower();
    const thrown = store.update(() => {
      throw new RangeError('no');
    }, forward);
    await expect(thrown).rejects.toEqual(new RangeError('no'));
    const twice = (name: string) => store.update((tx) => tx.kind(counters).create({ name, value: 1 }).id, forward);
    await Promise.all([twice('x'), twice('x').catch((error: unknown) => expect(error).toBeInstanceOf(StoreError))]);
    expect(await codeOf(twice('x'))).toBe('NAME_CONFLICT');
    expect(await codeOf(store.update((tx) => tx.nodes().delete('none'), forward))).toBe('NOT_FOUND');
  });

  it('repeats nothing with a request id, and ends with its signal', async () => {
    const { store } = await members.follower();
    const order = () => store.update((tx) => tx.nodes().create({}).id, { ...forward, requestId: 'order-17' });
    expect(await order()).toEqual(expect.any(String));
    expect(await order()).toBeUndefined();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(store.update((tx) => tx.nodes().create({}).id, { ...forward, signal })).rejects.toThrow('enough');
  });

  it('goes on while leadership moves', async () => {
    const { store } = await members.leader();
    await store.update((tx) => tx.kind(counters).create({ id: 'moving', name: 'moving', value: 0 }));
    let [done, unknown] = [0, 0];
    const counting = Promise.all(
      members.all.map(async (member) => {
        for (let i = 0; i < 8; i++) {
          const counted = member.store.update(
            (tx) => {
              const counter = tx.kind(counters).get('moving');
              if (counter) tx.kind(counters).update({ ...counter, value: counter.value + 1 });
            },
            { ...forward, timeoutMs: 15_000 },
          );
          await counted.catch((error: unknown) => {
            if (!isStoreError(error, 'OUTCOME_UNKNOWN')) throw error;
            unknown++;
          });
          done++;
        }
      }),
    );
    for (const at of [6, 12, 18]) {
      while (done < at) await new Promise((resolve) => setTimeout(resolve, 5));
      await (await members.leader()).transferLeadership().catch(() => undefined);
    }
    await counting;
    const reader = await members.leader();
    const value = (await reader.linearizable((tx) => tx.kind(counters).get('moving')?.value)) ?? 0;
    expect(value).toBeLessThanOrEqual(24);
    expect(value).toBeGreaterThanOrEqual(24 - unknown);
  });
});
