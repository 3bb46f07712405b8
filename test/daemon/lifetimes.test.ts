import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../src/base/log.js';
import { Client } from '../../src/client/index.js';
import { RightsAge } from '../../src/daemon/rights-age.js';
import { endedIn, keepSwept } from '../../src/daemon/sweep.js';
import { dayMs } from '../../src/identity/index.js';
import { credentials, tokens } from '../../src/kinds/index.js';
import { until } from '../support/network-wait.js';
import { SecureCluster } from '../support/secure-cluster.js';

/** A clock that stands still until it is moved. */
function stillClock() {
  let now = 0;
  let timers: { at: number; run: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    schedule(delayMs: number, run: () => void) {
      const timer = { at: now + delayMs, run };
      timers.push(timer);
      return () => (timers = timers.filter((one) => one !== timer));
    },
    pass(ms: number) {
      now += ms;
      const due = timers.filter(({ at }) => at <= now);
      timers = timers.filter(({ at }) => at > now);
      for (const { run } of due) run();
    },
    get waiting() {
      return timers.length;
    },
  };
}

describe('the copy of the rights', () => {
  const leader = (id: number) => (age: RightsAge) => age.led(id);
  const pass = (ms: number) => ms;

  it.each<[string, (number | ((age: RightsAge) => void))[], boolean, number]>([
    ['is new at the start', [pass(99)], true, 0],
    ['is too old when no leader was ever heard', [pass(100)], false, 1],
    ['stays new under a leader', [leader(1), pass(10_000)], true, 0],
    ['is new for a while without one', [leader(1), pass(500), leader(0), pass(99)], true, 0],
    ['is too old after that', [leader(1), pass(500), leader(0), pass(100)], false, 1],
    ['does not become new by no leader again', [leader(1), leader(0), pass(60), leader(0), pass(60)], false, 1],
    ['is new with the next leader', [leader(0), pass(200), leader(2)], true, 1],
    ['counts from the newest loss', [leader(1), leader(0), pass(90), leader(2), leader(0), pass(90)], true, 0],
  ])('%s', (_, steps, trusted, told) => {
    const clock = stillClock();
    let changes = 0;
    const age = new RightsAge(clock, 100, () => changes++);
    for (const step of steps)
      if (typeof step === 'number') clock.pass(step);
      else step(age);
    expect({ trusted: age.problem === undefined, told: changes }).toEqual({ trusted, told });
    age.close();
    expect(clock.waiting).toBe(0);
  });

  it('lets no user in at a member that has heard no leader for long, and the next leader does', async () => {
    const cluster = new SecureCluster();
    await cluster.begin({ heartbeatMs: 20, electionTimeoutMs: 200 });
    const alone = await cluster.join('m2', { heartbeatMs: 20, electionTimeoutMs: 200, staleAccessMs: 300 });
    const vera = cluster.clientFor(await cluster.user('vera', ['viewer']), alone);
    await until('the member knows the user', () =>
      vera.get('node', 'n1', { stale: true }).then(
        () => true,
        (error: { code?: string }) => error.code === 'NOT_FOUND',
      ),
    );
    await cluster.member.close();
    const code = () =>
      vera.whoAmI().then(
        ({ identity, why }) => `${identity}: ${why}`,
        (error: { code?: string }) => error.code,
      );
    await until('it is refused', async () =>
      /anonymous: this member has heard no leader for/.test(String(await code())),
    );
    const member = new Client({ hosts: [alone.addr], access: alone.access(), timeoutMs: 2_000 });
    expect((await member.whoAmI()).identity).toBe(`member/${alone.status().id}`);
    member.close();
    await cluster.close();
  });
});

describe('tokens and certificates that have ended', () => {
  it('are removed a week, and a year, after their end, by the leader', async () => {
    const cluster = new SecureCluster();
    await cluster.begin();
    const { store } = cluster.member;
    const now = Date.now();
    const token = (id: string, expiresAt: number) => ({
      id,
      use: 'join-user',
      user: 'root',
      hash: id,
      expiresAt,
      createdBy: 'test',
    });
    const credential = (id: string, notAfter: number) => ({
      id,
      identity: 'user/root',
      certificate: id,
      request: id,
      notAfter,
      token: '',
    });
    await store.update((tx) => {
      for (const [id, days] of [
        ['ended', 8],
        ['late', 6],
        ['new', -1],
      ] as const)
        tx.kind(tokens).create(token(id, now - days * dayMs));
      for (const [id, days] of [
        ['c-ended', 366],
        ['c-late', 364],
      ] as const)
        tx.kind(credentials).create(credential(id, now - days * dayMs));
    });
    expect(store.view((tx) => endedIn(tx, now))).toEqual({ tokens: ['ended'], credentials: ['c-ended'] });
    const clock = { ...stillClock(), now: () => now };
    const stop = keepSwept({ store, clock, logger: silentLogger });
    clock.pass(0);
    await until('they are gone', () => store.view((tx) => tx.kind(tokens).get('ended') === undefined));
    const left = store.view((tx) => [
      tx.kind(tokens).get('late'),
      tx.kind(tokens).get('new'),
      tx.kind(credentials).get('c-late'),
    ]);
    expect(left).not.toContain(undefined);
    expect(store.view((tx) => tx.kind(credentials).get('c-ended'))).toBeUndefined();
    stop();
    await cluster.close();
  });
});
