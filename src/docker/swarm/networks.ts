import { byName, type Network, type ReadTx } from '../../kinds/index.js';
import { findIn } from './find.js';

/** Label with which engines know a network of the cluster: its id. */
export const networkLabel = 'skep.network';

/** Label of what belongs to a stack. */
const stackLabel = 'com.docker.stack.namespace';

/** Finds the network of the cluster that a client names. @throws {ApiError} 404; 400 when several fit. */
export function networkNamed(tx: ReadTx, name: string): Network {
  const networks = tx.networks();
  return findIn(networks, name, {
    what: 'network',
    nameOf: ({ spec }) => spec.annotations.name,
    lookup: (wanted) => networks.find(byName(wanted)),
  });
}

/** Tells whether a posted network is one of the cluster: services can use it. Other networks are of one engine each. */
export function isOfCluster({
  Driver: driver,
  Scope: scope,
  Labels: labels,
  Ingress: ingress,
}: PostedNetwork): boolean {
  const ofStack = typeof labels === 'object' && labels !== null && stackLabel in labels;
  return driver === 'overlay' || scope === 'swarm' || ingress === true || ofStack;
}

interface PostedNetwork {
  readonly Driver?: unknown;
  readonly Scope?: unknown;
  readonly Labels?: unknown;
  readonly Ingress?: unknown;
}
