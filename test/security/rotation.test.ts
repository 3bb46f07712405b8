import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { type Logger, silentLogger } from '../../src/base/log.js';
import { seededRandom } from '../../src/base/random.js';
import { MemberSecurity } from '../../src/daemon/member-security.js';
import type { OpenReplica } from '../../src/daemon/open-replica.js';
import { dayMs, rootLifeMs } from '../../src/identity/index.js';
import { authorities, systemKinds } from '../../src/kinds/index.js';
import type { Replica } from '../../src/replica/index.js';
import { MemoryStore } from '../../src/state/index.js';
import { until } from '../support/network-wait.js';
import { SecureWorld } from '../support/secure.js';
import { FakeClock } from '../support/state-clock.js';

/* Certificates change while the cluster works, and whatever the clock does. */

const world = new SecureWorld();
afterAll(() => world.close());
afterEach(() => vi.restoreAllMocks());

const begin = Date.UTC(2030, 0, 1);

/** A member alone, whose time is a clock of the test. */
async function member(
  logger: Logger = silentLogger,
): Promise<{ security: MemberSecurity; clock: FakeClock; validity: () => [number, number] }> {
  const clock = new FakeClock(begin);
  const store = new MemoryStore({ kinds: systemKinds });
  const security = new MemberSecurity(7, { clock, random: seededRandom(3), logger, keys: undefined });
  await security.begin();
  const leadership = {
    subscribe: (tell: (role: string) => void) => {
      tell('leader');
      return { unsubscribe: () => undefined };
    },
  };
  const leaders = {
    subscribe: (tell: (leader: { id: number }) => void) => {
      tell({ id: 7 });
      return { unsubscribe: () => undefined };
    },
  };
  security.run({ store, leadership, leaders } as unknown as Replica);
  world.later(() => security.close());
  await until('the CA is in the state', () => store.view((tx) => tx.kind(authorities).find().length === 1));
  const validity = (): [number, number] => {
    const { validFrom, validTo } = new X509Certificate(security.dialing.bundle?.certificate ?? '');
    return [Date.parse(validFrom), Date.parse(validTo)];
  };
  return { security, clock, validity };
}

describe('the certificate of a member', () => {
  it('is valid all the time of ten years, to the end of the CA', async () => {
    const told: string[] = [];
    const { clock, validity } = await member({ ...silentLogger, error: (text) => void told.push(text) });
    const end = begin + rootLifeMs;
    const valid = () => {
      const [from, to] = validity();
      return from <= clock.now() && clock.now() < to;
    };
    const seen = new Set<number>();
    const { armed } = clock;
    while (clock.now() + 5 * dayMs < end) {
      clock.advance(5 * dayMs);
      await until('nothing is under way', () => clock.armed >= armed); // a renewal arms the next timer at its end
      expect(valid()).toBe(true);
      seen.add(validity()[1]);
    }
    expect(seen.size).toBeGreaterThan(10 * 4);
    expect(told).toContainEqual(expect.stringContaining('the CA of this cluster ends soon'));
    // Each is shorter than the one before, and no storm of them comes.
    const before = clock.delays.length;
    while (clock.now() < end + dayMs) {
      clock.advance(dayMs / 24);
      await until('nothing is under way', () => clock.armed >= armed);
    }
    expect(clock.delays.length - before).toBeLessThan(7 * 24 * 61);
  }, 120_000);

  it.each([
    ['the machine sleeps for 400 days', 400 * dayMs],
    ['the clock was a year ahead and is corrected', -365 * dayMs],
  ])('is new soon after: %s', async (_, ms) => {
    const { clock, validity, security } = await member();
    if (ms < 0) {
      clock.jump(-ms);
      await security.renew(); // with the wrong time
    }
    clock.jump(ms); // timers do not notice
    expect(validity()[0] > clock.now() || validity()[1] < clock.now()).toBe(true);
    clock.advance(61 * 60_000);
    await until('it is valid', () => {
      const [from, to] = validity();
      return from <= clock.now() && clock.now() < to;
    });
  });
});

describe('certificates that change under load', () => {
  /** The security of each member that is opened from here on, by its name. */
  function captured(): MemberSecurity[] {
    const all: MemberSecurity[] = [];
    const run = (MemberSecurity.prototype as unknown as { run: (replica: Replica) => void }).run;
    vi.spyOn(MemberSecurity.prototype, 'run').mockImplementation(function (this: MemberSecurity, replica: Replica) {
      all.push(this);
      run.call(this, replica);
    });
    return all;
  }

  it('lose no write and cause no election', async () => {
    const all = captured();
    const first = await world.open('m1', { electionTimeoutMs: 2_000 });
    const admin = await world.admin(first);
    const { token } = await admin.createToken({ use: 'join-member', uses: 2 });
    const more = { join: [first.addr], joinToken: token, electionTimeoutMs: 2_000 };
    const members: OpenReplica[] = [first, await world.open('m2', more), await world.open('m3', more)];
    await until('all vote', () => first.status().members.every(({ role }) => role === 'voter'));
    const { term } = first.status();
    const clients = members.map((one) => world.client(one, one.access(), 20_000));
    let ended = false;
    let written = 0;
    const failed: unknown[] = [];
    const writers = [0, 1, 2, 3, 4, 5].map(async (n) => {
      for (let i = 0; !ended; i++)
        await clients[n % 3]?.create('node', { id: `w${n}-${i}` }).then(
          () => written++,
          (error: unknown) => failed.push(error),
        );
    });
    const serials = new Set<string>();
    for (let round = 0; round < 4; round++)
      for (const security of all) {
        const before = written;
        await security.renew();
        serials.add(new X509Certificate(security.dialing.bundle?.certificate ?? '').serialNumber);
        await until('writes go on', () => written > before + 5, 30_000);
      }
    ended = true;
    await Promise.all(writers);
    expect(failed).toEqual([]);
    expect(serials.size).toBe(12);
    expect(members.map((one) => one.status().term)).toEqual([term, term, term]);
    console.info(`${serials.size} certificates changed under ${written} writes: ${failed.length} failed, 0 elections`);

    // Nobody leads: a member makes its certificate all the same.
    await Promise.all([members[0]?.close(), members[1]?.close()]);
    const last = all[2] as MemberSecurity;
    const old = last.dialing.bundle?.certificate;
    await last.renew();
    expect(last.dialing.bundle?.certificate).not.toBe(old);
  }, 120_000);
});
