import type { KindDefinition, StoredObject } from '../kind.js';
import { clusterKind, type Cluster } from './cluster.js';
import { networkKind, type Network } from './network.js';
import { nodeKind, type Node } from './node.js';
import { serviceKind, type Service } from './service.js';
import { taskKind, type Task } from './task.js';

/** Every kind of object that the store holds. A new kind is a file here and a line below. */
export const kinds = {
  node: nodeKind,
  service: serviceKind,
  task: taskKind,
  network: networkKind,
  cluster: clusterKind,
} as const;

export interface ObjectTypes {
  node: Node;
  service: Service;
  task: Task;
  network: Network;
  cluster: Cluster;
}

export type Kind = keyof ObjectTypes;
export type ObjectOf<K extends Kind> = ObjectTypes[K];
export type AnyObject = ObjectTypes[Kind];

export const kindNames = Object.keys(kinds) as readonly Kind[];

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}

/** The definition of a kind, without its type: for code that treats all kinds alike. */
export function kindOf(kind: Kind): KindDefinition<StoredObject> {
  return kinds[kind] as unknown as KindDefinition<StoredObject>;
}

export type { Cluster, Network, Node, Service, Task };
