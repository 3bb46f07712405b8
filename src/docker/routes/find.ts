import { type Container, type EngineHandle, FleetError } from '../../fleet/index.js';
import { notFound } from '../answers.js';
import type { Exchange } from '../exchange.js';

/** Finds a container, whatever state its engine is in. @throws {ApiError} 404 */
export function containerNamed(x: Exchange, name: string): Container {
  const container = x.api.fleet.container(name);
  if (!container) throw notFound('container', name);
  return container;
}

/**
 * Finds the container of the request, on an engine that can be asked.
 * @throws {ApiError} 404
 * @throws {FleetError} `UNHEALTHY`
 */
export function reachableContainer(x: Exchange, name = x.name): Container {
  const container = containerNamed(x, name);
  if (container.engine.state !== 'healthy') {
    throw new FleetError('UNHEALTHY', `Container ${name} running on unhealthy node ${container.engine.name}`);
  }
  return container;
}

export const healthyEngines = (x: Exchange) => x.api.fleet.engines().filter(({ state }) => state === 'healthy');

/** The first one whose engine is healthy. @throws {FleetError} `UNHEALTHY` when there is none. */
export function onHealthyEngine<T extends { readonly engine: EngineHandle }>(found: readonly T[], what: string): T {
  const one = found.find(({ engine }) => engine.state === 'healthy');
  if (one) return one;
  const names = found.map(({ engine }) => engine.name).join(', ');
  throw new FleetError('UNHEALTHY', `${what} is on unhealthy nodes only: ${names}`);
}
