import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { flag, optional, text, uint } from '../schema.js';

/** The shortest and the longest lease, milliseconds. */
export const ttlMinMs = 500;
export const ttlMaxMs = 24 * 60 * 60 * 1_000;

/** Fields of a lease. */
export interface LeaseBody {
  /** Time without a renewal after which it expires, ms. */
  readonly ttlMs: number;
  /** Name of the holder, for people. */
  readonly holder: string;
  /** True: it is marked as lost, and not removed, when most guarded leases lapse at once. */
  readonly guarded: boolean;
  /** True: it is not kept alive, and so many others are not either that the fault may be ours. */
  readonly lost: boolean;
  /** Identity that began it, as `user/alice`: others may not renew or end it. Absent where connections are in clear text. */
  readonly owner?: string;
}

/** Values of the indexes of {@link leases}. */
export interface LeaseIndexes {
  /** Leases that a mass expiry marks as lost. */
  readonly guarded: boolean;
  /** Leases that are marked as lost. */
  readonly lost: boolean;
}

/**
 * Leases: each is removed when its holder stops renewing it. An object of any kind is attached to a lease when its kind has an
 * index called `lease` that gives the lease's id. It is removed together with the lease.
 */
export const leases: SystemKind<LeaseBody, LeaseIndexes, 'leases'> = defineKind({
  name: 'leases',
  schema: objectOf<LeaseBody>()({
    ttlMs: uint(),
    holder: text(),
    guarded: flag(),
    lost: flag(),
    owner: optional(text()),
  }),
  indexes: { guarded: (lease) => lease.guarded, lost: (lease) => lease.lost },
  validate: ({ ttlMs }) =>
    ttlMs < ttlMinMs || ttlMs > ttlMaxMs ? `ttlMs must be from ${ttlMinMs} to ${ttlMaxMs}, is ${ttlMs}` : undefined,
});

/** Index that gives the lease to which an object is attached. */
export const leaseIndex = 'lease';
