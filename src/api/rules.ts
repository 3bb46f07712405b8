import { type AnyObject, isKind, kindOf, type KindRules, type StoredObject, systemRules } from '../kinds/index.js';
import { refuse } from '../kinds/rules.js';
import type { ReadTx } from '../kinds/tx.js';

/** Returns the rules of a kind; custom ones have none. */
export function rulesOf(kind: string): KindRules {
  return isKind(kind) ? kindOf(kind).rules : (systemRules[kind] ?? {});
}

/** Asks the rules of the object's kind. Throws `INVALID_OBJECT` or `IN_USE`. */
export function checkObject(tx: ReadTx, kind: string, object: AnyObject, old: StoredObject | undefined): void {
  checkName(kind, object);
  checkLabels(kind, object);
  rulesOf(kind).check?.(tx, object, old);
}

/** Refuses to remove what others need. Asked when the whole transaction is made: they may go together. */
export function checkRemoval(tx: ReadTx, kind: string, object: StoredObject): void {
  rulesOf(kind).checkRemoval?.(tx, object);
}

/** Checks a name as the API does, beyond what the store asks. Throws `INVALID_OBJECT` that names the field. */
export function checkName(kind: string, object: StoredObject): void {
  const { name: rule } = rulesOf(kind);
  if (!rule || !isKind(kind)) return;
  const name = kindOf(kind).nameOf(object);
  const path = 'spec.annotations.name';
  if (name === '') refuse(kind, path, 'must not be empty');
  if (!rule.holds(name)) refuse(kind, path, `"${name}" ${rule.says}`);
}

function checkLabels(kind: string, object: StoredObject): void {
  const { spec } = object as { spec?: { annotations?: { labels: Readonly<Record<string, string>> } } };
  if (spec?.annotations && '' in spec.annotations.labels)
    refuse(kind, 'spec.annotations.labels', 'must not have an empty key');
}
