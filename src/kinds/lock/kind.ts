import { StoreError } from '../../base/store-error.js';
import { defineKind, type Stored } from '../custom-kind.js';
import { leases } from '../lease/kind.js';
import type { KindRules } from '../rules.js';
import * as s from '../schemas.js';

/** One lock that is held. It is never changed: the version that made it is its epoch, and grows with every holder. */
export const locks = defineKind({
  name: 'locks',
  schema: s.object({
    lock: s.text(),
    /** Holder of the lock, as shown to people. */
    holder: s.text(),
    lease: s.text(),
  }),
  indexes: { lock: (held) => held.lock, lease: (held) => held.lease },
  unique: ['lock'],
  validate: ({ lock }) => (lock === '' ? 'lock must not be empty' : undefined),
});

/** Refuses to remove a held lock: its holder hears when its lease ends, and not when the lock is gone. There would be two. */
export const lockRules: KindRules<Stored<{ lease: string }>> = {
  checkRemoval(tx, { id, lease }) {
    if (tx.kind(leases).get(lease))
      throw new StoreError('IN_USE', `locks ${id} is held; to take it away, remove its lease: leases/${lease}`);
  },
};
