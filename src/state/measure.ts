import { StoreError } from '../base/store-error.js';
import type { KindLimits, StoredObject } from '../kinds/definition.js';
import { bytesOf } from '../kinds/meta.js';
import type { StateRoot } from './root.js';
import { roughSize } from './size.js';
import type { StoreAction } from './transactions/proposer.js';
import type { ObjectChange } from './transactions/write-transaction.js';

/** Encoded bytes of an object. The same object is measured once. */
export type Measure = (kind: string, object: StoredObject, action?: StoreAction) => number;

/** Measures as the proposer encodes; without one, about what it would take. */
export function measureBy(sizeOf: ((action: StoreAction) => number) | undefined): Measure {
  if (!sizeOf) return (_kind, object) => bytesOf(object, roughSize);
  return (kind, object, action = { action: 'create', kind, object }) => bytesOf(object, () => sizeOf(action));
}

/** The bytes of each kind after these changes. */
export function bytesAfter(
  before: StateRoot['bytes'],
  changes: readonly ObjectChange[],
  measure: Measure,
): StateRoot['bytes'] {
  const after: Record<string, number> = { ...before };
  for (const { action, kind, object, old } of changes) {
    const bytes = measure(kind, object);
    const growth = action === 'delete' ? -bytes : bytes - (old === undefined ? 0 : measure(kind, old));
    after[kind] = (after[kind] ?? 0) + growth;
  }
  return after;
}

/** Refuses what is too much of a kind. A transaction that makes it less is welcome however much there is. */
export function checkBytes(
  { before, after }: { readonly before: StateRoot['bytes']; readonly after: StateRoot['bytes'] },
  changes: readonly ObjectChange[],
  { limitsOf, measure }: { readonly limitsOf: (kind: string) => KindLimits | undefined; readonly measure: Measure },
): void {
  for (const { action, kind, object } of changes) {
    const { objectBytes, bytes } = limitsOf(kind) ?? {};
    if (objectBytes !== undefined && action !== 'delete' && measure(kind, object) > objectBytes) {
      const message = `${kind} ${object.id} takes ${measure(kind, object)} bytes, and at most ${objectBytes} may be in one`;
      throw new StoreError('LIMIT_EXCEEDED', message);
    }
    const total = after[kind] ?? 0;
    if (bytes !== undefined && total > bytes && total > (before[kind] ?? 0))
      throw new StoreError(
        'LIMIT_EXCEEDED',
        `objects of kind ${kind} would take ${total} bytes, and at most ${bytes} may be`,
      );
  }
}
