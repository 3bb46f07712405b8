import { refuseUnknown } from '../base/options.js';
import type { IndexDefinition, TableDefinition } from '../table/index.js';
import type { Meta } from './meta.js';
import type { DeepPartial } from './schema.js';

/** An object as it is stored: frozen, and shared by all readers. */
export interface StoredObject {
  /** Identity within its kind. */
  readonly id: string;
  /** Version and times, set by the store. */
  readonly meta: Meta;
}

/** The fields of an object without those that every object has. */
export type BodyOf<T extends StoredObject> = Omit<T, 'id' | 'meta'>;

/** Input of `create`: the fields that matter. `meta` may be there (objects read before) and is ignored. */
export type Draft<T extends StoredObject> = DeepPartial<T>;

/** Input of `update`: the whole object; fields left out go back to their defaults. */
export type Replacement<T extends StoredObject> = DeepPartial<T> & { readonly id: string };

/** Can a kind be called this? Letters, digits, `-` and `_`, and nothing that every object has. */
export function isKindName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) && !(name in {});
}

/** Limits of a kind in one store. A limit that is left out does not apply. */
export interface KindLimits {
  /** Objects of the kind. */
  readonly objects?: number;
  /** Encoded bytes of all of them together. */
  readonly bytes?: number;
  /** Encoded bytes of one. */
  readonly objectBytes?: number;
}

const limitNames = ['objects', 'bytes', 'objectBytes'] as const;

/** Throws a `RangeError` or `TypeError` that names the limit. */
export function checkLimits(kind: string, limits: KindLimits): void {
  refuseUnknown(`the limits of ${kind}`, limits, limitNames);
  for (const name of limitNames) {
    const limit: unknown = limits[name];
    if (limit !== undefined && !(typeof limit === 'number' && limit >= 0))
      throw new RangeError(`${kind}: the limit of ${name} must be a number from 0`);
  }
}

/** Description of a custom kind that every member receives: enough to list it and to name it, not to write it. */
export interface KindDescription {
  /** Name of the kind, in singular. */
  readonly kind: string;
  /** Name of the kind, in plural. */
  readonly plural: string;
  /** Names of the indexes. */
  readonly indexes: readonly string[];
  /** Names of the indexes whose values must be unique. */
  readonly unique: readonly string[];
}

/** Describes a kind of object: its shape, its names, its indexes. The store works for any of them. */
export interface KindDefinition<T extends StoredObject = StoredObject> {
  readonly kind: string;
  /** As the API and the command line say it. */
  readonly plural: string;
  /**
   * Puts the fields of `body`, in canonical form, into `into`. Parts that are those of `old`, itself and not a copy, are
   * canonical already. Throws {@link SchemaError}.
   */
  readonly fill: (body: object, into: Record<string, unknown>, old: T | undefined) => void;
  /** The name that people use; `''` is none. */
  readonly nameOf: (object: T) => string;
  /** Indexes whose keys must be unique. */
  readonly unique: readonly string[];
  /** Refuses an object beyond what its shape says, by throwing {@link SchemaError}. Asked where it is written, not where it is applied. */
  readonly validate?: (object: T, old: T | undefined) => void;
  readonly limits?: KindLimits;
  readonly table: TableDefinition<T>;
  /** Of a kind that users defined. */
  readonly description?: KindDescription;
  /** True without a definition on this member: it keeps and forwards the objects, and cannot write them. */
  readonly unknown?: true;
}

/** Names are found without case; an empty one is none. */
export function nameIndex<T extends StoredObject>(nameOf: (object: T) => string): IndexDefinition<T> {
  return { of: (row) => (nameOf(row) === '' ? [] : [[foldName(nameOf(row))]]) };
}

/** Names differ only if they differ in more than case. Independent of locale; the final sigma is a sigma. */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll('ς', 'σ');
}

export type { Meta };
