import { StoreError } from '../base/store-error.js';
import { type ReadTx, securityKinds, type StoredObject } from '../kinds/index.js';
import { type MemoryStore, tableOf } from '../state/index.js';

/** Name of an object for people: that of its kind, else a field that names it. */
export function nameIn(store: MemoryStore, kind: string, object: StoredObject): string {
  const name = store.kinds.get(kind).nameOf(object);
  if (name !== '') return name;
  const { lock, holder, addr } = object as { lock?: unknown; holder?: unknown; addr?: unknown };
  return (
    ([lock, (object as { name?: unknown }).name, holder, addr].find(
      (one) => typeof one === 'string' && one !== '',
    ) as string) ?? ''
  );
}

/** Tells whether objects of a kind are shown: those that say who may come in are not. */
export function isShown(kind: string): boolean {
  return !securityKinds.has(kind);
}

/** Names of the kinds that are shown: those known here, and those with objects. */
export function shownKinds(store: MemoryStore): string[] {
  const described = store.descriptions().map(({ kind }) => kind);
  return [...new Set([...store.kinds.names(), ...described])].filter(isShown);
}

/** Returns the kind that a name or plural means. @throws {StoreError} `UNKNOWN_KIND` */
export function kindNamed(store: MemoryStore, word: string): string {
  const kinds = shownKinds(store);
  const found = kinds.find((kind) => kind === word) ?? kinds.find((kind) => pluralOf(store, kind) === word);
  if (found !== undefined) return found;
  throw new StoreError('UNKNOWN_KIND', `there is no kind "${word}"; known are ${kinds.join(', ')}`);
}

export function pluralOf(store: MemoryStore, kind: string): string {
  const description = store.descriptions().find((one) => one.kind === kind);
  return store.kinds.find(kind)?.plural ?? description?.plural ?? kind;
}

/** @throws {StoreError} `NOT_FOUND` */
export function objectIn(tx: ReadTx, kind: string, id: string): StoredObject {
  const object = tableOf(tx, kind).get(id);
  if (object) return object;
  throw new StoreError('NOT_FOUND', `there is no ${kind} ${id}`);
}
