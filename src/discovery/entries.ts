import { Entry } from './entry.js';

/** The list of a backend. Frozen. */
export interface Entries extends ReadonlyArray<Entry> {
  /** The same entries in the same order? */
  equals(others: readonly Entry[]): boolean;
  /** Is there an entry with this host and port? */
  contains(entry: Entry): boolean;
  /**
   * Finds what is new in `newer`, and what is gone from it. `added` is in the order of `newer` (and names twice what is new
   * and twice there), `removed` in the order of this list.
   */
  diff(newer: readonly Entry[]): EntriesDiff;
}

/** Difference of two lists of entries. */
export interface EntriesDiff {
  /** Entries that only the newer list has. */
  readonly added: Entries;
  /** Entries that only the older list has. */
  readonly removed: Entries;
}

class EntryList extends Array<Entry> implements Entries {
  /** `map` and `filter` give plain arrays. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  equals(others: readonly Entry[]): boolean {
    return this.length === others.length && this.every((entry, i) => entry.equals(others[i] as Entry));
  }

  contains(entry: Entry): boolean {
    return this.some((one) => one.equals(entry));
  }

  diff(newer: readonly Entry[]): EntriesDiff {
    return { added: without(newer, this), removed: without(this, newer) };
  }
}

/** Makes {@link Entries} of entries. */
export function entriesOf(entries: Iterable<Entry>): Entries {
  const list = new EntryList();
  for (const entry of entries) list.push(entry);
  return Object.freeze(list);
}

/**
 * Makes {@link Entries} of addresses; empty ones are skipped.
 * @throws {DiscoveryError} `INVALID_ADDRESS` for the first that is none: then there is no list at all.
 */
export function createEntries(addresses: Iterable<string> | null | undefined): Entries {
  return entriesOf([...(addresses ?? [])].filter((address) => address !== '').map((address) => Entry.parse(address)));
}

/** The same entries, in whatever order? */
export function sameMembers(one: readonly Entry[], other: readonly Entry[]): boolean {
  if (one.length !== other.length) return false;
  const sorted = other.map(String).sort();
  return one
    .map(String)
    .sort()
    .every((address, i) => address === sorted[i]);
}

function without(entries: readonly Entry[], others: readonly Entry[]): Entries {
  const known = new Set(others.map(String));
  return entriesOf(entries.filter((entry) => !known.has(String(entry))));
}
