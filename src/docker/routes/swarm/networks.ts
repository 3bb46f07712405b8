import {
  byName,
  byReferencedNetworkId,
  canonicalObject,
  isPredefinedNetwork,
  kindOf,
  type Network,
  type ReadTx,
} from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import { networkJson, predefinedNetworkJson } from '../../convert/network-object.js';
import { readNetworkSpec } from '../../convert/read-network.js';
import type { Exchange } from '../../exchange.js';
import { ListFilters } from '../../filters.js';
import { parseObject } from '../../requests.js';
import type { Handler, Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import { isOfCluster, networkLabel, networkNamed } from '../../swarm/networks.js';
import { refusalOfStore } from '../../swarm/refusals.js';
import { createNetwork, inspectNetwork, networkFilterNames, networksOfEngines, removeNetwork } from '../networks.js';

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** `GET /networks`: those of the cluster, and those of engines. */
function list(x: Exchange): void {
  const filters = ListFilters.parse(x.query.get('filters'), networkFilterNames);
  const ofEngines = networksOfEngines(x, filters);
  const { swarm } = x.api;
  if (!swarm) return x.send(200, ofEngines);
  const dangling = filters.flag('dangling');
  const passes = (tx: ReadTx, { id, spec }: Network) =>
    !filters.has('node') &&
    filters.prefix('id', id) &&
    filters.matches('name', spec.annotations.name) &&
    filters.exact('driver', spec.driverConfig?.name ?? 'overlay') &&
    filters.exact('scope', 'swarm') &&
    filters.exact('type', 'custom') &&
    filters.labels(spec.annotations.labels) &&
    (dangling === undefined || dangling === (tx.services().count(byReferencedNetworkId(id)) === 0));
  const ofCluster = swarm.view((tx) => tx.networks().find(undefined, { where: (one) => passes(tx, one) }));
  // Those that engines have for networks of the cluster are the same networks. A client that removes a stack would try to
  // remove them, too. They are shown to one that asks for what engines have.
  const withCopies = filters.has('node') || filters.has('scope');
  const others = ofEngines.filter(
    ({ Scope: scope, Labels: labels }) => !labels?.[networkLabel] || (withCopies && scope === 'local'),
  );
  x.send(200, [...ofCluster.map(networkJson), ...others]);
}

/** The network of the cluster that has this id or name. */
function ofCluster(swarm: SwarmBackend, name: string): Network | undefined {
  return swarm.view((tx) => {
    const whole = tx.networks().get(name);
    const isNamed = ({ spec }: Network) => spec.annotations.name === name;
    return whole ?? tx.networks().find(byName(name), { limit: 1, where: isNamed })[0];
  });
}

/** `GET /networks/NAME`: one of the cluster, one of an engine, or one of the cluster by the beginning of its id. */
async function inspect(x: Exchange): Promise<void> {
  const { swarm } = x.api;
  const scope = x.query.get('scope') ?? '';
  const network = swarm && scope !== 'local' ? ofCluster(swarm, x.name) : undefined;
  if (network) return x.send(200, networkJson(network));
  if (swarm && scope === 'swarm') {
    if (isPredefinedNetwork(x.name)) return x.send(200, predefinedNetworkJson(x.name));
    return x.send(
      200,
      swarm.view((tx) => networkJson(networkNamed(tx, x.name))),
    );
  }
  if (swarm && !x.api.fleet.findNetwork(x.name) && scope === '') {
    const [found, second] = swarm.view((tx) =>
      tx.networks().find(undefined, { where: ({ id }) => id.startsWith(x.name) }),
    );
    if (found && !second) return x.send(200, networkJson(found));
  }
  await (x.forward ? x.forward() : inspectNetwork(x));
}

/** `POST /networks/create`: services can use what is made for the cluster; the rest is for the containers of engines. */
async function create(x: Exchange): Promise<void> {
  const { swarm } = x.api;
  const bytes = await x.bytes();
  const text = bytes.toString('utf8');
  const body = text.trim() === '' ? {} : parseObject(text);
  if (!swarm || !isOfCluster(body)) return x.forward ? x.forward(bytes) : createNetwork(x, body);
  const id = swarm.newId();
  const object = canonicalObject(kindOf('network'), { id, spec: readNetworkSpec(body) }, id, noMeta) as Network;
  const { name } = object.spec.annotations;
  if (swarm.view((tx) => tx.networks().count(byName(name))) > 0)
    throw new ApiError(409, `network with name ${name} already exists`);
  await swarm.write([{ do: 'create', kind: 'network', object }], { reason: 'docker network create', signal: x.signal });
  x.send(201, { Id: id, Warning: '' });
}

async function remove(x: Exchange): Promise<void> {
  const { swarm } = x.api;
  const network = swarm && ofCluster(swarm, x.name);
  if (!swarm || !network) return x.forward ? x.forward() : removeNetwork(x);
  await swarm.write([{ do: 'remove', kind: 'network', id: network.id }], {
    reason: 'docker network rm',
    signal: x.signal,
  });
  x.sendNothing(204);
}

/** Gives errors of the store their status. */
const answered =
  (handler: Handler): Handler =>
  async (x) => {
    try {
      await handler(x);
    } catch (error) {
      throw refusalOfStore(error);
    }
  };

export const clusterNetworkRoutes: readonly Route[] = [
  ['GET', '/networks', list, 'here'],
  ['POST', '/networks/create', answered(create), 'here'],
  ['GET', '/networks/{name}', answered(inspect), 'here'],
  ['DELETE', '/networks/{name}', answered(remove), 'here'],
];
