import type { FakeEventLog } from './events.js';
import { FakeFilters } from './filters.js';
import { type Moments, type Nano, rfc3339 } from './moment.js';
import { FakeEngineError, type Json } from './types.js';

/** Body of `POST /networks/create`. */
export interface FakeNetworkBody {
  readonly Name?: string;
  readonly Driver?: string;
  readonly CheckDuplicate?: boolean;
  readonly Internal?: boolean;
  readonly Attachable?: boolean;
  readonly EnableIPv6?: boolean;
  readonly IPAM?: Json | null;
  readonly Options?: Readonly<Record<string, string>> | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly [field: string]: unknown;
}

/** Place of a running container in a network. */
export interface FakeEndpoint {
  readonly containerId: string;
  readonly name: string;
  readonly endpointId: string;
  readonly ip: string;
  readonly mac: string;
}

interface Network {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly created: Nano;
  readonly body: FakeNetworkBody;
  /** First two numbers of its addresses; empty where the driver gives none. */
  readonly subnet: string;
  readonly endpoints: Map<string, FakeEndpoint>;
  lastAddress: number;
}

const predefined = ['bridge', 'host', 'none'];
const drivers = ['bridge', 'host', 'null', 'macvlan', 'ipvlan'];

/** Networks of an engine: names, addresses and who is in them, without packets. */
export class FakeNetworks {
  readonly #moments: Moments;
  readonly #events: FakeEventLog;
  readonly #all = new Map<string, Network>();
  #subnets = 16;

  constructor(moments: Moments, events: FakeEventLog) {
    this.#moments = moments;
    this.#events = events;
    this.#add({ Name: 'none' }, 'null');
    this.#add({ Name: 'host' }, 'host');
    this.#add({ Name: 'bridge' }, 'bridge');
  }

  create(body: FakeNetworkBody): string {
    const { Name: name = '', Driver: driver = 'bridge' } = body;
    if (predefined.includes(name))
      throw new FakeEngineError(403, `operation is not permitted on predefined ${name} network `);
    if (name.trim() === '') throw new FakeEngineError(500, `invalid name: ${name}`);
    if (driver === 'overlay') throw new FakeEngineError(500, notASwarmManager);
    if (!drivers.includes(driver || 'bridge')) throw new FakeEngineError(404, `plugin "${driver}" not found`);
    if (this.find(name)?.name === name && body.CheckDuplicate !== false)
      throw new FakeEngineError(409, `network with name ${name} already exists`);
    const network = this.#add(body, driver || 'bridge');
    this.#emit('create', network);
    return network.id;
  }

  #add(body: FakeNetworkBody, driver: string): Network {
    const subnet = driver === 'bridge' ? `172.${(this.#subnets += 1)}` : '';
    const [id, created] = [this.#moments.id(), this.#moments.next()];
    const network: Network = {
      id,
      name: body.Name ?? '',
      driver,
      created,
      body,
      subnet,
      endpoints: new Map(),
      lastAddress: 1,
    };
    this.#all.set(id, network);
    return network;
  }

  /** A network by id, name, or beginning of the id. */
  find(idOrName: string): { readonly id: string; readonly name: string; readonly driver: string } | undefined {
    return this.#find(idOrName);
  }

  #find(idOrName: string): Network | undefined {
    const all = [...this.#all.values()];
    const named = () => all.find(({ name }) => name === idOrName);
    const begun = () => (idOrName === '' ? undefined : all.find(({ id }) => id.startsWith(idOrName)));
    return this.#all.get(idOrName) ?? named() ?? begun();
  }

