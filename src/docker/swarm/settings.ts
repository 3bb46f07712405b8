import { canonicalObject, type Cluster, kindOf } from '../../kinds/index.js';
import type { Json } from '../convert/object.js';
import { clusterJson } from '../convert/swarm-object.js';
import type { SwarmBackend } from './backend.js';
import { nodeIdOf, selfNodeId } from './nodes.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** Settings of the cluster: the object of the store, or one with the defaults that a first change will create. */
export function settingsOf(backend: SwarmBackend): { readonly cluster: Cluster; readonly stored: boolean } {
  const [stored] = backend.view((tx) => tx.clusters().find(undefined, { limit: 1 }));
  if (stored) return { cluster: stored, stored: true };
  const id = backend.newId();
  const spec = { annotations: { name: 'default' } };
  return { cluster: canonicalObject(kindOf('cluster'), { id, spec }, id, noMeta) as Cluster, stored: false };
}

/** The part of `GET /info` about the cluster. */
export function infoJson(backend: SwarmBackend): Json {
  const { id, self, members } = backend.cluster();
  const own = members.find((member) => member.id === self);
  const bare = members.filter((member) => backend.view((tx) => !tx.nodes().get(nodeIdOf(backend, member.id))));
  return {
    NodeID: selfNodeId(backend),
    NodeAddr: hostOf(own?.addr ?? ''),
    LocalNodeState: 'active',
    ControlAvailable: true,
    Error: '',
    RemoteManagers: members.map((member) => ({ NodeID: nodeIdOf(backend, member.id), Addr: member.addr })),
    Nodes: backend.view((tx) => tx.nodes().count()) + bare.length,
    Managers: members.length,
    Cluster: clusterJson(id, settingsOf(backend).cluster),
  };
}

const hostOf = (addr: string) => addr.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
