import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import {
  callerOf,
  dayMs,
  type Directory,
  type IdentityKind,
  lifeDefaultMs,
  renewalAt,
  renewLateDefaultMs,
  rootLifeMs,
  urgencyAt,
  type Validity,
  validityAt,
} from '../../src/identity/index.js';

/* Ten years of a cluster in virtual time, which jumps from one renewal to the next: certificates, and what is judged of them. */

const domain = 'abcdefghabcdefgh';
const begin = Date.UTC(2030, 0, 1);
const end = begin + rootLifeMs;
const root: Validity = { notBefore: begin, notAfter: end };

interface Owner {
  readonly kind: IdentityKind;
  readonly name: string;
  serial: number;
  validity: Validity;
  next: number;
  /** Time from which on it is switched off, and for how long. */
  readonly away?: { readonly from: number; readonly ms: number };
}

describe('ten years of renewals', () => {
  it.each([1, 2, 3])('leave nobody out that was there, and let nobody in that was not: seed %i', (seed) => {
    const random = seededRandom(seed);
    const credentials = new Map<string, string>();
    let serials = 0;
    const issued = (owner: Owner, now: number): void => {
      credentials.delete(String(owner.serial));
      owner.serial = ++serials;
      credentials.set(String(owner.serial), `${owner.kind}/${owner.name}`);
      owner.validity = validityAt(now, lifeDefaultMs[owner.kind], root);
      owner.next = renewalAt(owner.validity, random);
    };
    const made = (kind: IdentityKind, name: string, away?: Owner['away']): Owner => {
      const owner: Owner = { kind, name, serial: 0, validity: root, next: 0, ...(away && { away }) };
      issued(owner, begin);
      return owner;
    };
    const day = (n: number) => n * dayMs;
    const owners = [
      ...Array.from({ length: 7 }, (_, i) => made('member', String(i + 1))),
      ...Array.from({ length: 100 }, (_, i) => made('worker', `n${i}`)),
      ...Array.from({ length: 100 }, (_, i) => made('user', `u${i}`)),
    ];
    // Off for about a year: the one can still renew, the other needs a new token.
    const late = made('user', 'late', { from: begin + day(1_000), ms: day(380) });
    const tooLate = made('user', 'too-late', { from: begin + day(1_000), ms: day(30) + renewLateDefaultMs + day(1) });
    const removed = made('user', 'removed');
    const directory: Directory = {
      domain,
      memberState: (id) => (id === 7 && now >= begin + day(2_000) ? 'removed' : id <= 7 ? 'member' : 'unknown'),
      user: (name) =>
        name === 'removed' && now >= begin + day(1_500)
          ? undefined
          : { disabled: false, roles: [{ name: 'viewer', rules: [] }] },
      hasNode: () => true,
      hasCredential: (serial, owner) => credentials.get(serial) === owner,
      bearer: () => undefined,
    };
    let now = begin;
    const judged = ({ kind, name, serial, validity }: Owner) =>
      callerOf({ identity: { domain, kind, name }, serial: String(serial), ...validity }, directory, {
        now,
        renewLateMs: renewLateDefaultMs,
      }).as;

    let renewals = 0;
    const perDay = new Map<number, number>();
    while (now < end - day(90)) {
      const next = owners.reduce((a, b) => (a.next <= b.next ? a : b));
      now = Math.max(now, next.next);
      if (next.kind !== 'member' || directory.memberState(Number(next.name)) === 'member') {
        expect(judged(next)).toBe(next.kind); // it was never late
        expect(urgencyAt(now, next.validity)).not.toBe('expired');
      }
      issued(next, now);
      renewals++;
      const today = Math.floor((now - begin) / dayMs);
      perDay.set(today, (perDay.get(today) ?? 0) + 1);
    }
    // 100 users of 30 days, 107 others of 90: about 130 times and 45 times each.
    expect(renewals).toBeGreaterThan(12_000);
    expect(renewals).toBeLessThan(30_000);
    expect(judged(owners[6] as Owner)).toBe('anonymous'); // the removed member, whatever it issues to itself
    expect(judged(owners[0] as Owner)).toBe('member');
    // Those that began on one day have spread out: no day has a herd after the first years.
    const later = [...perDay].filter(([at]) => at > 730).map(([, count]) => count);
    expect(Math.max(...later)).toBeLessThan(40);

    for (const [owner, renews] of [
      [late, true],
      [tooLate, false],
    ] as const) {
      now = begin;
      issued(owner, now);
      const { from, ms } = owner.away ?? { from: 0, ms: 0 };
      while (owner.next < from) issued(owner, (now = owner.next));
      expect(judged(owner)).toBe('user');
      now = owner.validity.notAfter + (renews ? renewLateDefaultMs - day(1) : renewLateDefaultMs + 1);
      expect(judged(owner)).toBe(renews ? 'expired' : 'anonymous');
      expect(ms).toBeGreaterThan(day(365));
      if (renews) issued(owner, now);
      expect(judged(owner)).toBe(renews ? 'user' : 'anonymous');
    }
    now = begin + day(1_499);
    issued(removed, now);
    expect(judged(removed)).toBe('user');
    now += day(1);
    expect(judged(removed)).toBe('anonymous');
    // With the root everything ends: nothing is valid behind it.
    now = end + 1;
    for (const owner of owners.slice(0, 6)) {
      issued(owner, now - day(1));
      expect(owner.validity.notAfter).toBe(end);
      expect(judged(owner)).toBe('anonymous');
    }
  });
});
