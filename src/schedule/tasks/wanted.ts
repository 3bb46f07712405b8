import type { Mount, Platform, PortConfig, Task } from '../../kinds/index.js';
import { failureKey } from './failures.js';
import { type Pieces, piecesOf } from './generic.js';

/** Everything that a task takes of the node on which it is. Tasks of one group share it. */
export interface Load {
  /** Id of the service; empty for a task by itself. */
  readonly serviceId: string;
  readonly nanoCpus: number;
  readonly memoryBytes: number;
  readonly pieces: Pieces;
  /** Ports of the node, as `8080/tcp`. */
  readonly ports: readonly string[];
}

/** A plug-in that the engine of the node must have. */
export interface WantedPlugin {
  readonly type: 'Volume' | 'Network' | 'Log';
  readonly name: string;
}

/** A task that wants a node, read for the filters: the same for all tasks of a group. */
export interface WantedTask extends Load {
  /** Name of the service and the version of its spec for failures. */
  readonly failureKey: string;
  readonly cpus: number;
  readonly constraints: readonly string[];
  /** Properties over whose values the tasks are spread, the most important first. */
  readonly spreads: readonly string[];
  readonly plugins: readonly WantedPlugin[];
  readonly platforms: readonly Platform[];
  /** Most tasks of the service on one node; 0 for no limit. */
  readonly maxReplicas: number;
}

/** Returns the driver of a network; `undefined` when it is not known, or needs no plug-in. */
export type DriverOfNetwork = (networkId: string) => string | undefined;

export function wantedOf(task: Task, driverOfNetwork?: DriverOfNetwork): WantedTask {
  const { spec, specVersion } = task;
  const { constraints = [], preferences = [], platforms = [], maxReplicas = 0 } = spec.placement ?? {};
  const load = loadOf(task);
  return {
    ...load,
    failureKey: failureKey(load.serviceId, specVersion),
    cpus: load.nanoCpus / 1e9,
    constraints,
    spreads: preferences.map(({ spread }) => spread),
    plugins: pluginsOf(task, driverOfNetwork),
    platforms,
    maxReplicas,
  };
}

const noPieces: Pieces = new Map();
const noPorts: readonly string[] = [];

export function loadOf({ serviceId = '', spec, endpoint, assignedGeneric }: Task): Load {
  const reserved = spec.resources?.reservations;
  const generic = assignedGeneric.length > 0 ? assignedGeneric : (reserved?.generic ?? []);
  const given = endpoint?.ports ?? [];
  const ports = given.length > 0 ? given : (endpoint?.spec?.ports ?? []);
  return {
    serviceId,
    nanoCpus: reserved?.nanoCpus ?? 0,
    memoryBytes: reserved?.memoryBytes ?? 0,
    pieces: generic.length > 0 ? piecesOf(generic) : noPieces,
    ports: ports.length > 0 ? hostPortsOf(ports) : noPorts,
  };
}

/** Port 0 is left to the engine, and conflicts with nothing. */
function hostPortsOf(ports: readonly PortConfig[]): string[] {
  const taken = ports.filter(({ publishMode, publishedPort }) => publishMode === 'host' && publishedPort !== 0);
  return [...new Set(taken.map(({ publishedPort, protocol }) => `${publishedPort}/${protocol}`))];
}

function pluginsOf({ spec, networks }: Task, driverOfNetwork: DriverOfNetwork = () => undefined): WantedPlugin[] {
  const volumes = (spec.container?.mounts ?? []).map(volumeDriverOf);
  const networkIds = [...spec.networks.map(({ target }) => target), ...networks.map(({ networkId }) => networkId)];
  const plugins: WantedPlugin[] = [
    ...named('Volume', volumes),
    ...named('Network', networkIds.map(driverOfNetwork)),
    ...named('Log', spec.logDriver?.name === 'none' ? [] : [spec.logDriver?.name]),
  ];
  return plugins;
}

/** Every engine has the driver `local`. */
function volumeDriverOf({ type, volume }: Mount): string | undefined {
  return type === 'volume' && volume?.driver?.name !== 'local' ? volume?.driver?.name : undefined;
}

function named(type: WantedPlugin['type'], names: readonly (string | undefined)[]): WantedPlugin[] {
  return [...new Set(names)].flatMap((name) => (name === undefined || name === '' ? [] : [{ type, name }]));
}
