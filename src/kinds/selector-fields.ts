import type { StoredObject } from './definition.js';
import type { Kind } from './registry.js';
import type { CheckFunc } from './specifiers.js';

/** A field of a watch selector that only one kind has, as `node_ids` of tasks. */
export interface SelectorField {
  /** Tells whether the object passes, for one value of the field. */
  readonly holds: (object: never, value: never) => boolean;
  /** The check that the queue answers by a look-up, and the literal that it compares with. */
  readonly lookup?: (value: never) => { readonly wanted: object; readonly check: CheckFunc<Kind> };
}

export function selectorField<T extends StoredObject, V>(
  holds: (object: T, value: V) => boolean,
  lookup?: (value: V) => { readonly wanted: object; readonly check: unknown },
): SelectorField {
  return { holds, ...(lookup && { lookup: lookup as NonNullable<SelectorField['lookup']> }) };
}
