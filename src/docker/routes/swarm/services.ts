import { plainEqual } from '../../../base/plain.js';
import {
  byName,
  canonicalObject,
  isPredefinedNetwork,
  kindOf,
  type ReadTx,
  type Service,
  type ServiceSpec,
  specVersionOf,
} from '../../../kinds/index.js';
import { ApiError } from '../../answers.js';
import { readServiceSpec } from '../../convert/read-service.js';
import { serviceJson, serviceStatusJson } from '../../convert/service-object.js';
import type { Exchange } from '../../exchange.js';
import { ListFilters } from '../../filters.js';
import { keptAuth } from '../../registry-auth.js';
import type { Route } from '../../router.js';
import type { SwarmBackend } from '../../swarm/backend.js';
import { findNamed } from '../../swarm/find.js';
import { unsupported } from '../../swarm/refusals.js';
import { checkVersion, retried, swarmRoute, versionIn } from '../../swarm/requests.js';
import { checkServiceSpec } from '../../swarm/service-checks.js';
import { isCurrent, serviceNamed, tasksOf } from '../../swarm/services.js';

const filterNames = ['id', 'label', 'mode', 'name', 'runtime'];
const modes = ['replicated', 'global', 'replicated-job', 'global-job'];
const modeWords = {
  replicated: 'replicated',
  global: 'global',
  replicatedJob: 'replicated-job',
  globalJob: 'global-job',
} as const;

const noMeta = { version: 0, createdAt: 0, updatedAt: 0 };

const modeOf = ({ mode }: ServiceSpec) => Object.keys(mode)[0] as keyof typeof modeWords;

/** `GET /services` */
function list(x: Exchange, backend: SwarmBackend): void {
  const filters = ListFilters.parse(x.query.get('filters'), filterNames);
  filters.oneOf('mode', modes);
  const insertDefaults = x.flag('insertDefaults');
  const status = x.flag('status');
  const found = backend.view((tx) => {
    const where = ({ id, spec }: Service) =>
      filters.prefix('id', id) &&
      filters.prefix('name', spec.annotations.name) &&
      filters.labels(spec.annotations.labels) &&
      filters.exact('mode', modeWords[modeOf(spec)]) &&
      filters.exact('runtime', 'container');
    const services = tx.services().find(undefined, { where });
    return services.map((service) => ({
      ...serviceJson(service, { insertDefaults }),
      ...(status && { ServiceStatus: statusOf(tx, service) }),
    }));
  });
  x.send(200, found);
}

function statusOf(tx: ReadTx, service: Service) {
  return serviceStatusJson(service, tasksOf(tx, service.id), {
    node: (id) => tx.nodes().get(id),
    isCurrent: (task) => isCurrent(tx, service, task),
  });
}

/** `GET /services/NAME` */
function inspect(x: Exchange, backend: SwarmBackend): void {
  const service = backend.view((tx) => serviceNamed(tx, x.name));
  x.send(200, serviceJson(service, { insertDefaults: x.flag('insertDefaults') }));
}

/** `POST /services/create` */
async function create(x: Exchange, backend: SwarmBackend): Promise<void> {
  const body = await x.json();
  const id = backend.newId();
  const object = backend.view((tx) => {
    const made = objectOf(tx, id, body, { registryAuth: keptAuth(x.request.headers['x-registry-auth']) });
    const { name } = made.spec.annotations;
    const [holder] = tx.services().find(byName(name), { limit: 1 });
    if (holder) throw new ApiError(409, `name conflicts with an existing object: service ${name} already exists`);
    return made;
  });
  await write(x, backend, { do: 'create', kind: 'service', object });
  x.send(201, { ID: id, Warnings: null });
}

/** Makes the object of a service from what was posted. Credentials for a registry are no part of that. */
function objectOf(
  tx: ReadTx,
  id: string,
  body: unknown,
  { old, registryAuth }: { readonly old?: Service; readonly registryAuth: string },
): Service {
  const networkId = (name: string) => networkIdOf(tx, name);
  const { task, ...rest } = readServiceSpec(body, { networkId, ...(old && { old: old.spec }) });
  const container = task?.container && { ...task.container, registryAuth };
  const spec = { ...rest, task: { ...task, container } };
  const made = canonicalObject(kindOf('service'), { ...old, id, spec }, id, noMeta) as Service;
  checkServiceSpec(made.spec);
  return made;
}

