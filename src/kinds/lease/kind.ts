import { defineKind } from '../custom-kind.js';
import * as s from '../schemas.js';

/** The shortest and the longest lease, milliseconds. */
export const ttlMinMs = 500;
export const ttlMaxMs = 24 * 60 * 60 * 1_000;

/**
 * What is kept alive by somebody. An object of any kind hangs on a lease when the kind has an index called `lease` that
 * gives the lease's id: it goes when the lease goes.
 */
export const leases = defineKind({
  name: 'leases',
  schema: s.object({
    ttlMs: s.uint(),
    /** Who has it, for people. */
    holder: s.text(),
    /** When most guarded leases run out at once they are marked as lost, and not removed. */
    guarded: s.flag(),
    /** Nobody keeps it alive, and so many others neither that the fault may be ours. */
    lost: s.flag(),
  }),
  indexes: { guarded: (lease) => lease.guarded, lost: (lease) => lease.lost },
  validate: ({ ttlMs }) =>
    ttlMs < ttlMinMs || ttlMs > ttlMaxMs ? `ttlMs must be from ${ttlMinMs} to ${ttlMaxMs}, is ${ttlMs}` : undefined,
});

/** The index that says on which lease an object hangs. */
export const leaseIndex = 'lease';
