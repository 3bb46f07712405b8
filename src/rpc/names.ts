import { isName, nameRule } from '../base/names.js';
import { kindOf, StoreError, type AnyObject, type Kind } from '../state/index.js';

const named: ReadonlySet<Kind> = new Set(['service', 'network', 'cluster']);

/** What the API asks of names beyond what the store does. Throws `INVALID_OBJECT` that names the field. */
export function checkName(kind: Kind, object: AnyObject): void {
  if (!named.has(kind)) return;
  const name = kindOf(kind).nameOf(object);
  const path = 'spec.annotations.name';
  if (name === '') throw new StoreError('INVALID_OBJECT', `${kind}: ${path} must not be empty`, { path });
  if (!isName(name)) throw new StoreError('INVALID_OBJECT', `${kind}: ${path} "${name}" ${nameRule}`, { path });
}
