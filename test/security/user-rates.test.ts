import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserRates } from '../../src/api/user-rates.js';
import { Access } from '../../src/client/index.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { type Caller, rateOf, type Role } from '../../src/identity/index.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';
import { FakeClock } from '../support/state-clock.js';

const user = (name: string, ...roles: readonly Role[]): Caller => ({
  as: 'user',
  identity: { domain: 'd', kind: 'user', name },
  serial: '1',
  roles,
});
const role = (name: string, rate?: number): Role => ({ name, rules: [], rate });

/** Calls that are let through before one is refused, and what that is told. */
function burstOf(rates: UserRates, caller: Caller): { count: number; says: string } {
  for (let count = 0; count < 10_000; count++)
    try {
      rates.count(caller);
    } catch (error) {
      return { count, says: (error as Error).message };
    }
  return { count: Infinity, says: '' };
}

describe('the rate of a user', () => {
  it.each([
    { roles: [role('a')], lowest: undefined },
    { roles: [role('a', 5), role('b')], lowest: { rate: 5, role: 'a' } },
    { roles: [role('a', 5), role('b', 3), role('c', 4)], lowest: { rate: 3, role: 'b' } },
    { roles: [], lowest: undefined },
  ])('is the lowest of its roles: $lowest', ({ roles, lowest }) => {
    expect(rateOf(roles)).toEqual(lowest);
  });

  it('lets the calls of two seconds through at once, and then so many a second', () => {
    const clock = new FakeClock();
    const rates = new UserRates(clock);
    const ann = user('ann', role('slow', 20));
    expect(burstOf(rates, ann)).toEqual({
      count: 40,
      says: 'LIMIT_EXCEEDED: user/ann (slow) makes more than 20 calls a second, the rate of the role slow: try again in 1 s',
    });
    clock.advance(1_000);
    expect(burstOf(rates, ann).count).toBe(20);
    clock.advance(3_600_000);
    expect(burstOf(rates, ann).count).toBe(40);
  });

  it('lets ten through at once where the rate is low', () => {
    const rates = new UserRates(new FakeClock());
    expect(burstOf(rates, user('ann', role('slow', 1))).count).toBe(10);
  });

  it("is each user's own, and no member's, nor of one without a rate", () => {
    const rates = new UserRates(new FakeClock());
    const slow = role('slow', 1);
    expect(burstOf(rates, user('ann', slow)).count).toBe(10);
    expect(burstOf(rates, user('bob', slow)).count).toBe(10);
    expect(burstOf(rates, user('cid', role('free'))).count).toBe(Infinity);
    expect(burstOf(rates, { as: 'local' }).count).toBe(Infinity);
  });
});

describe('the rate of a role, in a cluster', () => {
  const cluster = new SecureCluster();
  let follower: OpenReplica;
  let slow: Access;
  const limited = { code: 'LIMIT_EXCEEDED', message: expect.stringContaining('rate of the role slow') as string };

  /** Asks until a call is refused. */
  async function refused(ask: () => Promise<unknown>): Promise<unknown> {
    for (let i = 0; i < 5_000; i++)
      try {
        await ask();
      } catch (error) {
        return error;
      }
    return 'never';
  }

  beforeAll(async () => {
    await cluster.begin({ heartbeatMs: 20, electionTimeoutMs: 200 });
    follower = await cluster.join('m2');
    await cluster.admin.putRole({ name: 'slow', rules: [], rate: 1 });
    slow = await cluster.user('slow', ['operator', 'slow']);
    await until('the follower has it', () => follower.store.version === cluster.member.store.version);
  });
  afterAll(() => cluster.close());

  it('counts single calls, carried calls and lists alike, at each member', async () => {
    for (const at of [cluster.member, follower]) {
      expect(await refused(() => cluster.clientFor(slow, at).list('node'))).toMatchObject(limited);
      const client = cluster.clientFor(slow, at);
      expect(await refused(() => client.create('node', {}))).toMatchObject(limited);
    }
  });

  it('does not count for others', async () => {
    const free = cluster.clientFor(await cluster.user('free', ['operator']));
    await Promise.all(Array.from({ length: 200 }, () => free.create('node', {})));
  });

  it('counts as soon as it is changed', async () => {
    await cluster.admin.putRole({ name: 'slow', rules: [] });
    const client = cluster.clientFor(slow);
    await until('it has no limit', () =>
      client.list('node').then(
        () => true,
        () => false,
      ),
    );
    for (let i = 0; i < 50; i++) await client.create('node', {});
    await cluster.admin.putRole({ name: 'slow', rules: [], rate: 1 });
    expect(await refused(() => client.create('node', {}))).toMatchObject(limited);
  });
});
