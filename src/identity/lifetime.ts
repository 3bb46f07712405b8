import type { Random } from '../base/random.js';
import type { IdentityKind } from './spiffe.js';

const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** Validity begins before the moment of issue, milliseconds: clocks differ. */
export const backdateMs = hourMs;
/** Shortest life of a certificate, milliseconds. */
export const lifeLeastMs = hourMs;
/** Life of a root, milliseconds: ten years. */
export const rootLifeMs = 3_652 * dayMs;
/** Default life of a certificate by kind, milliseconds. */
export const lifeDefaultMs: Readonly<Record<IdentityKind, number>> = {
  member: 90 * dayMs,
  worker: 90 * dayMs,
  user: 30 * dayMs,
};
/** Default time after its end in which a worker or a user may still renew, milliseconds. */
export const renewLateDefaultMs = 365 * dayMs;

/** Times of a certificate, milliseconds since the epoch. */
export interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** Validity of a certificate issued at `now`: backdated, at least an hour, and never longer than its issuer's. */
export function validityAt(now: number, lifeMs: number, issuer?: Validity): Validity {
  const notAfter = now + Math.max(lifeMs, lifeLeastMs);
  return {
    notBefore: Math.max(now - backdateMs, issuer?.notBefore ?? -Infinity),
    notAfter: Math.min(notAfter, issuer?.notAfter ?? Infinity),
  };
}

/** Shortest time between two certificates of one owner, milliseconds: where the CA ends, each is shorter than the one before. */
export const renewLeastMs = 60_000;

/** Moment to renew at: a random point of 50 to 80 % of the life, so that many certificates of one day spread out. */
export function renewalAt({ notBefore, notAfter }: Validity, random: Random): number {
  const life = notAfter - notBefore;
  return notBefore + Math.round(life * (0.5 + (0.3 * random(1_000_001)) / 1_000_000));
}

/** Urgency of the renewal of a certificate. */
export type Urgency = 'fine' | 'warn' | 'error' | 'expired';

/** Renewal begins at 80 % of the life at the latest, so a later moment is a sign of trouble. */
export function urgencyAt(now: number, { notBefore, notAfter }: Validity): Urgency {
  const spent = (now - notBefore) / (notAfter - notBefore);
  if (now > notAfter) return 'expired';
  return spent >= 0.95 ? 'error' : spent >= 0.8 ? 'warn' : 'fine';
}

/** Wait after a failed attempt, milliseconds: 1 s, doubled each time up to 5 min, of which the upper half is chance. */
export function retryAfterMs(failures: number, random: Random): number {
  const most = Math.min(1_000 * 2 ** Math.min(failures, 20), 300_000);
  return most / 2 + random(most / 2 + 1);
}
