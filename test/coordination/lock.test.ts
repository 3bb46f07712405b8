import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../src/client/index.js';
import { Coordination, type Lock, locks } from '../../src/coordination/index.js';
import { isStoreError } from '../../src/index.js';
import { leases } from '../../src/kinds/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

let members: OpenMembers;
const open: { close(): void | Promise<void> }[] = [];
beforeAll(async () => {
  members = await OpenMembers.start(3);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});
afterAll(() => members.close());

function coordination(holder: string, withStore = false): Coordination {
  const client = new Client({ hosts: members.hosts, timeoutMs: 5_000 });
  const made = new Coordination({ client, holder, ...(withStore && { store: members.all[0]?.store as never }) });
  open.push(made, client); // a lease of a wait that was given up ends before the client is closed
  return made;
}

const heldNow = async () => {
  const client = new Client({ hosts: members.hosts });
  open.push(client);
  const { objects } = await client.list(locks);
  return objects.map(({ lock, holder }) => `${lock} ${holder}`).sort();
};

const ttlMs = 600;

describe('what anybody can remove', () => {
  it('is no lock that is held, and a lease goes with what hangs on it', async () => {
    const lock = await coordination('a').lock('removable', { ttlMs: 30_000 });
    const client = new Client({ hosts: members.hosts });
    open.push(client);
    const { objects } = await client.list(locks, { indexes: [{ index: 'lock', is: 'removable' }] });
    const [{ id, lease } = { id: '', lease: '' }] = objects;
    expect(await codeOf(client.remove(locks, id))).toBe('IN_USE');
    await client.remove(leases, lease);
    expect((await client.list(locks)).objects).toEqual([]);
    const next = await coordination('b').lock('removable');
    expect(next.epoch).toBeGreaterThan(lock.epoch);
    await next.release();
    await lock.release();
  });
});

describe('a lock', () => {
  it('is held by one at a time, and its epoch grows', async () => {
    const epochs: number[] = [];
    let inside = 0;
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (holder) => {
        const lock = await coordination(holder).lock('one', { ttlMs });
        expect(++inside).toBe(1);
        epochs.push(lock.epoch);
        await new Promise((resolve) => setTimeout(resolve, 20));
        inside--;
        await lock.release();
      }),
    );
    expect(epochs).toHaveLength(4);
    expect([...epochs].sort((a, b) => a - b)).toEqual(epochs);
    expect(new Set(epochs).size).toBe(4);
    expect(await heldNow()).toEqual([]);
  });

  it('goes to the next when its holder is silent, and tells the holder before', async () => {
    const silent = new Client({ hosts: members.hosts, timeoutMs: 400 });
    const first = await new Coordination({ client: silent, holder: 'silent' }).lock('silent', { ttlMs });
    silent.close();
    const second = await coordination('next').lock('silent', { ttlMs });
    expect(first.signal.aborted).toBe(true);
    expect(isStoreError(first.signal.reason, 'LEASE_LOST')).toBe(true);
    expect(second.epoch).toBeGreaterThan(first.epoch);
    await second.release();
  });

  it('is kept for longer than its time to live, over changes of leader', async () => {
    const lock = await coordination('kept').lock('kept', { ttlMs: 1_500 });
    for (let i = 0; i < 3; i++) {
      const leader = await members.leader();
      await leader.transferLeadership().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
    expect(lock.signal.aborted).toBe(false);
    expect(await heldNow()).toEqual(['kept kept']);
    await lock.release();
  });

  it('can be given up waiting for', async () => {
    const lock = await coordination('holder').lock('busy', { ttlMs });
    const stop = new AbortController();
    const waiting = coordination('waiter').lock('busy', { ttlMs, signal: stop.signal });
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 100);
    await expect(waiting).rejects.toBe(reason);
    await lock.release();
    expect(await heldNow()).toEqual([]);
  });

  it('has no lease any more when a wait was given up and its coordination is closed', async () => {
    const lock = await coordination('holder').lock('given up', { ttlMs: 60_000 });
    const waiter = coordination('waiter');
    await expect(waiter.lock('given up', { ttlMs: 60_000, waitMs: 0 })).rejects.toMatchObject({ code: 'BUSY' });
    await waiter.close();
    const { store } = await members.leader();
    expect(store.view((tx) => tx.kind(leases).count())).toBe(1); // the holder's
    await lock.release();
  });

  it('leaves nothing behind when it is released, and may be released twice', async () => {
    const lock = await coordination('tidy').lock('tidy', { ttlMs });
    await lock.release();
    await lock.release();
    const { store } = await members.leader();
    expect(store.view((tx) => tx.kind(locks).count() + tx.kind(leases).count())).toBe(0);
    expect(lock.signal.aborted).toBe(true);
  });
});

describe('a fenced write', () => {
  let lock: Lock;
  const nodes = async () => {
    const client = new Client({ hosts: members.hosts });
    open.push(client);
    return (await client.list('node', { idPrefixes: ['f-'] })).objects.map(({ id, role }) => `${id} ${role}`);
  };

  it('is made while the lock is held, and refused when it is over, however late it comes', async () => {
    lock = await coordination('writer').lock('fence', { ttlMs });
    expect(await lock.update((tx) => void tx.nodes().create({ id: 'f-1' }))).toBeGreaterThan(lock.epoch);
    await lock.release();
    expect(await codeOf(lock.update((tx) => void tx.nodes().create({ id: 'f-2' })))).toBe('LEASE_LOST');
    expect(await nodes()).toEqual(['f-1 worker']);
  });

  it('reads from a store of the cluster, and runs again when what it read has changed', async () => {
    const held = await coordination('reader', true).lock('reads', { ttlMs });
    const outside = new Client({ hosts: members.hosts });
    open.push(outside);
    let runs = 0;
    const { store } = members.all[0] ?? expect.fail('there is a member');
    await until('the node is here', () => store.view((tx) => tx.nodes().get('f-1')) !== undefined);
    await outside.update('node', { id: 'f-1', role: 'manager' });
    await held.update((tx) => {
      runs++;
      const node = tx.nodes().get('f-1');
      if (node) tx.nodes().create({ id: `f-saw-${node.role}` });
      tx.nodes().delete('f-1');
    });
    expect(await nodes()).toEqual(['f-saw-manager worker']);
    expect(runs).toBeGreaterThanOrEqual(1);
    expect(
      await codeOf(
        coordination('blind')
          .lock('blind')
          .then(async (blind) => {
            try {
              return await blind.update((tx) => void tx.nodes().get('f-1'));
            } finally {
              await blind.release();
            }
          }),
      ),
    ).toBe('NOT_SUPPORTED');
    await held.release();
  });
});
