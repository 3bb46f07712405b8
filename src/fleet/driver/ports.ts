import type { PortConfig } from '../../kinds/index.js';
import type { PortBinding, PortMap } from '../engine/types.js';

const keyOf = ({ targetPort, protocol }: PortConfig) => `${targetPort}/${protocol}`;

/** Returns the ports that a container has to listen on, as `ExposedPorts`. */
export function exposedPorts(ports: readonly PortConfig[]): Readonly<Record<string, object>> {
  return Object.fromEntries(ports.map((port) => [keyOf(port), {}]));
}

/**
 * Returns the ports that the engine publishes, as `PortBindings`. A port of mode `ingress` gets a number that the engine
 * chooses: proxies listen on the published one, and connect to that.
 */
export function portBindings(ports: readonly PortConfig[]): PortMap {
  const bindings: Record<string, PortBinding[]> = {};
  for (const port of ports) (bindings[keyOf(port)] ??= []).push({ HostPort: wantedPort(port) });
  return bindings;
}

const isFixed = ({ publishMode, publishedPort }: PortConfig) => publishMode === 'host' && publishedPort !== 0;
const wantedPort = (port: PortConfig) => (isFixed(port) ? String(port.publishedPort) : '');

/** Returns the ports of a task with the numbers at which the engine publishes them; without those that it does not. */
export function publishedPorts(ports: readonly PortConfig[], published: PortMap): PortConfig[] {
  const taken = new Set<string>();
  const place = (port: PortConfig): PortConfig | undefined => {
    const key = keyOf(port);
    // An engine tells each number twice, for IPv4 and IPv6.
    const numbers = new Set((published[key] ?? []).map(({ HostPort = '' }) => HostPort));
    const free = [...numbers].filter((number) => number !== '' && !taken.has(`${key} ${number}`));
    const chosen = isFixed(port) ? free.find((number) => number === String(port.publishedPort)) : free[0];
    if (chosen === undefined) return undefined;
    taken.add(`${key} ${chosen}`);
    return { ...port, publishedPort: Number(chosen) };
  };
  // Numbers that were asked for are claimed first, so that none of them is taken for one that the engine chose.
  const placed = new Map<PortConfig, PortConfig | undefined>();
  for (const port of [...ports].sort((a, b) => Number(isFixed(b)) - Number(isFixed(a)))) placed.set(port, place(port));
  return ports.flatMap((port) => placed.get(port) ?? []);
}
