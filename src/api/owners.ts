import { StoreError } from '../base/store-error.js';
import {
  type AnyObject,
  instances,
  type KindDefinition,
  leaseIndex,
  leases,
  type ReadTx,
  type StoredObject,
  valueOfKey,
} from '../kinds/index.js';
import type { Rights } from './rights.js';

/** Kinds whose objects record the identity that made them. */
const ownedKinds: ReadonlySet<string> = new Set([leases.name, instances.name]);

/** Object that may record who made it. */
export interface Owned {
  readonly owner?: string | undefined;
}

/** An object with its kind. */
interface Placed {
  readonly kind: string;
  readonly object: StoredObject;
  readonly definition: KindDefinition;
}

/** Returns an object with the owner that the server knows, in the place of the one that a request names. */
export function owned(kind: string, object: AnyObject, { owner }: Owned): AnyObject {
  if (!ownedKinds.has(kind)) return object;
  const { owner: _claimed, ...rest } = object as AnyObject & Owned;
  return { ...rest, ...(owner !== undefined && { owner }) };
}

/**
 * Refuses to change or remove an object of another identity: one that records its owner, or is attached to a lease that
 * does. Else a lock could be taken over by writing another lease into it.
 */
export function checkAttached(tx: ReadTx, { kind, object, definition }: Placed, rights: Rights): void {
  if (ownedKinds.has(kind)) rights.checkOwner(kind, object);
  for (const id of leasesOf(object, definition)) {
    const lease = tx.kind(leases).get(id);
    if (lease && lease.owner !== undefined) rights.checkOwner(kind, { id: object.id, owner: lease.owner });
  }
}

/** Refuses to attach an object to an expired lease: it would never be removed. And to another identity's: that would remove it. */
export function checkLease(tx: ReadTx, { kind, object, definition }: Placed, rights: Rights): void {
  for (const id of leasesOf(object, definition)) {
    const lease = tx.kind(leases).get(id);
    if (!lease)
      throw new StoreError('LEASE_LOST', `${kind} ${object.id} cannot be attached to the lease ${id}: it has expired`);
    rights.checkOwner(leases.name, lease);
  }
}

function leasesOf(object: StoredObject, { table }: KindDefinition): string[] {
  return (table.indexes[leaseIndex]?.of(object) ?? []).map(([key = '']) => String(valueOfKey(key)));
}
