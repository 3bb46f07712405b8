import { defineKind } from '../custom-kind.js';
import * as s from '../schemas.js';

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
