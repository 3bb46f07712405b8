import type { EngineHandle, NetworkInfo } from '../../fleet/index.js';
import { ApiError } from '../answers.js';
import { jsonText, parseJson } from '../convert/big-integers.js';
import type { Exchange } from '../exchange.js';
import { ListFilters } from '../filters.js';
import type { Route } from '../router.js';
import { askEngine, passAnswer, passThrough, readAnswer } from '../streams.js';
import { onHealthyEngine, reachableContainer } from './find.js';

export const networkFilterNames = ['id', 'name', 'driver', 'label', 'type', 'scope', 'dangling', 'node'];
const predefined = ['bridge', 'host', 'none'];

type Placed = NetworkInfo & { readonly engine: EngineHandle };

const isShared = ({ Scope: scope }: NetworkInfo) => scope === 'global' || scope === 'swarm';

/** A network of one engine has the engine before its name: several may have one of that name. */
const shownName = (network: NetworkInfo, engine: EngineHandle) =>
  isShared(network) ? network.Name : `${engine.name}/${network.Name}`;

/** Networks of the engines, as a list shows them: shared ones once. */
export function networksOfEngines(x: Exchange, filters: ListFilters): NetworkInfo[] {
  filters.oneOf('type', ['builtin', 'custom']);
  filters.oneOf('scope', ['local', 'global', 'swarm']);
  const dangling = filters.flag('dangling');
  const shared = new Set<string>();
  const found: NetworkInfo[] = [];
  for (const engine of x.api.fleet.engines()) {
    for (const network of engine.networks) {
      if (!passes(network, engine, filters, dangling)) continue;
      if (isShared(network)) {
        if (shared.has(network.Id)) continue;
        shared.add(network.Id);
      }
      found.push({ ...network, Name: shownName(network, engine) });
    }
  }
  return found;
}

function passes(
  network: NetworkInfo,
  engine: EngineHandle,
  filters: ListFilters,
  dangling: boolean | undefined,
): boolean {
  const builtIn = predefined.includes(network.Name);
  const unused = !builtIn && Object.keys(network.Containers ?? {}).length === 0;
  return (
    filters.matches('name', network.Name, shownName(network, engine)) &&
    filters.prefix('id', network.Id) &&
    filters.exact('driver', network.Driver) &&
    filters.exact('scope', network.Scope) &&
    filters.exact('type', builtIn ? 'builtin' : 'custom') &&
    (filters.exact('node', engine.name) || filters.exact('node', engine.id)) &&
    filters.labels(network.Labels) &&
    (dangling === undefined || dangling === unused)
  );
}

function networkNamed(x: Exchange, name: string): Placed {
  const network = x.api.fleet.findNetwork(name);
  if (!network) throw new ApiError(404, `network ${name} not found`);
  return network;
}

/** A shared network is asked of one engine; each engine knows only its own containers, so the others' are added. */
export async function inspectNetwork(x: Exchange): Promise<void> {
  const network = networkNamed(x, x.name);
  const everywhere = x.api.fleet
    .engines()
    .flatMap((engine) => engine.networks.filter(({ Id: id }) => id === network.Id).map((one) => ({ ...one, engine })));
  const { engine } = onHealthyEngine([network, ...everywhere], `network ${x.name}`);
  const answer = await askEngine(x, engine, `/networks/${encodeURIComponent(network.Id)}`);
  if (answer.statusCode !== 200) return passAnswer(x, answer);
  const asked = parseJson(await readAnswer(answer)) as NetworkInfo;
  const others = isShared(network) ? everywhere.filter((one) => one.engine !== engine) : [];
  const containers = Object.assign({}, ...others.map((one) => one.Containers ?? {}), asked.Containers ?? {}) as object;
  x.sendText(200, jsonText({ ...asked, Name: shownName(asked, engine), Containers: containers }));
}

/** Creates the network on the engines that it is for. */
export async function createNetwork(x: Exchange, body: Readonly<Record<string, unknown>>): Promise<void> {
  const { Name: name } = body;
  if (typeof name !== 'string' || name === '') throw new ApiError(400, 'Name must be a text that is not empty');
  const { Id: id, Warning: warning = '' } = await x.api.fleet.createNetwork({ ...body, Name: name });
  x.send(201, { Id: id, Warning: warning });
}

/** Removes the network from the engines that have it. */
export async function removeNetwork(x: Exchange): Promise<void> {
  networkNamed(x, x.name);
  await x.api.fleet.removeNetwork(x.name);
  x.sendNothing(204);
}

/** Connects or disconnects: on the engine of the container. A forced disconnect may be of one that is gone. */
const attach = (what: 'connect' | 'disconnect') => async (x: Exchange) => {
  const network = networkNamed(x, x.name);
  const body = await x.json();
  const { Container: name, Force: force } = body;
  if (typeof name !== 'string' || name === '') throw new ApiError(400, 'Container must be a text that is not empty');
  const gone = what === 'disconnect' && force === true && !x.api.fleet.container(name);
  const container = gone ? undefined : reachableContainer(x, name);
  const engine = container?.engine ?? network.engine;
  const there = engine.networks.find(({ Id: id }) => id === network.Id) ?? (isShared(network) ? network : undefined);
  if (!there) {
    throw new ApiError(
      400,
      `network ${shownName(network, network.engine)} is not on ${engine.name}, where ${name} runs`,
    );
  }
  const sent = Buffer.from(JSON.stringify({ ...body, Container: container?.id ?? name }));
  await passThrough(x, engine, `/networks/${encodeURIComponent(network.Id)}/${what}`, {
    body: sent,
    before: () =>
      Promise.all([engine.refreshNetworks(), container && engine.refreshContainer(container.id, { full: true })]),
  });
};

/** Connects containers; `swarm/networks.ts` has the other calls. */
export const networkRoutes: readonly Route[] = [
  ['POST', '/networks/{name}/connect', attach('connect')],
  ['POST', '/networks/{name}/disconnect', attach('disconnect')],
];
