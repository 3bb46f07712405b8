import { describe, expect, it } from 'vitest';
import {
  byName,
  type Event,
  EventCreateNetwork,
  EventUpdateTask,
  fork,
  MemoryStore,
  networkCheckName,
  taskCheckNodeId,
  taskCheckSlot,
  type Tx,
  watch,
} from '../../src/index.js';
import { codeOf, flush, newStore, record, settled, take, thrownCode } from '../support/state-events.js';
import { FakeProposer, notLeader } from '../support/state-proposer.js';

/** What running the nearest relative showed, and what this store does instead. Numbers as in docs/design. */
const node = (id: string) => (tx: Tx) => void tx.nodes().create({ id });
const network = (id: string, name: string) => (tx: Tx) =>
  void tx.networks().create({ id, spec: { annotations: { name } } });

function replicated() {
  const proposer = new FakeProposer();
  return { proposer, store: new MemoryStore({ proposer }) };
}

describe('where SwarmKit fails', () => {
  it('1: writers wait for one another; here proposals overlap', async () => {
    const { proposer, store } = replicated();
    const writes = Array.from({ length: 256 }, (_, i) => store.update(node(`n${i}`)));
    expect(proposer.waiting).toHaveLength(256);
    proposer.commit(256);
    await Promise.all(writes);
  });

  it('2: a batch that ignores a failed cut proposes it again; here every later step rejects', async () => {
    const { proposer, store } = replicated();
    const done = store.batch(async (batch) => {
      for (let i = 0; i < 200; i++) batch.update(node(`n${i}`)).catch(() => undefined);
      await flush();
      proposer.refuse(notLeader());
      await flush();
      for (let i = 200; i < 401; i++) await batch.update(node(`n${i}`)).catch(() => undefined);
    });
    expect(await codeOf(done)).toBe('NOT_LEADER');
    expect(proposer.proposed).toHaveLength(1);
    expect(store.view((tx) => tx.nodes().find())).toEqual([]);
  });

  it('3: a batch step that throws after changes commits them; here it is undone', async () => {
    const { store } = newStore();
    await store.batch(async (batch) => {
      await batch.update(node('kept'));
      await batch
        .update((tx) => {
          node('half')(tx);
          throw new Error('mine');
        })
        .catch(() => undefined);
    });
    expect(store.view((tx) => tx.nodes().find()).map(({ id }) => id)).toEqual(['kept']);
  });

  it('4: a restored name that moved to another id is lost; here it is found, and taken', async () => {
    const { store: source } = newStore();
    await source.update(network('b', 'front'));
    const { store } = newStore();
    await store.update(network('a', 'front'));
    await store.restore(source.save());
    expect(store.view((tx) => tx.networks().find(byName('front'))).map(({ id }) => id)).toEqual(['b']);
    expect(await codeOf(store.update(network('c', 'front')))).toBe('NAME_CONFLICT');
  });

  it('5: a failed proposal spoils the version of the object; here a retry succeeds', async () => {
    const { proposer, store } = replicated();
    const made = store.update(node('n1'));
    proposer.commit();
    await made;
    const read = store.view((tx) => tx.nodes().get('n1'));
    if (!read) throw new Error('no n1');
    const change = (tx: Tx) => tx.nodes().update({ ...read, role: 'manager' }).meta.version;
    const lost = store.update(change);
    proposer.refuse(notLeader());
    expect(await codeOf(lost)).toBe('NOT_LEADER');
    expect(read.meta.version).toBe(1);
    const again = store.update(change);
    proposer.commit();
    expect(await again).toBe(2);
  });

  it('6: an error in a callback locks the store; here the next one runs', async () => {
    const { store } = newStore();
    const bad = () => {
      throw new Error('mine');
    };
    await expect(store.update(bad)).rejects.toThrow('mine');
    await expect(store.batch((batch) => batch.update(bad))).rejects.toThrow('mine');
    expect(() => store.view(bad)).toThrow('mine');
    await store.update(node('n1'));
    expect(store.version).toBe(1);
  });

  it('7: stopping a resumed watch leaks, stopping twice panics; here neither', async () => {
    const { store } = newStore();
    await store.update(node('n1'));
    const subscription = store.watchFrom(0).subscribe();
    const events = store.watchFrom(0)[Symbol.asyncIterator]();
    await take(events, 2);
    const waiting = events.next();
    expect(store.queue.listeners).toBe(2);
    for (let i = 0; i < 2; i++) {
      subscription.unsubscribe();
      await events.return?.();
    }
    expect(await waiting).toMatchObject({ done: true });
    expect(store.queue.listeners).toBe(0);
  });

  it('8: the slot selector compares nodes; here service and slot', async () => {
    const { store } = newStore();
    await store.update((tx) => {
      tx.tasks().create({ id: 't1', serviceId: 's1', slot: 1, nodeId: 'n1' });
      tx.tasks().create({ id: 't2', serviceId: 's1', slot: 2, nodeId: 'n1' });
    });
    const seen = record(watch(store.queue, EventUpdateTask({ serviceId: 's1', slot: 2, nodeId: 'x' }, taskCheckSlot)));
    await store.update((tx) => {
      for (const task of tx.tasks().find()) tx.tasks().update(task);
    });
    expect(seen.lines).toEqual(['update task t2 @2']);
  });

  it('9: a watcher that changes an event changes the store; here events are frozen', async () => {
    const { store } = newStore();
    const failures: unknown[] = [];
    watch(store.queue).subscribe((event) => {
      if (event.action === 'commit') return;
      try {
        (event.object.meta as { version: number }).version = 99;
      } catch (error) {
        failures.push(error);
      }
    });
    await store.update(node('n1'));
    expect(failures).toEqual([expect.any(TypeError)]);
    expect(store.view((tx) => tx.nodes().get('n1'))?.meta.version).toBe(1);
  });

  it('10: commits have no version on followers and after a batch; here everywhere, and resuming has no holes', async () => {
    const { store } = newStore();
    const { store: follower } = fork(store);
    await store.batch(async (batch) => {
      for (let i = 0; i < 405; i++) await batch.update(node(`n${i}`));
    });
    for (const one of [store, follower]) {
      const commits = record(one.watchFrom(0)).events.filter(({ action }) => action === 'commit');
      expect(commits.map(({ version }) => version)).toEqual([1, 2, 3]);
      expect(record(one.watchFrom(2)).lines).toHaveLength(6);
    }
  });

  it('11: a follower that cannot apply an entry logs it and drifts; here it says so', () => {
    const { store } = newStore();
    const remove = [{ action: 'remove', kind: 'node', id: 'n1' }] as const;
    expect(thrownCode(() => store.applyStoreActions(remove, { version: 1, time: 1 }))).toBe('NOT_FOUND');
    expect(thrownCode(() => store.applyStoreActions([], { version: 2, time: 1 }))).toBe('VERSION_GAP');
    expect(store.version).toBe(0);
  });

  it("12: an object that leaves a filter is not reported; here it is with match 'either'", async () => {
    const { store } = newStore();
    await store.update((tx) => tx.tasks().create({ id: 't1', nodeId: 'n1' }));
    const specifier = EventUpdateTask({ nodeId: 'n1' }, taskCheckNodeId);
    const staying = record(watch(store.queue, specifier));
    const leaving = record(watch(store.queue, { match: 'either' }, specifier));
    await store.update((tx) => tx.tasks().update({ id: 't1', nodeId: 'n2' }));
    expect([staying.lines, leaving.lines]).toEqual([[], ['update task t1 @2']]);
  });

  it('15: names are compared with case in watches; here without, everywhere', async () => {
    const { store } = newStore();
    const wanted = { spec: { annotations: { name: 'FRONT' } } };
    const seen = record(watch(store.queue, EventCreateNetwork(wanted, networkCheckName)));
    await store.update(network('w1', 'Front'));
    expect(seen.lines).toEqual(['create network w1 @1']);
    expect(store.view((tx) => tx.networks().find(byName('fRONT')))).toHaveLength(1);
    expect(await codeOf(store.update(network('w2', 'front')))).toBe('NAME_CONFLICT');
  });

  it('and: memory grows behind a reader that stalls; here it gets an end that it can tell', async () => {
    const { store } = newStore();
    const events: AsyncIterator<Event> = watch(store.queue, { limit: 4 })[Symbol.asyncIterator]();
    for (let i = 0; i < 100; i++) await store.update(node(`n${i}`));
    expect(store.queue.listeners).toBe(0);
    expect(await take(events, 4)).toHaveLength(4);
    expect(await codeOf(events.next())).toBe('WATCH_OVERFLOW');
    expect(await settled(events.next())).toBe(true);
  });
});
