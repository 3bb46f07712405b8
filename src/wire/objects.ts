import type { AnyObject, Cluster, Kind, Network, Node, ObjectOf, Service, Task } from '../state/index.js';
import { messageCodec, type MessageCodec } from './codec.js';

const codecs: { readonly [K in Kind]: MessageCodec<ObjectOf<K>> } = {
  node: messageCodec<Node>('Node'),
  service: messageCodec<Service>('Service'),
  task: messageCodec<Task>('Task'),
  network: messageCodec<Network>('Network'),
  cluster: messageCodec<Cluster>('Cluster'),
};

/** The bytes of a stored object; the same object always gives the same bytes. */
export function encodeObject(kind: Kind, object: AnyObject): Uint8Array {
  return (codecs[kind] as MessageCodec<AnyObject>).encode(object);
}

/** A stored object out of bytes that {@link encodeObject} made: frozen and in canonical form. */
export function decodeObject(kind: Kind, bytes: Uint8Array): AnyObject {
  return codecs[kind].decode(bytes);
}