/** Finds a network by id or name. Those that every engine has are named as they are. */
function networkIdOf(tx: ReadTx, name: string): string {
  const networks = tx.networks();
  const named = networks.find(byName(name)).filter(({ spec }) => spec.annotations.name === name);
  if (!networks.get(name) && named.length === 0 && isPredefinedNetwork(name)) return name;
  return findNamed(name, {
    what: 'network',
    byId: (id) => networks.get(id),
    byName: () => named,
    byIdPrefix: () => [],
  }).id;
}

async function update(x: Exchange, backend: SwarmBackend): Promise<void> {
  const seen = versionIn(x, 'service');
  const rollback = x.query.get('rollback') ?? '';
  if (!['', 'none', 'previous'].includes(rollback)) throw new ApiError(400, `unrecognized rollback option ${rollback}`);
  const body = await x.json();
  await retried(async () => {
    const old = backend.view((tx) => serviceNamed(tx, x.name));
    checkVersion('service', old, seen);
    if (rollback === 'previous') await rollBack(x, backend, old);
    else await replace(x, backend, old, body);
  });
  x.send(200, { Warnings: null });
}

/** Replaces the spec. An equal one writes nothing: the spec before it stays the one that a rollback returns to. */
async function replace(x: Exchange, backend: SwarmBackend, old: Service, body: unknown): Promise<void> {
  const registryAuth = authOf(x, old);
  const object = backend.view((tx) => objectOf(tx, old.id, body, { old, registryAuth }));
  if (object.spec.annotations.name !== old.spec.annotations.name)
    throw unsupported('renaming services is not supported; create another service');
  if (modeOf(object.spec) !== modeOf(old.spec))
    throw unsupported('service mode change is not allowed; remove the service and create it again');
  if (plainEqual(object.spec, old.spec)) return;
  await write(x, backend, { do: 'update', kind: 'service', object, specVersion: specVersionOf(old) });
}

/** Credentials of an update: those of the request, else those that the service has, or had before. */
function authOf(x: Exchange, { spec, previousSpec }: Service): string {
  const from = x.query.get('registryAuthFrom') ?? '';
  if (!['', 'spec', 'previous-spec'].includes(from)) throw new ApiError(400, `unsupported registryAuthFrom ${from}`);
  const given = keptAuth(x.request.headers['x-registry-auth']);
  const kept = from === 'previous-spec' ? previousSpec : spec;
  return given !== '' ? given : (kept?.task.container?.registryAuth ?? '');
}

/** Exchanges the spec and the one before it. */
async function rollBack(x: Exchange, backend: SwarmBackend, old: Service): Promise<void> {
  const { previousSpec } = old;
  if (!previousSpec) throw new ApiError(400, `service ${old.id} does not have a previous spec`);
  const updateStatus = {
    state: 'rollbackStarted',
    startedAt: x.api.clock.now(),
    message: 'manually requested rollback',
    slots: 0,
    specVersion: 0,
  } as const;
  const object: Service = { ...old, spec: previousSpec, updateStatus };
  await write(x, backend, { do: 'update', kind: 'service', object, version: old.meta.version });
}

async function remove(x: Exchange, backend: SwarmBackend): Promise<void> {
  const { id } = backend.view((tx) => serviceNamed(tx, x.name));
  await write(x, backend, { do: 'remove', kind: 'service', id });
  x.sendNothing(200);
}

const write = (x: Exchange, backend: SwarmBackend, change: Parameters<SwarmBackend['write']>[0][number]) =>
  backend.write([change], { reason: `docker service ${change.do}`, signal: x.signal });

export const serviceRoutes: readonly Route[] = [
  swarmRoute('GET', '/services', list),
  swarmRoute('POST', '/services/create', create),
  swarmRoute('POST', '/services/{id}/update', update),
  swarmRoute('GET', '/services/{id}', inspect),
  swarmRoute('DELETE', '/services/{id}', remove),
];
