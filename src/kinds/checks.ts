import type { NamedParts } from './annotated.js';
import { foldName } from './definition.js';
import type { Annotations } from './parts/index.js';
import type { Kind, ObjectOf } from './registry.js';
import type { DeepPartial } from './schema.js';
import { type CheckFunc, keyCheck } from './specifiers.js';

/** The check by id, of whatever kind. */
export const checkId = keyCheck<Kind>({ wanted: ({ id }) => id, changed: ({ id }) => id });

/** Makes the six checks that every built-in kind has. */
export function commonChecks<K extends Kind>(given: NamedParts<never>) {
  const parts = given as unknown as NamedParts<ObjectOf<K>>;
  const indicesOf = (object: ObjectOf<K>): Annotations['indices'] =>
    (parts.annotationsOf(object as unknown as DeepPartial<ObjectOf<K>>) as Annotations).indices;
  /** The one entry that the literal names; none or several match nothing. */
  const wantedEntry = (wanted: DeepPartial<ObjectOf<K>>) => {
    const entries = parts.annotationsOf(wanted)?.indices;
    const [entry] = entries ?? [];
    return entries?.length === 1 && entry?.key !== undefined && entry.val !== undefined
      ? { key: entry.key, val: entry.val }
      : undefined;
  };
  const idOf = (object: { readonly id?: string | undefined }) => object.id;

  const id = keyCheck<K>({ wanted: (wanted) => idOf(wanted), changed: (changed) => changed.id });
  const idPrefix: CheckFunc<K> = (wanted, changed) => {
    const prefix = idOf(wanted);
    return prefix !== undefined && changed.id.startsWith(prefix);
  };
  const name = keyCheck<K>({
    wanted: (wanted) => {
      const given = parts.wantedName(wanted);
      return given === undefined ? undefined : foldName(given);
    },
    changed: (changed) => foldName(parts.nameOf(changed)),
  });
  const namePrefix: CheckFunc<K> = (wanted, changed) => {
    const prefix = parts.wantedName(wanted);
    return prefix !== undefined && foldName(parts.nameOf(changed)).startsWith(foldName(prefix));
  };
  const custom: CheckFunc<K> = (wanted, changed) => {
    const entry = wantedEntry(wanted);
    return entry !== undefined && indicesOf(changed).some(({ key, val }) => key === entry.key && val === entry.val);
  };
  const customPrefix: CheckFunc<K> = (wanted, changed) => {
    const entry = wantedEntry(wanted);
    return (
      entry !== undefined && indicesOf(changed).some(({ key, val }) => key === entry.key && val.startsWith(entry.val))
    );
  };
  return { id, idPrefix, name, namePrefix, custom, customPrefix };
}
