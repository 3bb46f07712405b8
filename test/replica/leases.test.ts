import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { defineKind, MemoryStore, schema as s } from '../../src/index.js';
import { leases } from '../../src/kinds/index.js';
import { endLease } from '../../src/replica/index.js';
import { Leases } from '../../src/replica/leases.js';
import { controlOf } from '../../src/state/index.js';
import { FakeClock } from '../support/state-clock.js';
import { flush } from '../support/state-events.js';

const seats = defineKind({
  name: 'seats',
  schema: s.object({ lease: s.text() }),
  indexes: { lease: (seat) => seat.lease },
});

interface Setup {
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  readonly keeper: Leases;
  readonly grant: (id: string, ttlMs?: number, guarded?: boolean) => Promise<void>;
  readonly there: () => string[];
  readonly pass: (ms: number) => Promise<void>;
}

function setUp(): Setup {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock, kinds: [leases, seats] });
  const keeper = new Leases({ store, clock, logger: silentLogger });
  keeper.start();
  return {
    store,
    clock,
    keeper,
    grant: (id, ttlMs = 1_000, guarded = false) =>
      store.update((tx) => {
        tx.kind(leases).create({ id, ttlMs, guarded });
        tx.kind(seats).create({ id: `seat-${id}`, lease: id });
      }),
    there: () => store.view((tx) => [...tx.kind(leases).find(), ...tx.kind(seats).find()].map(({ id }) => id)),
    async pass(ms) {
      clock.advance(ms);
      await flush();
    },
  };
}

describe('a lease', () => {
  it('ends when its time is over, with everything that hangs on it, as one transaction', async () => {
    const { keeper, store, grant, there, pass } = setUp();
    keeper.lead();
    await grant('a');
    await grant('b', 3_000);
    await pass(999);
    expect(there()).toEqual(['a', 'b', 'seat-a', 'seat-b']);
    await pass(2);
    expect(there()).toEqual(['b', 'seat-b']);
    expect(store.history.at(-1)).toMatchObject({ actor: 'skep', reason: 'the lease ran out' });
    expect(store.history.at(-1)?.events.map(({ action, object }) => `${action} ${object.id}`)).toEqual([
      'delete seat-a',
      'delete a',
    ]);
  });

  it('a shorter one that comes later ends first', async () => {
    const { keeper, grant, there, pass } = setUp();
    keeper.lead();
    await grant('long', 10_000);
    await grant('short', 500);
    await pass(600);
    expect(there()).toEqual(['long', 'seat-long']);
  });

  it('counts in full again when it is kept alive, and writes nothing', async () => {
    const { keeper, store, grant, there, pass } = setUp();
    keeper.lead();
    await grant('a');
    for (let i = 0; i < 5; i++) {
      await pass(900);
      keeper.renew(['a']);
      expect(keeper.lost(['a', 'nobody'])).toEqual(['nobody']);
    }
    expect(store.version).toBe(1);
    await pass(1_001);
    expect(there()).toEqual([]);
    expect(keeper.lost(['a'])).toEqual(['a']);
  });

  it('is left alone by a member that does not lead, and gets its whole time from the next leader', async () => {
    const { keeper, grant, there, pass } = setUp();
    await grant('a');
    await pass(5_000);
    expect(there()).toEqual(['a', 'seat-a']);
    keeper.lead();
    await pass(990);
    expect(there()).toEqual(['a', 'seat-a']);
    keeper.follow();
    await pass(5_000);
    expect(there()).toEqual(['a', 'seat-a']);
    keeper.lead();
    await pass(1_001);
    expect(there()).toEqual([]);
  });

  it('does not care for jumps of the wall clock', async () => {
    const { keeper, clock, grant, there, pass } = setUp();
    keeper.lead();
    await grant('a');
    clock.jump(86_400_000);
    await pass(500);
    clock.jump(-2 * 86_400_000);
    await pass(400);
    expect(there()).toEqual(['a', 'seat-a']);
  });

  it('that was given back does not come up again', async () => {
    const { keeper, store, clock, grant, there, pass } = setUp();
    keeper.lead();
    await grant('a');
    await store.update((tx) => endLease(tx, store.kinds, 'a'));
    expect(there()).toEqual([]);
    const { version } = store;
    await pass(5_000);
    expect(store.version).toBe(version);
    expect(clock.armed).toBe(0);
  });

  it('goes on after a restore put other leases there', async () => {
    const { keeper, store, grant, there, pass } = setUp();
    keeper.lead();
    await grant('old');
    const staged = controlOf(store).stage({ version: 9, time: 1, descriptions: [] });
    const from = new MemoryStore({ kinds: [leases] });
    staged.add('leases', [await from.update((tx) => tx.kind(leases).create({ id: 'new', ttlMs: 1_000 }))]);
    controlOf(store).installStaged(staged);
    expect(there()).toEqual(['new']);
    await pass(1_001);
    expect(there()).toEqual([]);
  });

  it.each([0, 499, 24 * 3_600_000 + 1])('of %d ms is refused', async (ttlMs) => {
    const { grant } = setUp();
    await expect(grant('a', ttlMs)).rejects.toMatchObject({ code: 'INVALID_OBJECT' });
  });
});

describe('guarded leases', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];

  it('are marked and kept when most run out at once, and removed one by one otherwise', async () => {
    const { keeper, store, grant, there, pass } = setUp();
    keeper.lead();
    for (const name of names) await grant(name, 1_000, true);
    await grant('plain', 1_000);
    await pass(500);
    keeper.renew(['a', 'b', 'c', 'd']);
    await pass(600);
    expect(there()).toEqual(['a', 'b', 'c', 'd', 'seat-a', 'seat-b', 'seat-c', 'seat-d']);
    await pass(600);
    expect(there()).toHaveLength(8);
    expect(store.view((tx) => tx.kind(leases).count(leases.by('lost', true)))).toBe(4);
  });

  it('that come back are told to have been marked; those that do not go in the end', async () => {
    const { keeper, store, grant, there, pass } = setUp();
    keeper.lead();
    for (const name of names) await grant(name, 1_000, true);
    await pass(1_100);
    expect(store.view((tx) => tx.kind(leases).count(leases.by('lost', true)))).toBe(5);
    expect(keeper.renew(['a'])).toEqual(['a']);
    await store.update((tx) => {
      const lease = tx.kind(leases).get('a');
      if (lease) tx.kind(leases).update({ ...lease, lost: false });
    });
    for (let i = 0; i < 12; i++) {
      await pass(900);
      keeper.renew(['a']);
    }
    expect(there()).toEqual(['a', 'seat-a']);
  });
});
