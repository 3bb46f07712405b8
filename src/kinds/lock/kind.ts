import { defineKind, type Stored, type SystemKind } from '../custom-kind.js';
import { leases } from '../lease/kind.js';
import { objectOf } from '../object-of.js';
import type { KindRules } from '../rules.js';
import { text } from '../schema.js';
import { naming } from '../told.js';

/** Fields of one lock that is held. */
export interface LockBody {
  /** Name of the lock. */
  readonly lock: string;
  /** Holder of the lock, as shown to people. */
  readonly holder: string;
  /** Id of the holder's lease: the lock is removed with it. */
  readonly lease: string;
}

/** Values of the indexes of {@link locks}. */
export interface LockIndexes {
  /** Name of the lock: unique. */
  readonly lock: string;
  /** Id of the holder's lease. */
  readonly lease: string;
}

/** One lock that is held. It is never changed: the version that made it is its epoch, and grows with every holder. */
export const locks: SystemKind<LockBody, LockIndexes, 'locks'> = defineKind({
  name: 'locks',
  schema: objectOf<LockBody>()({ lock: text(), holder: text(), lease: text() }),
  indexes: { lock: (held) => held.lock, lease: (held) => held.lease },
  unique: ['lock'],
  validate: ({ lock }) => (lock === '' ? 'lock must not be empty' : undefined),
});

/** Refuses to remove a held lock: its holder hears when its lease ends, and not when the lock is gone. There would be two. */
export const lockRules: KindRules<Stored<{ lease: string }>> = {
  checkRemoval(tx, { id, lease }) {
    const held = tx.kind(leases).get(lease);
    if (held)
      throw naming('IN_USE', (mayRead) => {
        const which = mayRead(leases.name, held) ? `: leases/${lease}` : '';
        return `locks ${id} is held; to take it away, remove its lease${which}`;
      });
  },
};
