import type { Client } from '../../client/index.js';
import type { PlannedChange } from '../../compose/index.js';
import type { Network, Node, Service } from '../../kinds/index.js';
import { compareNames, listed } from './text.js';

/**
 * Says which networks of changed services are a network of their own on each engine: engines that are in no Docker swarm
 * have no overlay. Only networks that several services share count, because only there names are missed.
 */
export function islandTexts(
  nodes: readonly Node[],
  networks: readonly Network[],
  services: readonly Service[],
  changed: ReadonlySet<string>,
): string[] {
  const hosts = nodes.filter(({ engine, spec }) => engine !== undefined && spec.availability !== 'drain');
  const islands = hosts.filter(({ engine }) => engine?.swarmNode === '');
  if (hosts.length < 2 || islands.length === 0) return [];
  const where = joined(islands.map(({ id, description }) => description?.hostname ?? id));
  return networks.filter(isOverlay).flatMap(({ id, spec }) => {
    const sharers = services.filter((service) => service.spec.task.networks.some(({ target }) => target === id));
    if (sharers.length < 2 || !sharers.some((one) => changed.has(one.id))) return [];
    const names = joined(sharers.map((service) => service.spec.annotations.name));
    return [`${names} share network ${spec.annotations.name}; on ${where} names reach only tasks of the same engine`];
  });
}

/** Reads what {@link islandTexts} needs, after changes or before those of a dry run. */
export async function readIslandTexts(client: Client, changes: readonly PlannedChange[]): Promise<string[]> {
  const written = changes.flatMap((change) => (change.op === 'remove' ? [] : [change]));
  const changed = new Set(written.flatMap(({ kind, object }) => (kind === 'service' ? [object.id] : [])));
  if (changed.size === 0) return [];
  const { objects: nodes } = await client.list('node');
  if (!nodes.some(({ engine }) => engine?.swarmNode === '')) return [];
  const all = <T extends Service | Network>(kind: string, stored: readonly T[]): T[] => {
    const later = written.filter((one) => one.kind === kind).map(({ object }) => object as T);
    return [...new Map([...stored, ...later].map((one) => [one.id, one])).values()];
  };
  const networks = all<Network>('network', (await client.list('network')).objects);
  const services = all<Service>('service', (await client.list('service')).objects);
  return islandTexts(nodes, networks, services, changed);
}

const isOverlay = ({ spec: { driverConfig } }: Network) => ['', 'overlay'].includes(driverConfig?.name ?? '');

const joined = (names: readonly string[]) => listed([...names].sort(compareNames));
