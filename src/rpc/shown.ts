import type { messages } from '../wire/index.js';
import type { AnyObject, FieldChange, Secret, StoredObject } from '../state/index.js';

const shown = new WeakMap<Secret, Secret>();

/** An object as it may leave the store: the data of a secret stays. */
export function showObject<T extends StoredObject>(kind: string, object: T): T {
  if (kind !== 'secret') return object;
  const secret = object as unknown as Secret;
  let hidden = shown.get(secret);
  if (!hidden) {
    hidden = Object.freeze({ ...secret, spec: Object.freeze({ ...secret.spec, data: '' }) });
    shown.set(secret, hidden);
  }
  return hidden as unknown as T;
}

/** What differs, as it may leave the store: that the data of a secret changed, and not into what. */
function showFields(kind: string, fields: readonly FieldChange[]): FieldChange[] {
  return fields.map((field) => (kind === 'secret' && field.path === 'spec.data' ? { path: field.path } : field));
}

/** An update of a secret that somebody read without its data keeps the data. */
export function withHiddenParts(kind: string, object: AnyObject, old: StoredObject | undefined): AnyObject {
  if (kind !== 'secret' || old === undefined) return object;
  const [given, stored] = [object as Secret, old as Secret];
  return given.spec.data === '' ? { ...given, spec: { ...given.spec, data: stored.spec.data } } : object;
}

/** Field changes as messages: values are JSON. */
export function wireFields(kind: string, fields: readonly FieldChange[]): messages.FieldChange[] {
  return showFields(kind, fields).map(({ path, ...field }) => ({
    path,
    ...('old' in field && { old: JSON.stringify(field.old) }),
    ...('new' in field && { new: JSON.stringify(field.new) }),
  }));
}
