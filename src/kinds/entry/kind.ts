import { defineKind, type SystemKind } from '../custom-kind.js';
import { objectOf } from '../object-of.js';
import { text } from '../schema.js';

/** Fields of one address that a process registered with `skep://`. */
export interface EntryBody {
  /** Path under which it is registered. */
  readonly path: string;
  /** Address, `host:port`. */
  readonly address: string;
  /** Id of the lease with which it is removed; empty for none. */
  readonly lease: string;
}

/** Values of the indexes of {@link entries}. */
export interface EntryIndexes {
  /** Path of the entry. */
  readonly path: string;
  /** Path and address, with a space between them: unique. */
  readonly place: string;
  /** Id of the lease, where there is one. */
  readonly lease: string | undefined;
}

/** One address that a process registered with `skep://`. */
export const entries: SystemKind<EntryBody, EntryIndexes, 'entries'> = defineKind({
  name: 'entries',
  schema: objectOf<EntryBody>()({ path: text(), address: text(), lease: text() }),
  indexes: {
    path: (entry) => entry.path,
    place: (entry) => `${entry.path} ${entry.address}`,
    lease: (entry) => entry.lease || undefined,
  },
  unique: ['place'],
});
