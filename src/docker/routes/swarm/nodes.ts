import { plainEqual } from '../../../base/plain.js';
import { canonicalObject, kindOf, type Node, specVersionOf } from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import { readNodeSpec } from '../../convert/read-swarm.js';
import type { Exchange } from '../../exchange.js';
import { ListFilters } from '../../filters.js';
import type { Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import { findNamed } from '../../swarm/find.js';
import { type SwarmNode, swarmNode, swarmNodes } from '../../swarm/nodes.js';
import { checkVersion, retried, swarmRoute, versionIn } from '../../swarm/requests.js';

const filterNames = ['id', 'label', 'node.label', 'membership', 'name', 'role'];

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

/** `GET /nodes`: engines, and managers that run none. */
function list(x: Exchange, backend: SwarmBackend): void {
  const filters = ListFilters.parse(x.query.get('filters'), filterNames);
  filters.oneOf('role', ['manager', 'worker']);
  filters.oneOf('membership', ['accepted', 'pending']);
  const passes = (node: SwarmNode) =>
    filters.prefix('id', node.id) &&
    filters.prefix('name', node.name) &&
    filters.exact('role', node.role) &&
    filters.exact('membership', node.membership) &&
    filters.labels(node.engineLabels) &&
    filters.labels(node.labels, 'node.label');
  x.send(
    200,
    swarmNodes(backend)
      .filter(passes)
      .map(({ json }) => json),
  );
}

/** Finds the node that a client names. @throws {ApiError} 404; 400 when several fit. */
function nodeNamed(backend: SwarmBackend, name: string): SwarmNode {
  const whole = swarmNode(backend, name);
  if (whole) return whole;
  const nodes = swarmNodes(backend);
  return findNamed(name, {
    what: 'node',
    byId: () => undefined,
    byName: (wanted) => nodes.filter((one) => one.name === wanted),
    byIdPrefix: (prefix) => nodes.filter(({ id }) => id.startsWith(prefix)),
  });
}

const inspect = (x: Exchange, backend: SwarmBackend) => x.send(200, nodeNamed(backend, x.name).json);

/** `POST /nodes/ID/update`: labels and availability. */
async function update(x: Exchange, backend: SwarmBackend): Promise<void> {
  const seen = versionIn(x, 'node');
  const body = await x.json();
  await retried(async () => {
    const found = nodeNamed(backend, x.name);
    const old = engineOf(found);
    checkVersion('node', old, seen);
    const spec = readNodeSpec(body, old.spec);
    if (spec.desiredRole !== old.spec.desiredRole) refuseRole(found, spec.desiredRole === 'manager');
    const object = canonicalObject(kindOf('node'), { ...old, spec }, old.id, noMeta) as Node;
    if (plainEqual(object.spec, old.spec)) return;
    const change = { do: 'update', kind: 'node', object, specVersion: specVersionOf(old) } as const;
    await backend.write([change], { reason: 'docker node update', signal: x.signal });
  });
  x.sendNothing(200);
}

/** The node of the store. @throws {ApiError} 400 for a manager without an engine. */
function engineOf({ node, name }: SwarmNode): Node {
  if (node) return node;
  throw new ApiError(400, `node ${name} is a manager without an engine: it runs no tasks, and has nothing to update`);
}

function refuseRole({ name }: SwarmNode, promote: boolean): never {
  const how = promote
    ? 'start "skep manager --join HOST:PORT" there'
    : `take the manager out with "skep member remove NAME" or "skep member demote NAME"`;
  throw new ApiError(400, `the role of node ${name} cannot be changed: managers are members of skep; ${how}`);
}

async function remove(x: Exchange, backend: SwarmBackend): Promise<void> {
  const found = nodeNamed(backend, x.name);
  const { node, id, name } = found;
  if (found.role === 'manager' || !node)
    throw new ApiError(
      400,
      `node ${id} is a cluster manager and is a member of the raft cluster; take it out with "skep member remove ${name}"`,
    );
  if (node.status.state !== 'down' && !x.flag('force'))
    throw new ApiError(
      400,
      `node ${id} is not down and can't be removed; use force, or take it out of discovery first`,
    );
  await backend.write([{ do: 'remove', kind: 'node', id }], { reason: 'docker node rm', signal: x.signal });
  x.sendNothing(200);
}

export const nodeRoutes: readonly Route[] = [
  swarmRoute('GET', '/nodes', list),
  swarmRoute('POST', '/nodes/{id}/update', update),
  swarmRoute('GET', '/nodes/{id}', inspect),
  swarmRoute('DELETE', '/nodes/{id}', remove),
];
