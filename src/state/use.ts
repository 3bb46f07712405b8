import type { KindLimits } from '../kinds/definition.js';
import { kindsIn, readKind } from './root.js';
import type { Ledger } from './transactions/ledger.js';

/** Use and limits of one kind. */
export interface KindUse {
  /** Name of the kind. */
  readonly kind: string;
  /** Number of objects. */
  readonly objects: number;
  /** Encoded bytes of all of them. */
  readonly bytes: number;
  /** Limits of the kind, where it has some. */
  readonly limits?: KindLimits;
}

/** Amount of objects, history and watches in a store. */
export interface StoreUse {
  /** Every kind that this store knows, and every one that there is, or was, an object of. */
  readonly kinds: readonly KindUse[];
  /** Extent of the history. */
  readonly history: {
    readonly transactions: number;
    readonly bytes: number;
    /** The oldest version that can be watched from. */
    readonly reachesBackTo: number;
  };
  /** Watches that stand. */
  readonly watches: number;
}

export function useOf({ committed, kinds, history, queue, limits }: Ledger): StoreUse {
  const useOfKind = (kind: string): KindUse => {
    const { limits: own } = kinds.get(kind);
    const set = own || limits[kind] ? { ...own, ...limits[kind] } : undefined;
    const objects = readKind(committed, kind, kinds).size;
    return { kind, objects, bytes: committed.bytes[kind] ?? 0, ...(set && { limits: set }) };
  };
  return {
    kinds: [...new Set([...kindsIn(committed), ...kinds.names()])].map(useOfKind),
    history: {
      transactions: history.length,
      bytes: history.bytes,
      reachesBackTo: history.reachesBackTo(committed.version),
    },
    watches: queue.listeners,
  };
}
