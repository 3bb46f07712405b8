import type { BuiltInKind, StoredObject } from '../kind.js';
import { clusterKind, type Cluster } from './cluster.js';
import { configKind, type Config } from './config.js';
import { networkKind, type Network } from './network.js';
import { nodeKind, type Node } from './node.js';
import { secretKind, type Secret } from './secret.js';
import { serviceKind, type Service } from './service.js';
import { taskKind, type Task } from './task.js';
import { volumeKind, type Volume } from './volume.js';

/** Every kind of object that the store brings along. A new kind is a file here and a line below. */
export const kinds = {
  node: nodeKind,
  service: serviceKind,
  task: taskKind,
  network: networkKind,
  cluster: clusterKind,
  secret: secretKind,
  config: configKind,
  volume: volumeKind,
} as const;

export interface ObjectTypes {
  node: Node;
  service: Service;
  task: Task;
  network: Network;
  cluster: Cluster;
  secret: Secret;
  config: Config;
  volume: Volume;
}

export type Kind = keyof ObjectTypes;
export type ObjectOf<K extends Kind> = ObjectTypes[K];
export type AnyObject = ObjectTypes[Kind];

export const kindNames = Object.keys(kinds) as readonly Kind[];

/** Is this one of the kinds that the store brings along? */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}

/** The definition of a kind, without its type: for code that treats all kinds alike. */
export function kindOf(kind: Kind): BuiltInKind<StoredObject> {
  return kinds[kind] as unknown as BuiltInKind<StoredObject>;
}

export type { Cluster, Config, Network, Node, Secret, Service, Task, Volume };
