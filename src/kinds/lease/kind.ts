import { defineKind } from '../custom-kind.js';
import * as s from '../schemas.js';

/** The shortest and the longest lease, milliseconds. */
export const ttlMinMs = 500;
export const ttlMaxMs = 24 * 60 * 60 * 1_000;

/**
 * Leases: each is removed when nobody keeps it alive. An object of any kind is attached to a lease when its kind has an
 * index called `lease` that gives the lease's id. It is removed together with the lease.
 */
export const leases = defineKind({
  name: 'leases',
  schema: s.object({
    ttlMs: s.uint(),
    /** Name of the holder, for people. */
    holder: s.text(),
    /** True: it is marked as lost, and not removed, when most guarded leases lapse at once. */
    guarded: s.flag(),
    /** True: nobody keeps it alive, and so many others neither that the fault may be ours. */
    lost: s.flag(),
  }),
  indexes: { guarded: (lease) => lease.guarded, lost: (lease) => lease.lost },
  validate: ({ ttlMs }) =>
    ttlMs < ttlMinMs || ttlMs > ttlMaxMs ? `ttlMs must be from ${ttlMinMs} to ${ttlMaxMs}, is ${ttlMs}` : undefined,
});

/** Index that gives the lease to which an object is attached. */
export const leaseIndex = 'lease';
