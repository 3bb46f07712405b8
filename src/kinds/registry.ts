import type { BuiltInKind } from './built-in.js';
import { clusterKind } from './cluster/kind.js';
import { configKind } from './config/kind.js';
import type { StoredObject } from './definition.js';
import { networkKind } from './network/kind.js';
import { nodeKind } from './node/kind.js';
import { secretKind } from './secret/kind.js';
import { serviceKind } from './service/kind.js';
import { taskKind } from './task/kind.js';
import { volumeKind } from './volume/kind.js';

/**
 * The built-in kinds, each under the name of its table. Transactions, codecs, rules, columns and types follow from this list.
 * A new kind has these places:
 *
 * - a folder here, a line below, and a line in `public.ts`;
 * - a message in `proto/skep/v1/objects.proto`, and a field for it in `AnyObject` there;
 * - example objects in `test/state/model.test.ts`, and a line in `test/wire/generated.test.ts`.
 */
export const builtInKinds = {
  /** Machines of the cluster. */
  nodes: nodeKind,
  /** Descriptions of what shall run, how often and how. */
  services: serviceKind,
  /** Containers' worth of work, each placed on at most one node. */
  tasks: taskKind,
  /** Networks that tasks talk over. */
  networks: networkKind,
  /** Settings of the whole cluster. */
  clusters: clusterKind,
  /** Files that only the containers which name them may see. */
  secrets: secretKind,
  /** Files for containers, readable for all. */
  configs: configKind,
  /** Storage made by a driver. */
  volumes: volumeKind,
} as const;

export type BuiltInKinds = typeof builtInKinds;

/** The objects of a definition. */
export type ObjectIn<D> = D extends BuiltInKind<infer T> ? T : never;

/** The type of the objects of each built-in kind. */
export type ObjectTypes = {
  readonly [P in keyof BuiltInKinds as BuiltInKinds[P]['kind']]: ObjectIn<BuiltInKinds[P]>;
};
/** Name of a built-in kind. */
export type Kind = keyof ObjectTypes;
/** The objects of a built-in kind: `ObjectOf<'task'>` is `Task`. */
export type ObjectOf<K extends Kind> = ObjectTypes[K];
/** An object of any built-in kind. */
export type AnyObject = ObjectTypes[Kind];

const byKind = new Map<string, BuiltInKind>(
  Object.values(builtInKinds).map((definition) => [definition.kind, definition as unknown as BuiltInKind]),
);

/** Names of the built-in kinds. */
export const kindNames = [...byKind.keys()] as readonly Kind[];

/** Tells whether this is a built-in kind. */
export function isKind(name: string): name is Kind {
  return byKind.has(name);
}

/** Returns the definition of a kind, without its type: for code that treats all kinds alike. */
export function kindOf(kind: Kind): BuiltInKind<StoredObject> {
  return byKind.get(kind) as BuiltInKind;
}
