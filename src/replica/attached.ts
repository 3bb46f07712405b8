import { indexLookup, type KindSet, leaseIndex, leases, type StoredObject, type Tx } from '../kinds/index.js';
import { tableOf } from '../state/index.js';

/** Tells whether an object is a lease, or attached to one. */
export function isEphemeral(kinds: KindSet, kind: string, object: StoredObject): boolean {
  return kind === leases.name || (kinds.get(kind).table.indexes[leaseIndex]?.of(object).length ?? 0) > 0;
}

/** Removes a lease, and every object attached to it. */
export function endLease(tx: Tx, kinds: KindSet, id: string): void {
  for (const kind of kinds.names()) {
    if (!(leaseIndex in kinds.get(kind).table.indexes)) continue;
    const table = tableOf(tx, kind);
    for (const object of table.find(indexLookup(leaseIndex, { value: id }))) table.delete(object.id);
  }
  tx.kind(leases).delete(id);
}
