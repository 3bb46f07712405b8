import type { PortConfig, Service } from '../../kinds/index.js';
import { isOver, isWanted } from '../../orchestrate/index.js';
import type { ClusterView } from './view.js';

/** A published port of a service, and where clients reach it. */
export interface PublishedPort {
  readonly service: string;
  /** Published port with its protocol, such as `8080/tcp`. */
  readonly port: string;
  /** Port inside the container. */
  readonly target: number;
  readonly mode: PortConfig['publishMode'];
  /** Nodes whose tasks have the port, in `host` mode; addresses of managers, as far as they are known, in `ingress` mode. */
  readonly at: readonly string[];
}

/**
 * Lists the published ports of services, as far as they have their numbers.
 * @param ingress Addresses of managers that publish ports of the mode `ingress`.
 */
export function publishedPorts(
  view: ClusterView,
  services: readonly Service[],
  ingress: readonly string[] = [],
): PublishedPort[] {
  return services.flatMap((service) => [...ingressPorts(service, ingress), ...hostPorts(view, service)]);
}

function ingressPorts({ spec, endpoint }: Service, at: readonly string[]): PublishedPort[] {
  return (endpoint?.ports ?? [])
    .filter(({ publishMode, publishedPort }) => publishMode === 'ingress' && publishedPort !== 0)
    .map((port) => ({ service: spec.annotations.name, ...numbersOf(port), at }));
}

/** The numbers of host ports are those that engines reported: they may have chosen them. */
function hostPorts(view: ClusterView, { id, spec }: Service): PublishedPort[] {
  const found = new Map<string, PublishedPort>();
  for (const task of view.tasksOf(id)) {
    if (!isWanted(task) || isOver(task)) continue;
    const wanted = (task.endpoint?.ports ?? []).filter(({ publishedPort }) => publishedPort !== 0);
    for (const port of task.status.ports.length > 0 ? task.status.ports : wanted) {
      if (port.publishMode !== 'host') continue;
      const key = `${port.publishedPort}/${port.protocol}/${port.targetPort}`;
      const before = found.get(key);
      const at = [...(before?.at ?? []), view.nodeName(task.nodeId)];
      found.set(key, { service: spec.annotations.name, ...numbersOf(port), at: [...new Set(at)].sort() });
    }
  }
  return [...found.values()];
}

function numbersOf({ publishedPort, protocol, targetPort, publishMode }: PortConfig) {
  return { port: `${publishedPort}/${protocol}`, target: targetPort, mode: publishMode };
}

/** Says where a port is reached. */
export function placeText({ mode, at }: PublishedPort): string {
  return mode === 'ingress' && at.length === 0 ? 'every manager with --ingress' : at.join(', ');
}
