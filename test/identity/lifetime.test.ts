import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/base/random.js';
import { dayMs, renewalAt, retryAfterMs, urgencyAt, validityAt } from '../../src/identity/index.js';

const now = 1_000 * dayMs;

describe('the life of a certificate', () => {
  it('begins an hour early and ends with its issuer', () => {
    const issuer = { notBefore: 0, notAfter: now + 30 * dayMs };
    expect(validityAt(now, 10 * dayMs, issuer)).toEqual({ notBefore: now - 3_600_000, notAfter: now + 10 * dayMs });
    expect(validityAt(now, 90 * dayMs, issuer).notAfter).toBe(issuer.notAfter);
    expect(validityAt(now, 1).notAfter).toBe(now + 3_600_000);
  });

  it('is renewed between 50 and 80 % of it, spread out', () => {
    const validity = { notBefore: now, notAfter: now + 100 * dayMs };
    const random = seededRandom(7);
    const points = Array.from({ length: 10_000 }, () => renewalAt(validity, random));
    const days = points.map((point) => Math.floor((point - now) / dayMs));
    expect(Math.min(...days)).toBe(50);
    expect(Math.max(...days)).toBe(79);
    for (let day = 50; day < 80; day++) {
      const share = days.filter((one) => one === day).length;
      expect(share).toBeGreaterThan(200);
      expect(share).toBeLessThan(500);
    }
  });

  it.each([
    [0, 'fine'],
    [79, 'fine'],
    [80, 'warn'],
    [94, 'warn'],
    [95, 'error'],
    [101, 'expired'],
  ] as const)('at %i %% is %s', (percent, urgency) => {
    expect(urgencyAt(now + percent * dayMs, { notBefore: now, notAfter: now + 100 * dayMs })).toBe(urgency);
  });

  it('waits longer after each failure, up to five minutes', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(), (failures, seed) => {
        const wait = retryAfterMs(failures, seededRandom(seed));
        const most = Math.min(1_000 * 2 ** failures, 300_000);
        expect(wait).toBeGreaterThanOrEqual(most / 2);
        expect(wait).toBeLessThanOrEqual(most);
      }),
    );
  });
});