  #mustFind(idOrName: string): Network {
    const network = this.#find(idOrName);
    if (!network) throw new FakeEngineError(404, `network ${idOrName} not found`);
    return network;
  }

  inspect(idOrName: string): Json {
    return shown(this.#mustFind(idOrName), true);
  }

  list(filters: string | null = null): Json[] {
    const wanted = FakeFilters.parse(filters, ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type']);
    const type = (name: string) => (predefined.includes(name) ? 'builtin' : 'custom');
    return [...this.#all.values()]
      .filter(
        ({ id, name, driver, body }) =>
          wanted.pattern('name', name) &&
          wanted.pattern('id', id) &&
          wanted.exact('driver', driver) &&
          wanted.exact('scope', 'local') &&
          wanted.exact('type', type(name)) &&
          wanted.labels('label', body.Labels),
      )
      .map((network) => shown(network, false));
  }

  remove(idOrName: string): void {
    const network = this.#mustFind(idOrName);
    if (predefined.includes(network.name))
      throw new FakeEngineError(403, `${network.name} is a pre-defined network and cannot be removed`);
    if (network.endpoints.size > 0) {
      const what = `network ${network.name} id ${network.id} has active endpoints`;
      throw new FakeEngineError(403, `error while removing network: ${what}`);
    }
    this.#all.delete(network.id);
    this.#emit('destroy', network);
  }

  prune(): Json {
    const unused = [...this.#all.values()].filter(
      ({ name, endpoints }) => !predefined.includes(name) && endpoints.size === 0,
    );
    for (const { id } of unused) this.remove(id);
    this.#events.emit('network', 'prune', '', { reclaimed: '0' });
    return { NetworksDeleted: unused.length > 0 ? unused.map(({ name }) => name) : null };
  }

  /** Puts a running container into a network. */
  join(idOrName: string, containerId: string, name: string): FakeEndpoint {
    const network = this.#mustFind(idOrName);
    network.lastAddress += 1;
    const host = network.lastAddress;
    const ip = network.subnet === '' ? '' : `${network.subnet}.${host >> 8}.${host & 255}`;
    const bytes = ip.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
    const mac = ip === '' ? '' : `02:42:${bytes.join(':')}`;
    const endpoint: FakeEndpoint = { containerId, name, endpointId: this.#moments.id(), ip, mac };
    network.endpoints.set(containerId, endpoint);
    this.#emit('connect', network, containerId);
    return endpoint;
  }

  leave(idOrName: string, containerId: string): void {
    const network = this.#find(idOrName);
    if (network?.endpoints.delete(containerId)) this.#emit('disconnect', network, containerId);
  }

  /** Gateway of a network, empty where it has none. */
  gateway(idOrName: string): string {
    const subnet = this.#find(idOrName)?.subnet ?? '';
    return subnet === '' ? '' : `${subnet}.0.1`;
  }

  #emit(action: string, { id, name, driver }: Network, container?: string): void {
    const with_ = container === undefined ? {} : { container };
    this.#events.emit('network', action, id, { ...with_, name, type: driver });
  }
}

/** Text for calls that only a swarm answers. */
export const notASwarmManager =
  'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.';

function shown({ id, name, driver, created, body, subnet, endpoints }: Network, withContainers: boolean): Json {
  const address = subnet === '' ? [] : [{ Subnet: `${subnet}.0.0/16`, Gateway: `${subnet}.0.1` }];
  const containers = [...endpoints.values()].map((one) => [
    one.containerId,
    {
      Name: one.name,
      EndpointID: one.endpointId,
      MacAddress: one.mac,
      IPv4Address: one.ip === '' ? '' : `${one.ip}/16`,
      IPv6Address: '',
    },
  ]);
  return {
    Name: name,
    Id: id,
    Created: rfc3339(created),
    Scope: 'local',
    Driver: driver,
    EnableIPv6: body.EnableIPv6 ?? false,
    IPAM: { Driver: 'default', Options: null, Config: address, ...body.IPAM },
    Internal: body.Internal ?? false,
    Attachable: body.Attachable ?? false,
    Ingress: false,
    ConfigFrom: { Network: '' },
    ConfigOnly: false,
    Containers: withContainers ? Object.fromEntries(containers) : {},
    Options: body.Options ?? {},
    Labels: body.Labels ?? {},
  };
}
