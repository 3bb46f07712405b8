import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { systemRandom } from '../../src/base/random.js';
import { Client } from '../../src/client/index.js';
import { acquireOn, Lease, locks } from '../../src/coordination/index.js';
import { OpenMembers } from '../support/manager-open.js';
import { until } from '../support/network-wait.js';
import { codeOf } from '../support/state-events.js';

let members: OpenMembers;
let client: Client;
beforeAll(async () => {
  members = await OpenMembers.start(2);
  client = new Client({ hosts: members.hosts });
});
afterAll(async () => {
  client.close();
  await members.close();
});

async function holder(name: string, at = 0) {
  const store = members.all[at]?.store;
  if (!store) throw new Error('there is no such member');
  const lease = await Lease.grant(client, { ttlMs: 20_000, holder: name, clock: systemClock });
  const ports = { client, store, clock: systemClock, random: systemRandom, holder: name };
  return { lease, take: (lock: string, signal?: AbortSignal) => acquireOn(lease, lock, ports, { signal }) };
}

const held = async () => (await client.list(locks)).objects.map(({ lock, holder: by }) => `${lock} ${by}`).sort();

describe('a lock on a lease that holds more', () => {
  it('is given back alone, and goes to the one that waits', async () => {
    const [a, b] = [await holder('a'), await holder('b', 1)];
    const one = await a.take('one');
    await a.take('two');
    let given = false;
    const next = b.take('one').then((lock) => {
      given = true;
      return lock;
    });
    await until('the follower has it', () => (members.all[1]?.store.view((tx) => tx.kind(locks).count()) ?? 0) === 2);
    expect(given).toBe(false);
    await one.release();
    expect((await next).epoch).toBeGreaterThan(one.epoch);
    expect(await held()).toEqual(['one b', 'two a']);
    expect(a.lease.signal.aborted).toBe(false);
    await one.release(); // of a lock that is another's now: nothing happens
    expect(await held()).toEqual(['one b', 'two a']);
    await a.lease.revoke();
    await b.lease.revoke();
    expect(await held()).toEqual([]);
  });

  it('cannot be taken away without a proof that it is held', async () => {
    const a = await holder('a');
    const lock = await a.take('proof');
    const other = await a.take('other');
    const change = { op: 'remove' as const, kind: locks.name, id: lock.id };
    expect(await codeOf(client.apply([change]))).toBe('IN_USE');
    const fence = { kind: locks.name, id: other.id, version: other.epoch };
    expect(await codeOf(client.apply([change], { fence }))).toBe('IN_USE');
    await a.lease.revoke();
  });

  it('is found again when the answer to its creation was lost', async () => {
    const a = await holder('a');
    const { id, meta } = await client.create(locks, { lock: 'lost', holder: 'a', lease: a.lease.id });
    expect(await a.take('lost')).toMatchObject({ id, epoch: meta.version });
    await a.lease.revoke();
  });

  it('is not waited for when the wait is cancelled, or the lease over', async () => {
    const [a, b] = [await holder('a'), await holder('b')];
    await a.take('busy');
    const stop = new AbortController();
    const waiting = b.take('busy', stop.signal);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    const second = b.take('busy');
    b.lease.abandon();
    expect(await codeOf(second)).toBe('LEASE_LOST');
    await client.revokeLease(b.lease.id);
    await a.lease.revoke();
  });
});
