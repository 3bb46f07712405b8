import type { CreateContainerBody } from '../engine/types.js';
import { isFleetError } from '../fleet.js';
import type { PlacedNetwork } from './networks.js';

/** Networks that every engine has, and words that name none. */
const everywhere = new Set(['', 'default', 'bridge', 'host', 'none', 'nat']);

/** A body that names its networks as its engine does, and the constraints that lead it there. */
export interface NetworkChoice {
  readonly body: CreateContainerBody;
  readonly constraints: readonly string[];
}

/**
 * Finds the networks that only one engine has, which users name as `engine/name` or by id. The constraints are soft, as Docker
 * Swarm has them: where another one contradicts, the engine says that it has no such network.
 */
export function chooseNetworks(
  body: CreateContainerBody,
  find: (idOrName: string) => PlacedNetwork | undefined,
): NetworkChoice {
  const mode = body.HostConfig?.NetworkMode ?? '';
  const endpoints = body.NetworkingConfig?.EndpointsConfig ?? {};
  const locals = new Map<string, PlacedNetwork>();
  for (const name of new Set([mode, ...Object.keys(endpoints)])) {
    const network = everywhere.has(name) || name.startsWith('container:') ? undefined : only(name, find);
    if (network?.Scope === 'local') locals.set(name, network);
  }
  if (locals.size === 0) return { body, constraints: [] };
  const local = (name: string) => locals.get(name)?.Name ?? name;
  const named = Object.fromEntries(Object.entries(endpoints).map(([name, endpoint]) => [local(name), endpoint]));
  return {
    body: {
      ...body,
      ...(locals.has(mode) && { HostConfig: { ...body.HostConfig, NetworkMode: local(mode) } }),
      ...(body.NetworkingConfig && { NetworkingConfig: { ...body.NetworkingConfig, EndpointsConfig: named } }),
    },
    constraints: [...new Set([...locals.values()].map(({ engine }) => `node==~${engine.name}`))],
  };
}

/** The network of a name; none when several engines have one. */
function only(name: string, find: (idOrName: string) => PlacedNetwork | undefined): PlacedNetwork | undefined {
  try {
    return find(name);
  } catch (error) {
    if (isFleetError(error, 'AMBIGUOUS')) return undefined;
    throw error;
  }
}
