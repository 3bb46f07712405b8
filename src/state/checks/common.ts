import { foldName } from '../kind.js';
import type { DeepPartial } from '../schema.js';
import { keyCheck, type CheckFunc } from '../specifiers.js';
import type { Kind, ObjectOf } from '../tables/index.js';

type Indices = readonly { readonly key: string; readonly val: string }[];

/** Where a kind keeps its name and its index entries, in an object and in a literal. */
interface Parts<K extends Kind> {
  readonly name: (object: ObjectOf<K>) => string;
  readonly wantedName: (wanted: DeepPartial<ObjectOf<K>>) => string | undefined;
  readonly indices: (object: ObjectOf<K>) => Indices;
  readonly wantedIndices: (wanted: DeepPartial<ObjectOf<K>>) => readonly DeepPartial<Indices[number]>[] | undefined;
}

/** The six checks that every kind has. */
export function commonChecks<K extends Kind>(parts: Parts<K>) {
  /** The one entry that the literal names; none or several match nothing. */
  const wantedEntry = (wanted: DeepPartial<ObjectOf<K>>) => {
    const entries = parts.wantedIndices(wanted);
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
    changed: (changed) => foldName(parts.name(changed)),
  });
  const namePrefix: CheckFunc<K> = (wanted, changed) => {
    const prefix = parts.wantedName(wanted);
    return prefix !== undefined && foldName(parts.name(changed)).startsWith(foldName(prefix));
  };
  const custom: CheckFunc<K> = (wanted, changed) => {
    const entry = wantedEntry(wanted);
    return entry !== undefined && parts.indices(changed).some(({ key, val }) => key === entry.key && val === entry.val);
  };
  const customPrefix: CheckFunc<K> = (wanted, changed) => {
    const entry = wantedEntry(wanted);
    return (
      entry !== undefined &&
      parts.indices(changed).some(({ key, val }) => key === entry.key && val.startsWith(entry.val))
    );
  };
  return { id, idPrefix, name, namePrefix, custom, customPrefix };
}
