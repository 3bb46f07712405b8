import { isFileName, isName, fileNameRule, nameRule } from '../base/names.js';
import { isKind, isKindName, kindOf, StoreError, type StoredObject } from '../state/index.js';

const rules: Readonly<Record<string, { holds: (name: string) => boolean; rule: string }>> = {
  service: { holds: isName, rule: nameRule },
  network: { holds: isName, rule: nameRule },
  cluster: { holds: isName, rule: nameRule },
  volume: { holds: isName, rule: nameRule },
  secret: { holds: isFileName, rule: fileNameRule },
  config: { holds: isFileName, rule: fileNameRule },
};

/** What the API asks of names beyond what the store does. Throws `INVALID_OBJECT` that names the field. */
export function checkName(kind: string, object: StoredObject): void {
  const rule = rules[kind];
  if (!rule || !isKind(kind)) return;
  const name = kindOf(kind).nameOf(object);
  const path = 'spec.annotations.name';
  if (name === '') throw new StoreError('INVALID_OBJECT', `${kind}: ${path} must not be empty`, { path });
  if (!rule.holds(name)) throw new StoreError('INVALID_OBJECT', `${kind}: ${path} "${name}" ${rule.rule}`, { path });
}

/** Refuses with `INVALID_OBJECT` that names the field. */
export function refuse(kind: string, path: string, says: string): never {
  throw new StoreError('INVALID_OBJECT', `${kind}: ${path} ${says}`, { path });
}

/** @throws {StoreError} `INVALID_OBJECT` for what no kind can be called. */
export function checkedKind(kind: string): string {
  if (isKindName(kind)) return kind;
  throw new StoreError('INVALID_OBJECT', `"${kind}" is no name of a kind: node, service, … or one of your own`, {
    path: 'kind',
  });
}
