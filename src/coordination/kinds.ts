import { defineKind, schema as s } from '../state/index.js';

/** One lock that is held. It is never changed: the version that made it is its epoch, and grows with every holder. */
export const locks = defineKind({
  name: 'locks',
  schema: s.object({
    lock: s.text(),
    /** Who holds it, for people. */
    holder: s.text(),
    lease: s.text(),
  }),
  indexes: { lock: (held) => held.lock, lease: (held) => held.lease },
  unique: ['lock'],
  validate: ({ lock }) => (lock === '' ? 'lock must not be empty' : undefined),
});

/** One address that somebody registered with `skep://`. */
export const entries = defineKind({
  name: 'entries',
  schema: s.object({ path: s.text(), address: s.text(), lease: s.text() }),
  indexes: {
    path: (entry) => entry.path,
    place: (entry) => `${entry.path} ${entry.address}`,
    lease: (entry) => entry.lease || undefined,
  },
  unique: ['place'],
});

/** What a member must know to serve coordination and discovery. */
export const kinds = [locks, entries];
